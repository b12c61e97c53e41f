/** Losses of masks and heat maps, worked by hand. */
import { describe, expect, it } from "vitest";
import { expectGradients } from "../../../tests/support/differences.ts";
import { derivatives, numbersOf } from "../../../tests/support/values.ts";
import { array, type NdArray, OptionError, Random, ShapeError, zeros } from "../../array/index.ts";
import { constant, f32, i32, type Tensor, trace } from "../../graph/index.ts";
import * as nn from "../index.ts";

const { log } = Math;
/** Doubles, after a few operations. */
const DIGITS = 12;
const near = (value: number) => expect.closeTo(value, DIGITS);
const each = { reduction: "none" } as const;

function drawn(shape: number[], stream: string): NdArray {
  const random = new Random(1, stream);
  const values = zeros(shape, "f64");
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-2, 2);
  return values;
}

/** A picture of three pixels, with probabilities 3/4, 1/2, 1/4 of class 0. */
const scores = array([[[log(3), 0, 0], [0, 0, log(3)]]], "f64"); // biome-ignore format: a row a class
const target = constant(array([[0, 1, 1]], "i32"));

describe("the Dice loss", () => {
  const loss = (options: nn.DiceOptions, labels = target) => numbersOf((x) => nn.diceLoss(x, labels, options), scores);
  // Class 0: Σ p g = 3/4, Σ p = 3/2, Σ g = 1. Class 1: 1/2 + 3/4, 3/2, 2.
  const own = [1 - 1.5 / 2.5, 1 - 2.5 / 3.5];

  it("is 1 − 2 Σ p g / (Σ p + Σ g) of each class", async () => {
    expect(await loss({ smooth: 0, ...each })).toEqual([own.map(near)]);
    expect(await loss({ smooth: 0 })).toBeCloseTo((own[0] + own[1]) / 2, DIGITS);
    expect(await loss({ ...each })).toEqual([[near(1 - 2.5 / 3.5), near(1 - 3.5 / 4.5)]]);
    expect(await loss({ smooth: 0, classWeights: [0, 2] })).toBeCloseTo(own[1], DIGITS);
    expect(await loss({ smooth: 0, classWeights: [1, 3] })).toBeCloseTo((own[0] + 3 * own[1]) / 4, DIGITS);
  });

  it("leaves ignored pixels out of all sums", async () => {
    const labels = constant(array([[0, 1, 255]], "i32"));
    const expected = [1 - 1.5 / (1.25 + 1), 1 - 1 / (0.75 + 1)];
    expect(await loss({ smooth: 0, ignoreIndex: 255, ...each }, labels)).toEqual([expected.map(near)]);
    const strange = scores.copy();
    strange.data[2] = NaN;
    const body = (x: Tensor) => nn.diceLoss(x, labels, { ignoreIndex: 255 });
    expect(await numbersOf(body, strange)).toBeCloseTo((await loss({ ignoreIndex: 255 }, labels)) as number, DIGITS);
    expect((await derivatives(body, strange))[0].every(Number.isFinite)).toBe(true);
    expect(await loss({}, labels)).toBeNaN();
  });

  it("is 0 for classes that are neither there nor predicted, and without pixels", async () => {
    const sure = array([[[9e3, 9e3], [-9e3, -9e3], [-9e3, -9e3]]], "f64"); // biome-ignore format: a row a class
    const first = constant(zeros([1, 2], "i32"));
    for (const smooth of [0, 1])
      expect(await numbersOf((x) => nn.diceLoss(x, first, { smooth, ...each }), sure)).toEqual([[0, 0, 0]]);
    const nothing = constant(array([[255, 255, 255]], "i32"));
    expect(await loss({ smooth: 0, ignoreIndex: 255 }, nothing)).toBe(0);
    const all = await derivatives((x) => nn.diceLoss(x, nothing, { smooth: 0, ignoreIndex: 255 }), scores);
    expect(all[0].every((slope) => slope === 0)).toBe(true);
  });

  it("takes shares of classes, and classes that do not exclude each other", async () => {
    const shares = constant(array([[[1, 0, 0], [0, 1, 1]]], "f64")); // biome-ignore format: a row a class
    expect(await loss({}, shares)).toBeCloseTo((await loss({})) as number, DIGITS);
    // σ: 3/4, 1/2, 1/2 of the first, 1/2, 1/2, 3/4 of the second.
    expect(await loss({ smooth: 0, exclusive: false, ...each }, shares)).toEqual([
      [near(1 - 1.5 / 2.75), near(1 - 2.5 / 3.75)],
    ]);
    expect(() => trace((x, t) => nn.diceLoss(x, t, { ignoreIndex: 0 }), [f32(1, 2), f32(1, 2)])).toThrow(
      new OptionError("diceLoss: ignoreIndex is for class numbers; give those, or targets without it"),
    );
  });

  it("sums over each sample, or over the batch", async () => {
    const [x, labels] = [drawn([3, 2, 4], "x"), constant(array([[0, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 1]], "i32"))]; // biome-ignore format: rows
    const shape = async (options: nn.DiceOptions) =>
      ((await numbersOf((x) => nn.diceLoss(x, labels, { ...each, ...options }), x)) as number[][]).length;
    expect([await shape({}), await shape({ overBatch: true })]).toEqual([3, 1]);
    for (const options of [{}, { overBatch: true, classWeights: [1, 2] }, { exclusive: false, smooth: 0.3 }])
      await expectGradients((x) => nn.diceLoss(x, labels, options), x.copy());
  });

  it("is refused for targets of another shape", () => {
    expect(() => trace((x, t) => nn.diceLoss(x, t), [f32(2, 3, 4, 4), i32(2, 4)])).toThrow(
      new ShapeError(
        "diceLoss: expects scores [n, classes, …] and i32 class numbers [n, …] or shares of the scores' shape and type, got f32[2,3,4,4] and i32[2,4]",
      ),
    );
  });
});

