/**
 * Losses where 0 · ∞ or ∞ − ∞ is near: what never happens costs nothing, what is left out has no part in loss or
 * derivatives whatever it is, and an infinite loss has no NaN among its derivatives. On every engine.
 */
import { describe, expect, it } from "vitest";
import { array, type NdArray } from "../../src/array/index.ts";
import { compile } from "../../src/engines/index.ts";
import { constant, type Tensor } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { exp, gradient, softmax, sum } from "../../src/ops/index.ts";
import { usable } from "../support/engines.ts";

const { log } = Math;
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

type Case = readonly [
  name: string,
  loss: (x: Tensor, target: Tensor) => Tensor,
  x: NdArray,
  target: NdArray,
  value: number,
  slopes: readonly number[],
];

const floats = (values: number[] | number[][]): NdArray => array(values, "f32");
const classes = (...values: number[]): NdArray => array(values, "i32");
const weights = (...values: number[]): Tensor => constant(floats(values));
const total = { reduction: "sum" } as const;

const third = 1 / 3;
const masked = floats([[0, 0, 0, -inf]]);
const twoRows = (...second: number[]): NdArray => floats([[0, 0], second]);

// biome-ignore format: a table
const cases: readonly Case[] = [
  ["KL, an impossible class", (x, t) => nn.klDivergence(x, t, total), floats([[log(0.5), log(0.5), -inf]]), floats([[0.25, 0.75, 0]]),
    0.25 * log(0.5) + 0.75 * log(1.5), [-0.25, -0.75, 0]],
  ["KL, the same of logarithms", (x, t) => nn.klDivergence(x, t, { ...total, logTarget: true }), floats([[log(0.5), log(0.5), -inf]]), floats([[log(0.25), log(0.75), -inf]]),
    0.25 * log(0.5) + 0.75 * log(1.5), [-0.25, -0.75, 0]],
  ["KL, a class that was held to be impossible", (x, t) => nn.klDivergence(x, t, total), floats([[0, -inf]]), floats([[0.5, 0.5]]), inf, [-0.5, -0.5]],
  ["KL, a sample of weight 0", (x, t) => nn.klDivergence(x, t, { reduction: "batchMean", logTarget: true, sampleWeights: weights(1, 0) }), twoRows(nan, inf), twoRows(-inf, nan),
    0, [-1, -1, 0, 0]],
  ["probabilities as targets, a score of −∞", (x, t) => nn.crossEntropy(x, t), masked, floats([[1, 0, 0, 0]]), log(3), [third - 1, third, third, 0]],
  ["probabilities, where the target is not 0", (x, t) => nn.crossEntropy(x, t), masked, floats([[0.5, 0, 0, 0.5]]), inf, [third - 0.5, third, third, -0.5]],
  ["probabilities, with smoothing over what is ruled out", (x, t) => nn.crossEntropy(x, t, { labelSmoothing: 0.4 }), masked, floats([[1, 0, 0, 0]]), inf, [third - 0.7, third - 0.1, third - 0.1, -0.1]],
  ["probabilities, ruled out by weight 0", (x, t) => nn.crossEntropy(x, t, { classWeights: [1, 1, 1, 0] }), masked, floats([[0.5, 0, 0, 0.5]]), 0.5 * log(3), [third / 2 - 0.5, third / 2, third / 2, 0]],
  ["probabilities, a sample of weight 0", (x, t) => nn.crossEntropy(x, t, { sampleWeights: weights(1, 0) }), twoRows(nan, inf), twoRows(nan, 1), 0, [0, 0, 0, 0]],
  ["classes, a score of −∞", (x, t) => nn.crossEntropy(x, t), masked, classes(0), log(3), [third - 1, third, third, 0]],
  ["classes, the own score −∞", (x, t) => nn.crossEntropy(x, t), masked, classes(3), inf, [third, third, third, -1]],
  ["classes, smoothing with weight 0 for what is ruled out", (x, t) => nn.crossEntropy(x, t, { labelSmoothing: 1, classWeights: [1, 1, 1, 0], ...total }), masked, classes(0), 0.75 * log(3), [0, 0, 0, 0]],
  ["classes, all of the target spread", (x, t) => nn.crossEntropy(x, t, { labelSmoothing: 1 }), floats([[0, -inf]]), classes(1), inf, [0.5, -0.5]],
  ["classes, an ignored sample", (x, t) => nn.crossEntropy(x, t, { ignoreIndex: -100 }), twoRows(nan, inf), classes(0, -100), log(2), [-0.5, 0.5, 0, 0]],
  ["classes, an ignored sample, smoothed", (x, t) => nn.crossEntropy(x, t, { ignoreIndex: 1, labelSmoothing: 0.5 }), twoRows(-inf, inf), classes(0, 1), log(2), [-0.25, 0.25, 0, 0]],
  ["classes, weight 0 of an impossible class", (x, t) => nn.crossEntropy(x, t, { classWeights: [1, 0] }), twoRows(0, -inf), classes(0, 1), log(2), [-0.5, 0.5, 0, 0]],
  ["classes, a sample of weight 0", (x, t) => nn.crossEntropy(x, t, { sampleWeights: weights(2, 0) }), twoRows(nan, -inf), classes(0, 1), log(2), [-0.5, 0.5, 0, 0]],
  ["log-likelihood, weight 0 of an impossible class", (x, t) => nn.negativeLogLikelihood(x, t, { classWeights: [1, 0] }), twoRows(0, -inf), classes(0, 1), 0, [-1, 0, 0, 0]],
  ["log-likelihood, an ignored sample", (x, t) => nn.negativeLogLikelihood(x, t, { ignoreIndex: 1 }), twoRows(0, -inf), classes(0, 1), 0, [-1, 0, 0, 0]],
  ["binary, sure and right", (x, t) => nn.binaryCrossEntropy(x, t), floats([inf, -inf]), floats([1, 0]), 0, [0, 0]],
  ["binary, sure and wrong", (x, t) => nn.binaryCrossEntropy(x, t, total), floats([inf, -inf]), floats([0, 1]), inf, [1, -1]],
  ["binary, a weight of positives of 0", (x, t) => nn.binaryCrossEntropy(x, t, { ...total, positiveWeight: 0 }), floats([-inf, 0]), floats([1, 0]), log(2), [0, 0.5]],
  ["binary, a missing target", (x, t) => nn.binaryCrossEntropy(x, t, { sampleWeights: weights(1, 0) }), floats([0, 5]), floats([1, nan]), log(2), [-0.5, 0]],
  ["squares, a missing target", (x, t) => nn.meanSquaredError(x, t, { sampleWeights: weights(1, 0) }), floats([3, 5]), floats([1, nan]), 4, [4, 0]],
  ["squares, an infinite score of weight 0", (x, t) => nn.meanSquaredError(x, t, { sampleWeights: weights(1, 0) }), floats([3, inf]), floats([1, 2]), 4, [4, 0]],
  ["differences, a missing target", (x, t) => nn.meanAbsoluteError(x, t, { sampleWeights: weights(1, 0) }), floats([3, 5]), floats([1, nan]), 2, [1, 0]],
  ["Huber, a missing target", (x, t) => nn.huber(x, t, { sampleWeights: weights(1, 0) }), floats([3, inf]), floats([1, nan]), 1.5, [1, 0]],
  ["Huber, infinitely far", (x, t) => nn.huber(x, t, total), floats([inf, -inf]), floats([1, 1]), inf, [1, -1]],
  ["smooth L1, infinitely far", (x, t) => nn.smoothL1(x, t, { ...total, beta: 2 }), floats([inf, -inf]), floats([1, 1]), inf, [1, -1]],
  ["hinge, sure and right", (x, t) => nn.hinge(x, t, { ...total, power: 2 }), floats([inf, -inf]), floats([1, -1]), 0, [0, 0]],
  ["hinge, a missing target", (x, t) => nn.hinge(x, t, { sampleWeights: weights(1, 0), power: 2 }), floats([0, 5]), floats([1, nan]), 1, [-2, 0]],
  ["margins, a score of −∞", (x, t) => nn.multiMargin(x, t), floats([[0, 0.5, -inf]]), classes(0), 0.5, [-third, third, 0]],
  ["margins, a sample of weight 0", (x, t) => nn.multiMargin(x, t, { power: 2, sampleWeights: weights(1, 0) }), twoRows(nan, inf), classes(0, 1), 0.5, [-1, 1, 0, 0]],
  ["margins, weight 0 of a class", (x, t) => nn.multiMargin(x, t, { ...total, classWeights: [1, 0] }), twoRows(0, -inf), classes(0, 1), 0.5, [-0.5, 0.5, 0, 0]],
];

