/** The Hilbert–Schmidt independence criterion of Gram matrices, and its sums over batches; `cka.ts` has the equations. */
import { NdArray, NumericError } from "../../array/index.ts";
import type { Arrays } from "../../train/index.ts";

/** A matrix in double precision, [n, n]. */
interface Square {
  readonly data: Float64Array;
  readonly n: number;
}

/** HKH: with the means of rows and columns subtracted. */
export function doublyCentered({ data, shape: [n] }: NdArray): Square {
  const means = new Float64Array(n);
  let mean = 0;
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++, at++) means[i] += data[at];
    means[i] /= n;
    mean += means[i] / n;
  }
  const result = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < n; j++, at++) result[at] = data[at] - means[i] - means[j] + mean;
  return { data: result, n };
}

/** ⟨K, L⟩ */
export function inner({ data: k }: Square, { data: l }: Square): number {
  let sum = 0;
  for (let i = 0; i < k.length; i++) sum += k[i] * l[i];
  return sum;
}

/** A Gram matrix with zeros on its diagonal, and the sums of its rows. */
interface Hollow extends Square {
  readonly rows: Float64Array;
  readonly total: number;
}

function hollow({ data, shape: [n] }: NdArray): Hollow {
  const result = Float64Array.from(data);
  const rows = new Float64Array(n);
  let total = 0;
  for (let i = 0, at = 0; i < n; i++) {
    result[i * n + i] = 0;
    for (let j = 0; j < n; j++, at++) rows[i] += result[at];
    total += rows[i];
  }
  return { data: result, n, rows, total };
}

/** HSIC₁, without bias. */
function unbiasedHsic(k: Hollow, l: Hollow): number {
  const { n } = k;
  let across = 0;
  for (let i = 0; i < n; i++) across += k.rows[i] * l.rows[i];
  const sum = inner(k, l) + (k.total * l.total) / ((n - 1) * (n - 2)) - (2 * across) / (n - 2);
  return sum / (n * (n - 3));
}

/** CKA from the three criteria; 0 where one of both does not vary. */
export const similarity = (both: number, own: number, other: number): number =>
  own > 0 && other > 0 ? both / Math.sqrt(own * other) : 0;

/** HSIC₁ of all pairs of layers, added up over batches. */
export class AlignmentSums {
  #rows: readonly string[] = [];
  #columns: readonly string[] = [];
  #both = new Float64Array();
  #own = new Float64Array();
  #other = new Float64Array();

  /** Whether no batch was added. */
  get isEmpty(): boolean {
    return this.#both.length === 0;
  }

  /** Adds the Gram matrices of a batch, by path. @throws NumericError for values that are not finite */
  add(own: Arrays, other: Arrays): void {
    if (this.isEmpty) this.#begin(Object.keys(own), Object.keys(other));
    const rows = hollows(own);
    const columns = own === other ? rows : hollows(other);
    for (const [i, k] of rows.entries()) {
      this.#own[i] += unbiasedHsic(k, k);
      for (const [j, l] of columns.entries()) this.#both[i * columns.length + j] += unbiasedHsic(k, l);
    }
    for (const [j, l] of columns.entries()) this.#other[j] += unbiasedHsic(l, l);
  }

  #begin(rows: readonly string[], columns: readonly string[]): void {
    this.#rows = rows;
    this.#columns = columns;
    this.#both = new Float64Array(rows.length * columns.length);
    this.#own = new Float64Array(rows.length);
    this.#other = new Float64Array(columns.length);
  }

  /** The alignments of all pairs. */
  finish(): { readonly rows: readonly string[]; readonly columns: readonly string[]; readonly values: NdArray } {
    const [rows, columns] = [this.#rows, this.#columns];
    const values = Float32Array.from(this.#both, (both, at) => {
      const [i, j] = [Math.floor(at / columns.length), at % columns.length];
      return similarity(both, this.#own[i], this.#other[j]);
    });
    return { rows, columns, values: new NdArray(values, [rows.length, columns.length], "f32") };
  }
}

const hollows = (grams: Arrays): Hollow[] =>
  Object.entries(grams).map(([path, array]) => {
    const matrix = hollow(array);
    if (Number.isFinite(matrix.total)) return matrix;
    throw new NumericError(`CKA: ${path} has values that are not finite`);
  });
