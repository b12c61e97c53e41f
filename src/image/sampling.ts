/**
 * The loops that sample a grid of values at positions between its points, row by row of the result. Geometric transforms
 * (affine maps, elastic distortion) compute the source positions of a row.
 *
 * Bilinear: with (x, y) = (i + u, j + v), where i and j are whole and 0 ≤ u, v < 1,
 *
 *   top = p[j, i] + u (p[j, i + 1] − p[j, i]),   bottom likewise in row j + 1,   value = top + v (bottom − top)
 *
 * so that a constant stays the same, bit for bit.
 */
import type { TypedArray } from "../array/index.ts";
import { type BorderRule, reflected, replicated } from "./borders.ts";

/** Values of channels on a grid of pixels, in any layout: planes, or channels interleaved. */
export interface SampleGrid<Data extends TypedArray = TypedArray> {
  /** Of one picture alone. */
  readonly data: Data;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Strides to the next pixel, row and channel. */
  readonly steps: { readonly pixel: number; readonly row: number; readonly channel: number };
}

/** The planes of picture `i` of data [n, channels, height, width]. */
export function planesOf(data: TypedArray, i: number, [channels, height, width]: readonly number[]): SampleGrid {
  const size = channels * height * width;
  const steps = { pixel: 1, row: width, channel: width * height };
  return { data: data.subarray(i * size, (i + 1) * size), width, height, channels, steps };
}

/**
 * The fill beyond the edges: a value for each channel; or the outermost pixels, repeated (`replicate`: aa|abcd|dd) or
 * mirrored (`reflect`: cb|abcd|cb).
 */
export type Surroundings = readonly number[] | "replicate" | "reflect";

/** The position to read along an axis for one that may lie beyond its ends; −1: none. */
const outsideRules: Readonly<Record<"constant" | "replicate" | "reflect", BorderRule>> = {
  constant: (position, length) => (position >= 0 && position < length ? position : -1),
  replicate: replicated,
  reflect: reflected,
};

/** Buffers for a row's pixels, shared by rows. */
interface SampleRow {
  /** Their source positions. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** For pixels inside: the index of the top left of four neighbors, and the offset from it. */
  readonly at: Int32Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
}

export const createRow = (width: number): SampleRow => ({
  xs: new Float64Array(width),
  ys: new Float64Array(width),
  at: new Int32Array(width),
  u: new Float64Array(width),
  v: new Float64Array(width),
});

/** From one grid to another. Always constructed here with the same shape, which keeps the loops fast. */
export interface Sampling {
  readonly source: SampleGrid;
  readonly target: SampleGrid;
  readonly row: SampleRow;
  readonly rule: BorderRule;
  /** The fill of each channel, if it is a value. */
  readonly fill: readonly number[];
  /** Added before storing: one half if storing truncates, as for bytes. */
  readonly rounding: number;
}

/** @param row buffers for a row of the target; may be reused for the next picture */
export const samplingOf = (
  source: SampleGrid,
  target: SampleGrid,
  surroundings: Surroundings,
  row = createRow(target.width),
): Sampling => ({
  source,
  target,
  row,
  rule: outsideRules[typeof surroundings === "string" ? surroundings : "constant"],
  fill: typeof surroundings === "string" ? [] : surroundings,
  rounding: target.data instanceof Uint8Array ? 0.5 : 0,
});

/** Samples the row at the positions in `xs` and `ys`, bilinearly. */
export function sampleRow(sampling: Sampling, y: number): void {
  const { source, target } = sampling;
  const { xs, ys } = sampling.row;
  const right = source.width - 1;
  const bottom = source.height - 1;
  for (let x = 0; x < target.width; ) {
    const from = x;
    while (x < target.width && xs[x] >= 0 && xs[x] < right && ys[x] >= 0 && ys[x] < bottom) x++;
    if (x > from) blendInside(sampling, y, from, x);
    else blendAtEdge(sampling, y, x++);
  }
}

/** Pixels whose four neighbors all exist. */
function blendInside({ source, target, row, rounding }: Sampling, y: number, from: number, to: number): void {
  const { xs, ys, at, u, v } = row;
  const { data, channels, steps } = source;
  for (let x = from; x < to; x++) {
    const i = xs[x] | 0;
    const j = ys[x] | 0;
    at[x] = j * steps.row + i * steps.pixel;
    u[x] = xs[x] - i;
    v[x] = ys[x] - j;
  }
  const out = target.data;
  for (let c = 0; c < channels; c++) {
    const here = c * steps.channel;
    const next = here + steps.pixel;
    const below = here + steps.row;
    const across = below + steps.pixel;
    let q = y * target.steps.row + c * target.steps.channel + from * target.steps.pixel;
    for (let x = from; x < to; x++, q += target.steps.pixel) {
      const p = at[x];
      const top = data[p + here] + u[x] * (data[p + next] - data[p + here]);
      const bottom = data[p + below] + u[x] * (data[p + across] - data[p + below]);
      out[q] = top + v[x] * (bottom - top) + rounding;
    }
  }
}

