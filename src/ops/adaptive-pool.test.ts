import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOUBLE, random, total } from "../../tests/support/random.ts";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray } from "../array/index.ts";
import { adaptiveAvgPool, adaptiveMaxPool, globalAvgPool, globalMaxPool, gradient } from "./index.ts";

const { NaN: nan } = Number;

/** The positions of all windows along an axis, from the definition. */
const windows = (length: number, count: number): number[][] =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length }, (_, k) => k).filter(
      (k) => k >= Math.floor((i * length) / count) && k < Math.ceil(((i + 1) * length) / count),
    ),
  );

/** Pools the maps [1, 1, height, width] window by window. */
function byHand(x: NdArray, [rows, columns]: readonly number[], reduce: (values: number[]) => number): number[] {
  const [height, width] = x.shape.slice(2);
  return windows(height, rows).flatMap((r) =>
    windows(width, columns).map((c) => reduce(r.flatMap((i) => c.map((j) => x.data[i * width + j])))),
  );
}

const meanOf = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe("adaptive pooling", () => {
  const length = fc.integer({ min: 1, max: 7 });

  it("pools the windows that its definition names, whether they tile the input or not", async () => {
    await fc.assert(
      fc.asyncProperty(length, length, length, length, async (height, width, rows, columns) => {
        const x = random([1, 1, height, width], "x");
        const size = [rows, columns];
        const max = await compute((x) => adaptiveMaxPool(x, size), x);
        expect(max.shape).toEqual([1, 1, rows, columns]);
        expect([...max.data]).toEqual(byHand(x, size, (values) => Math.max(...values)));
        const mean = await compute((x) => adaptiveAvgPool(x, size), x);
        byHand(x, size, meanOf).forEach((expected, i) => {
          expect(Math.abs(mean.data[i] - expected)).toBeLessThan(DOUBLE);
        });
        const dy = random(mean.shape, "dy");
        const dx = await compute((x, dy) => gradient(adaptiveAvgPool(x, size), [x], { outputGradient: dy })[0], x, dy);
        expect(Math.abs(total(dx) - total(dy))).toBeLessThan(DOUBLE);
      }),
    );
  });

  it("works over one and three axes", async () => {
    const line = array([[[1, 2, 3, 4, 5]]]);
    expect(await numbersOf((x) => adaptiveMaxPool(x, 3), line)).toEqual([[[2, 4, 5]]]);
    expect(await numbersOf((x) => adaptiveAvgPool(x, 3), line)).toEqual([[[1.5, 3, 4.5]]]);
    const cube = random([2, 3, 3, 4, 5], "x");
    expect((await compute((x) => adaptiveAvgPool(x, 2), cube)).shape).toEqual([2, 3, 2, 2, 2]);
  });

  it("gives a tie to the first position, lets NaN win, and keeps it in its own windows", async () => {
    expect((await derivatives((x) => adaptiveMaxPool(x, 2), array([[[7, 7, 7]]])))[0]).toEqual([1, 1, 0]);
    expect(await numbersOf((x) => adaptiveMaxPool(x, 2), array([[[nan, 1, 2]]]))).toEqual([[[nan, 2]]]);
    expect(await numbersOf((x) => adaptiveAvgPool(x, 2), array([[[nan, 1, 2]]]))).toEqual([[[nan, 1.5]]]);
  });
});

describe("global pooling", () => {
  it("takes whole maps, and leaves no spatial axes", async () => {
    const x = array([[[[1, 5], [2, 4]], [[-1, -5], [-2, -4]]]]); // biome-ignore format: two maps
    expect(await numbersOf((x) => globalMaxPool(x), x)).toEqual([[5, -1]]);
    expect(await numbersOf((x) => globalAvgPool(x), x)).toEqual([[3, -3]]);
    expect((await derivatives((x) => globalMaxPool(x), array([[[3, 3]]])))[0]).toEqual([1, 0]);
  });
});
