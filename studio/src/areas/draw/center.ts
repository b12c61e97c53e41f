/**
 * A drawing as the digits of MNIST are made: scaled into a box of 20 × 20 of the 28 × 28 pixels with its proportions kept, and
 * shifted until its center of mass is the middle of the picture.
 *
 * Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
import { type Board, FINENESS } from "./board.ts";

/** The longest side of the box, for a picture of a size. */
export const boxFor = (size: number): number => Math.round((20 / 28) * size);

interface Bounds {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

function boundsOf({ height, width, ink }: Board): Bounds | undefined {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] === 0) continue;
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
    }
  return bottom < 0 ? undefined : { top, left, height: bottom - top + 1, width: right - left + 1 };
}

/** Bytes [height, width] of the network's size; all 0 for an empty board. */
export function centered(board: Board): Uint8Array {
  const [height, width] = [board.height / FINENESS, board.width / FINENESS];
  const bounds = boundsOf(board);
  const picture = new Uint8Array(height * width);
  if (bounds === undefined) return picture;
  const scale = boxFor(Math.min(height, width)) / Math.max(bounds.height, bounds.width);
  const [h, w] = [Math.max(1, Math.round(bounds.height * scale)), Math.max(1, Math.round(bounds.width * scale))];
  const small = resized(board, bounds, h, w);
  const [y, x] = massOf(small, h, w);
  const [top, left] = [Math.round((height - 1) / 2 - y), Math.round((width - 1) / 2 - x)];
  for (let row = 0; row < h; row++)
    for (let column = 0; column < w; column++) {
      const [toY, toX] = [top + row, left + column];
      if (toY < 0 || toY >= height || toX < 0 || toX >= width) continue;
      picture[toY * width + toX] = Math.round(small[row * w + column]);
    }
  return picture;
}

/** Means over the parts of the board that the new pixels cover. */
function resized({ ink, width }: Board, bounds: Bounds, h: number, w: number): Float64Array {
  const rows = sharesOf(bounds.height, h);
  const columns = sharesOf(bounds.width, w);
  const small = new Float64Array(h * w);
  for (const [y, fromRows] of rows.entries())
    for (const [x, fromColumns] of columns.entries())
      for (const [dy, a] of fromRows)
        for (const [dx, b] of fromColumns)
          small[y * w + x] += a * b * ink[(bounds.top + dy) * width + bounds.left + dx];
  return small;
}

/** For each new pixel, the old ones that it covers and their shares of it. */
function sharesOf(old: number, now: number): (readonly [at: number, share: number])[][] {
  const step = old / now;
  return Array.from({ length: now }, (_, i) => {
    const [from, to] = [i * step, (i + 1) * step];
    const first = Math.floor(from);
    const last = Math.min(old - 1, Math.ceil(to) - 1);
    return Array.from({ length: last - first + 1 }, (_, k) => {
      const at = first + k;
      return [at, (Math.min(to, at + 1) - Math.max(from, at)) / step] as const;
    });
  });
}

/** The center of mass, [y, x]. */
export function massOf(values: ArrayLike<number>, height: number, width: number): [number, number] {
  let [mass, sumY, sumX] = [0, 0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x];
      mass += value;
      sumY += value * y;
      sumX += value * x;
    }
  return mass === 0 ? [(height - 1) / 2, (width - 1) / 2] : [sumY / mass, sumX / mass];
}
