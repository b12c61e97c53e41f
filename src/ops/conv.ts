/**
 * Convolution over one, two or three spatial axes, as networks use it (the filter is not flipped), and its gradients:
 *
 *   y[n,j,o] = Σ_i Σ_k w[j,i,k] · x[n,i,o·stride + k·dilation − before]
 *
 *   dx[n,i,p] = Σ_j Σ_{o,k: o·stride + k·dilation − before = p} w[j,i,k] · dy[n,j,o]
 *   dw[j,i,k] = Σ_n Σ_o dy[n,j,o] · x[n,i,o·stride + k·dilation − before]
 *
 * Source: CMU 11-785, "CNN: Forward" and "Backward layer l": dY(l−1,i,x+x′−1,y+y′−1) += w(l,j,i,x′,y′) dz(l,j,x,y) and
 * dw(l,j,i,x′,y′) += dz(l,j,x,y) Y(l−1,i,x+x′−1,y+y′−1); Oxford, "Image convolution layer". With groups, output channel
 * j sees only the input channels of its own group. Padding is left out of the sums, not multiplied: an infinite weight that
 * meets it adds nothing. Each of the three is linear in both arguments, and the derivatives
 * of each are the other two, so gradients can be differentiated any number of times.
 */
import { checkOptions, type NdArray, type Shape, ShapeError, sizeOf } from "../array/index.ts";
import {
  defineOp,
  expectTensors,
  located,
  type OpFunction,
  same,
  type Tensor,
  type TensorType,
} from "../graph/index.ts";
import { integer, integers, withDefault } from "../options/index.ts";
import { expectFloat } from "./rules.ts";
import {
  type Axis,
  lookBack,
  lookThrough,
  outputShape,
  type Padding,
  perAxis,
  RUN,
  ranked,
  resolvePadding,
  spatialOf,
  tapsOf,
  type Window,
  windowAttributes,
  windowAxes,
} from "./window.ts";

const convAttributes = { ...windowAttributes, groups: withDefault(integer(1), 1) };

const title =
  (suffix: string) =>
  (type: TensorType): string =>
    `${ranked("conv", type)}${suffix}`;

/** Checks channels against groups and filters: x [n, in, …], w [out, in / groups, …]. */
function checkChannels(input: number, [filters, filterChannels]: Shape, groups: number): void {
  if (input % groups !== 0 || filters % groups !== 0) {
    throw new ShapeError(`${groups} groups must divide both ${input} input channels and ${filters} filters`);
  }
  if (input / groups !== filterChannels) {
    const each = groups > 1 ? ` in each of ${groups} groups` : "";
    throw new ShapeError(`input has ${input / groups} channels${each}, the filters expect ${filterChannels}`);
  }
}

function checkRanks(a: TensorType, b: TensorType): void {
  expectFloat(a, b);
  if (a.shape.length !== b.shape.length || a.shape.length < 3) {
    throw new ShapeError(
      "input and filters need the same number of axes: [n, channels, …spatial] and [filters, channels / groups, …kernel]",
    );
  }
}

/** Visits all pairs of an output map and an input map it depends on, with the offsets of their planes and filter. */
function forEachPair(
  x: Shape,
  y: Shape,
  w: Shape,
  groups: number,
  visit: (xPlane: number, yPlane: number, filter: number) => void,
): void {
  const [xSize, ySize, wSize] = [x, y, w].map((shape) => sizeOf(shape.slice(2)));
  const [batch, channels] = x;
  const [filters, seen] = w;
  for (let n = 0; n < batch; n++) {
    for (let j = 0; j < filters; j++) {
      const firstInput = Math.floor(j / (filters / groups)) * seen;
      for (let i = 0; i < seen; i++) {
        visit((n * channels + firstInput + i) * xSize, (n * filters + j) * ySize, (j * seen + i) * wSize);
      }
    }
  }
}

