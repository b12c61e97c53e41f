/**
 * The order of pixels in a PNG: row by row, or in the seven passes of Adam7, each a smaller picture made of columns and rows
 * at regular distances. Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 7.2 and 8.
 */
import type { PngHeader } from "./header.ts";

/** Pixels `left`, `left + right`, … of rows `top`, `top + down`, …. */
interface PassGrid {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly down: number;
}

const wholePicture: readonly PassGrid[] = [{ left: 0, top: 0, right: 1, down: 1 }];

const adam7: readonly PassGrid[] = [
  { left: 0, top: 0, right: 8, down: 8 },
  { left: 4, top: 0, right: 8, down: 8 },
  { left: 0, top: 4, right: 4, down: 8 },
  { left: 2, top: 0, right: 4, down: 4 },
  { left: 0, top: 2, right: 2, down: 4 },
  { left: 1, top: 0, right: 2, down: 2 },
  { left: 0, top: 1, right: 1, down: 2 },
];

/** A pass: its pixels, and their number. */
export interface InterlacePass extends PassGrid {
  readonly columns: number;
  readonly rows: number;
  /** Bytes of a row, without its filter's. */
  readonly rowBytes: number;
}

/** The passes that hold any pixels, in the order of the file. */
export const interlacePasses = ({ width, height, type, depth, isInterlaced }: PngHeader): InterlacePass[] =>
  (isInterlaced ? adam7 : wholePicture)
    .map((grid) => {
      const columns = Math.ceil((width - grid.left) / grid.right);
      const rows = Math.ceil((height - grid.top) / grid.down);
      return { ...grid, columns, rows, rowBytes: Math.ceil((columns * type.samples * depth) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);

/** Bytes of all passes, with a filter's number before each row. */
export const bytesOfPasses = (passes: readonly InterlacePass[]): number =>
  passes.reduce((bytes, { rows, rowBytes }) => bytes + rows * (1 + rowBytes), 0);
