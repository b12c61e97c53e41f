/** Losses of numbers against numbers: differences, probabilities, margins; and sums of several losses. */
import { describe, expect, it } from "vitest";
import { expectGradients } from "../../../tests/support/differences.ts";
import { derivatives, numbersOf } from "../../../tests/support/values.ts";
import { array, OptionError, ShapeError } from "../../array/index.ts";
import { constant, f32, type Tensor, trace } from "../../graph/index.ts";
import { exp, logSoftmax, softmax, sum } from "../../ops/index.ts";
import * as nn from "../index.ts";

const { log } = Math;
/** Doubles, after a few operations. */
const DIGITS = 13;
const numbers = (...values: number[]) => array(values, "f64");
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, DIGITS));
const each = { reduction: "none" } as const;

type PairLoss = (x: Tensor, target: Tensor) => Tensor;
const of = (loss: PairLoss, x: readonly number[], target: readonly number[]) =>
  numbersOf(loss, numbers(...x), numbers(...target));
const slopes = async (loss: PairLoss, x: readonly number[], target: readonly number[]) =>
  (await derivatives(loss, numbers(...x), numbers(...target)))[0];

describe("differences", () => {
  const [x, target] = [[3, -0.5, 1, 0], [1, 0, 1, -3]]; // biome-ignore format: pairs

  it("L1 is their size", async () => {
    expect(await of((x, t) => nn.meanAbsoluteError(x, t, each), x, target)).toEqual([2, 0.5, 0, 3]);
    expect(await of(nn.meanAbsoluteError, x, target)).toBe(5.5 / 4);
    expect(await slopes((x, t) => nn.meanAbsoluteError(x, t, each), x, target)).toEqual([1, -1, 0, 1]);
  });

  it("smooth L1 is a square near 0", async () => {
    expect(await of((x, t) => nn.smoothL1(x, t, each), x, target)).toEqual([1.5, 0.125, 0, 2.5]);
    expect(await of((x, t) => nn.smoothL1(x, t, { ...each, beta: 2 }), x, target)).toEqual([1, 0.0625, 0, 2]);
    expect(await of((x, t) => nn.smoothL1(x, t, { ...each, beta: 0 }), x, target)).toEqual([2, 0.5, 0, 3]);
    // At d = β both branches have the slope 1.
    expect(await slopes((x, t) => nn.smoothL1(x, t, { ...each, beta: 2 }), x, target)).toEqual([1, -0.25, 0, 1]);
  });

  it("Huber's is δ times smooth L1", async () => {
    expect(await of((x, t) => nn.huber(x, t, { ...each, delta: 2 }), x, target)).toEqual([2, 0.125, 0, 4]);
    expect(await slopes((x, t) => nn.huber(x, t, { ...each, delta: 2 }), x, target)).toEqual([2, -0.5, 0, 2]);
  });

  it("stay what they are beyond numbers", async () => {
    const [strange, zero] = [[Infinity, NaN, -Infinity], [0, 0, 0]]; // biome-ignore format: pairs
    for (const loss of [nn.meanAbsoluteError, nn.smoothL1, nn.huber, nn.meanSquaredError])
      expect(await of((x, t) => loss(x, t, each), strange, zero)).toEqual([Infinity, NaN, Infinity]);
  });
});