/** Each element of the output maps is multiplied with its filter, in all three directions. */
const windowCost = (outputMaps: TensorType, filters: TensorType) => ({
  multiplyAdds: sizeOf(outputMaps.shape) * sizeOf(filters.shape.slice(1)),
});

/** Sums in double precision, rounded once at the end. */
function accumulate(y: NdArray, body: (sums: Float64Array) => void): void {
  const sums = new Float64Array(y.size);
  body(sums);
  y.data.set(sums);
}

const convOp = defineOp({
  name: "conv",
  title: title(""),
  inputs: ["input", "filters"],
  attributes: convAttributes,
  shape: ({ groups, ...window }, x, w) => {
    checkRanks(x, w);
    checkChannels(x.shape[1], w.shape, groups);
    return {
      shape: [x.shape[0], w.shape[0], ...outputShape(windowAxes(spatialOf(x), spatialOf(w), window))],
      dtype: x.dtype,
    };
  },
  sees: ({ groups: _, ...window }, [x, w]) => [
    [same(0), "all", ...lookThrough(windowAxes(spatialOf(x), spatialOf(w), window))],
    [same(1), ...w.shape.slice(1).map(() => "all" as const)],
  ],
  cost: (_, [, w], [y]) => windowCost(y, w),
  gradient: ({ attributes, inputs: [x, w] }, [dy]) => [
    inputGradientOp([dy, w], { ...attributes, size: spatialOf(x) }),
    filterGradientOp([x, dy], { ...attributes, kernel: spatialOf(w) }),
  ],
  reference: ({ groups, ...window }, [x, w], [y]) => {
    const { runs, step } = tapsOf(windowAxes(spatialOf(x), spatialOf(w), window));
    const [inputs, filters] = [x.data, w.data];
    accumulate(y, (sums) => {
      forEachPair(x.shape, y.shape, w.shape, groups, (xPlane, yPlane, filter) => {
        for (let r = 0; r < runs.length; r += RUN) {
          const weight = filters[filter + runs[r]];
          const end = yPlane + runs[r + 1] + runs[r + 3];
          let from = xPlane + runs[r + 2];
          for (let to = yPlane + runs[r + 1]; to < end; to++, from += step) sums[to] += weight * inputs[from];
        }
      });
    });
  },
  samples: [
    { inputs: [{ shape: [2, 3, 5, 7] }, { shape: [4, 3, 3, 2] }], attributes: plainWindow(2) },
    {
      inputs: [{ shape: [1, 4, 6, 5] }, { shape: [6, 2, 3, 3] }],
      attributes: { stride: [2, 1], padding: [1, 0, 1, 2], dilation: [1, 2], groups: 2 },
    },
    {
      inputs: [{ shape: [2, 3, 4, 4] }, { shape: [3, 1, 2, 2] }],
      attributes: { ...plainWindow(2), stride: [3, 3], groups: 3 },
    },
    { inputs: [{ shape: [1, 1, 1, 1] }, { shape: [1, 1, 1, 1] }], attributes: plainWindow(2) },
    {
      inputs: [{ shape: [2, 2, 11] }, { shape: [3, 2, 3] }],
      attributes: { stride: [2], padding: [2, 2], dilation: [3] },
    },
    {
      inputs: [{ shape: [1, 2, 3, 4, 3] }, { shape: [2, 2, 2, 1, 3] }],
      attributes: { ...plainWindow(3), padding: [0, 1, 0, 1, 0, 1] },
    },
    { inputs: [{ shape: [0, 2, 4, 4] }, { shape: [3, 2, 3, 3] }], attributes: plainWindow(2) },
  ],
});

function plainWindow(rank: number): Window {
  return { stride: perAxis(1, rank), padding: perAxis(0, 2 * rank), dilation: perAxis(1, rank) };
}

function checkOutputMaps(axes: readonly Axis[], dy: TensorType): void {
  const expected = outputShape(axes);
  if (expected.some((n, i) => n !== dy.shape[2 + i])) {
    throw new ShapeError(`the window gives output maps of [${expected}], got [${spatialOf(dy)}]`);
  }
}

