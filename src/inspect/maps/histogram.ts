/** Histograms: how often values lie where, as counts and as a picture. */
import { describeGiven, OptionError } from "../../array/index.ts";
import type { BytePicture } from "../../image/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";

/** Options of `histogram`. */
export interface HistogramOptions {
  /** The number of bins. Default 40. */
  readonly bins?: number | undefined;
  /** The ends of the first and the last bin; values outside are not counted. Default: from the smallest to the largest. */
  readonly range?: readonly [low: number, high: number] | undefined;
}

/** Counts of values. */
export interface Histogram {
  /** The ends of the first and the last bin, which are of equal width. The last one includes its end. */
  readonly range: readonly [low: number, high: number];
  readonly counts: readonly number[];
  /** Values that are NaN or infinite. */
  readonly notFinite: number;
  /** Finite values outside of the range. */
  readonly outside: number;
}

const optionNames = namesOf<HistogramOptions>({ bins: true, range: true });

/**
 * Counts values in bins of equal width. Of values that are all alike, the range is half a unit to both sides.
 * @throws OptionError for bins that are no whole number from 1 on, and a range that does not rise
 */
export function histogram(values: ArrayLike<number>, options: HistogramOptions = {}): Histogram {
  checkNames("histogram", optionNames, options);
  const { bins = 40 } = options;
  if (!Number.isInteger(bins) || bins < 1)
    throw new OptionError(`histogram: bins must be an integer of at least 1, got ${describeGiven(bins)}`);
  const range = options.range ?? rangeOf(values);
  if (!(Array.isArray(range) && range[0] < range[1] && range.every(Number.isFinite)))
    throw new OptionError(`histogram: range ${describeGiven(range)}, expected two numbers that rise`);
  const [low, high] = range;
  const counts = new Array<number>(bins).fill(0);
  let [notFinite, outside] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) notFinite++;
    else if (value < low || value > high) outside++;
    else counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]++;
  }
  return { range: [low, high], counts, notFinite, outside };
}

function rangeOf(values: ArrayLike<number>): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low < high) return [low, high];
  return low === high ? [low - 0.5, high + 0.5] : [0, 1];
}

const [BAR, INK, ZERO] = [3, 90, 190];

/** A histogram as gray bars, the highest of which fills the picture; a light line is at 0. @param height in pixels */
export function drawHistogram({ range: [low, high], counts }: Histogram, height = 60): BytePicture {
  const width = BAR * counts.length;
  const data = new Uint8Array(width * height).fill(255);
  const zero = Math.floor((-low / (high - low)) * width);
  if (zero >= 0 && zero < width) for (let y = 0; y < height; y++) data[y * width + zero] = ZERO;
  const most = Math.max(1, ...counts);
  counts.forEach((count, bin) => {
    const top = height - Math.ceil((count / most) * (height - 1));
    for (let y = top; y < height; y++) data.fill(INK, y * width + bin * BAR, y * width + bin * BAR + BAR - 1);
  });
  return { width, height, channels: 1, data };
}