/** A pixel with neighbors that may lie beyond the edges. */
function blendAtEdge({ source, target, row, rule, fill, rounding }: Sampling, y: number, x: number): void {
  const { xs, ys } = row;
  const { data, width, height, channels, steps } = source;
  const i = Math.floor(xs[x]);
  const j = Math.floor(ys[x]);
  const u = xs[x] - i;
  const v = ys[x] - j;
  const topLeft = place(rule(i, width), rule(j, height), steps);
  const topRight = place(rule(i + 1, width), rule(j, height), steps);
  const bottomLeft = place(rule(i, width), rule(j + 1, height), steps);
  const bottomRight = place(rule(i + 1, width), rule(j + 1, height), steps);
  let to = y * target.steps.row + x * target.steps.pixel;
  for (let c = 0, start = 0; c < channels; c++, start += steps.channel, to += target.steps.channel) {
    const p = topLeft < 0 ? fill[c] : data[start + topLeft];
    const q = topRight < 0 ? fill[c] : data[start + topRight];
    const r = bottomLeft < 0 ? fill[c] : data[start + bottomLeft];
    const s = bottomRight < 0 ? fill[c] : data[start + bottomRight];
    const above = p + u * (q - p);
    const below = r + u * (s - r);
    target.data[to] = above + v * (below - above) + rounding;
  }
}

const place = (column: number, row: number, steps: SampleGrid["steps"]): number =>
  column < 0 || row < 0 ? -1 : row * steps.row + column * steps.pixel;

/** Samples the row at the nearest pixels, for class numbers, which have no mean. */
export function nearestRow(sampling: Sampling, y: number): void {
  const { xs, ys } = sampling.row;
  for (let x = 0; x < sampling.target.width; x++)
    copyPixel(sampling, x, y, Math.floor(xs[x] + 0.5), Math.floor(ys[x] + 0.5));
}

function copyPixel({ source, target, rule, fill }: Sampling, x: number, y: number, fromX: number, fromY: number): void {
  const { data, channels, steps } = source;
  const from = place(rule(fromX, source.width), rule(fromY, source.height), steps);
  const to = y * target.steps.row + x * target.steps.pixel;
  for (let c = 0; c < channels; c++)
    target.data[to + c * target.steps.channel] = from < 0 ? fill[c] : data[from + c * steps.channel];
}

/** From integer positions in the target to positions in the source: (a x + b y + c, d x + e y + f). */
export type WholeMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The whole target, if pixels come from pixels: values are copied. */
export function moveGrid(sampling: Sampling, map: WholeMap): void {
  const { source, target } = sampling;
  const { steps } = source;
  // Converted to 32-bit integers, which makes the loops several times as fast.
  const a = map[0] | 0;
  const d = map[3] | 0;
  const step = (a * steps.pixel + d * steps.row) | 0;
  for (let y = 0; y < target.height; y++) {
    const startX = map[1] * y + map[2];
    const startY = map[4] * y + map[5];
    // Positions of a row lie on a line, so those inside the source are consecutive.
    let first = 0;
    while (first < target.width && !isInsideGrid(source, startX + a * first, startY + d * first))
      copyPixel(sampling, first, y, startX + a * first, startY + d * first++);
    let end = target.width;
    while (end > first && !isInsideGrid(source, startX + a * (end - 1), startY + d * (end - 1)))
      copyPixel(sampling, --end, y, startX + a * end, startY + d * end);
    const from = ((startX + a * first) * steps.pixel + (startY + d * first) * steps.row) | 0;
    moveRun(sampling, from, step, y, first, end);
  }
}

const isInsideGrid = ({ width, height }: SampleGrid, x: number, y: number): boolean =>
  x >= 0 && x < width && y >= 0 && y < height;

function moveRun(
  { source, target }: Sampling,
  from: number,
  step: number,
  y: number,
  first: number,
  end: number,
): void {
  const input = source.data;
  const output = target.data;
  const toStep = target.steps.pixel;
  const to = y * target.steps.row + first * toStep;
  for (let c = 0; c < source.channels; c++) {
    let p = from + c * source.steps.channel;
    let q = to + c * target.steps.channel;
    for (let x = first; x < end; x++, p += step, q += toStep) output[q] = input[p];
  }
}
