import { describe, expect, it } from "vitest";
import { expectGradients } from "../../../tests/support/differences.ts";
import { derivatives, numbersOf } from "../../../tests/support/values.ts";
import { array, type NdArray, OptionError, Random, ShapeError, zeros } from "../../array/index.ts";
import { createWasmEngine } from "../../engines/cpu/index.ts";
import { compile } from "../../engines/index.ts";
import { constant, f32, i32, type Tensor, trace } from "../../graph/index.ts";
import { gradient, transpose } from "../../ops/index.ts";
import { type CtcOptions, ctc } from "./ctc.ts";

/** Doubles, after some dozen operations. */
const DIGITS = 12;

function drawn(shape: number[], dtype: "f64" | "f32" = "f64"): NdArray {
  const random = new Random(1, "scores");
  const values = zeros(shape, dtype);
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-2, 2);
  return values;
}

/** What a path spells: repeats merged, then blanks dropped. */
const spelt = (path: readonly number[], blank: number): string =>
  path.filter((label, t) => label !== path[t - 1] && label !== blank).join(" ");

/** The definition: −log of the sum over all paths, for one sample of scores [classes, time]. */
function byAllPaths(scores: NdArray, labels: readonly number[], times: number, blank = 0): number {
  const [classes, all] = scores.shape;
  const at = (k: number, t: number): number => scores.data[k * all + t];
  const total = Array.from({ length: times }, (_, t) =>
    Array.from({ length: classes }, (_, k) => Math.exp(at(k, t))).reduce((a, b) => a + b),
  );
  let sum = 0;
  for (let code = 0; code < classes ** times; code++) {
    const path = Array.from({ length: times }, (_, t) => Math.floor(code / classes ** t) % classes);
    if (spelt(path, blank) !== labels.join(" ")) continue;
    sum += path.reduce((product, k, t) => (product * Math.exp(at(k, t))) / total[t], 1);
  }
  return -Math.log(sum);
}

const integers = (values: number[] | number[][]): Tensor => constant(array(values, "i32"));

describe("connectionist temporal classification", () => {
  it.each<[labels: number[], times: number, blank: number]>([
    [[1], 4, 0],
    [[1, 2], 4, 0],
    [[1, 1], 4, 0],
    [[2, 2], 3, 0],
    [[1, 2, 1], 5, 0],
    [[0, 1], 4, 2],
    [[], 3, 0],
    [[1], 1, 0],
  ])("adds up all paths that spell %j in %d times, with blank %d", async (labels, times, blank) => {
    const scores = drawn([1, 3, times]);
    const target = constant(array([labels], "i32").reshape([1, labels.length]));
    const loss = await numbersOf((x) => ctc(x, target, { blank, reduction: "sum" }), scores);
    expect(loss).toBeCloseTo(byAllPaths(scores.row(0), labels, times, blank), DIGITS);
  });

  // Padding of targets and times holds what it likes, numbers of no class too.
  const scores = drawn([3, 4, 5]);
  const targets = [[1, 2, 3], [3, -1, 9], [2, 2, 0]]; // biome-ignore format: three samples
  const lengths = { inputLengths: [5, 2, 4], targetLengths: [3, 1, 2] };
  const body =
    (options: CtcOptions = {}) =>
    (x: Tensor) =>
      ctc(x, integers(targets), {
        inputLengths: integers(lengths.inputLengths),
        targetLengths: integers(lengths.targetLengths),
        ...options,
      });
  const expected = [0, 1, 2].map((i) =>
    byAllPaths(scores.row(i), targets[i].slice(0, lengths.targetLengths[i]), lengths.inputLengths[i]),
  );

  it("goes by the lengths of each sample", async () => {
    expect(await numbersOf(body({ reduction: "none" }), scores)).toEqual(
      expected.map((value) => expect.closeTo(value, DIGITS)),
    );
  });

  it("divides by labels, then by samples, for the mean", async () => {
    const mean = (expected[0] / 3 + expected[1] / 1 + expected[2] / 2) / 3;
    expect(await numbersOf(body(), scores)).toBeCloseTo(mean, DIGITS);
    const total = expected.reduce((a, b) => a + b);
    expect(await numbersOf(body({ reduction: "sum" }), scores)).toBeCloseTo(total, DIGITS);
  });

  it("has the derivatives of differences, and none beyond a sample's time", async () => {
    await expectGradients(body(), scores);
    const [dx] = await derivatives(body(), scores);
    const second = Array.from({ length: 4 }, (_, k) => dx.slice(20 + k * 5 + 2, 20 + k * 5 + 5)).flat();
    expect(second).toEqual(second.map(() => 0));
  });

  it("does not look beyond a sample's time, whatever is there", async () => {
    const padded = drawn([1, 3, 4]);
    for (let k = 0; k < 3; k++) padded.data[k * 4 + 3] = [Number.NaN, Number.POSITIVE_INFINITY, 0][k];
    const inputLengths = integers([3]);
    const loss = (x: Tensor) => ctc(x, integers([[1]]), { inputLengths });
    expect(Number.isFinite(await numbersOf(loss, padded))).toBe(true);
    const [dx] = await derivatives(loss, padded);
    expect(dx.every(Number.isFinite)).toBe(true);
    expect([dx[3], dx[7], dx[11]]).toEqual([0, 0, 0]);
  });

  it("stays finite for extreme scores", async () => {
    const extreme = drawn([1, 3, 6]);
    for (let i = 0; i < extreme.size; i++) extreme.data[i] *= 5000;
    const loss = (x: Tensor) => ctc(x, integers([[1, 2]]));
    expect(Number.isFinite(await numbersOf(loss, extreme))).toBe(true);
    const [dx] = await derivatives(loss, extreme);
    expect(dx.every((value) => Math.abs(value) <= 1)).toBe(true);
  });
});

