/** Mean and standard deviation of each channel over pictures, for normalization. */
import { type NdArray, sizeOf } from "../../array/index.ts";
import { takePictures } from "../batches.ts";
import type { Normalization, PictureRows } from "../dataset.ts";

/** Enough values for at least three digits. */
const ENOUGH_VALUES = 1 << 24;
const PICTURES_AT_ONCE = 64;
/** Avoids division by 0 for pictures of one color. */
const LEAST_DEVIATION = 1 / 255;

/** Computed over the first of the given pictures, `u8`, up to the limit; in 0 … 1. */
export async function channelStatistics(images: NdArray | PictureRows, rows: Int32Array): Promise<Normalization> {
  const [, channels, height, width] = images.shape;
  const picture = sizeOf(images.shape.slice(1));
  const chosen = rows.subarray(0, Math.max(1, Math.ceil(ENOUGH_VALUES / picture)));
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
  for (let from = 0; from < chosen.length; from += PICTURES_AT_ONCE) {
    const { data } = await takePictures(images, chosen.subarray(from, from + PICTURES_AT_ONCE));
    addUp(data, height * width, sums, squares);
  }
  const count = chosen.length * height * width;
  const mean = Array.from(sums, (sum) => sum / count / 255);
  const variance = (c: number): number => squares[c] / count / 255 ** 2 - mean[c] ** 2;
  return { mean, std: mean.map((_, c) => Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, variance(c))))) };
}

function addUp(data: ArrayLike<number>, plane: number, sums: Float64Array, squares: Float64Array): void {
  for (let at = 0, p = 0; at < data.length; at += plane, p++) {
    let [sum, square] = [0, 0];
    for (let i = at; i < at + plane; i++) {
      sum += data[i];
      square += data[i] * data[i];
    }
    sums[p % sums.length] += sum;
    squares[p % sums.length] += square;
  }
}
