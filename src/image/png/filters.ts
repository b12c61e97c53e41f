/**
 * The filters of PNG: each byte is stored as its difference, modulo 256, from a prediction by the bytes to the left (a),
 * above (b) and above left (c), all one whole pixel away; beyond the edges they are 0. Every row names its predictor.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", section 9.
 */

type PixelPredictor = (a: number, b: number, c: number) => number;

const predictors: readonly PixelPredictor[] = [
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

/** The layout of rows: bytes a pixel, bytes a row, rows. */
export interface ScanLines {
  readonly pixel: number;
  readonly row: number;
  readonly count: number;
}

/**
 * Unfilters a row: bytes of `data` from `at` to `end`, whose pixels have `pixel` bytes, given the row above, from `over`.
 * These are the predictors above, written out because they run for every byte of a picture.
 */
type Undo = (data: Uint8Array, at: number, end: number, pixel: number, above: Uint8Array, over: number) => void;

const undo: readonly Undo[] = [
  () => {},
  (data, at, end, pixel) => {
    for (let i = at + pixel; i < end; i++) data[i] += data[i - pixel];
  },
  (data, at, end, _, above, over) => {
    for (let i = at; i < end; i++) data[i] += above[over + i - at];
  },
  (data, at, end, pixel, above, over) => {
    const second = Math.min(end, at + pixel);
    for (let i = at; i < second; i++) data[i] += above[over + i - at] >> 1;
    for (let i = second; i < end; i++) data[i] += (data[i - pixel] + above[over + i - at]) >> 1;
  },
  (data, at, end, pixel, above, over) => {
    const second = Math.min(end, at + pixel);
    for (let i = at; i < second; i++) data[i] += above[over + i - at];
    for (let i = second; i < end; i++) {
      const a = data[i - pixel];
      const b = above[over + i - at];
      const c = above[over + i - at - pixel];
      const pa = Math.abs(b - c);
      const pb = Math.abs(a - c);
      const pc = Math.abs(a + b - 2 * c);
      data[i] += pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }
  },
];

/** Unfiltered rows, from rows that each begin with the number of their filter. */
export function unfilter(
  filtered: Uint8Array,
  { pixel, row, count }: ScanLines,
  fail: (problem: string) => Error,
): Uint8Array {
  const data = new Uint8Array(count * row);
  const nothing = new Uint8Array(row);
  for (let y = 0; y < count; y++) {
    const [from, to] = [y * (row + 1), y * row];
    const undoRow = undo[filtered[from]];
    if (undoRow === undefined) throw fail(`row ${y} of the PNG has filter ${filtered[from]}, expected 0 to 4`);
    data.set(filtered.subarray(from + 1, from + 1 + row), to);
    undoRow(data, to, to + row, pixel, y === 0 ? nothing : data, y === 0 ? 0 : to - row);
  }
  return data;
}

/** Filters each row to minimize the sum of magnitudes: the specification's advice (12.7). */
export function filterRows(data: Uint8Array, rows: ScanLines): Uint8Array {
  const { row, count } = rows;
  const filtered = new Uint8Array(count * (row + 1));
  for (let y = 0; y < count; y++) {
    const candidates = predictors.map((predict) => predictionErrors(data, y, rows, predict));
    const costs = candidates.map((bytes) => bytes.reduce((sum, byte) => sum + Math.min(byte, 256 - byte), 0));
    const best = costs.indexOf(Math.min(...costs));
    filtered[y * (row + 1)] = best;
    filtered.set(candidates[best], y * (row + 1) + 1);
  }
  return filtered;
}

function predictionErrors(data: Uint8Array, y: number, { pixel, row }: ScanLines, predict: PixelPredictor): Uint8Array {
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
