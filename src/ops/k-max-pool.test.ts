import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derivatives, numbersOf } from "../../tests/support/values.ts";
import { array } from "../array/index.ts";
import { dynamicK, fold, kMaxPool } from "./index.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("k-max pooling", () => {
  it("keeps the k largest in their order, ties to the first", async () => {
    const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(values, fc.nat(8), async (values, most) => {
        const k = Math.min(values.length, most + 1);
        const chosen = values
          .map((value, i) => ({ value, i }))
          .sort((a, b) => b.value - a.value || a.i - b.i)
          .slice(0, k);
        const expected = chosen.sort((a, b) => a.i - b.i);
        const x = array(values, "f32");
        expect(await numbersOf((x) => kMaxPool(x, k), x)).toEqual(expected.map(({ value }) => value));
        const [dx] = await derivatives((x) => kMaxPool(x, k), x);
        expect(dx.flatMap((d, i) => (d === 1 ? [i] : []))).toEqual(expected.map(({ i }) => i));
      }),
    );
  });

  it("counts NaN as the largest", async () => {
    const x = array([1, nan, inf, -inf, nan, 2]);
    expect(await numbersOf((x) => kMaxPool(x, 2), x)).toEqual([nan, nan]);
    expect(await numbersOf((x) => kMaxPool(x, 4), x)).toEqual([nan, inf, nan, 2]);
  });

  it("works along any axis", async () => {
    const x = array([[1, 6], [5, 2], [3, 4]]); // biome-ignore format: a matrix
    expect(await numbersOf((x) => kMaxPool(x, 2, 0), x)).toEqual([[5, 6], [3, 4]]); // biome-ignore format: a matrix
  });
});

describe("dynamic k-max pooling", () => {
  it("has the k of the paper's example: 18 words, k_top = 3, three layers: 12, 6, 3", () => {
    const ks = [1, 2, 3].map((layer) => dynamicK({ top: 3, layer, layers: 3, length: 18 }));
    expect(ks).toEqual([12, 6, 3]);
  });

  it("rounds up", () => {
    expect(dynamicK({ top: 1, layer: 1, layers: 3, length: 7 })).toBe(5);
  });
});

it("folding adds neighboring rows", async () => {
  const x = array([[[1, 2], [10, 20], [3, 4], [30, 40]]]); // biome-ignore format: four rows
  expect(await numbersOf((x) => fold(x), x)).toEqual([[[11, 22], [33, 44]]]); // biome-ignore format: two rows
  expect((await derivatives((x) => fold(x), x))[0]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
});