describe("binary cross-entropy", () => {
  it("is −log of the probability of the answer", async () => {
    const x = [log(3), log(3), 0];
    expect(await of((x, t) => nn.binaryCrossEntropy(x, t, each), x, [1, 0, 0.5])).toEqual(
      close([log(4 / 3), log(4), log(2)]),
    );
  });

  it("has the derivative σ(x) − t, at 0 as well", async () => {
    const loss: PairLoss = (x, t) => nn.binaryCrossEntropy(x, t, each);
    expect(await slopes(loss, [log(3), 0, 0, 0], [1, 1, 0, 0.25])).toEqual(close([-0.25, -0.5, 0.5, 0.25]));
  });

  it("multiplies the losses of positives", async () => {
    const loss: PairLoss = (x, t) => nn.binaryCrossEntropy(x, t, { ...each, positiveWeight: 3 });
    expect(await of(loss, [0, 0, 0], [1, 0, 0.5])).toEqual(close([3 * log(2), log(2), 2 * log(2)]));
    const x = array([[0, 0], [0, 0]], "f64"); // biome-ignore format: two samples of two questions
    const target = constant(array([[1, 1], [0, 1]], "f64")); // biome-ignore format: two samples of two questions
    const positiveWeight = constant(numbers(2, 5));
    expect(
      await numbersOf((x) => nn.binaryCrossEntropy(x, target, { reduction: "sum", positiveWeight }), x),
    ).toBeCloseTo((2 + 5 + 1 + 5) * log(2), DIGITS);
  });

  it("neither overflows nor loses small losses", async () => {
    const loss: PairLoss = (x, t) => nn.binaryCrossEntropy(x, t, each);
    const [x, target] = [[1e4, -1e4, 1e4, -1e4, 50, -50], [1, 0, 0, 1, 1, 0]]; // biome-ignore format: pairs
    const [a, b, ...others] = (await of(loss, x, target)) as number[];
    expect([a, b, others[0], others[1]]).toEqual([0, 0, 1e4, 1e4]);
    // log1p(e⁻⁵⁰), of which 1 + e⁻⁵⁰ would leave nothing.
    for (const small of others.slice(2)) expect(small / Math.exp(-50)).toBeCloseTo(1, DIGITS);
    expect((await slopes(loss, x, target)).every(Number.isFinite)).toBe(true);
  });
});

describe("the Kullback–Leibler divergence", () => {
  const x = array([[log(0.5), log(0.5)], [log(0.25), log(0.75)]], "f64"); // biome-ignore format: two samples
  const target = array([[0.25, 0.75], [0, 1]], "f64"); // biome-ignore format: two samples
  const terms = [0.25 * log(0.5), 0.75 * log(1.5), 0, log(4 / 3)];
  const total = terms.reduce((a, b) => a + b);

  it("is t (log t − x), and 0 where t is", async () => {
    const loss = (options: nn.KlDivergenceOptions) => numbersOf((x, t) => nn.klDivergence(x, t, options), x, target);
    expect((await loss(each)) as number[][]).toEqual([close(terms.slice(0, 2)), close(terms.slice(2))]);
    expect(await loss({})).toBeCloseTo(total / 4, DIGITS);
    expect(await loss({ reduction: "sum" })).toBeCloseTo(total, DIGITS);
    expect(await loss({ reduction: "batchMean" })).toBeCloseTo(total / 2, DIGITS);
    const weights = constant(numbers(0, 3));
    expect(await loss({ reduction: "batchMean", sampleWeights: weights })).toBeCloseTo(log(4 / 3), DIGITS);
  });

  it("takes logarithms of the targets as well", async () => {
    const loss = numbersOf(
      (x, t) => nn.klDivergence(x, t, { logTarget: true, reduction: "sum" }),
      x,
      numbersLog(target),
    );
    expect(await loss).toBeCloseTo(0.25 * log(0.5) + 0.75 * log(1.5), DIGITS);
  });

  it("has finite derivatives where a target is 0, even if the probability is as well", async () => {
    const sure = array([[Number.NEGATIVE_INFINITY, 0]], "f64");
    const all = await derivatives((x, t) => nn.klDivergence(x, t), sure, array([[0, 1]], "f64"));
    expect(all.flat().every(Number.isFinite)).toBe(true);
  });
});

/** The first sample's logarithms; the second sample agrees with itself. */
const numbersLog = (target: ReturnType<typeof array>) =>
  array([[log(target.data[0]), log(target.data[1])], [log(0.25), log(0.75)]], "f64"); // biome-ignore format: two samples

describe("the hinge loss", () => {
  it("is what is short of the margin", async () => {
    const [x, target] = [[0.3, 2, -0.5, -3], [1, 1, -1, 1]]; // biome-ignore format: pairs
    expect(await of((x, t) => nn.hinge(x, t, each), x, target)).toEqual(close([0.7, 0, 0.5, 4]));
    expect(await of((x, t) => nn.hinge(x, t, { ...each, margin: 2, power: 2 }), x, target)).toEqual(
      close([1.7 ** 2, 0, 1.5 ** 2, 25]),
    );
    expect(await slopes((x, t) => nn.hinge(x, t, each), x, target)).toEqual(close([-1, 0, 1, -1]));
  });
});