describe("the focal loss of classes", () => {
  const loss = (options: nn.FocalOptions) => numbersOf((x) => nn.focal(x, target, options), scores);

  it("is cross-entropy times a power of what the answer lacks", async () => {
    const own = [log(4 / 3) / 16, log(2) / 4, log(4 / 3) / 16];
    expect(await loss(each)).toEqual([own.map(near)]);
    expect(await loss({ gamma: 1, ...each })).toEqual([[near(log(4 / 3) / 4), near(log(2) / 2), near(log(4 / 3) / 4)]]);
    expect(await loss({ classWeights: [1, 4] })).toBeCloseTo((own[0] + 4 * own[1] + 4 * own[2]) / 9, DIGITS);
  });

  it("is cross-entropy where γ is 0, with all of its options", async () => {
    const options = { ignoreIndex: 0, classWeights: [2, 3], sampleWeights: constant(array([[1, 2, 5]], "f64")) };
    expect(await loss({ ...options, gamma: 0 })).toBeCloseTo(
      (await numbersOf((x) => nn.crossEntropy(x, target, options), scores)) as number,
      DIGITS,
    );
  });

  it("has derivatives, finite ones for sure answers", async () => {
    const labels = constant(array([[0, 2, 1, 0], [2, 2, 1, 9]], "i32")); // biome-ignore format: rows
    for (const gamma of [0, 0.5, 2])
      await expectGradients((x) => nn.focal(x, labels, { gamma, ignoreIndex: 9 }), drawn([2, 3, 4], "maps"));
    const sure = array([[800, 0], [0, 800]], "f64"); // biome-ignore format: two samples
    const [dx] = await derivatives((x) => nn.focal(x, constant(array([0, 0], "i32")), { gamma: 0.5 }), sure);
    expect(dx.every(Number.isFinite)).toBe(true);
    expect(dx.slice(0, 2)).toEqual([0, 0]);
  });
});

describe("the focal loss of yes-or-no questions", () => {
  it("weighs positives by α, negatives by 1 − α", async () => {
    const [x, t] = [array([log(3), log(3), 0], "f64"), array([1, 0, 0.5], "f64")];
    const expected = [(0.25 * log(4 / 3)) / 16, 0.75 * (9 / 16) * log(4), 0.5 * 0.25 * log(2)];
    expect(await numbersOf((x, t) => nn.binaryFocal(x, t, each), x, t)).toEqual(expected.map(near));
  });

  it("neither overflows nor loses derivatives at sure answers", async () => {
    const [x, t] = [array([1e4, -1e4, 1e4, -1e4], "f64"), array([1, 0, 0, 1], "f64")];
    const found = (await numbersOf((x, t) => nn.binaryFocal(x, t, { ...each, alpha: 0.5 }), x, t)) as number[];
    expect(found).toEqual([0, 0, 5e3, 5e3]);
    for (const gamma of [0, 0.5, 2]) {
      const [dx] = await derivatives((x, t) => nn.binaryFocal(x, t, { gamma }), x, t);
      expect(dx.every(Number.isFinite)).toBe(true);
      await expectGradients((x) => nn.binaryFocal(x, constant(array([1, 0, 0.3], "f64")), { gamma }), drawn([3], "x"));
    }
  });
});

describe("the focal loss of heat maps", () => {
  const x = array([[[[0, log(3), 0]]]], "f64");

  it("counts centers in full and places around them less", async () => {
    const y = array([[[[1, 0.5, 0]]]], "f64");
    // (1/2)² log 2, (1/2)⁴ (3/4)² log 4, (1/2)² log 2.
    const own = [log(2) / 4, (9 / 256) * log(4), log(2) / 4];
    expect(await numbersOf((x, y) => nn.heatMapFocal(x, y, each), x, y)).toEqual([[[own.map(near)]]]);
    expect(await numbersOf((x, y) => nn.heatMapFocal(x, y), x, y)).toBeCloseTo(own[0] + own[1] + own[2], DIGITS);
    const two = array([[[[1, 1, 0]]]], "f64");
    expect(await numbersOf((x, y) => nn.heatMapFocal(x, y), x, two)).toBeCloseTo(
      (log(2) / 4 + log(4 / 3) / 16 + log(2) / 4) / 2,
      DIGITS,
    );
  });

  it("divides by 1 where there are no centers, and leaves out what has weight 0", async () => {
    const none = zeros([1, 1, 1, 3], "f64");
    const total = log(2) / 2 + (9 / 16) * log(4);
    expect(await numbersOf((x, y) => nn.heatMapFocal(x, y), x, none)).toBeCloseTo(total, DIGITS);
    const sampleWeights = constant(array([[[[1, 0, 1]]]], "f64"));
    expect(await numbersOf((x, y) => nn.heatMapFocal(x, y, { sampleWeights }), x, none)).toBeCloseTo(
      log(2) / 2,
      DIGITS,
    );
    await expectGradients(
      (x) => nn.heatMapFocal(x, constant(array([[1, 0.3, 0], [0.9, 1, 0.1]], "f64"))), // biome-ignore format: rows
      drawn([2, 3], "x"),
    );
  });
});
