/**
 * Sliding windows over a picture's lines: the loops of `filter`. Sums are taken in double precision and rounded once.
 *
 * A kernel that is a column times a row, k[y][x] = c[y] r[x], as Gaussians and Sobel's are, is slid in two passes: the row
 * when a line is read, the column over the lines that are kept. That takes kh + kw products a pixel in place of kh · kw,
 * with the same result up to rounding in double precision.
 */
import type { FloatPicture, Picture } from "./picture.ts";

/** Rows of weights, equally long. */
export type Kernel = readonly (readonly number[])[];

/** The window along one axis of the picture. */
export interface SlidingAxis {
  /** The positions to read along the axis extended by the border; −1 reads zero. */
  readonly positions: Int32Array;
  /** The size of the window. */
  readonly taps: number;
  /** The step of the window. */
  readonly step: number;
  /** The number of window positions. */
  readonly count: number;
}

interface Passes {
  /** The pass along each line as it is read; absent for kernels of one pass. */
  readonly along?: readonly number[];
  /** The pass over the resulting lines. */
  readonly over: Kernel;
}

/** The tolerance for separable kernels, relative to the largest weight: a few roundings. */
const SEPARABLE_WITHIN = 4 * Number.EPSILON;

function separablePasses(kernel: Kernel): Passes {
  const weights = kernel.flat();
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const pivot = weights.findIndex((weight) => Math.abs(weight) === largest);
  const along = kernel[Math.floor(pivot / kernel[0].length)];
  const column = kernel.map((row) => row[pivot % row.length] / (weights[pivot] || 1));
  const isSeparable = kernel.every((row, y) =>
    row.every((weight, x) => Math.abs(weight - column[y] * along[x]) <= SEPARABLE_WITHIN * largest),
  );
  return isSeparable ? { along, over: column.map((weight) => [weight]) } : { over: kernel };
}

/**
 * The picture under the kernels, one for each channel. With `across` the channels' results add up to one channel.
 * Correlation: the kernels are not flipped.
 */
export function slide(
  picture: FloatPicture,
  kernels: readonly Kernel[],
  rows: SlidingAxis,
  columns: SlidingAxis,
  across: boolean,
): FloatPicture {
  const channels = across ? 1 : picture.channels;
  const data = new Float32Array(rows.count * columns.count * channels);
  const sliders = kernels.map((kernel, channel) => slider(picture, channel, kernel, rows, columns));
  const sum = new Float64Array(columns.count);
  for (let y = 0; y < rows.count; y++) {
    for (const [channel, addTo] of sliders.entries()) {
      if (channel === 0 || !across) sum.fill(0);
      addTo(sum, y * rows.step);
      // With `across`, partial sums are overwritten until the last channel.
      const to = y * columns.count * channels + (across ? 0 : channel);
      for (let x = 0; x < sum.length; x++) data[to + x * channels] = sum[x];
    }
  }
  return { width: columns.count, height: rows.count, channels, data };
}

/** Adds one line of the result to `sum`: that of the window whose first line is `top`. Called from the top down. */
function slider(
  picture: Picture,
  channel: number,
  kernel: Kernel,
  rows: SlidingAxis,
  columns: SlidingAxis,
): (sum: Float64Array, top: number) => void {
  const { along, over } = separablePasses(kernel);
  // The first pass, if any, steps along the line.
  const [stepOver, length] = along === undefined ? [columns.step, columns.positions.length] : [1, columns.count];
  const wide = new Float64Array(columns.positions.length);
  // The window's lines as a ring buffer, and their numbers.
  const lines = Array.from({ length: rows.taps }, () => new Float64Array(length));
  const held = new Int32Array(rows.taps).fill(-1);

  const lineAt = (row: number): Float64Array => {
    const place = row % rows.taps;
    if (held[place] !== row) {
      const line = along === undefined ? lines[place] : wide;
      readLine(line, picture, channel, rows.positions[row], columns.positions);
      if (along !== undefined) accumulateLine(lines[place].fill(0), line, columns.step, along);
      held[place] = row;
    }
    return lines[place];
  };
  return (sum, top) => {
    for (const [y, weights] of over.entries()) accumulateLine(sum, lineAt(top + y), stepOver, weights);
  };
}

/** One channel of row `row`, border included; −1 is a row of zeros. */
function readLine(to: Float64Array, picture: Picture, channel: number, row: number, positions: Int32Array): void {
  const { width, channels, data } = picture;
  const from = row * width * channels + channel;
  if (row < 0) to.fill(0);
  else for (let x = 0; x < to.length; x++) to[x] = positions[x] < 0 ? 0 : data[from + positions[x] * channels];
}

/** sum[i] += Σⱼ weights[j] line[i step + j]; three weights at a time, since loading and storing a sum is expensive. */
function accumulateLine(sum: Float64Array, line: Float64Array, step: number, weights: readonly number[]): void {
  let j = 0;
  for (; j + 3 <= weights.length; j += 3) {
    const [a, b, c] = [weights[j], weights[j + 1], weights[j + 2]];
    for (let i = 0, at = j; i < sum.length; i++, at += step)
      sum[i] += a * line[at] + b * line[at + 1] + c * line[at + 2];
  }
  for (; j < weights.length; j++) {
    const weight = weights[j];
    for (let i = 0, at = j; i < sum.length; i++, at += step) sum[i] += weight * line[at];
  }
}
