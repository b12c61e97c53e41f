/**
 * Filters that whiten small patches of pictures: along the directions in which patches vary most, each divided by how much
 * they vary there, so that what a network sees first is uncorrelated and equally strong. Each filter has its negative beside
 * it, since a ReLU keeps one side alone. As the first layer, which is not trained: D. Page, "How to train your ResNet 8: Bag
 * of tricks" (2019).
 */
import { NdArray } from "fovea";
import type { Samples } from "fovea/data";

export interface WhiteningOptions {
  /** How many filters; half of them are the negatives of the others. */
  readonly count: number;
  /** Of a patch, height and width. */
  readonly size: number;
  /** How many pictures, the first ones, patches are taken from. */
  readonly pictures: number;
}

/** Keeps directions in which patches hardly vary from drowning the others in noise. */
const LEAST_VARIANCE = 1e-3;

/** Filters [count, channels, size, size] for pictures as the data set's normalisation leaves them. */
export async function whiteningFilters(data: Samples, { count, size, pictures }: WhiteningOptions): Promise<NdArray> {
  const rows = Int32Array.from({ length: Math.min(pictures, data.images.shape[0]) }, (_, i) => i);
  const images = data.images instanceof NdArray ? data.images : await data.images.take(rows);
  const { mean = [], std = [] } = data.normalization ?? {};
  const normalized = Float64Array.from(images.data, (value, i) => {
    const channel = Math.floor(i / (images.shape[2] * images.shape[3])) % images.shape[1];
    return (Number(value) / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
  const { values, vectors } = symmetricEigen(patchCovariance(normalized, images.shape, size, rows.length));
  const strongest = values.map((_, i) => i).sort((i, j) => values[j] - values[i]);
  const filters = strongest.slice(0, count / 2).flatMap((i) => {
    const filter = vectors.map((row) => row[i] / Math.sqrt(values[i] + LEAST_VARIANCE));
    return [filter, filter.map((weight) => -weight)];
  });
  return new NdArray(Float32Array.from(filters.flat()), [count, images.shape[1], size, size], "f32");
}

type Matrix = number[][];

/** How the values of a patch, [channels · size · size], vary together. */
function patchCovariance(
  values: Float64Array,
  [, channels, height, width]: readonly number[],
  size: number,
  pictures: number,
): Matrix {
  const length = channels * size * size;
  const sums: Matrix = Array.from({ length }, () => new Array<number>(length).fill(0));
  const patch = new Float64Array(length);
  const places = pictures * (height - size + 1) * (width - size + 1);
  for (let n = 0; n < pictures; n++) {
    for (let y = 0; y + size <= height; y++) {
      for (let x = 0; x + size <= width; x++) {
        for (let k = 0; k < length; k++) {
          const [channel, row, column] = [Math.floor(k / size ** 2), Math.floor(k / size) % size, k % size];
          patch[k] = values[((n * channels + channel) * height + y + row) * width + x + column];
        }
        for (let i = 0; i < length; i++) for (let j = 0; j <= i; j++) sums[i][j] += patch[i] * patch[j];
      }
    }
  }
  return sums.map((row, i) => row.map((_, j) => sums[Math.max(i, j)][Math.min(i, j)] / places));
}

const SWEEPS = 30;
const NEGLIGIBLE = 1e-15;

/** Eigenvalues of a symmetric matrix, and its eigenvectors as columns, by Jacobi's rotations (1846). */
function symmetricEigen(matrix: Matrix): { readonly values: number[]; readonly vectors: Matrix } {
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < a.length; p++) {
      for (let q = p + 1; q < a.length; q++) if (Math.abs(a[p][q]) >= NEGLIGIBLE) rotate(a, vectors, p, q);
    }
  }
  return { values: a.map((row, i) => row[i]), vectors };
}

/** Turns the axes p and q until a[p][q] is zero. */
function rotate(a: Matrix, vectors: Matrix, p: number, q: number): void {
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(1, theta));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (const row of [...a, ...vectors]) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
  [a[p], a[q]] = [a[p].map((x, k) => c * x - s * a[q][k]), a[q].map((x, k) => s * a[p][k] + c * x)];
}