/** From derivatives of the output to derivatives of an input whose maps have the lengths `size`: a transposed convolution. */
const inputGradientOp: OpFunction<typeof convAttributes & { size: ReturnType<typeof integers> }> = defineOp({
  name: "convInputGradient",
  title: title(" input gradient"),
  inputs: ["output gradient", "filters"],
  attributes: { ...convAttributes, size: integers(0) },
  shape: ({ groups, size, ...window }, dy, w) => {
    checkRanks(dy, w);
    checkOutputMaps(windowAxes(size, spatialOf(w), window), dy);
    const channels = w.shape[1] * groups;
    checkChannels(channels, w.shape, groups);
    if (dy.shape[1] !== w.shape[0]) throw new ShapeError(`${dy.shape[1]} output maps for ${w.shape[0]} filters`);
    return { shape: [dy.shape[0], channels, ...size], dtype: dy.dtype };
  },
  sees: ({ groups, size, ...window }, [dy, w]) => [
    [same(0), "all", ...lookBack(windowAxes(size, spatialOf(w), window))],
    ["all", groups === 1 ? same(1) : "all", ...spatialOf(dy).map(() => "all" as const)],
  ],
  cost: (_, [dy, w]) => windowCost(dy, w),
  gradient: ({ attributes: { size: _, ...attributes }, inputs: [dy, w] }, [g]) => [
    convOp([g, w], attributes),
    filterGradientOp([g, dy], { ...attributes, kernel: spatialOf(w) }),
  ],
  reference: ({ groups, size, ...window }, [dy, w], [dx]) => {
    const { runs, step } = tapsOf(windowAxes(size, spatialOf(w), window));
    const [outputs, filters] = [dy.data, w.data];
    accumulate(dx, (sums) => {
      forEachPair(dx.shape, dy.shape, w.shape, groups, (xPlane, yPlane, filter) => {
        for (let r = 0; r < runs.length; r += RUN) {
          const weight = filters[filter + runs[r]];
          const end = yPlane + runs[r + 1] + runs[r + 3];
          let to = xPlane + runs[r + 2];
          for (let from = yPlane + runs[r + 1]; from < end; from++, to += step) sums[to] += weight * outputs[from];
        }
      });
    });
  },
  samples: [
    { inputs: [{ shape: [2, 4, 3, 6] }, { shape: [4, 3, 3, 2] }], attributes: { ...plainWindow(2), size: [5, 7] } },
    {
      inputs: [{ shape: [1, 4, 3, 3] }, { shape: [4, 1, 2, 2] }],
      attributes: { stride: [2, 2], padding: [0, 1, 0, 0], dilation: [1, 1], groups: 2, size: [7, 5] },
    },
    {
      inputs: [{ shape: [2, 3, 4] }, { shape: [3, 2, 3] }],
      attributes: { stride: [3], padding: [1, 1], dilation: [2], size: [13] },
    },
    { inputs: [{ shape: [0, 3, 2, 2] }, { shape: [3, 2, 3, 3] }], attributes: { ...plainWindow(2), size: [4, 4] } },
  ],
});

