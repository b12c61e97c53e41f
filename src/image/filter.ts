/**
 * Picture filters: a kernel of weights slid over a picture (CMU 10-301, "Background: Image Processing"; Adelaide,
 * "Convolution Operator (2D)"). With the kernel's origin at its middle, a = ⌊k / 2⌋,
 *
 *   correlation   o[y, x] = Σᵢ Σⱼ f[y + i − aᵧ, x + j − aₓ] g[i, j]     "slide the filter", and what convolutional layers do
 *   convolution   o[y, x] = Σᵢ Σⱼ f[y − i + aᵧ, x − j + aₓ] g[i, j]     both axes of the kernel flipped
 */
import { OptionError, ShapeError } from "../array/index.ts";
import { flag, optional, readOptions, sizes, withDefault, word } from "../options/index.ts";
import { type Border, borderPositions, borders } from "./borders.ts";
import { expectPicture, type FloatPicture, type Picture, toFloats } from "./picture.ts";
import { type Kernel, type SlidingAxis, slide } from "./sliding.ts";

/** Options of `filter`. */
export interface FilterOptions {
  /** `correlation` (the default) applies the kernel unflipped, `convolution` flips both axes. */
  readonly mode?: "correlation" | "convolution" | undefined;
  /** What the kernel reads beyond the edges; all but `valid` keep the picture's size. Default `reflect`. */
  readonly border?: Border | undefined;
  /**
   * Divides by the sum of the weights, so that a flat area keeps its value; if they cancel, as in edge kernels, by the sum
   * of the positive ones, so that an edge from 0 to 1 gives at most 1. Default false.
   */
  readonly normalize?: boolean | undefined;
  /** The step of the kernel in pixels, down and across; one number for both. Default 1. */
  readonly step?: number | readonly number[] | undefined;
  /**
   * `each` filters channels separately, `across` sums them up, as a convolutional layer does. Default `each` for one kernel,
   * `across` for a kernel for each channel.
   */
  readonly color?: "each" | "across" | undefined;
}

/** The kind and default of each option. */
export const filterOptions = {
  mode: withDefault(word("correlation", "convolution"), "correlation"),
  border: withDefault(word(...borders), "reflect"),
  normalize: withDefault(flag(), false),
  step: withDefault(sizes(1), 1),
  color: optional(word("each", "across")),
};

/**
 * The filtered picture, with unclipped values. The result of a picture of h × w pixels has ⌈h / step⌉ × ⌈w / step⌉, with the
 * border `valid` ⌊(h − kernel's height) / step⌋ + 1 and so on.
 * @param picture gray or RGB; bytes are taken as 0 … 1
 * @param kernel rows of weights, [rows][columns], of any size; or one for each channel, [channels][rows][columns]. For an
 *   even side, the origin is the pixel after the middle
 * @throws ShapeError for kernels that are empty or ragged, do not go with the channels, or do not fit into the picture with
 *   the border `valid`; OptionError for weights that are not finite, for options, and for pictures with alpha, whose
 *   transparent pixels would bleed into others: call `withoutAlpha` or `toGray` first
 */
export function filter(
  picture: Picture,
  kernel: Kernel | readonly Kernel[],
  options: FilterOptions = {},
): FloatPicture {
  const { mode, border, normalize, step, color } = readOptions("filter", filterOptions, options);
  expectPicture(picture, "filter");
  const { width, height, channels } = picture;
  if (channels === 2 || channels === 4) {
    throw new OptionError("filter: the picture has an alpha channel; call withoutAlpha() or toGray() first");
  }
  const given = readKernels(kernel, channels);
  const isAcross = (color ?? (isForChannels(kernel) ? "across" : "each")) === "across";
  const scaled = normalize ? normalized(given, isAcross) : given;
  const isFlipped = mode === "convolution";
  const kernels = isFlipped ? scaled.map((one) => one.map((row) => row.toReversed()).reverse()) : scaled;
  const [stepY, stepX] = stepsOf(step);
  const size = [kernels[0].length, kernels[0][0].length];
  if (border === "valid" && (size[0] > height || size[1] > width)) {
    throw new ShapeError(
      `filter: the kernel of ${size[0]} rows and ${size[1]} columns does not fit into the picture of ${height} rows and ` +
        `${width} columns; choose another border than 'valid'`,
    );
  }
  const rows = filterAxis(height, size[0], stepY, border, isFlipped);
  const columns = filterAxis(width, size[1], stepX, border, isFlipped);
  return slide(toFloats(picture), kernels, rows, columns, isAcross);
}

