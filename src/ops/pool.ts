/**
 * Pooling: the maximum or the mean of each window, channel by channel.
 *
 *   max    y[o] = max_{k} x[o·stride + k·dilation − before]; the position of the winner is kept, and the derivative
 *          goes there, "+= where windows overlap". Ties go to the first position in scan order; NaN wins.
 *   mean   y[o] = Σ_k x[o·stride + k − before] / count;  ∂E/∂x = upsample(∂E/∂y) / count
 *
 * Source: CMU 11-785, "Max pooling layer at layer l" (pidx, maxidx); Sherbrooke, "gradient of pooling layer";
 * Oxford, "Image max-pooling layer".
 */
import { checkOptions, type Shape, ShapeError, sameShape, sizeOf } from "../array/index.ts";
import {
  defineOp,
  expectTensors,
  located,
  type OpFunction,
  same,
  type Tensor,
  type TensorType,
} from "../graph/index.ts";
import { flag, integers, withDefault } from "../options/index.ts";
import { gatherInside, scatterAdd } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { expectFloat, expectInteger, expectSameShape } from "./rules.ts";
import {
  type Axis,
  lookBack,
  lookThrough,
  outputShape,
  type Padding,
  perAxis,
  RUN,
  ranked,
  reach,
  resolvePadding,
  spatialOf,
  tapsOf,
  type Window,
  windowAttributes,
  windowAxes,
} from "./window.ts";

const poolAttributes = { kernel: integers(1), ...windowAttributes, ceil: withDefault(flag(), false) };

interface Pooling extends Window {
  readonly kernel: readonly number[];
  readonly ceil: boolean;
}

function poolAxes(spatial: Shape, { kernel, ceil, ...window }: Pooling): Axis[] {
  kernel.forEach((size, i) => {
    const most = Math.max(window.padding[i] ?? 0, window.padding[kernel.length + i] ?? 0);
    const span = reach(size, window.dilation[i]);
    if (most >= span) {
      throw new ShapeError(
        `padding ${most} is not less than the ${span} that the kernel spans: windows would lie outside the input`,
      );
    }
  });
  return windowAxes(spatial, kernel, window, ceil);
}

const planeCount = ({ shape }: Pick<TensorType, "shape">): number => sizeOf(shape.slice(0, 2));

function pooledShape(pooling: Pooling, x: TensorType): number[] {
  expectFloat(x);
  if (x.shape.length < 3) throw new ShapeError("needs [n, channels, …spatial]");
  return [...x.shape.slice(0, 2), ...outputShape(poolAxes(spatialOf(x), pooling))];
}

/** Two outputs: the maxima, and their row-major positions in the input map. */
const maxPoolOp = defineOp({
  name: "maxPool",
  title: (x) => ranked("maxPool", x),
  inputs: ["input"],
  attributes: poolAttributes,
  shape: (pooling, x) => {
    const shape = pooledShape(pooling, x);
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "i32" },
    ];
  },
  sees: (pooling, [x]) => [[same(0), same(1), ...lookThrough(poolAxes(spatialOf(x), pooling))]],
  gradient: ({ attributes, inputs: [x], outputs: [, winners] }, [dy]) => [
    maxGradientOp([dy, winners], { ...attributes, size: spatialOf(x) }),
  ],
  reference: (pooling, [x], [y, winners]) => {
    const { runs, step } = tapsOf(poolAxes(spatialOf(x), pooling));
    const [xSize, ySize] = [sizeOf(spatialOf(x)), sizeOf(spatialOf(y))];
    y.data.fill(-Infinity);
    winners.data.fill(-1);
    for (let plane = 0; plane < planeCount(x); plane++) {
      for (let r = 0; r < runs.length; r += RUN) {
        for (let i = 0; i < runs[r + 3]; i++) {
          const to = plane * ySize + runs[r + 1] + i;
          const position = runs[r + 2] + i * step;
          const value = x.data[plane * xSize + position];
          // The negated comparison lets NaN win, and keeps it.
          if (winners.data[to] >= 0 && (value <= y.data[to] || Number.isNaN(y.data[to]))) continue;
          y.data[to] = value;
          winners.data[to] = position;
        }
      }
    }
  },
  samples: [
    { inputs: [{ shape: [2, 3, 7, 5] }], attributes: pooling([3, 2], [2, 2]) },
    { inputs: [{ shape: [1, 2, 5, 6] }], attributes: { ...pooling([3, 3], [1, 2]), padding: [1, 0, 1, 1] } },
    { inputs: [{ shape: [1, 1, 6, 7] }], attributes: { ...pooling([2, 2], [3, 2]), dilation: [2, 3], ceil: true } },
    {
      inputs: [{ shape: [1, 1, 4, 4], values: [1, 1, 0, 0, 1, 1, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2] }],
      attributes: pooling([2, 2], [2, 2]),
      kink: "ties",
    },
    { inputs: [{ shape: [2, 2, 9] }], attributes: { ...pooling([3], [2]), padding: [1, 1] } },
    { inputs: [{ shape: [1, 2, 3, 4, 5] }], attributes: pooling([2, 1, 3], [1, 2, 2]) },
    // Larger than an engine unrolls.
    { inputs: [{ shape: [2, 1, 9, 11] }], attributes: { ...pooling([8, 9], [3, 2]), padding: [2, 1, 0, 3] } },
    {
      inputs: [{ shape: [2, 3, 2, 5] }],
      attributes: { ...pooling([4, 3], [3, 2]), padding: [0, 1, 0, 0], ceil: true },
    },
    { inputs: [{ shape: [0, 2, 4, 4] }], attributes: pooling([2, 2], [2, 2]) },
  ],
});