/** From the input and derivatives of the output to derivatives of filters with the sizes `kernel`. */
const filterGradientOp: OpFunction<typeof convAttributes & { kernel: ReturnType<typeof integers> }> = defineOp({
  name: "convFilterGradient",
  title: title(" filter gradient"),
  inputs: ["input", "output gradient"],
  attributes: { ...convAttributes, kernel: integers(1) },
  shape: ({ groups, kernel, ...window }, x, dy) => {
    checkRanks(x, dy);
    checkOutputMaps(windowAxes(spatialOf(x), kernel, window), dy);
    const shape = [dy.shape[1], Math.floor(x.shape[1] / groups), ...kernel];
    checkChannels(x.shape[1], shape, groups);
    if (x.shape[0] !== dy.shape[0]) throw new ShapeError(`${x.shape[0]} inputs for ${dy.shape[0]} outputs`);
    return { shape, dtype: x.dtype };
  },
  sees: ({ groups }, [x, dy]) => [
    ["all", groups === 1 ? same(1) : "all", ...spatialOf(x).map(() => "all" as const)],
    ["all", same(0), ...spatialOf(dy).map(() => "all" as const)],
  ],
  cost: (_, [, dy], [dw]) => windowCost(dy, dw),
  gradient: ({ attributes: { kernel: _, ...attributes }, inputs: [x, dy] }, [g]) => [
    inputGradientOp([dy, g], { ...attributes, size: spatialOf(x) }),
    convOp([x, g], attributes),
  ],
  reference: ({ groups, kernel, ...window }, [x, dy], [dw]) => {
    const { runs, step } = tapsOf(windowAxes(spatialOf(x), kernel, window));
    const [inputs, outputs] = [x.data, dy.data];
    accumulate(dw, (sums) => {
      forEachPair(x.shape, dy.shape, dw.shape, groups, (xPlane, yPlane, filter) => {
        for (let r = 0; r < runs.length; r += RUN) {
          const end = yPlane + runs[r + 1] + runs[r + 3];
          let right = xPlane + runs[r + 2];
          let sum = 0;
          for (let left = yPlane + runs[r + 1]; left < end; left++, right += step) sum += outputs[left] * inputs[right];
          sums[filter + runs[r]] += sum;
        }
      });
    });
  },
  samples: [
    { inputs: [{ shape: [2, 3, 5, 7] }, { shape: [2, 4, 3, 6] }], attributes: { ...plainWindow(2), kernel: [3, 2] } },
    {
      inputs: [{ shape: [1, 4, 6, 5] }, { shape: [1, 2, 3, 3] }],
      attributes: { stride: [2, 2], padding: [0, 1, 0, 0], dilation: [1, 1], groups: 2, kernel: [2, 2] },
    },
    {
      inputs: [{ shape: [2, 2, 13] }, { shape: [2, 3, 4] }],
      attributes: { stride: [3], padding: [1, 1], dilation: [2], kernel: [3] },
    },
    { inputs: [{ shape: [0, 2, 4, 4] }, { shape: [0, 3, 2, 2] }], attributes: { ...plainWindow(2), kernel: [3, 3] } },
  ],
});

export { convOp, filterGradientOp, inputGradientOp };

/** Options of `conv`. */
export interface ConvOptions {
  /** The stride; one number, or one for each axis. Default 1. */
  readonly stride?: number | readonly number[] | undefined;
  /**
   * Zeros around the input: one number, one for each axis, or all amounts before and then all after; `"valid"` for none,
   * `"full"` for dilation · (kernel − 1) on each side, `"same"` for output = ⌈input / stride⌉ (an odd element comes after,
   * as in TensorFlow's SAME and ONNX's SAME_UPPER). Default 0.
   */
  readonly padding?: Padding | undefined;
  /** The distance between neighboring filter taps. Default 1. */
  readonly dilation?: number | readonly number[] | undefined;
  /** The number of independent groups of channels. Default 1. */
  readonly groups?: number | undefined;
}

/**
 * Convolution over the spatial axes of `x` [n, channels, …] with filters [out, channels / groups, …]: 1-D, 2-D or 3-D by the
 * shapes.
 */
export function conv(x: Tensor, filters: Tensor, options: ConvOptions = {}): Tensor {
  expectTensors("conv", x, filters);
  checkOptions(located("conv"), options);
  const { stride = 1, padding = 0, dilation = 1, groups = 1, ...unknown } = options;
  const spatial = spatialOf(x);
  const window = { stride: perAxis(stride, spatial.length), dilation: perAxis(dilation, spatial.length) };
  const around = resolvePadding(ranked("conv", x), padding, spatial, { ...window, kernel: spatialOf(filters) });
  // Unknown options are passed on, so that the op reports them.
  return convOp([x, filters], { ...unknown, ...window, padding: around, groups });
}
