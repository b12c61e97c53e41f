import { describe, expect, it } from "vitest";
import { expectGradients } from "../../../tests/support/differences.ts";
import { derivatives, numbersOf } from "../../../tests/support/values.ts";
import { array, OptionError, Random, ShapeError, zeros } from "../../array/index.ts";
import { constant, f32, f64, i32, type Tensor, trace } from "../../graph/index.ts";
import { reshape, sum } from "../../ops/index.ts";
import { type CrossEntropyOptions, crossEntropy, multiMargin, negativeLogLikelihood } from "../index.ts";

const { log } = Math;
/** Doubles, after a few operations. */
const DIGITS = 13;

const classes = (...values: number[]): Tensor => constant(array(values, "i32"));
const numbers = (...values: number[]): Tensor => constant(array(values, "f64"));

/** Probabilities 1/4 and 3/4, then 1/2 and 1/2, then 3/4 and 1/4. */
const scores = array([[0, log(3)], [5, 5], [log(3), 0]], "f64"); // biome-ignore format: three samples

const drawn = (shape: number[], stream: string) => {
  const random = new Random(1, stream);
  const values = zeros(shape, "f64");
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-2, 2);
  return values;
};

describe("cross-entropy with weights of classes", () => {
  const loss = (options: CrossEntropyOptions) => numbersOf((x) => crossEntropy(x, classes(1, 0, 1), options), scores);
  const own = [3 * log(4 / 3), 2 * log(2), 3 * log(4)];

  it("multiplies each loss by the weight of its class, and divides the mean by the weights", async () => {
    const total = own[0] + own[1] + own[2];
    expect(await loss({ classWeights: [2, 3], reduction: "sum" })).toBeCloseTo(total, DIGITS);
    expect(await loss({ classWeights: [2, 3] })).toBeCloseTo(total / 8, DIGITS);
    expect(await loss({ classWeights: [2, 3], reduction: "none" })).toEqual(
      own.map((value) => expect.closeTo(value, DIGITS)),
    );
  });

  it("weighs the evenly spread share class by class", async () => {
    const even = (2 * log(4) + 3 * log(4 / 3)) / 2 + ((2 + 3) * log(2)) / 2 + (2 * log(4 / 3) + 3 * log(4)) / 2;
    const expected = (0.9 * (own[0] + own[1] + own[2]) + 0.1 * even) / 8;
    expect(await loss({ classWeights: [2, 3], labelSmoothing: 0.1 })).toBeCloseTo(expected, DIGITS);
  });

  it("takes the weights as a tensor as well", async () => {
    const [list, tensor] = await Promise.all([
      loss({ classWeights: [2, 3] }),
      numbersOf((x) => crossEntropy(x, classes(1, 0, 1), { classWeights: numbers(2, 3) }), scores),
    ]);
    expect(tensor).toBe(list);
  });
});

describe("balanced class weights", () => {
  // Two samples of class 1 and one of class 0 weigh 3 / (2 · 2) and 3 / (2 · 1).
  const target = () => classes(1, 0, 1);
  const loss = (options: CrossEntropyOptions, labels = target) =>
    numbersOf((x) => crossEntropy(x, labels(), options), scores);

  it("make all classes of the batch count the same", async () => {
    for (const reduction of ["mean", "sum", "none"] as const)
      expect(await loss({ classWeights: "balanced", reduction })).toEqual(
        await loss({ classWeights: [1.5, 0.75], reduction }),
      );
  });

  it("count the shares of soft targets, and no samples that are ignored", async () => {
    const soft = () => constant(array([[0, 1], [1, 0], [0, 1]], "f64")); // biome-ignore format: three samples
    expect(await loss({ classWeights: "balanced" }, soft)).toBeCloseTo(
      (await loss({ classWeights: [1.5, 0.75] }, soft)) as number,
      DIGITS,
    );
    const some = { ignoreIndex: 0, classWeights: "balanced" } as const;
    expect(await loss(some)).toEqual(await loss({ ignoreIndex: 0, classWeights: [0, 1] }));
  });

  it("hold for the other losses of classes", async () => {
    for (const other of [negativeLogLikelihood, multiMargin])
      expect(await numbersOf((x) => other(x, target(), { classWeights: "balanced" }), scores)).toEqual(
        await numbersOf((x) => other(x, target(), { classWeights: [1.5, 0.75] }), scores),
      );
  });
});

