/** A running list of the closest rows of each query, in sorted arrays of fixed size. */
import { NdArray } from "../../array/index.ts";
import type { Neighbors } from "./neighbors.ts";

/** Keeps the `size` largest values of each query, and which rows they are of. */
export class TopRows {
  readonly #size: number;
  readonly #values: Float32Array;
  readonly #rows: Int32Array;

  constructor(queries: number, size: number) {
    this.#size = size;
    this.#values = new Float32Array(queries * size).fill(-Infinity);
    this.#rows = new Int32Array(queries * size).fill(-1);
  }

  /**
   * Adds a block of values [queries, rows].
   * @param query the number of the first query
   * @param row the number of the first row
   * @param skip rows at the front of the block that were added before
   * @param isOwn whether queries and rows are the same, so that one is not near to itself
   */
  add({ data, shape }: NdArray, query: number, row: number, skip: number, isOwn: boolean): void {
    const [m, n] = shape;
    const size = this.#size;
    for (let i = 0; i < m; i++) {
      const own = isOwn ? query + i - row : -1;
      const last = (query + i) * size + size - 1;
      let worst = this.#values[last];
      for (let j = skip, at = i * n + skip; j < n; j++, at++) {
        if (!(data[at] > worst) || j === own) continue;
        this.#insert(last, data[at], row + j);
        worst = this.#values[last];
      }
    }
  }

  /** Puts a value into its place; the last one leaves. */
  #insert(last: number, value: number, row: number): void {
    const first = last - this.#size + 1;
    const values = this.#values;
    const rows = this.#rows;
    let at = last;
    for (; at > first && values[at - 1] < value; at--) {
      values[at] = values[at - 1];
      rows[at] = rows[at - 1];
    }
    values[at] = value;
    rows[at] = row;
  }

  /** The k nearest rows among those kept, by exact distances; of equal ones the first. */
  finish(k: number, distance: (query: number, row: number) => number): Neighbors {
    const size = this.#size;
    const queries = this.#rows.length / size;
    const rows = new Int32Array(queries * k);
    const distances = new Float32Array(queries * k);
    const exact = new Float64Array(size);
    const order = Int32Array.from({ length: size }, (_, i) => i);
    for (let query = 0; query < queries; query++) {
      const found = this.#rows.subarray(query * size, (query + 1) * size);
      for (let i = 0; i < size; i++) exact[i] = distance(query, found[i]);
      order.sort((a, b) => exact[a] - exact[b] || found[a] - found[b]);
      for (let i = 0; i < k; i++) {
        rows[query * k + i] = found[order[i]];
        distances[query * k + i] = exact[order[i]];
      }
    }
    return { rows: new NdArray(rows, [queries, k], "i32"), distances: new NdArray(distances, [queries, k], "f32") };
  }
}
