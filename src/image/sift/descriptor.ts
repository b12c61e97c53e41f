/**
 * The descriptor of a keypoint (Lowe 2004, section 6): the gradients around it, in its own frame.
 *
 * The frame is turned into the keypoint's direction and measured in cells of 3 deviations. The gradients of 4 × 4 cells are
 * counted in histograms of 8 directions each, weighted with their length and with a Gaussian of half the width of all cells;
 * each is shared between the two nearest cells along either axis and the two nearest directions. The 128 numbers are a
 * vector v, made robust against glare by clipping its largest parts:
 *
 *   v ← v / |v|,   v ← min(v, 0.2),   v ← v / |v|
 *
 * It is stored in bytes as 512 v, rounded and clipped at 255. Number (4 · row + column) · 8 + direction belongs to a cell;
 * the rows go down and the columns right in the keypoint's frame, directions turn against the clock as seen. This is
 * OpenCV's order, so that descriptors of both can be compared.
 */
import type { Extremum } from "./extrema.ts";

/** Cells along a side. */
const CELLS = 4;
const DIRECTIONS = 8;
/** A cell's side, in deviations of the keypoint. */
const CELL_SIZE = 3;
/** The clipping of the parts of the unit vector. */
const CLIP = 0.2;
/** The scale of the unit vector in bytes. */
const UNIT = 512;

/** The length of a descriptor. */
export const DESCRIPTOR_LENGTH = CELLS * CELLS * DIRECTIONS;

/** The histograms have a margin of one cell, which takes the shares of cells beyond the edge. */
const SIDE = CELLS + 2;

/** Writes the descriptor of an extremum seen in direction `orientation` (radians, as `orientationsOf` gives them). */
export function writeDescriptor(extremum: Extremum, orientation: number, out: Uint8Array): void {
  const counts = countGradients(extremum, orientation);
  const vector = new Float64Array(DESCRIPTOR_LENGTH);
  for (let row = 0, i = 0; row < CELLS; row++) {
    for (let k = 0; k < CELLS * DIRECTIONS; k++, i++) vector[i] = counts[((row + 1) * SIDE + 1) * DIRECTIONS + k];
  }
  const limit = CLIP * norm(vector);
  for (let i = 0; i < vector.length; i++) vector[i] = Math.min(vector[i], limit);
  // Even surroundings have no gradients; their descriptor is zero.
  const scale = UNIT / (norm(vector) || 1);
  for (let i = 0; i < vector.length; i++) out[i] = Math.min(255, Math.round(vector[i] * scale));
}

const norm = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));

/** The histograms [SIDE, SIDE, DIRECTIONS]. */
function countGradients({ octave, level, column, row, sigma }: Extremum, orientation: number): Float64Array {
  const { width, height } = octave;
  const data = octave.levels[level];
  const counts = new Float64Array(SIDE * SIDE * DIRECTIONS);
  const cell = CELL_SIZE * sigma;
  const [cos, sin] = [Math.cos(orientation) / cell, Math.sin(orientation) / cell];
  // Reaches the corners of the margin's middle for any rotation.
  const radius = Math.round((cell * Math.SQRT2 * (CELLS + 1)) / 2);
  const [top, bottom] = [Math.max(1, row - radius), Math.min(height - 2, row + radius)];
  const [left, right] = [Math.max(1, column - radius), Math.min(width - 2, column + radius)];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      // In cells, from the middle.
      const across = (x - column) * cos + (y - row) * sin;
      const down = (y - row) * cos - (x - column) * sin;
      // Cell 0 of the histograms is the margin.
      const [h, v] = [across + SIDE / 2 - 0.5, down + SIDE / 2 - 0.5];
      if (!(h > 0 && h < SIDE - 1 && v > 0 && v < SIDE - 1)) continue;
      const i = y * width + x;
      const dx = data[i + 1] - data[i - 1];
      const dy = data[i + width] - data[i - width];
      const weight = Math.exp((across * across + down * down) / (-0.5 * CELLS * CELLS));
      const turn = (orientation - Math.atan2(dy, dx)) / (2 * Math.PI);
      distribute(counts, v, h, (turn - Math.floor(turn)) * DIRECTIONS, weight * Math.sqrt(dx * dx + dy * dy));
    }
  }
  return counts;
}

/** Distributes `amount` among the eight bins around a position, by trilinear interpolation. */
function distribute(counts: Float64Array, v: number, h: number, direction: number, amount: number): void {
  const [v0, h0, d0] = [Math.floor(v), Math.floor(h), Math.floor(direction)];
  const [dv, dh, dd] = [v - v0, h - h0, direction - d0];
  // Rounding may give 8, which is direction 0.
  const [first, second] = [d0 % DIRECTIONS, (d0 + 1) % DIRECTIONS];
  for (let k = 0; k < 4; k++) {
    const [below, beside] = [k >> 1, k & 1];
    const part = amount * (below ? dv : 1 - dv) * (beside ? dh : 1 - dh);
    const at = ((v0 + below) * SIDE + h0 + beside) * DIRECTIONS;
    counts[at + first] += part * (1 - dd);
    counts[at + second] += part * dd;
  }
}