describe("an ignored class number", () => {
  const target = classes(1, -100, 0);
  const some: CrossEntropyOptions = { ignoreIndex: -100, labelSmoothing: 0.2, classWeights: [2, 3] };

  it("leaves its samples out of sum and mean, and gives 0 by itself", async () => {
    const [first, last] = [log(4 / 3), log(4 / 3)];
    const loss = (options: CrossEntropyOptions) => numbersOf((x) => crossEntropy(x, target, options), scores);
    expect(await loss({ ignoreIndex: -100 })).toBeCloseTo((first + last) / 2, DIGITS);
    expect(await loss({ ignoreIndex: -100, reduction: "none" })).toEqual([
      expect.closeTo(first, DIGITS),
      0,
      expect.closeTo(last, DIGITS),
    ]);
    expect(await numbersOf((x) => negativeLogLikelihood(x, target, { ignoreIndex: -100 }), scores)).toBeCloseTo(
      (-log(3) - log(3)) / 2,
      DIGITS,
    );
  });

  it("has no derivatives, and leaves those of the others right", async () => {
    const [dx] = await derivatives((x) => crossEntropy(x, target, some), scores);
    expect(dx.slice(2, 4)).toEqual([0, 0]);
    await expectGradients((x) => crossEntropy(x, target, some), scores);
  });

  it("may be a class that exists", async () => {
    const loss = numbersOf((x) => crossEntropy(x, classes(1, 0, 0), { ignoreIndex: 1, reduction: "none" }), scores);
    expect(await loss).toEqual([0, expect.closeTo(log(2), DIGITS), expect.closeTo(log(4 / 3), DIGITS)]);
  });

  it("gives NaN as the mean when there is no other, with derivatives 0, as PyTorch does", async () => {
    const none = (x: Tensor, options: CrossEntropyOptions = {}) =>
      crossEntropy(x, classes(-100, -100, -100), { ...some, ...options });
    expect(await numbersOf((x) => none(x), scores)).toBe(Number.NaN);
    expect((await derivatives((x) => none(x), scores))[0]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await numbersOf((x) => none(x, { reduction: "sum" }), scores)).toBe(0);
  });

  it("still lets other numbers of no class give NaN", async () => {
    expect(await numbersOf((x) => crossEntropy(x, classes(1, 7, 0), some), scores)).toBe(Number.NaN);
  });
});

describe("probabilities as targets", () => {
  const target = array([[0.5, 0.5], [1, 0], [0.25, 0.75]], "f64"); // biome-ignore format: three samples
  const expected = [(log(4) + log(4 / 3)) / 2, log(2), 0.25 * log(4 / 3) + 0.75 * log(4)];
  const loss = (options?: CrossEntropyOptions) => numbersOf((x, t) => crossEntropy(x, t, options), scores, target);

  it("give −Σ t log p, averaged over samples", async () => {
    expect(await loss({ reduction: "none" })).toEqual(expected.map((value) => expect.closeTo(value, DIGITS)));
    expect(await loss()).toBeCloseTo((expected[0] + expected[1] + expected[2]) / 3, DIGITS);
  });

  it("give what class numbers do when they are sure", async () => {
    const sure = array([[0, 1], [1, 0], [1, 0]], "f64"); // biome-ignore format: three samples
    for (const options of [{}, { labelSmoothing: 0.1 }] as const) {
      const [soft, hard] = await Promise.all([
        numbersOf((x, t) => crossEntropy(x, t, options), scores, sure),
        numbersOf((x) => crossEntropy(x, classes(1, 0, 0), options), scores),
      ]);
      expect(soft).toBeCloseTo(hard as number, DIGITS);
    }
  });

  it("have derivatives of their own", async () => {
    const options = { labelSmoothing: 0.2, classWeights: [2, 3] };
    await expectGradients((x, t) => crossEntropy(x, t, options), drawn([2, 2], "x"), drawn([2, 2], "t"));
  });

  it("cannot be ignored by number", () => {
    expect(() => trace((x, t) => crossEntropy(x, t, { ignoreIndex: 0 }), [f32(2, 3), f32(2, 3)])).toThrow(
      new OptionError("crossEntropy: ignoreIndex is for class numbers; to leave samples out, give sampleWeights of 0"),
    );
  });
});

