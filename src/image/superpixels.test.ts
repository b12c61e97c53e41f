import { describe, expect, it } from "vitest";
import { superpixels } from "./index.ts";

/** Left half dark, right half light. */
const halves = {
  width: 40,
  height: 20,
  channels: 1 as const,
  data: Float32Array.from({ length: 800 }, (_, i) => (i % 40 < 17 ? 0.1 : 0.9)),
};

describe("superpixels", () => {
  it("follow the edges, are connected, and are about as many as were asked for", () => {
    const { labels, count } = superpixels(halves, { count: 8 });
    expect(count).toBeGreaterThanOrEqual(6);
    expect(count).toBeLessThanOrEqual(10);
    expect(new Set(labels).size).toBe(count);
    const [dark, light] = [true, false].map((isDark) => new Set(labels.filter((_, i) => i % 40 < 17 === isDark)));
    expect([...dark].filter((label) => light.has(label))).toEqual([]);
  });

  it("are one piece where one is asked for, and the same each time", () => {
    expect(superpixels({ ...halves, data: new Float32Array(800) }, { count: 1 }).count).toBe(1);
    expect(superpixels(halves)).toEqual(superpixels(halves));
  });

  it("refuse other options", () => {
    expect(() => superpixels(halves, { count: 0 })).toThrow("superpixels: count must be an integer of at least 1");
    expect(() => superpixels({} as never)).toThrow("superpixels: expects a picture");
  });
});