describe("a target that cannot be spelt in its time", () => {
  // Two equal labels need a blank between them: three times at least.
  const scores = drawn([2, 3, 2]);
  const body =
    (options: CtcOptions = {}) =>
    (x: Tensor) =>
      ctc(x, integers([[1, 1], [1, 2]]), { reduction: "none", ...options }); // biome-ignore format: two samples

  it("has the loss ∞, or 0 if asked for, and leaves the others alone", async () => {
    const other = expect.closeTo(byAllPaths(scores.row(1), [1, 2], 2), DIGITS);
    expect(await numbersOf(body(), scores)).toEqual([Infinity, other]);
    expect(await numbersOf(body({ zeroInfinity: true }), scores)).toEqual([0, other]);
  });

  it("has derivatives 0 in both cases", async () => {
    for (const options of [{}, { zeroInfinity: true }]) {
      const [dx] = await derivatives(body(options), scores);
      expect(dx.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(dx.slice(6).every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    }
  });

  it("is what a class of probability 0 leaves as well", async () => {
    const never = array([[[0, 0, 0], [-Infinity, -Infinity, -Infinity]]], "f64"); // biome-ignore format: one sample
    const loss = (x: Tensor) => ctc(x, integers([[1]]));
    expect(await numbersOf(loss, never)).toBe(Infinity);
    expect((await derivatives(loss, never))[0].every(Number.isFinite)).toBe(true);
  });

  it("does not hide scores that are not numbers", async () => {
    const broken = drawn([1, 3, 4]);
    broken.data[5] = Number.NaN;
    expect(await numbersOf((x) => ctc(x, integers([[1]])), broken)).toBe(Number.NaN);
  });
});

it("agrees on the CPU engine with double precision, in a sequence of some length", async () => {
  const [times, classes] = [60, 11];
  const scores = drawn([2, times, classes], "f32");
  const targets = integers([[1, 2, 2, 3, 10, 4, 4, 1], [5, 5, 5, 6, 7, 8, 9, 0]]); // biome-ignore format: two samples
  const loss = (x: Tensor) =>
    ctc(transpose(x, [0, 2, 1]), targets, { inputLengths: integers([60, 41]), targetLengths: integers([8, 7]) });
  const engine = createWasmEngine({});
  const step = compile(
    (x) => {
      const y = loss(x);
      return { y, dx: gradient(y, [x])[0] };
    },
    [f32(2, times, classes)],
    { engine },
  );
  const { y, dx } = await step(scores);
  const [exact, slopes] = [await numbersOf(loss, scores.cast("f64")), await derivatives(loss, scores.cast("f64"))];
  // Float32 over some hundred additions of logarithms near 100.
  expect(y.item() / (exact as number)).toBeCloseTo(1, 5);
  slopes[0].forEach((value, i) => void expect(dx.data[i]).toBeCloseTo(value, 5));
});

it("has the same nodes for any number of times, with its derivative", () => {
  const nodesFor = (times: number): number => {
    const body = (x: Tensor, y: Tensor, lengths: Tensor) => gradient(ctc(x, y, { inputLengths: lengths }), [x]);
    return trace(body, [f32(2, 5, times), i32(2, 3), i32(2)]).graph.nodes.length;
  };
  expect(nodesFor(1000)).toBe(nodesFor(10));
});

describe("shapes and options that do not fit", () => {
  const attempt = (options: CtcOptions = {}, x = f32(2, 5, 7), y = i32(2, 3)) => () =>
    trace((x, y) => ctc(x, y, options), [x, y]); // biome-ignore format: one call
  const expects = "ctc: expects scores [n, classes, time] and i32 targets [n, labels], got";

  it.each<[() => unknown, Error]>([
    [attempt({}, f32(5, 7)), new ShapeError(`${expects} f32[5,7] and i32[2,3]`)],
    [attempt({}, undefined, i32(3, 3)), new ShapeError(`${expects} f32[2,5,7] and i32[3,3]`)],
    [attempt({}, undefined, f32(2, 3)), new ShapeError(`${expects} f32[2,5,7] and f32[2,3]`)],
    [attempt({ blank: 5 }), new OptionError("ctc: blank is 5; there are 5 classes, 0 to 4")],
    [attempt({ blank: -1 }), new OptionError("ctc: blank must be an integer of at least 0, got -1")],
    [
      () => trace((x, y) => ctc(x, y, { inputLengths: y }), [f32(2, 5, 7), i32(2, 3)]),
      new ShapeError("ctc: inputLengths must be i32[2], one for each sample, got i32[2,3]"),
    ],
  ])("%#", (body, error) => expect(body).toThrow(error));
});
