/**
 * Transposed ("de-") convolution over one, two or three spatial axes: every input element adds its scaled filter to the
 * output, `stride` apart:
 *
 *   y[n,j,o·stride + k·dilation − before] += Σ_i w[i,j,k] · x[n,i,o]
 *   output = (input − 1) · stride + dilation · (kernel − 1) + 1 − before − after + outputPadding
 *
 * That is the gradient of a convolution with respect to its input, so it is one node of that op and has its gradients.
 * Source: CMU 11-785, "Expanding convolution layer": z((x−1)b+x′, (y−1)b+y′) += w(x′,y′) Y(x,y) with stride b and kernel K.
 * Its array of length Wb + K ends in b places that no filter reaches: outputPadding = b makes it exactly. Adelaide,
 * "Convolution to Transpose Convolution". Weight layout and padding as PyTorch's ConvTranspose has them.
 */
import { checkOptions, ShapeError } from "../array/index.ts";
import { expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { integer, integers, readOptions, type ValuesOf, withDefault } from "../options/index.ts";
import { inputGradientOp } from "./conv.ts";
import { pad } from "./pad.ts";
import { expectFloat, expectLengths } from "./rules.ts";
import { paddingPerAxis, perAxis, ranked, reach, spatialOf, windowAttributes } from "./window.ts";

/** Options of `convTranspose`. */
export interface ConvTransposeOptions {
  /** The distance of neighboring filters in the output; one number, or one for each axis. Default 1. */
  readonly stride?: number | readonly number[] | undefined;
  /**
   * How much to cut off around the output: one number, one for each axis, or all amounts before and then all after. Default
   * 0.
   */
  readonly padding?: number | readonly number[] | undefined;
  /** Additional length at the end of each axis; at most the stride or the dilation. Default 0. */
  readonly outputPadding?: number | readonly number[] | undefined;
  /** The distance between neighboring filter taps. Default 1. */
  readonly dilation?: number | readonly number[] | undefined;
  /** The number of independent groups of channels. Default 1. */
  readonly groups?: number | undefined;
}

const convTransposeAttributes = {
  ...windowAttributes,
  outputPadding: integers(0),
  groups: withDefault(integer(1), 1),
};

type Options = ValuesOf<typeof convTransposeAttributes>;

/**
 * Transposed convolution of `x` [n, in, …spatial] with filters [in, out / groups, …kernel]: [n, out, …longer].
 * @throws ShapeError where channels, groups and filters do not fit, or padding leaves nothing of the output
 */
export function convTranspose(x: Tensor, filters: Tensor, given: ConvTransposeOptions = {}): Tensor {
  expectTensors("convTranspose", x, filters);
  checkOptions(located("convTranspose"), given);
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1, ...unknown } = given;
  const name = ranked("convTranspose", x);
  const rank = spatialOf(x).length;
  const options = readOptions(located(name), convTransposeAttributes, {
    ...unknown,
    stride: perAxis(stride, rank),
    padding: paddingPerAxis(padding, rank),
    dilation: perAxis(dilation, rank),
    outputPadding: perAxis(outputPadding, rank),
    groups,
  });
  const axes = naming(name, () => {
    checkConvTranspose(x, filters, options);
    return spatialOf(x).map((input, i) => outputAxisOf(i, input, filters.shape[2 + i], options));
  });
  const list = (of: keyof OutputAxis): number[] => axes.map((axis) => axis[of]);
  const y = inputGradientOp([x, filters], {
    stride: options.stride,
    padding: [...list("before"), ...list("after")],
    dilation: options.dilation,
    groups,
    size: list("size"),
  });
  const beyond = axes.map((axis) => [0, axis.beyond] as const);
  return beyond.some(([, n]) => n > 0) ? pad(y, [[0, 0], [0, 0], ...beyond]) : y;
}

function checkConvTranspose(x: Tensor, filters: Tensor, { groups, ...lists }: Options): void {
  expectFloat(x, filters);
  const rank = x.shape.length - 2;
  const got = `input ${formatType(x)}, filters ${formatType(filters)}`;
  if (rank < 1 || rank > 3 || filters.shape.length !== rank + 2) {
    throw new ShapeError(`needs [n, in, …spatial] and [in, out / groups, …kernel], 1, 2 or 3 spatial axes: ${got}`);
  }
  const [, channels] = x.shape;
  if (channels % groups !== 0) throw new ShapeError(`${groups} groups must divide ${channels} input channels: ${got}`);
  if (filters.shape[0] !== channels) {
    throw new ShapeError(`input has ${channels} channels, there are filters for ${filters.shape[0]}: ${got}`);
  }
  const { padding, ...others } = lists;
  expectLengths(rank, others);
  if (padding.length !== 2 * rank) {
    throw new ShapeError(`padding [${padding}] needs ${2 * rank} numbers (all befores, then all afters)`);
  }
}

interface OutputAxis {
  readonly size: number;
  readonly before: number;
  readonly after: number;
  /** The number of zeros beyond `size`, where no filter reaches. */
  readonly beyond: number;
}

/** Output padding first undoes padding; only the excess lies beyond the reach of the filters. */
function outputAxisOf(i: number, input: number, kernel: number, options: Options): OutputAxis {
  const [stride, dilation, more] = [options.stride[i], options.dilation[i], options.outputPadding[i]];
  const [before, after] = [options.padding[i], options.padding[options.stride.length + i]];
  if (more > Math.max(stride, dilation)) {
    throw new ShapeError(`output padding ${more} must be at most the stride ${stride} or the dilation ${dilation}`);
  }
  const back = Math.min(more, after);
  const size = (input - 1) * stride + reach(kernel, dilation) - before - after + back;
  const axis = { size, before, after: after - back, beyond: more - back };
  if (input > 0 && size >= 0 && size + axis.beyond > 0) return axis;
  throw new ShapeError(
    `nothing is left of the output along spatial axis ${i}: input ${input}, stride ${stride}, kernel ${kernel}, ` +
      `padding ${before} and ${after}; take less padding or a larger input`,
  );
}