describe("derivatives by differences", () => {
  // None at a kink, where differences say nothing.
  const x = array([[0.3, -1.2, 2.2], [0.9, -0.4, 0.1]], "f64"); // biome-ignore format: two samples
  const target = array([[0.6, 0.2, 0.7], [0.1, 0.8, 0.5]], "f64"); // biome-ignore format: two samples
  const sampleWeights = () => constant(numbers(1, 2.5));
  it.each<[string, PairLoss]>([
    ["meanSquaredError", (x, t) => nn.meanSquaredError(x, t, { sampleWeights: sampleWeights() })],
    ["meanAbsoluteError", (x, t) => nn.meanAbsoluteError(x, t)],
    ["smoothL1", (x, t) => nn.smoothL1(x, t, { beta: 0.7, sampleWeights: sampleWeights() })],
    ["huber", (x, t) => nn.huber(x, t, { delta: 0.7, reduction: "sum" })],
    ["binaryCrossEntropy", (x, t) => nn.binaryCrossEntropy(x, t, { positiveWeight: 2.5 })],
    ["klDivergence", (x, t) => nn.klDivergence(logSoftmax(x, 1), softmax(t, 1), { reduction: "batchMean" })],
    ["klDivergence of logarithms", (x, t) => nn.klDivergence(x, t, { logTarget: true })],
    ["hinge", (x, t) => nn.hinge(x, t, { power: 2, margin: 2 })],
  ])("%s", (_, loss) => expectGradients(loss, x, target));
});

describe("losses of several tasks", () => {
  it("are added up by their weights, as are their derivatives", async () => {
    const body = (x: Tensor) =>
      nn.weightedSum({ size: sum(x), box: [sum(exp(x)), 0.5], scaled: [sum(x), constant(array(2, "f64"))] });
    expect(await numbersOf(body, numbers(0, 1))).toBeCloseTo(1 + 0.5 * (1 + Math.E) + 2, DIGITS);
    expect((await derivatives(body, numbers(0, 1)))[0]).toEqual(close([3.5, 3 + 0.5 * Math.E]));
  });

  it.each<[(x: Tensor) => Record<string, nn.WeighedLoss>, Error]>([
    [
      (x) => ({ class: sum(x), box: x }),
      new ShapeError("weightedSum: the loss of box must be one number, got f32[4]; reduce it by mean or sum"),
    ],
    [
      (x) => ({ box: [sum(x), Number.NaN] }),
      new OptionError("weightedSum: the weight of box must be one number, got NaN"),
    ],
    [(x) => ({ box: [sum(x), x] }), new OptionError("weightedSum: the weight of box must be one number, got f32[4]")],
    [() => ({}), new OptionError("weightedSum: there are no losses")],
  ])("are refused: %#", (losses, error) => {
    expect(() => trace((x) => nn.weightedSum(losses(x)), [f32(4)])).toThrow(error);
  });
});

describe("options that are not acceptable", () => {
  const attempt = (body: (x: Tensor) => Tensor) => () => trace(body, [f32(4)]);
  it.each<[(x: Tensor) => Tensor, string]>([
    [(x) => nn.huber(x, x, { delta: 0 }), "huber: delta must be a number above 0, got 0"],
    [(x) => nn.smoothL1(x, x, { beta: -1 }), "smoothL1: beta must be a number of at least 0, got -1"],
    [(x) => nn.hinge(x, x, { power: 3 as 2 }), "hinge: power must be 1 or 2, got 3"],
    [
      (x) => nn.binaryCrossEntropy(x, x, { positiveWeight: -1 }),
      "binaryCrossEntropy: positiveWeight must be a number of at least 0, or a tensor, got -1",
    ],
    [
      (x) => nn.klDivergence(x, x, { reduction: "batch" as "sum" }),
      "klDivergence: reduction must be one of 'mean', 'sum', 'none', 'batchMean', got \"batch\"",
    ],
    [
      (x) => nn.meanAbsoluteError(x, x, { sampleWeight: x } as object),
      "meanAbsoluteError: there is no option 'sampleWeight'; did you mean sampleWeights?",
    ],
  ])("%#", (body, message) => expect(attempt(body)).toThrow(new OptionError(message)));

  it("nor is a target of another shape", () => {
    for (const [name, loss] of Object.entries({ huber: nn.huber, hinge: nn.hinge, klDivergence: nn.klDivergence }))
      expect(() => trace((x, t) => loss(x, t), [f32(4, 1), f32(4)])).toThrow(
        new ShapeError(`${name}: shapes differ: f32[4,1] and target f32[4]`),
      );
  });
});