describe("weights of samples", () => {
  const loss = (weights: Tensor, options: CrossEntropyOptions = {}) =>
    numbersOf((x) => crossEntropy(x, classes(1, 0, 1), { sampleWeights: weights, ...options }), scores);

  it("multiply losses and count in the mean", async () => {
    const expected = (log(4 / 3) + 3 * log(4)) / 4;
    expect(await loss(numbers(1, 0, 3))).toBeCloseTo(expected, DIGITS);
    expect(await loss(numbers(1, 0, 3), { reduction: "sum" })).toBeCloseTo(4 * expected, DIGITS);
  });

  it("multiply with those of the classes", async () => {
    const expected = (3 * log(4 / 3) + 3 * 3 * log(4)) / (3 + 9);
    expect(await loss(numbers(1, 0, 3), { classWeights: [2, 3] })).toBeCloseTo(expected, DIGITS);
  });

  it("may be a mask, and leave out what is not finite", async () => {
    const x = array([[0, log(3)], [Number.NaN, 1]], "f64"); // biome-ignore format: two samples
    const mask = constant(array([true, false], "bool"));
    const body = (x: Tensor) => crossEntropy(x, classes(1, 0), { sampleWeights: mask });
    expect(await numbersOf(body, x)).toBeCloseTo(log(4 / 3), DIGITS);
  });

  it("are aligned with the first axes of the losses", async () => {
    const maps = drawn([2, 3, 4], "maps");
    const target = constant(array([[0, 1, 2, 0], [2, 1, 0, 0]], "i32")); // biome-ignore format: two samples
    const each = await numbersOf((x) => crossEntropy(x, target, { reduction: "none" }), maps);
    const total = (row: unknown) => (row as number[]).reduce((a, b) => a + b);
    const [first, second] = (each as unknown[]).map(total);
    const weighed = await numbersOf((x) => crossEntropy(x, target, { sampleWeights: numbers(1, 3) }), maps);
    expect(weighed).toBeCloseTo((first + 3 * second) / 16, DIGITS);
  });

  it("of another shape are refused", () => {
    expect(() => trace((x, y, w) => crossEntropy(x, y, { sampleWeights: w }), [f32(4, 3), i32(4), f32(3)])).toThrow(
      new ShapeError(
        "crossEntropy: sampleWeights must have the shape [4] of the losses, or of their first axes; got f32[3]",
      ),
    );
  });
});

describe("derivatives of losses of classes", () => {
  const target = constant(array([[1, 2], [0, 2], [2, 2]], "i32")); // biome-ignore format: three samples
  it.each<[string, (x: Tensor) => Tensor]>([
    ["cross-entropy over maps", (x) => crossEntropy(x, target)],
    ["smoothed and weighed", (x) => crossEntropy(x, target, { labelSmoothing: 0.1, classWeights: [1, 2, 0.5] })],
    ["negative log-likelihood", (x) => negativeLogLikelihood(x, target, { classWeights: [1, 2, 0.5] })],
    ["margins", (x) => multiMargin(x, target, { reduction: "none" })],
    ["squared margins", (x) => multiMargin(x, target, { power: 2, margin: 0.7, classWeights: [1, 2, 0.5] })],
  ])("%s", (_, body) => expectGradients(body, drawn([3, 3, 2], "maps")));
});

