import { describe, expect, it } from "vitest";
import { random, total } from "../../tests/support/random.ts";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray } from "../array/index.ts";
import { type BilinearOptions, upsampleBilinear, upsampleNearest } from "./index.ts";

const square = array([[[[1, 2], [3, 4]]]], "f64"); // biome-ignore format: a map
const inMap = (result: unknown): unknown => (result as [[unknown]])[0][0];

describe("upsampling to the nearest", () => {
  it("repeats elements", async () => {
    expect(inMap(await numbersOf((x) => upsampleNearest(x, { scale: [1, 2] }), square))).toEqual([[1, 1, 2, 2], [3, 3, 4, 4]]); // biome-ignore format: rows
    expect((await derivatives((x) => upsampleNearest(x, { scale: 3 }), square))[0]).toEqual([9, 9, 9, 9]);
  });

  it("reads position ⌊o · L / m⌋ for sizes that are no multiples", async () => {
    const line = array([[[1, 2, 3]]]);
    expect(inMap(await numbersOf((x) => upsampleNearest(x, { size: 5 }), line))).toEqual([1, 1, 2, 2, 3]);
    expect((await derivatives((x) => upsampleNearest(x, { size: 5 }), line))[0]).toEqual([2, 2, 1]);
    expect(inMap(await numbersOf((x) => upsampleNearest(x, { size: 2 }), line))).toEqual([1, 2]);
  });

  it("takes volumes", async () => {
    const x = random([2, 1, 2, 3, 2], "x");
    expect((await compute((x) => upsampleNearest(x, { scale: [2, 1, 3] }), x)).shape).toEqual([2, 1, 4, 3, 6]);
  });
});

describe("bilinear upsampling", () => {
  const at = async (x: NdArray, options: BilinearOptions) =>
    inMap(await numbersOf((x) => upsampleBilinear(x, options), x)) as number[][];

  it("keeps the outer edges where they are", async () => {
    expect(await at(square, { scale: 2 })).toEqual([
      [1, 1.25, 1.75, 2],
      [1.5, 1.75, 2.25, 2.5],
      [2.5, 2.75, 3.25, 3.5],
      [3, 3.25, 3.75, 4],
    ]);
    expect(await at(square, { size: [2, 3] })).toEqual([[1, 1.5, 2], [3, 3.5, 4]]); // biome-ignore format: rows
  });

  it("or the centers of the corners", async () => {
    expect(await at(square, { size: [3, 5], alignCorners: true })).toEqual([
      [1, 1.25, 1.5, 1.75, 2],
      [2, 2.25, 2.5, 2.75, 3],
      [3, 3.25, 3.5, 3.75, 4],
    ]);
    expect(await at(square, { size: [1, 2], alignCorners: true })).toEqual([[1, 2]]);
  });

  it("reads single rows, and the same size unchanged", async () => {
    expect(await at(array([[[[5, 7]]]]), { size: [3, 2] })).toEqual([[5, 7], [5, 7], [5, 7]]); // biome-ignore format: rows
    expect(await at(square, { scale: 1 })).toEqual([[1, 2], [3, 4]]); // biome-ignore format: rows
  });

  it("hands back as much derivative as came in", async () => {
    for (const alignCorners of [false, true]) {
      const x = random([1, 2, 3, 5], "x");
      const [dx] = await derivatives((x) => upsampleBilinear(x, { size: [7, 6], alignCorners }), x);
      expect(total(array(dx, "f64"))).toBeCloseTo(2 * 7 * 6, 10);
    }
  });
});
