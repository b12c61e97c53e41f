/**
 * The input gradient of a convolution in the three forms that the lectures give it (CMU 11-785, Sherbrooke, Oxford):
 *
 *   scatter     dx[i, p] += w[j, i, k] · dy[j, o] at every meeting of an output o and a kernel offset k
 *   scan        the flipped filter slides over the derivative map, zeros put between its entries and around it
 *   transpose   with the convolution written as a matrix, y = M x, the gradient is Mᵀ dy
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOUBLE, distance, dot, random } from "../../tests/support/random.ts";
import { compute, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray, sizeOf, zeros } from "../array/index.ts";
import { constant, type Tensor } from "../graph/index.ts";
import { add, conv, gradient, matmul, mul, pad, padOp, reshape, slice, sliceOp } from "./index.ts";

interface Axis {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

interface Problem {
  readonly batch: number;
  readonly groups: number;
  /** Input and output channels of each group. */
  readonly channels: number;
  readonly filters: number;
  readonly axes: readonly Axis[];
}

const reach = ({ kernel, dilation }: Axis): number => dilation * (kernel - 1) + 1;
const outputOf = (axis: Axis): number =>
  Math.floor((axis.input + axis.before + axis.after - reach(axis)) / axis.stride) + 1;

const axis = fc
  .record({
    input: fc.integer({ min: 1, max: 7 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(4),
    after: fc.nat(4),
  })
  .filter((axis) => axis.input + axis.before + axis.after >= reach(axis));

const problems: fc.Arbitrary<Problem> = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 2 }),
  filters: fc.integer({ min: 1, max: 2 }),
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
});

const optionsOf = ({ groups, axes }: Problem) => ({
  groups,
  stride: axes.map(({ stride }) => stride),
  dilation: axes.map(({ dilation }) => dilation),
  padding: [...axes.map(({ before }) => before), ...axes.map(({ after }) => after)],
});

const filterShape = ({ groups, channels, filters, axes }: Problem): number[] => [
  groups * filters,
  channels,
  ...axes.map(({ kernel }) => kernel),
];
const inputShape = ({ batch, groups, channels, axes }: Problem): number[] => [
  batch,
  groups * channels,
  ...axes.map(({ input }) => input),
];
const outputShape = ({ batch, groups, filters, axes }: Problem): number[] => [
  batch,
  groups * filters,
  ...axes.map(outputOf),
];

/** By scattering: the gradient of the op. */
const byScatter =
  (problem: Problem, w: NdArray) =>
  (dy: Tensor): Tensor => {
    const x = constant(zeros(inputShape(problem), "f64"));
    return gradient(conv(x, constant(w), optionsOf(problem)), [x], { outputGradient: dy })[0];
  };

/** Filters [g·f, c, …k] flipped along their spatial axes, with in and out changed over in each group: [g·c, f, …k]. */
function flipped(w: NdArray, { groups, channels, filters, axes }: Problem): NdArray {
  const taps = sizeOf(axes.map(({ kernel }) => kernel));
  const result = zeros([groups * channels, filters, ...axes.map(({ kernel }) => kernel)], "f64");
  for (let g = 0; g < groups; g++) {
    for (let f = 0; f < filters; f++) {
      for (let c = 0; c < channels; c++) {
        for (let k = 0; k < taps; k++) {
          const from = ((g * filters + f) * channels + c) * taps + k;
          // A box read backwards is the box with every axis reversed.
          result.data[((g * channels + c) * filters + f) * taps + taps - 1 - k] = w.data[from];
        }
      }
    }
  }
  return result;
}

/** By scanning the flipped filter over the derivative map, stride − 1 zeros between its entries. */
const byScan =
  (problem: Problem, w: NdArray) =>
  (dy: Tensor): Tensor => {
    const { axes, groups } = problem;
    const around = axes.map((axis) => {
      const spread = (outputOf(axis) - 1) * axis.stride + 1;
      const before = reach(axis) - 1 - axis.before;
      return { before, after: axis.input + reach(axis) - 1 - before - spread };
    });
    const perAxis = (list: readonly number[]): number[] => [0, 0, ...list];
    const padded = padOp([dy], {
      before: perAxis(around.map(({ before }) => Math.max(0, before))),
      after: perAxis(around.map(({ after }) => Math.max(0, after))),
      interior: perAxis(axes.map(({ stride }) => stride - 1)),
    });
    // Where there was more padding than the kernel reaches, the map is cut instead.
    const map = sliceOp([padded], {
      start: perAxis(around.map(({ before }) => Math.max(0, -before))),
      size: [...padded.shape.slice(0, 2), ...axes.map((axis) => axis.input + reach(axis) - 1)],
      step: padded.shape.map(() => 1),
    });
    return conv(map, constant(flipped(w, problem)), { dilation: axes.map(({ dilation }) => dilation), groups });
  };

/** Every index of a box of the given lengths, in row-major order. */
const indices = (lengths: readonly number[]): number[][] =>
  lengths.reduce<number[][]>(
    (all, n) => all.flatMap((head) => Array.from({ length: n }, (_, i) => [...head, i])),
    [[]],
  );