/** Two steps of three classes, the blank first: "1" in them is 11, 01 or 10. */
const steps = (...rows: number[][][]): NdArray => array(rows, "f32");
const even = [[0, 0], [0, 0], [0, 0]]; // biome-ignore format: one row a class

const sequences: readonly Case[] = [
  [
    "CTC, a class that is ruled out",
    (x, t) => nn.ctc(x, t, total),
    steps([[0, 0], [0, 0], [-inf, -inf]]), // biome-ignore format: one row a class
    array([[1]], "i32"),
    log(4 / 3),
    // Softmax − share of the paths.
    [0.5 - third, 0.5 - third, 0.5 - 2 * third, 0.5 - 2 * third, 0, 0],
  ],
  [
    "CTC, a label that is ruled out",
    (x, t) => nn.ctc(x, t, total),
    steps([[0, 0], [-inf, -inf], [0, 0]]), // biome-ignore format: one row a class
    array([[1]], "i32"),
    inf,
    [0, 0, 0, 0, 0, 0],
  ],
  [
    "CTC, a sample of weight 0",
    (x, t) => nn.ctc(x, t, { sampleWeights: weights(1, 0) }),
    steps(even, [[nan, 0], [inf, 0], [0, 0]]), // biome-ignore format: one row a class
    array([[1], [1]], "i32"),
    log(3),
    [0, 0, third - 2 * third, third - 2 * third, third, third, 0, 0, 0, 0, 0, 0],
  ],
];

