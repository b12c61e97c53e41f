/** Non-maximum suppression of arrays and in programs, which do the same. */
import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, OptionError, Random, ShapeError, zeros } from "../array/index.ts";
import { compile } from "../engines/index.ts";
import { f32, i32, trace } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { type BoxSuppressionOptions, nonMaxSuppression } from "./suppress-boxes.ts";

type Limits = Omit<BoxSuppressionOptions, "classes">;

/** The positions that stay, by the array's function and by the program on both engines, which must agree. */
async function keptOf(boxes: NdArray, scores: NdArray, given: Limits = {}, classes?: NdArray): Promise<number[]> {
  const k = scores.size;
  const limits = { most: 4, ...given };
  const kept = [...nonMaxSuppression(boxes, scores, { ...limits, classes }).data];
  const inputs = [
    boxes.reshape([1, k, 4]),
    scores.reshape([1, k]),
    (classes ?? zeros([k], "i32")).reshape([1, k]),
  ] as const;
  for (const make of [interpreted, compile]) {
    const run = make(
      (b, s, c) => ({ kept: ops.nonMaxSuppression(b, s, { ...limits, ...(classes && { classes: c }) }) }),
      [...inputs],
    );
    const found = (await run(...inputs)).kept;
    expect(found.shape).toEqual([1, limits.most]);
    expect([...found.data]).toEqual([...kept, ...new Array<number>(limits.most - kept.length).fill(-1)]);
  }
  return kept;
}

// Boxes 0 and 1 overlap by 1/3, 1 and 2 by 1/3, 0 and 2 not at all.
const row = array([[0, 0, 2, 1], [1, 0, 3, 1], [2, 0, 4, 1]]); // biome-ignore format: boxes
const scoresOf = (...values: number[]) => array(values);

describe("non-maximum suppression", () => {
  it("keeps the best of what overlaps, and what only a dropped one overlaps", async () => {
    expect(await keptOf(row, scoresOf(0.5, 0.9, 0.7), { overlap: 0.3 })).toEqual([1]);
    expect(await keptOf(row, scoresOf(0.9, 0.5, 0.7), { overlap: 0.3 })).toEqual([0, 2]);
    expect(await keptOf(row, scoresOf(0.5, 0.9, 0.7), { overlap: 0.4 })).toEqual([1, 2, 0]);
  });

  it("prefers the first of equal scores, and drops by overlaps above the bound only", async () => {
    expect(await keptOf(row, scoresOf(1, 1, 1), { overlap: 0.3 })).toEqual([0, 2]);
    const half = array([[0, 0, 2, 1], [0, 0, 1, 1]]); // biome-ignore format: boxes
    expect(await keptOf(half, scoresOf(1, 0.5), { overlap: 0.5 })).toEqual([0, 1]);
    expect(await keptOf(half, scoresOf(1, 0.5), { overlap: 0.49 })).toEqual([0]);
  });

  it("goes class by class", async () => {
    const classes = array([0, 1, 0], "i32");
    expect(await keptOf(row, scoresOf(0.5, 0.9, 0.7), { overlap: 0.3 }, classes)).toEqual([1, 2, 0]);
    const same = array([[0, 0, 2, 1], [0, 0, 2, 1], [0, 0, 2, 1]]); // biome-ignore format: boxes
    expect(await keptOf(same, scoresOf(0.5, 0.9, 0.7), {}, array([3, 3, 4], "i32"))).toEqual([1, 2]);
  });

  it("keeps no more than the most, looks at no more than the candidates, and at none below the least", async () => {
    expect(await keptOf(row, scoresOf(0.5, 0.9, 0.7), { most: 2 })).toEqual([1, 2]);
    expect(await keptOf(row, scoresOf(0.5, 0.9, 0.7), { overlap: 0.3, candidates: 1, most: 5 })).toEqual([1]);
    expect(await keptOf(row, scoresOf(0.9, 0.7, 0.5), { overlap: 0.3, candidates: 2, most: 5 })).toEqual([0]);
    expect(await keptOf(row, scoresOf(0.5, 0.9, 0.75), { least: 0.75 })).toEqual([1, 2]);
  });

  it("drops NaN and −∞, and takes boxes without area, which drop none", async () => {
    expect(await keptOf(row, scoresOf(NaN, -Infinity, 0.1), { most: 3 })).toEqual([2]);
    const points = array([[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2]]); // biome-ignore format: boxes
    expect(await keptOf(points, scoresOf(0.9, 0.8, 0.7), { overlap: 0, most: 3 })).toEqual([0, 1, 2]);
  });

  it("takes no boxes", async () => {
    expect(await keptOf(zeros([0, 4]), zeros([0]), { most: 3 })).toEqual([]);
  });

  it("is the same for arrays and in programs, of many boxes", async () => {
    const random = new Random(11, "boxes");
    for (const k of [1, 40]) {
      const boxes = zeros([k, 4]);
      for (let i = 0; i < k; i++) {
        const [x, y] = [random.uniform(0, 20), random.uniform(0, 20)];
        boxes.data.set([x, y, x + random.uniform(1, 12), y + random.uniform(1, 12)], 4 * i);
      }
      // Few different scores, so that many are equal.
      const scores = array(Array.from({ length: k }, () => random.integer(8) / 8));
      const classes = array(
        Array.from({ length: k }, () => random.integer(2)),
        "i32",
      );
      for (const limits of [{ most: 12 }, { overlap: 0.2, most: 12 }, { overlap: 0.7, candidates: 10, most: 12 }]) {
        await keptOf(boxes, scores, limits);
        await keptOf(boxes, scores, limits, classes);
      }
    }
  });

  it("goes picture by picture in programs", async () => {
    const boxes = new NdArray(Float32Array.from([...row.data, ...row.data]), [2, 3, 4], "f32");
    const scores = array([[0.5, 0.9, 0.7], [0.9, 0.5, 0.7]]); // biome-ignore format: pictures
    const run = interpreted(
      (b, s) => ({ kept: ops.nonMaxSuppression(b, s, { overlap: 0.3, most: 2 }) }),
      [boxes, scores],
    );
    expect((await run(boxes, scores)).kept.toNested()).toEqual([[1, -1], [0, 2]]); // biome-ignore format: pictures
  });

  it("refuses what does not fit", () => {
    expect(() => nonMaxSuppression(row, scoresOf(1, 2))).toThrow(
      new ShapeError("nonMaxSuppression: needs a score, and a class if any, for each of f32[3,4], got f32[2]"),
    );
    expect(() => nonMaxSuppression(row, scoresOf(1, 2, 3), { overlap: 2 })).toThrow(OptionError);
    expect(() => nonMaxSuppression(row, scoresOf(1, 2, 3), { classes: [0, 0, 0] as never })).toThrow(OptionError);
    expect(() => nonMaxSuppression(zeros([4]), scoresOf(1))).toThrow("needs boxes [k,4] in floats, got f32[4]");
    const types = [f32(1, 3, 4), f32(1, 3), i32(1, 2)];
    expect(() => trace((b, s, classes) => ops.nonMaxSuppression(b, s, { classes }), types)).toThrow(
      new ShapeError(
        "nonMaxSuppression: needs boxes [n, k, 4] and scores [n, k] of one type of floats, and classes [n, k] if any, got f32[1,3,4], f32[1,3], i32[1,2]",
      ),
    );
  });
});
