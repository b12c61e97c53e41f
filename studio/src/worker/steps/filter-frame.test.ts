import { expect, it } from "vitest";
import { filterFrame, kernelsByName } from "./filter-frame.ts";

const picture = (width: number, height: number) => ({
  data: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256)),
  width,
  height,
});

it("keeps a picture under the identity", async () => {
  const frame = picture(9, 7);
  const { identity } = await kernelsByName();
  expect(await filterFrame(frame, { kernel: identity, scale: 1, offset: 0 })).toEqual(frame);
});

it("adds up each color's own neighborhood, times the scale, plus the offset", async () => {
  const frame = picture(9, 7);
  const kernel = [
    [0, -1, 0],
    [0, 0, 1],
    [0, 0, 0.5],
  ];
  const { data } = await filterFrame(frame, { kernel, scale: 0.5, offset: 0.25 });
  const at = (row: number, column: number, color: number): number => frame.data[4 * (row * 9 + column) + color];
  for (const color of [0, 1, 2]) {
    const sum = -at(2, 4, color) + at(3, 5, color) + 0.5 * at(4, 5, color);
    const expected = Math.min(255, Math.max(0, 0.5 * sum + 0.25 * 255));
    expect(Math.abs(data[4 * (3 * 9 + 4) + color] - expected)).toBeLessThanOrEqual(0.5 + 1e-3);
  }
});