function stepsOf(step: number | readonly number[]): readonly number[] {
  if (typeof step === "number") return [step, step];
  if (step.length === 2) return step;
  throw new OptionError(`filter: step must be one integer, or two, down and across; got ${step.length}`);
}

function filterAxis(length: number, taps: number, step: number, border: Border, isFlipped: boolean): SlidingAxis {
  const origin = isFlipped ? taps - 1 - Math.floor(taps / 2) : Math.floor(taps / 2);
  const [before, after] = border === "valid" ? [0, 0] : [origin, taps - 1 - origin];
  const positions = borderPositions(border, length, before, after);
  return { positions, taps, step, count: Math.floor((positions.length - taps) / step) + 1 };
}

const isForChannels = (kernel: Kernel | readonly Kernel[]): kernel is readonly Kernel[] =>
  Array.isArray(kernel[0]?.[0]);

/** One kernel for each channel, all of one size. */
function readKernels(kernel: Kernel | readonly Kernel[], channels: number): readonly Kernel[] {
  if (!isForChannels(kernel)) {
    checkFilterKernel(kernel, "the kernel");
    return Array.from({ length: channels }, () => kernel);
  }
  if (kernel.length !== channels) {
    throw new ShapeError(
      `filter: ${kernel.length} kernels for ${channels} ${channels > 1 ? "channels" : "channel"}; give one for each, or one for all`,
    );
  }
  for (const [c, one] of kernel.entries()) {
    checkFilterKernel(one, `kernel ${c}`);
    if (one.length !== kernel[0].length || one[0].length !== kernel[0][0].length)
      throw new ShapeError(
        `filter: kernel ${c} is ${one.length}×${one[0].length}, kernel 0 is ${kernel[0].length}×${kernel[0][0].length}; expected one size`,
      );
  }
  return kernel;
}

function checkFilterKernel(kernel: Kernel, name: string): void {
  if (kernel.length === 0 || kernel[0].length === 0)
    throw new ShapeError(
      `filter: ${name} is empty, expected rows of weights such as [[0, 1, 0], [1, -4, 1], [0, 1, 0]]`,
    );
  for (const [y, row] of kernel.entries()) {
    if (row.length !== kernel[0].length)
      throw new ShapeError(
        `filter: row ${y} of ${name} has ${row.length} weights, row 0 has ${kernel[0].length}; expected equally many`,
      );
    const x = row.findIndex((weight) => !Number.isFinite(weight));
    if (x >= 0)
      throw new OptionError(`filter: ${name} has the weight ${row[x]} at [${y}][${x}], expected a finite number`);
  }
}

/** Below this share of Σ |w|, a sum of weights is zero up to rounding. */
const CANCELED = 1e-12;

/** Whether a kernel's weights sum to zero, up to rounding: it then responds to differences, with either sign. */
export function weightsCancel(kernel: Kernel): boolean {
  const weights = kernel.flat();
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  return Math.abs(weights.reduce((sum, weight) => sum + weight, 0)) <= CANCELED * total;
}

/** Channels that add up are divided by the sum over all of them. */
function normalized(kernels: readonly Kernel[], isAcross: boolean): readonly Kernel[] {
  const together = isAcross ? kernels.flat() : undefined;
  return kernels.map((kernel) => {
    const divisor = divisorOf(together ?? kernel);
    return kernel.map((row) => row.map((weight) => weight / divisor));
  });
}

function divisorOf(kernel: Kernel): number {
  const counted = weightsCancel(kernel) ? kernel.flat().filter((weight) => weight > 0) : kernel.flat();
  const sum = counted.reduce((total, weight) => total + weight, 0);
  if (sum === 0) throw new OptionError("filter: normalize divides by the weights' sum, but all of them are 0");
  return sum;
}
