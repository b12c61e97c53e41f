import { describe, expect, it } from "vitest";
import { stack } from "../../../worker/steps/fields.ts";
import { FIRST_LAYERS, readLayers, writeLayers } from "./layers.ts";

describe("layers as text", () => {
  it("come back as they were", () => {
    expect(writeLayers(readLayers(FIRST_LAYERS))).toBe(FIRST_LAYERS);
  });

  it.each(["", "x3.1.1.0", "c3.1.1", "c0.1.1.0", "c3.1.1.99", "c3.a.1.0"])("leaves out what is none: '%s'", (text) => {
    expect(readLayers(text)).toEqual([]);
  });
});

describe("a stack", () => {
  it("of LeNet has the fields of Araujo's recurrence", async () => {
    const { rows } = await stack(readLayers(FIRST_LAYERS), 28, 0);
    expect(rows.map(({ length, size, jump, start }) => [length, size, jump, start])).toEqual([
      [28, 1, 1, 0],
      [28, 5, 1, -2],
      [14, 6, 2, -2],
      [10, 14, 2, -2],
      [5, 16, 4, -2],
    ]);
  });

  it.each([FIRST_LAYERS, "c3.2.1.1~c3.1.2.2~p2.2.1.0", "c1.1.1.0", "p3.1.1.0"])(
    "%s: a unit's field is where its derivatives are",
    async (text) => {
      const layers = readLayers(text);
      const { cone, connected, rows } = await stack(layers, 28, 3);
      for (const [level, units] of connected.entries()) {
        const [first, last] = cone[level]!;
        expect([units[0], units.at(-1)]).toEqual([Math.max(0, first), Math.min(rows[level].length - 1, last)]);
      }
    },
  );

  it("without layers is a unit that sees itself", async () => {
    expect(await stack([], 9, 4)).toMatchObject({ cone: [[4, 4]], connected: [[4]] });
  });

  it("that is too long is refused in the library's words", async () => {
    await expect(stack(readLayers("c9.1.4.0"), 8, 0)).rejects.toThrow(/the kernel spans 33/);
  });
});