describe("the multi-class margin", () => {
  // Scores of the right class 2: rivals are 1 and 1.5 behind it, or lead by 0.5.
  const x = array([[1, 0.5, 2], [1, 2.5, 2]], "f64"); // biome-ignore format: two samples

  it("counts what rivals are short of it, over the number of classes", async () => {
    const loss = (options = {}) =>
      numbersOf((x) => multiMargin(x, classes(2, 2), { reduction: "none", ...options }), x);
    expect(await loss()).toEqual([0, expect.closeTo(1.5 / 3, DIGITS)]);
    expect(await loss({ margin: 2 })).toEqual([expect.closeTo(1.5 / 3, DIGITS), expect.closeTo(3.5 / 3, DIGITS)]);
    expect(await loss({ power: 2, classWeights: [1, 1, 4] })).toEqual([0, expect.closeTo((4 * 2.25) / 3, DIGITS)]);
  });

  it("is 0 with derivatives 0 where the score of the right class is infinite", async () => {
    const certain = array([[Number.POSITIVE_INFINITY, 0, 1]], "f64");
    for (const power of [1, 2] as const) {
      expect(await numbersOf((x) => multiMargin(x, classes(0), { power }), certain)).toBe(0);
      expect(await derivatives((x) => multiMargin(x, classes(0), { power }), certain)).toEqual([[0, 0, 0]]);
    }
  });

  it("is NaN for a class that does not exist", async () => {
    expect(await numbersOf((x) => multiMargin(x, classes(2, 3)), x)).toBe(Number.NaN);
  });
});

describe("samples whose class has weight 0", () => {
  it("have no derivatives, even where their scores are not finite", async () => {
    const x = array([[Number.NaN, 1, 0], [1, Number.POSITIVE_INFINITY, 2], [1, 5, 2]], "f64"); // biome-ignore format: three samples
    for (const loss of [
      (x: Tensor) => crossEntropy(x, classes(0, 0, 1), { classWeights: [0, 2, 1] }),
      (x: Tensor) => multiMargin(x, classes(0, 0, 1), { classWeights: [0, 2, 1] }),
      (x: Tensor) => multiMargin(x, classes(0, 0, 1), { classWeights: [0, 2, 1], power: 2 }),
    ]) {
      expect(Number.isFinite(await numbersOf(loss, x))).toBe(true);
      const [dx] = await derivatives(loss, x);
      expect(dx.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(dx.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("class weights that do not fit", () => {
  it.each<[Tensor | number[], string]>([
    [[1, 2], "f32[3]; got f32[2]"],
    [[], "f32[3]; got f32[0]"],
  ])("are refused: %j", (classWeights, end) => {
    expect(() => trace((x, y) => crossEntropy(x, y, { classWeights }), [f32(4, 3), i32(4)])).toThrow(
      new ShapeError(`crossEntropy: classWeights must have a number for each of 3 classes, ${end}`),
    );
  });

  it("are refused when they are of another type, or no numbers", () => {
    expect(() => trace((x, y, w) => crossEntropy(x, y, { classWeights: w }), [f32(4, 3), i32(4), f64(3)])).toThrow(
      "f32[3]; got f64[3]",
    );
    const classWeights = ["1"] as unknown as number[];
    expect(() => trace((x, y) => crossEntropy(x, y, { classWeights }), [f32(4, 3), i32(4)])).toThrow(
      "crossEntropy: classWeights must be a list of numbers or a tensor, one for each class, or 'balanced', got [\"1\"]",
    );
  });
});

it("takes no samples at all, whose mean is not a number and whose sum is 0", async () => {
  const x = zeros([0, 3], "f64");
  const none = constant(zeros([0], "i32"));
  expect(await numbersOf((x) => crossEntropy(x, none, { reduction: "sum" }), x)).toBe(0);
  expect(await numbersOf((x) => crossEntropy(x, none), x)).toBe(Number.NaN);
  expect(await numbersOf((x) => reshape(sum(multiMargin(x, none, { reduction: "none" })), []), x)).toBe(0);
});
