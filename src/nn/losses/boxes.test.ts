import { describe, expect, it } from "vitest";
import { expectGradients } from "../../../tests/support/differences.ts";
import { derivatives, numbersOf } from "../../../tests/support/values.ts";
import { array, ShapeError, zeros } from "../../array/index.ts";
import { constant, f32, type Tensor, trace } from "../../graph/index.ts";
import * as nn from "../index.ts";

/** Quotients of small numbers in double precision. */
const DIGITS = 12;
const close = (...values: number[]) => values.map((value) => expect.closeTo(value, DIGITS));
const each = { reduction: "none" } as const;
const iou = (x: Tensor, t: Tensor) => nn.iouLoss(x, t);
const giou = (x: Tensor, t: Tensor) => nn.giouLoss(x, t);

// Half over each other; beside each other with a gap of one box.
const x = array([[0, 0, 2, 1], [0, 0, 1, 1]], "f64"); // biome-ignore format: boxes
const target = array([[1, 0, 3, 1], [2, 0, 3, 1]], "f64"); // biome-ignore format: boxes

describe("losses of boxes", () => {
  it("are what the overlaps lack", async () => {
    expect(await numbersOf((x, t) => nn.iouLoss(x, t, each), x, target)).toEqual(close(2 / 3, 1));
    expect(await numbersOf((x, t) => nn.giouLoss(x, t, each), x, target)).toEqual(close(2 / 3, 4 / 3));
    expect(await numbersOf((x, t) => nn.giouLoss(x, t), x, target)).toBeCloseTo(1, DIGITS);
  });

  it("draw boxes together only by the generalized overlap where they do not touch", async () => {
    const [apart, there] = [array([[0, 0, 1, 1]], "f64"), array([[2, 0, 3, 1]], "f64")];
    expect((await derivatives(iou, apart, there))[0]).toEqual([0, 0, 0, 0]);
    const [, , right] = (await derivatives(giou, apart, there))[0];
    expect(right).toBeLessThan(0);
    await expectGradients(giou, array([[0, 0, 2, 1.5]], "f64"), array([[1, 0.5, 3, 1]], "f64"));
  });

  it("count a weight a box, and none for boxes that are not there", async () => {
    const strange = array([[0, 0, 2, 1], [NaN, 0, 1, Infinity]], "f64"); // biome-ignore format: boxes
    const sampleWeights = constant(array([true, false], "bool"));
    const body = (x: Tensor, t: Tensor) => nn.giouLoss(x, t, { sampleWeights });
    expect(await numbersOf(body, strange, target)).toBeCloseTo(2 / 3, DIGITS);
    expect((await derivatives(body, strange, target)).flat().every(Number.isFinite)).toBe(true);
    expect(await numbersOf((x, t) => nn.giouLoss(x, t, { reduction: "sum" }), zeros([0, 4]), zeros([0, 4]))).toBe(0);
  });

  it("are refused for what are no boxes, and for boxes of another shape", () => {
    expect(() => trace((x, t) => nn.giouLoss(x, t), [f32(2, 3), f32(2, 3)])).toThrow(
      new ShapeError("giouLoss: needs boxes […, 4]: left, top, right, bottom along the last axis, got f32[2,3]"),
    );
    expect(() => trace((x, t) => nn.iouLoss(x, t), [f32(2, 4), f32(1, 4)])).toThrow(
      new ShapeError("iouLoss: shapes differ: f32[2,4] and target f32[1,4]"),
    );
  });
});

describe("the divergence from the standard normal distribution", () => {
  it("is ½ Σ (μ² + σ² − 1 − log σ²) of each sample", async () => {
    const [mean, log] = [array([[0, 0], [1, 2]], "f64"), array([[0, Math.log(4)], [0, 0]], "f64")]; // biome-ignore format: samples
    const own = [(4 - 1 - Math.log(4)) / 2, 5 / 2];
    expect(await numbersOf((m, l) => nn.normalDivergence(m, l, each), mean, log)).toEqual(close(...own));
    expect(await numbersOf((m, l) => nn.normalDivergence(m, l), mean, log)).toBeCloseTo((own[0] + own[1]) / 2, DIGITS);
    await expectGradients((m, l) => nn.normalDivergence(m, l), mean, log);
  });

  it("keeps its digits where the distribution is nearly the standard one", async () => {
    const log = array([[1e-6]], "f64");
    // ½ (e^ε − 1 − ε) = ε² / 4 + ε³ / 12 + …
    const found = (await numbersOf((m, l) => nn.normalDivergence(m, l), zeros([1, 1], "f64"), log)) as number;
    expect(found / 2.5e-13).toBeCloseTo(1, 4);
  });
});
