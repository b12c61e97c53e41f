/**
 * Padding and its inverse, strided slicing. Padding puts `before` and `after` elements around an axis and `interior` ones
 * between neighbors; a slice takes `size` elements from `start`, `step` apart. Each is the gradient of the other.
 */
import { describeGiven, OptionError, type Shape, ShapeError, stridesOf } from "../array/index.ts";
import { bytesOfTypes, defineOp, expectTensors, located, type OpFunction, type Tensor } from "../graph/index.ts";
import { integers, readOptions, real, withDefault } from "../options/index.ts";
import { forEachIndex } from "./indexing.ts";
import { axisOf, expectLengths } from "./rules.ts";

/** The extent of `count` elements with distance `step`. */
const span = (count: number, step: number): number => (count === 0 ? 0 : (count - 1) * step + 1);

const offsetOf = (start: readonly number[], strides: readonly number[]): number =>
  start.reduce((offset, n, axis) => offset + n * strides[axis], 0);

const padAttributes = {
  before: integers(0),
  after: integers(0),
  interior: integers(0),
  value: withDefault(real(), 0),
};
const sliceAttributes = { start: integers(0), size: integers(0), step: integers(1) };

const padOp: OpFunction<typeof padAttributes> = defineOp({
  name: "pad",
  inputs: ["x"],
  attributes: padAttributes,
  shape: ({ before, after, interior }, x) => {
    expectLengths(x.shape.length, { before, after, interior });
    return { shape: x.shape.map((n, i) => before[i] + span(n, interior[i] + 1) + after[i]), dtype: x.dtype };
  },
  sees: ({ before, interior }, [x]) => [
    x.shape.map((_, axis) => ({ axis, span: 1, step: interior[axis] + 1, start: before[axis], reversed: true })),
  ],
  gradient: ({ attributes: { before, interior }, inputs: [x] }, [dy]) => [
    sliceOp([dy], { start: startWithin(before, dy.shape, x.shape), size: x.shape, step: interior.map((n) => n + 1) }),
  ],
  reference: ({ before, interior, value }, [x], [y]) => {
    y.data.fill(value);
    const strides = stridesOf(y.shape);
    const first = offsetOf(before, strides);
    forEachIndex(x.shape, [strides.map((stride, i) => stride * (interior[i] + 1))], (at, to) => {
      y.data[first + to] = x.data[at];
    });
  },
  samples: [
    { inputs: [{ shape: [2, 3] }], attributes: { before: [1, 0], after: [0, 2], interior: [0, 0] } },
    { inputs: [{ shape: [3, 2] }], attributes: { before: [0, 2], after: [1, 0], interior: [2, 1], value: -1.5 } },
    { inputs: [{ shape: [0, 2] }], attributes: { before: [1, 0], after: [1, 0], interior: [1, 0] } },
    { inputs: [{ shape: [] }], attributes: { before: [], after: [], interior: [] } },
  ],
});

/** Nothing is taken along an empty axis, so its start must not lie beyond the end. */
const startWithin = (start: readonly number[], from: Shape, size: Shape): number[] =>
  start.map((n, i) => (size[i] === 0 ? Math.min(n, from[i]) : n));

const sliceOp: OpFunction<typeof sliceAttributes> = defineOp({
  name: "slice",
  inputs: ["x"],
  attributes: sliceAttributes,
  shape: ({ start, size, step }, x) => {
    expectLengths(x.shape.length, { start, size, step });
    x.shape.forEach((n, i) => {
      if (start[i] + span(size[i], step[i]) <= n) return;
      const wanted = `${size[i]} elements from ${start[i]} on, ${step[i]} apart`;
      throw new ShapeError(`axis ${i} has length ${n} and cannot give ${wanted}`);
    });
    return { shape: size, dtype: x.dtype };
  },
  sees: ({ start, step }, [x]) => [x.shape.map((_, axis) => ({ axis, span: 1, step: step[axis], start: start[axis] }))],
  cost: (_, __, [y]) => ({ bytes: bytesOfTypes(y, y) }),
  picks: true,
  gradient: ({ attributes: { start, size, step }, inputs: [x] }, [dy]) => [
    padOp([dy], {
      before: start,
      after: x.shape.map((n, i) => n - start[i] - span(size[i], step[i])),
      interior: step.map((n) => n - 1),
    }),
  ],
  reference: ({ start, step }, [x], [y]) => {
    const strides = stridesOf(x.shape);
    const first = offsetOf(start, strides);
    forEachIndex(y.shape, [strides.map((stride, i) => stride * step[i])], (at, from) => {
      y.data[at] = x.data[first + from];
    });
  },
  samples: [
    { inputs: [{ shape: [4, 5] }], attributes: { start: [1, 0], size: [3, 2], step: [1, 3] } },
    { inputs: [{ shape: [6] }], attributes: { start: [0], size: [3], step: [2] } },
    { inputs: [{ shape: [3, 2] }], attributes: { start: [3, 0], size: [0, 2], step: [1, 1] } },
  ],
});

export { padOp, sliceOp };

/** Options of `pad`. */
export interface PadOptions {
  /** The value of the padding. Default 0. */
  readonly value?: number | undefined;
}

/** @throws OptionError unless a value is a list of pairs, `[before, after]` for each axis */
export function expectPairs(name: string, around: unknown): void {
  if (Array.isArray(around) && around.every((pair) => Array.isArray(pair) && pair.length === 2)) return;
  throw new OptionError(
    `${located(name)}: expects [before, after] for each axis, such as [[0, 0], [1, 2]], got ${describeGiven(around)}`,
  );
}

const padOptions = { value: padAttributes.value };

/** `x` with `[before, after]` elements added around each axis: `pad(x, [[0, 0], [1, 2]])`. */
export function pad(
  x: Tensor,
  around: readonly (readonly [before: number, after: number])[],
  options: PadOptions = {},
): Tensor {
  expectTensors("pad", x);
  const { value } = readOptions(located("pad"), padOptions, options);
  expectPairs("pad", around);
  const [before, after] = [around.map(([n]) => n), around.map(([, n]) => n)];
  return padOp([x], { before, after, interior: around.map(() => 0), value });
}

/**
 * Elements `start`, `start + step`, … before `stop` along one axis. Negative bounds count from the end, as in
 * JavaScript's own `slice`; default: to the end, in steps of 1.
 */
export function slice(x: Tensor, axis: number, start: number, stop?: number, step = 1): Tensor {
  if (!(Number.isInteger(step) && step >= 1))
    throw new OptionError(`${located("slice")}: step must be an integer of at least 1, got ${step}`);
  const at = axisOf("slice", x, axis);
  const length = x.shape[at];
  const bound = (n: number): number => Math.min(length, Math.max(0, n < 0 ? n + length : n));
  const [from, to] = [bound(start), bound(stop ?? length)];
  const replace = (shape: readonly number[], n: number) => shape.map((old, i) => (i === at ? n : old));
  const none = x.shape.map(() => 0);
  const size = Math.max(0, Math.ceil((to - from) / step));
  return sliceOp([x], {
    start: replace(none, from),
    size: replace(x.shape, size),
    step: replace(
      none.map(() => 1),
      step,
    ),
  });
}
