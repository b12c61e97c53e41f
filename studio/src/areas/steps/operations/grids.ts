/** Numbers to begin with: the grids of the lectures, and numbers drawn from a seed. */
import { type Shape, sizeOf } from "./shapes.ts";

/** A plane of numbers as text, as the address has it: rows by `_`, planes by `*`. */
export type GridText = string;

const rows = (...lines: string[]): GridText => lines.join("_");

/** Pictures and derivatives as they stand on slides. The sources are in the texts. */
export const lectureGrids = {
  /** CMU 10-301, "Background: Image Processing". */
  letter: rows(
    "0 0 0 0 0 0 0",
    "0 1 1 1 1 1 0",
    "0 1 0 0 1 0 0",
    "0 1 0 1 0 0 0",
    "0 1 1 0 0 0 0",
    "0 1 0 0 0 0 0",
    "0 0 0 0 0 0 0",
  ),
  /** CMU 10-301, "Downsampling": the same without its upper and left margin. */
  corner: rows("1 1 1 1 1 0", "1 0 0 1 0 0", "1 0 1 0 0 0", "1 1 0 0 0 0", "1 0 0 0 0 0", "0 0 0 0 0 0"),
  /** CMU 11-785, "Comparing the two scans". */
  scan: rows("1 1 1 0 0", "0 1 1 1 0", "0 0 1 1 1", "0 0 1 1 0", "0 1 1 0 0"),
} as const satisfies Record<string, GridText>;

/** Filters as they stand on slides. */
export const lectureFilters = {
  /** CMU 10-301, "Background: Image Processing". */
  hook: rows("0 0 0", "0 1 1", "0 1 0"),
  identity: rows("0 0 0", "0 1 0", "0 0 0"),
  blur: rows(".1 .1 .1", ".1 .2 .1", ".1 .1 .1"),
  /** CMU 10-301, "What's a convolution?". */
  edge: rows("0 -1 -2", "0 4 -1", "0 0 0"),
  /** CMU 10-301, "Downsampling". */
  ones: rows("1 1", "1 1"),
  /** CMU 10-301, "Downsampling by Averaging". */
  quarters: rows(".25 .25", ".25 .25"),
  /** CMU 11-785, "Comparing the two scans". */
  counting: rows("1 2 3", "4 5 6", "7 8 9"),
} as const satisfies Record<string, GridText>;

export type LectureGrid = keyof typeof lectureGrids;
export type LectureFilter = keyof typeof lectureFilters;

/** The planes, rows and numbers of a text; what is no number is 0. */
export const readGrid = (text: GridText): number[][][] =>
  text.split("*").map((plane) =>
    plane.split("_").map((row) =>
      row
        .trim()
        .split(/\s+/)
        .map((word) => (Number.isFinite(Number(word)) ? Number(word) : 0)),
    ),
  );

/** The rows and columns of a text's first plane. */
export function gridSize(text: GridText): readonly [height: number, width: number] {
  const [plane] = readGrid(text);
  return [plane.length, plane[0].length];
}

/** Fits a text to a shape: what it lacks is 0, what is too much is left out. */
export function fitGrid(text: GridText, shape: Shape): Float64Array {
  const planes = readGrid(text);
  const [height, width] = shape.slice(-2);
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const plane = planes[Math.floor(i / (height * width))];
    return plane?.[Math.floor(i / width) % height]?.[i % width] ?? 0;
  });
}

/** Writes numbers as text, with as many digits as read back to the same number. */
export function writeGrid(values: ArrayLike<number>, shape: Shape): GridText {
  const [height, width] = shape.slice(-2);
  const row = (from: number): string => Array.from({ length: width }, (_, i) => short(values[from + i])).join(" ");
  const plane = (from: number): string => Array.from({ length: height }, (_, i) => row(from + i * width)).join("_");
  return Array.from({ length: sizeOf(shape) / (height * width) }, (_, i) => plane(i * height * width)).join("*");
}

/** `0.5` as `.5`. */
const short = (value: number): string => String(value).replace(/^(-?)0\./, "$1.");

/** Mixes a seed and a position into 32 bits (the finalizer of MurmurHash3). */
function mixed(seed: number, position: number): number {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(position + 1, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Whole numbers between two limits, the same for the same seed. */
export const drawn = (shape: Shape, seed: number, least: number, most: number): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => least + (mixed(seed, i) % (most - least + 1)));
