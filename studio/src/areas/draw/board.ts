/** The drawing board: ink from 0 to 255 on twice the pixels that the network has, so that edges are soft when it is reduced. */

/** How many pixels of the board make one of the network's, along each side. */
export const FINENESS = 2;

/** Levels of ink that the address keeps. */
const LEVELS = 15;

export interface Board {
  readonly height: number;
  readonly width: number;
  /** Row by row. */
  readonly ink: Uint8Array;
}

export const emptyBoard = (height: number, width: number): Board => ({
  ...{ height: height * FINENESS, width: width * FINENESS },
  ink: new Uint8Array(height * width * FINENESS ** 2),
});

export const isEmpty = ({ ink }: Board): boolean => ink.every((value) => value === 0);

export interface Stroke {
  /** [y, x], in pixels of the board. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** Half of the width, in pixels of the board. */
  readonly radius: number;
  readonly erases: boolean;
}

/** Over so many pixels the ink fades at the edge of a stroke. */
const SOFTNESS = 1.6;

/** The board after a stroke, in the levels that the address keeps. */
export function stroked(board: Board, { from, to, radius, erases }: Stroke): Board {
  const ink = board.ink.slice();
  const reach = radius + SOFTNESS;
  const range = (a: number, b: number, length: number): [number, number] => [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(length - 1, Math.ceil(Math.max(a, b) + reach)),
  ];
  const [top, bottom] = range(from[0], to[0], board.height);
  const [left, right] = range(from[1], to[1], board.width);
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const strength = (reach - distanceTo(from, to, y + 0.5, x + 0.5)) / (2 * SOFTNESS);
      const level = Math.round(LEVELS * Math.max(0, Math.min(1, strength))) * (255 / LEVELS);
      const i = y * board.width + x;
      ink[i] = erases ? Math.min(ink[i], 255 - level) : Math.max(ink[i], level);
    }
  return { ...board, ink };
}

/** From a point to a line between two points. */
function distanceTo(
  [y1, x1]: readonly [number, number],
  [y2, x2]: readonly [number, number],
  y: number,
  x: number,
): number {
  const [dy, dx] = [y2 - y1, x2 - x1];
  const length = dy * dy + dx * dx;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((y - y1) * dy + (x - x1) * dx) / length));
  return Math.hypot(y - y1 - along * dy, x - x1 - along * dx);
}

/** A picture of the network's size on the board. */
export function boardOf(bytes: ArrayLike<number>, height: number, width: number): Board {
  const board = emptyBoard(height, width);
  for (let y = 0; y < board.height; y++)
    for (let x = 0; x < board.width; x++)
      board.ink[y * board.width + x] = bytes[Math.floor(y / FINENESS) * width + Math.floor(x / FINENESS)];
  return board;
}

/** The board as it is, reduced: means of squares of pixels. */
export function reduced({ height, width, ink }: Board): Uint8Array {
  const [h, w] = [height / FINENESS, width / FINENESS];
  return Uint8Array.from({ length: h * w }, (_, i) => {
    const [y, x] = [Math.floor(i / w) * FINENESS, (i % w) * FINENESS];
    let sum = 0;
    for (let dy = 0; dy < FINENESS; dy++) for (let dx = 0; dx < FINENESS; dx++) sum += ink[(y + dy) * width + x + dx];
    return Math.round(sum / FINENESS ** 2);
  });
}