const all = [...cases, ...sequences];

const TOLERANCE = 2e-6;
const near = (x: number): unknown => (Number.isFinite(x) ? expect.closeTo(x, -Math.log10(2 * TOLERANCE)) : x);

describe.each(usable)("on $name", (candidate) => {
  if (!("engine" in candidate)) return;
  const { engine } = candidate;

  it("losses and their derivatives are what they should be", async () => {
    // One program for all of them: compiling takes the time.
    const inputs = all.flatMap(([, , x, target]) => [x, target]);
    const body = (...tensors: Tensor[]) =>
      all.map(([, loss], i) => {
        const [x, target] = tensors.slice(2 * i);
        const value = loss(x, target);
        return { value, slopes: gradient(value, [x])[0] };
      });
    const results = await compile(body, inputs, { engine })(...inputs);
    const found = all.map(([name], i) => {
      const { value, slopes } = results[i];
      return { name, value: value.item(), slopes: [...slopes.data].map((slope) => slope + 0) };
    });
    expect(found).toEqual(
      all.map(([name, , , , value, slopes]) => ({ name, value: near(value), slopes: slopes.map(near) })),
    );
  });

  it("derivatives by targets are finite where a target is 0", async () => {
    const x = floats([[0, -inf]]);
    const t = floats([[1, 0]]);
    const slopes = (x: Tensor, t: Tensor) => [
      ...gradient(nn.crossEntropy(x, t), [t]),
      ...gradient(nn.klDivergence(x, t), [t]),
      ...gradient(nn.binaryCrossEntropy(x, softmax(t)), [t]),
    ];
    const [soft, kl] = await compile(slopes, [x, t], { engine })(x, t);
    expect([...soft.data, ...kl.data].every(Number.isFinite)).toBe(true);
  });

  it("a task of weight 0 is left out of a sum of losses", async () => {
    const body = (x: Tensor) => {
      const all = nn.weightedSum({ first: sum(x), off: [sum(exp(exp(x))), 0] });
      return { all, slopes: gradient(all, [x])[0] };
    };
    const x = floats([1, 100]);
    const { all, slopes } = await compile(body, [x], { engine })(x);
    expect([all.item(), ...slopes.data]).toEqual([101, 1, 1]);
  });
});
