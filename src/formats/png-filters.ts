/**
 * The filters of PNG: each byte is stored as its difference, modulo 256, from a prediction by the bytes to the left (a),
 * above (b) and above left (c), all one whole pixel away; beyond the edges they are 0. Every row names its predictor.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", section 9.
 */

type Predictor = (a: number, b: number, c: number) => number;

const predictors: readonly Predictor[] = [
  () => 0,
  (a) => a,
  (_, b) => b,
  (a, b) => (a + b) >> 1,
  (a, b, c) => {
    const p = a + b - c;
    const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  },
];

/** How rows lie in memory: bytes a pixel, bytes a row, rows. */
export interface Rows {
  readonly pixel: number;
  readonly row: number;
  readonly count: number;
}

/** Rows without filters, from rows that each begin with the number of theirs. */
export function unfilter(
  filtered: Uint8Array,
  { pixel, row, count }: Rows,
  fail: (problem: string) => Error,
): Uint8Array {
  const data = new Uint8Array(count * row);
  for (let y = 0; y < count; y++) {
    const from = y * (row + 1);
    const to = y * row;
    const predict = predictors[filtered[from]];
    if (predict === undefined) throw fail(`row ${y} of the PNG has filter ${filtered[from]}, expected 0 to 4`);
    for (let x = 0; x < row; x++) {
      const a = x >= pixel ? data[to + x - pixel] : 0;
      const b = y > 0 ? data[to + x - row] : 0;
      const c = x >= pixel && y > 0 ? data[to + x - row - pixel] : 0;
      data[to + x] = filtered[from + 1 + x] + predict(a, b, c);
    }
  }
  return data;
}

/** Each row by the filter whose differences have the least sum of magnitudes: the specification's advice (12.7). */
export function filter(data: Uint8Array, rows: Rows): Uint8Array {
  const { row, count } = rows;
  const filtered = new Uint8Array(count * (row + 1));
  for (let y = 0; y < count; y++) {
    const candidates = predictors.map((predict) => differences(data, y, rows, predict));
    const costs = candidates.map((bytes) => bytes.reduce((sum, byte) => sum + Math.min(byte, 256 - byte), 0));
    const best = costs.indexOf(Math.min(...costs));
    filtered[y * (row + 1)] = best;
    filtered.set(candidates[best], y * (row + 1) + 1);
  }
  return filtered;
}

function differences(data: Uint8Array, y: number, { pixel, row }: Rows, predict: Predictor): Uint8Array {
  const out = new Uint8Array(row);
  const at = y * row;
  for (let x = 0; x < row; x++) {
    const a = x >= pixel ? data[at + x - pixel] : 0;
    const b = y > 0 ? data[at + x - row] : 0;
    const c = x >= pixel && y > 0 ? data[at + x - row - pixel] : 0;
    out[x] = data[at + x] - predict(a, b, c);
  }
  return out;
}
