/**
 * The orientations of a keypoint (Lowe 2004, section 5): the dominant gradients around it.
 *
 * The gradients around it, weighted with their length and with a Gaussian 1.5 times as wide as the keypoint's, are counted
 * in a histogram of 36 directions, which is then smoothed by (1, 4, 6, 4, 1) / 16. Its highest bin, and every other local
 * maximum of at least 0.8 of it, is a direction; a parabola through the bin and its neighbors says where between the bins.
 */
import type { Extremum } from "./extrema.ts";

const BINS = 36;
/** The window's deviation, in those of the keypoint. */
const WINDOW = 1.5;
/** The radius of the window, in its deviations. */
const WINDOW_REACH = 3;
/** The share of the highest bin above which another bin is a direction, too. */
const PEAK_SHARE = 0.8;

/** The directions in radians from 0 up to but not including 2π, from the x axis toward the y axis, which points down. */
export function orientationsOf(extremum: Extremum): number[] {
  const histogram = smooth(countDirections(extremum));
  const least = PEAK_SHARE * Math.max(...histogram);
  const directions: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const [left, height, right] = [-1, 0, 1].map((offset) => histogram[(bin + offset + BINS) % BINS]);
    // Of two equal bins side by side the first counts; the parabola puts the direction between them.
    if (height <= left || height < right || height < least) continue;
    const peak = bin + (0.5 * (left - right)) / (left - 2 * height + right);
    directions.push((2 * Math.PI * ((peak + BINS) % BINS)) / BINS);
  }
  return directions;
}

/** Bin b counts the directions nearest to 10° · b. */
function countDirections({ octave, level, column, row, sigma }: Extremum): Float64Array {
  const { width, height } = octave;
  const data = octave.levels[level];
  const deviation = WINDOW * sigma;
  const radius = Math.round(WINDOW_REACH * deviation);
  const histogram = new Float64Array(BINS);
  // The outermost samples have no gradient.
  for (let y = Math.max(1, row - radius); y <= Math.min(height - 2, row + radius); y++) {
    for (let x = Math.max(1, column - radius); x <= Math.min(width - 2, column + radius); x++) {
      const i = y * width + x;
      const dx = data[i + 1] - data[i - 1];
      const dy = data[i + width] - data[i - width];
      const weight = Math.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * deviation ** 2));
      const bin = Math.round((BINS * Math.atan2(dy, dx)) / (2 * Math.PI));
      histogram[(bin + BINS) % BINS] += weight * Math.sqrt(dx * dx + dy * dy);
    }
  }
  return histogram;
}

const smooth = (histogram: Float64Array): Float64Array =>
  histogram.map((height, bin) => {
    const beside = (distance: number): number =>
      histogram[(bin + distance) % BINS] + histogram[(bin - distance + BINS) % BINS];
    return (6 * height + 4 * beside(1) + beside(2)) / 16;
  });
