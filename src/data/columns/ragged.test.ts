import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { array, NdArray, zeros } from "../../array/index.ts";
import { chooseLengths } from "./lengths.ts";
import { paddedLength, padRows, ragged, takeRagged } from "./ragged.ts";

const lists = [[1, 2, 3], [4], [], [5, 6]];

describe("rows of different lengths", () => {
  it("lie one after the other", () => {
    const rows = ragged(lists, "i32");
    expect([...rows.values.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.values.dtype).toBe("i32");
    expect([...rows.offsets]).toEqual([0, 3, 4, 4, 6]);
    expect(ragged(lists.map((list) => Int32Array.from(list)))).toEqual(rows);
    expect(ragged({ values: rows.values, offsets: rows.offsets })).toEqual(rows);
  });

  it("may have elements of any shape, and no elements", () => {
    const boxes = ragged([[[1, 2, 3, 4]], [], [[5, 6, 7, 8], [9, 10, 11, 12]]]); // biome-ignore format: a row a picture
    expect(boxes.values.shape).toEqual([3, 4]);
    expect([...boxes.offsets]).toEqual([0, 1, 1, 3]);
    expect(ragged([zeros([0, 4]), zeros([2, 4])]).values.shape).toEqual([2, 4]);
    expect(ragged([]).offsets).toEqual(Int32Array.of(0));
  });

  it("are taken in any order", () => {
    const taken = takeRagged(ragged(lists), [3, 0, 3]);
    expect([...taken.values.data]).toEqual([5, 6, 1, 2, 3, 5, 6]);
    expect([...taken.offsets]).toEqual([0, 2, 5, 7]);
  });

  it("are filled up to one of the lengths that all rows share", () => {
    const rows = ragged(lists, "i32");
    const { rows: padded, lengths } = padRows(rows, [1, 3], -1);
    expect(padded).toEqual(array([[4, -1], [5, 6]], "i32")); // biome-ignore format: a row a line
    expect(lengths).toEqual(array([1, 2], "i32"));
    const some = takeRagged(ragged([[1], [1, 2, 3, 4, 5, 6, 7, 8]]), [0]);
    expect(some.lengths).toEqual([1, 8]);
  });

  it("of elements of a shape are filled up with whole elements", () => {
    const { rows } = padRows(ragged([[[1, 2]], [[3, 4], [5, 6]]]), [0, 1], NaN); // biome-ignore format: a row a picture
    expect(rows.shape).toEqual([2, 2, 2]);
    expect([...rows.data]).toEqual([1, 2, NaN, NaN, 3, 4, 5, 6]);
  });
});

describe("the lengths that batches are padded to", () => {
  const padding = (rows: readonly number[], lengths: readonly number[]): number =>
    rows.reduce((sum, row) => sum + lengths.find((length) => length >= row)! - row, 0);

  it("are few, rise, and end with the longest row", () => {
    const rows = Int32Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 53));
    const lengths = chooseLengths(rows);
    expect(lengths.length).toBeLessThanOrEqual(8);
    expect(lengths).toEqual([...new Set(lengths)].sort((a, b) => a - b));
    expect(lengths.at(-1)).toBe(53);
    // Of lengths that are uniform, eight equal steps leave half a step of padding.
    expect(padding([...rows], lengths) / rows.reduce((sum, row) => sum + row, 0)).toBeLessThan(0.13);
  });

  it("are as good as any choice", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 }), (rows) => {
        const lengths = chooseLengths(Int32Array.from(rows));
        const distinct = [...new Set(rows)].sort((a, b) => a - b);
        const total = rows.reduce((sum, row) => sum + row, 0);
        let best = Infinity;
        for (let chosen = 0; chosen < 2 ** (distinct.length - 1); chosen++) {
          const some = distinct.filter((_, i) => i === distinct.length - 1 || chosen & (1 << i));
          if (some.length <= 8) best = Math.min(best, padding(rows, some));
        }
        expect(padding(rows, lengths)).toBeLessThanOrEqual(best + 0.01 * total);
      }),
      { numRuns: 50 },
    );
  });

  it("are the only one where all rows are alike, and at least 1", () => {
    expect(chooseLengths(new Int32Array(9).fill(7))).toEqual([7]);
    expect(chooseLengths(new Int32Array(3))).toEqual([1]);
    expect(chooseLengths(new Int32Array(0))).toEqual([1]);
  });

  it("are found among many", () => {
    const rows = Int32Array.from({ length: 20_000 }, (_, i) => 1 + i);
    const lengths = chooseLengths(rows);
    expect(lengths.at(-1)).toBe(20_000);
    expect(padding([...rows], lengths) / (20_000 * 10_000)).toBeLessThan(0.14);
  });

  it("hold every row", () => {
    const rows = ragged([[1], new NdArray(new Float32Array(100), [100]), [1, 2]]);
    expect(paddedLength(rows, [1])).toBe(100);
    expect(paddedLength(rows, [])).toBe(rows.lengths[0]);
  });
});