function pooling(kernel: number[], stride: number[]): Window & { kernel: number[] } {
  return { kernel, stride, padding: perAxis(0, 2 * kernel.length), dilation: perAxis(1, kernel.length) };
}

const gradientAttributes = { ...poolAttributes, size: integers(0) };

/** @throws ShapeError unless the windows over maps of these lengths match the output gradients */
function expectWindows(pooling: Pooling, size: Shape, dy: TensorType): void {
  const expected = outputShape(poolAxes(size, pooling));
  if (!sameShape(expected, spatialOf(dy)))
    throw new ShapeError(`the window gives output maps of [${expected}], got [${spatialOf(dy)}]`);
}

/** Reshapes planes to rows. */
const planeRows = (t: Tensor): Tensor => reshape(t, [...t.shape.slice(0, 2), sizeOf(spatialOf(t))]);

/**
 * Adds the derivative of each maximum to the position where it was found. Equivalent to `scatterAdd`; as a separate op it
 * keeps the windows, which tell engines where positions lie.
 */
const maxGradientOp: OpFunction<typeof gradientAttributes> = defineOp({
  name: "maxPoolGradient",
  title: (dy) => `${ranked("maxPool", dy)} gradient`,
  inputs: ["output gradient", "positions"],
  attributes: gradientAttributes,
  shape: ({ size, ...pooling }, dy, positions) => {
    expectFloat(dy);
    expectInteger(positions, "positions");
    expectSameShape(dy, positions);
    expectWindows(pooling, size, dy);
    return { shape: [...dy.shape.slice(0, 2), ...size], dtype: dy.dtype };
  },
  // Positions may be arbitrary.
  sees: (_, inputs) => inputs.map(({ shape }) => shape.map((_, axis) => (axis < 2 ? same(axis) : "all"))),
  gradient: ({ inputs: [dy, positions] }, [g]) => [
    reshape(gatherInside(planeRows(g), planeRows(positions)), dy.shape),
    undefined,
  ],
  expand: ({ inputs: [dy, positions], outputs: [dx] }) => [
    reshape(scatterAdd(planeRows(dy), planeRows(positions), sizeOf(spatialOf(dx))), dx.shape),
  ],
  reference: (_, [dy, positions], [dx]) => {
    const [ySize, xSize] = [dy, dx].map((maps) => sizeOf(spatialOf(maps)));
    const sums = new Float64Array(dx.size);
    for (let i = 0; i < dy.size; i++) {
      const position = positions.data[i];
      if (position >= 0 && position < xSize) sums[Math.floor(i / ySize) * xSize + position] += dy.data[i];
    }
    dx.data.set(sums);
  },
  samples: [
    {
      inputs: [{ shape: [1, 2, 2, 2] }, positionSample([1, 2, 2, 2], 5, 2, 9, 11, 0, 7, 12, 15)],
      attributes: { ...pooling([2, 2], [2, 2]), size: [4, 4] },
    },
    {
      inputs: [{ shape: [2, 1, 3] }, positionSample([2, 1, 3], 1, 2, 4, 0, 2, 5)],
      attributes: { ...pooling([2], [2]), size: [6] },
    },
    // Windows that share a position, and one that found none.
    {
      inputs: [{ shape: [1, 1, 2, 2] }, positionSample([1, 1, 2, 2], 4, 4, -1, 4)],
      attributes: { ...pooling([2, 2], [1, 1]), size: [3, 3] },
    },
    { inputs: [{ shape: [0, 2, 2] }, positionSample([0, 2, 2])], attributes: { ...pooling([2], [2]), size: [4] } },
  ],
});