/** The convolution of one sample as a matrix [outputs, inputs], entry by entry from its equation. */
function matrixOf(w: NdArray, problem: Problem): NdArray {
  const [, ...outputs] = outputShape(problem);
  const [, ...inputs] = inputShape(problem);
  const matrix = zeros([sizeOf(outputs), sizeOf(inputs)], "f64");
  const kernels = indices(filterShape(problem).slice(1));
  indices(outputs).forEach(([j, ...o], row) => {
    kernels.forEach(([i, ...k], tap) => {
      const p = problem.axes.map((axis, a) => o[a] * axis.stride + k[a] * axis.dilation - axis.before);
      if (p.some((at, a) => at < 0 || at >= problem.axes[a].input)) return;
      const channel = Math.floor(j / problem.filters) * problem.channels + i;
      const column = [channel, ...p].reduce((at, n, a) => at * inputs[a] + n, 0);
      matrix.data[row * matrix.shape[1] + column] += w.data[j * kernels.length + tap];
    });
  });
  return matrix;
}

/** By the transposed matrix: Mᵀ dy for each sample. */
const byMatrix =
  (problem: Problem, w: NdArray) =>
  (dy: Tensor): Tensor => {
    const rows = reshape(dy, [problem.batch, -1]);
    return reshape(matmul(rows, constant(matrixOf(w, problem))), inputShape(problem));
  };

describe("the input gradient of a convolution", () => {
  it("is the same by scattering, by scanning the flipped filter, and by the transposed matrix", async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        const [w, dy] = [random(filterShape(problem), "w"), random(outputShape(problem), "dy")];
        const scatter = await compute(byScatter(problem, w), dy);
        for (const form of [byScan, byMatrix]) {
          const other = await compute(form(problem, w), dy);
          expect(other.shape).toEqual(scatter.shape);
          expect(distance(other, scatter)).toBeLessThan(DOUBLE);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("goes with a convolution that is its matrix, and a filter gradient that fits both", async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        const [x, w] = [random(inputShape(problem), "x"), random(filterShape(problem), "w")];
        const y = await compute((x) => conv(x, constant(w), optionsOf(problem)), x);
        const product = await compute(
          (x) => matmul(reshape(x, [problem.batch, -1]), constant(matrixOf(w, problem)), { transposeB: true }),
          x,
        );
        expect(distance(product.reshape(y.shape), y)).toBeLessThan(DOUBLE);
        // The convolution is linear in its filters, so ⟨dw, w⟩ = ⟨dy, conv(x, w)⟩; here with dy = y.
        const dw = await compute(
          (x, w) => {
            const out = conv(x, w, optionsOf(problem));
            return gradient(out, [w], { outputGradient: constant(y) })[0];
          },
          x,
          w,
        );
        expect(Math.abs(dot(dw, w) - dot(y, y))).toBeLessThan(DOUBLE * (1 + dot(y, y)));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a convolution", () => {
  it("is linear in its input", async () => {
    await fc.assert(
      fc.asyncProperty(problems, fc.double({ min: -2, max: 2, noNaN: true }), async (problem, factor) => {
        const w = constant(random(filterShape(problem), "w"));
        const [a, b] = ["a", "b"].map((stream) => random(inputShape(problem), stream));
        const apply = (x: Tensor): Tensor => conv(x, w, optionsOf(problem));
        const mixed = await compute((a, b) => apply(add(mul(a, factor), b)), a, b);
        const apart = await compute((a, b) => add(mul(apply(a), factor), apply(b)), a, b);
        expect(distance(mixed, apart)).toBeLessThan(DOUBLE);
      }),
      { numRuns: 60 },
    );
  });

  it("moves its output along when the input moves, away from the borders", async () => {
    await fc.assert(
      fc.asyncProperty(axis, fc.integer({ min: 1, max: 3 }), async ({ kernel, stride, dilation }, steps) => {
        const [x, w] = [random([1, 2, 12, 12], "x"), constant(random([3, 2, kernel, kernel], "w"))];
        const [moved] = [await compute((x) => pad(x, [[0, 0], [0, 0], [steps * stride, 0], [0, 0]]), x)]; // biome-ignore format: four axes
        const [still, shifted] = [x, moved].map((x) => compute((x) => conv(x, w, { stride, dilation }), x));
        const inside = await compute((y) => slice(y, 2, steps), await shifted);
        expect(inside.shape).toEqual((await still).shape);
        expect(distance(inside, await still)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("does not flip the filter, as networks have it", async () => {
    const [x, w] = [array([[[1, 2, 3, 4]]]), array([[[1, 0, -1]]])];
    expect(await numbersOf((x, w) => conv(x, w), x, w)).toEqual([[[-2, -2]]]);
    expect(await numbersOf((x, w) => conv(x, w, { padding: [1, 0] }), x, w)).toEqual([[[-2, -2, -2]]]);
  });

  it("keeps NaN where the window saw one", async () => {
    const x = array([[[1, Number.NaN, 1, 1, 1]]]);
    const y = await numbersOf((x) => conv(x, constant(array([[[1, 1]]]))), x);
    expect(y).toEqual([[[Number.NaN, Number.NaN, 2, 2]]]);
  });

  it("shows each group its own channels alone", async () => {
    const x = array([[[1], [10], [100], [1000]]]);
    const w = array([[[1], [1]], [[1], [0]], [[1], [1]], [[0], [1]]]); // biome-ignore format: four filters
    expect(await numbersOf((x, w) => conv(x, w, { groups: 2 }), x, w)).toEqual([[[11], [1], [1100], [1000]]]);
  });
});