function positionSample(shape: number[], ...values: number[]) {
  return { shape, dtype: "i32" as const, values };
}

/** The number of positions of each window in the mean: those inside the input, or inside the padded input. */
function positionsPerWindow(axes: readonly Axis[], includePadding: boolean): Float64Array {
  const along = axes.map(({ input, output, kernel, stride, before, after }) =>
    Array.from({ length: output }, (_, o) => {
      const start = o * stride - before;
      const [low, high] = includePadding ? [-before, input + after] : [0, input];
      return Math.min(start + kernel, high) - Math.max(start, low);
    }),
  );
  return Float64Array.from(along.reduce((counts, axis) => counts.flatMap((a) => axis.map((b) => a * b)), [1]));
}

const meanAttributes = { ...poolAttributes, includePadding: withDefault(flag(), true) };

function checkUndilated({ dilation }: Window): void {
  if (dilation.some((n) => n !== 1)) throw new ShapeError(`mean pooling has no dilation, got [${dilation}]`);
}

const avgPoolOp = defineOp({
  name: "avgPool",
  title: (x) => ranked("avgPool", x),
  inputs: ["input"],
  attributes: meanAttributes,
  shape: (pooling, x) => {
    checkUndilated(pooling);
    return { shape: pooledShape(pooling, x), dtype: x.dtype };
  },
  sees: (pooling, [x]) => [[same(0), same(1), ...lookThrough(poolAxes(spatialOf(x), pooling))]],
  gradient: ({ attributes, inputs: [x] }, [dy]) => [meanGradientOp([dy], { ...attributes, size: spatialOf(x) })],
  reference: (pooling, [x], [y]) => {
    const axes = poolAxes(spatialOf(x), pooling);
    const counts = positionsPerWindow(axes, pooling.includePadding);
    const sums = new Float64Array(y.size);
    forEachMeeting(axes, planeCount(x), (at, from) => {
      sums[at] += x.data[from];
    });
    for (let i = 0; i < y.size; i++) y.data[i] = sums[i] / counts[i % counts.length];
  },
  samples: [
    { inputs: [{ shape: [2, 3, 7, 5] }], attributes: pooling([3, 2], [2, 2]) },
    {
      inputs: [{ shape: [1, 2, 5, 6] }],
      attributes: { ...pooling([3, 3], [2, 2]), padding: [1, 1, 1, 1], ceil: true },
    },
    {
      inputs: [{ shape: [1, 2, 5, 6] }],
      attributes: { ...pooling([3, 3], [2, 2]), padding: [1, 1, 1, 1], ceil: true, includePadding: false },
    },
    { inputs: [{ shape: [2, 2, 9] }], attributes: { ...pooling([4], [2]), padding: [2, 1] } },
    {
      inputs: [{ shape: [2, 2, 2, 5] }],
      attributes: { ...pooling([5, 2], [3, 2]), padding: [1, 0, 1, 0], ceil: true },
    },
    { inputs: [{ shape: [1, 2, 9, 11] }], attributes: { ...pooling([8, 9], [3, 2]), padding: [2, 1, 0, 3] } },
    { inputs: [{ shape: [0, 2, 4, 4] }], attributes: pooling([2, 2], [2, 2]) },
  ],
});

/** Spreads the derivative of each mean evenly over its positions. */
const meanGradientOp: OpFunction<typeof meanAttributes & typeof gradientAttributes> = defineOp({
  name: "avgPoolGradient",
  title: (dy) => `${ranked("avgPool", dy)} gradient`,
  inputs: ["output gradient"],
  attributes: { ...meanAttributes, size: integers(0) },
  shape: ({ size, ...pooling }, dy) => {
    checkUndilated(pooling);
    expectWindows(pooling, size, dy);
    return { shape: [...dy.shape.slice(0, 2), ...size], dtype: dy.dtype };
  },
  sees: ({ size, ...pooling }) => [[same(0), same(1), ...lookBack(poolAxes(size, pooling))]],
  gradient: ({ attributes: { size: _, ...attributes } }, [g]) => [avgPoolOp([g], attributes)],
  reference: ({ size, ...pooling }, [dy], [dx]) => {
    const axes = poolAxes(size, pooling);
    const counts = positionsPerWindow(axes, pooling.includePadding);
    const sums = new Float64Array(dx.size);
    forEachMeeting(axes, planeCount(dy), (from, to) => {
      sums[to] += dy.data[from] / counts[from % counts.length];
    });
    dx.data.set(sums);
  },
  samples: [
    { inputs: [{ shape: [2, 3, 3, 2] }], attributes: { ...pooling([3, 2], [2, 2]), size: [7, 5] } },
    {
      inputs: [{ shape: [1, 1, 3, 3] }],
      attributes: { ...pooling([3, 3], [2, 2]), padding: [1, 1, 1, 1], includePadding: false, size: [5, 5] },
    },
    { inputs: [{ shape: [1, 1, 2, 3] }], attributes: { ...pooling([8, 9], [1, 2]), size: [9, 13] } },
    { inputs: [{ shape: [2, 2, 1] }], attributes: { ...pooling([3], [2]), ceil: true, size: [2] } },
    { inputs: [{ shape: [0, 2, 2] }], attributes: { ...pooling([2], [2]), size: [4] } },
  ],
});

/** Visits every output position with every input position of its window, over all planes. */
function forEachMeeting(axes: readonly Axis[], planes: number, visit: (output: number, input: number) => void): void {
  const { runs, step } = tapsOf(axes);
  const [ySize, xSize] = [sizeOf(outputShape(axes)), sizeOf(axes.map(({ input }) => input))];
  for (let plane = 0; plane < planes; plane++) {
    for (let r = 0; r < runs.length; r += RUN) {
      for (let i = 0; i < runs[r + 3]; i++)
        visit(plane * ySize + runs[r + 1] + i, plane * xSize + runs[r + 2] + i * step);
    }
  }
}

export { avgPoolOp, maxGradientOp, maxPoolOp, meanGradientOp };

/** Options shared by all pooling. */
export interface PoolOptions {
  /** The window's size: one number, or one for each axis. */
  readonly kernel: number | readonly number[];
  /** Default: the kernel, so that windows tile the input. */
  readonly stride?: number | readonly number[] | undefined;
  /**
   * Padding, which never wins, less than the kernel: one number, one for each axis, all amounts before and then all after,
   * or a word as for `conv`: `"valid"`, `"same"`, `"full"`. Default 0.
   */
  readonly padding?: Padding | undefined;
  /** Whether to keep a last window that overhangs the end by less than the stride, as in PyTorch. Default false. */
  readonly ceil?: boolean | undefined;
}

/** Options of `maxPool` and `maxPoolWithPositions`. */
export interface MaxPoolOptions extends PoolOptions {
  /** The distance between neighboring positions of a window. Default 1. */
  readonly dilation?: number | readonly number[] | undefined;
}

/** Options of `avgPool`. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether the mean includes the zeros of the padding. Default true, as in PyTorch. */
  readonly includePadding?: boolean | undefined;
}

/** Unknown options are passed on, so that the op reports them. */
function windowOf(name: string, x: Tensor, options: MaxPoolOptions) {
  expectTensors(name, x);
  checkOptions(located(name), options);
  const { kernel, stride = kernel, padding = 0, dilation = 1, ceil = false, ...unknown } = options;
  const spatial = spatialOf(x);
  const [kernels, strides, dilations] = [kernel, stride, dilation].map((value) => perAxis(value, spatial.length));
  const window = { kernel: kernels, stride: strides, dilation: dilations };
  return { ...unknown, ...window, padding: resolvePadding(ranked(name, x), padding, spatial, window), ceil };
}

/** The maximum of each window of `x` [n, channels, …spatial]. */
export const maxPool = (x: Tensor, options: MaxPoolOptions): Tensor => maxPoolOp([x], windowOf("maxPool", x, options));

/** The maxima and, as `i32`, their row-major positions within their input maps. */
export function maxPoolWithPositions(x: Tensor, options: MaxPoolOptions): { values: Tensor; positions: Tensor } {
  const [values, positions] = maxPoolOp.all([x], windowOf("maxPool", x, options));
  return { values, positions };
}

/** The mean of each window of `x` [n, channels, …spatial]. */
export const avgPool = (x: Tensor, { includePadding = true, ...options }: AvgPoolOptions): Tensor =>
  avgPoolOp([x], { ...windowOf("avgPool", x, options), includePadding });
