/** Masks in files: the class of each pixel from its number, or from its color. */
import { DataError } from "../../array/index.ts";
import { linesOf, quoted } from "../../formats/index.ts";
import { decodePngNumbers, readPicture, toRgb } from "../../image/index.ts";
import type { PictureSize } from "./annotations.ts";
import type { Findings } from "./findings.ts";

/** The colors of classes by name: red, green and blue, 0 … 255. */
export type MaskColors = Readonly<Record<string, readonly number[]>>;

/** The meaning of a mask's pixels. */
export interface MaskMeaning {
  readonly classes: readonly string[];
  /** The colors of the classes; without them pixels are numbers. */
  readonly colors: MaskColors | undefined;
  /** Numbers that stand for unknown, beside 255. */
  readonly ignore: readonly number[];
}

/** In masks of bytes. */
const UNKNOWN_CLASS = 255;

/** A reader of masks: the class of each pixel, [height, width], 255 for unknown. */
export type MaskReader = (bytes: Uint8Array, path: string, size: PictureSize) => Promise<Uint8Array>;

/**
 * @throws from the reader FormatError for a damaged file, DataError for a mask of another size than its picture, or in color where
 *   numbers are expected
 */
export const maskReader = ({ classes, colors, ignore }: MaskMeaning, findings: Findings): MaskReader => {
  const read = colors === undefined ? byNumber(classes.length, ignore) : byColor(classes, colors);
  return async (bytes, path, size) => {
    const { width, height, plane, strangers } = await read(bytes, path);
    if (width !== size.width || height !== size.height)
      throw new DataError(`its mask ${path} is ${width}×${height}, the picture is ${size.width}×${size.height}`);
    if (strangers.size > 0) findings.add("unknownPixels", `${path}: ${[...strangers].slice(0, 5).join(", ")}`);
    return plane;
  };
};

interface ReadMask extends PictureSize {
  readonly plane: Uint8Array;
  /** What no class stands for. */
  readonly strangers: ReadonlySet<string>;
}

function byNumber(count: number, ignore: readonly number[]) {
  const isIgnored = new Set([UNKNOWN_CLASS, ...ignore]);
  const table = Uint8Array.from({ length: 256 }, (_, k) => (k < count && !isIgnored.has(k) ? k : UNKNOWN_CLASS));
  return async (bytes: Uint8Array, path: string): Promise<ReadMask> => {
    const found = await decodePngNumbers(bytes, path);
    if (found === undefined)
      throw new DataError(`its mask ${path} has colors or 16 bits, expected numbers of 8 bits; give maskColors`);
    const strangers = new Set<string>();
    for (const number of new Set(found.data))
      if (number >= count && !isIgnored.has(number)) strangers.add(String(number));
    return { ...sizeOf(found), plane: found.data.map((number) => table[number]), strangers };
  };
}

const sizeOf = ({ width, height }: PictureSize): PictureSize => ({ width, height });

function byColor(classes: readonly string[], colors: MaskColors) {
  const keyOf = (red: number, green: number, blue: number): number => (red << 16) | (green << 8) | blue;
  const table = new Map(
    Object.entries(colors).map(([name, [red, green, blue]]) => [
      keyOf(red, green, blue),
      classes.includes(name) ? classes.indexOf(name) : UNKNOWN_CLASS,
    ]),
  );
  return async (bytes: Uint8Array, path: string): Promise<ReadMask> => {
    const picture = toRgb(await readPicture(bytes, path));
    const plane = new Uint8Array(picture.width * picture.height);
    const strangers = new Set<string>();
    for (let i = 0, from = 0; i < plane.length; i++, from += 3) {
      const [red, green, blue] = [picture.data[from], picture.data[from + 1], picture.data[from + 2]];
      const found = table.get(keyOf(red, green, blue));
      if (found === undefined) strangers.add(`(${red}, ${green}, ${blue})`);
      plane[i] = found ?? UNKNOWN_CLASS;
    }
    return { ...sizeOf(picture), plane, strangers };
  };
}

/**
 * The colors of classes in a text with a line for each, `red green blue NAME`, as CamVid's `label_colors.txt`.
 * @throws DataError for lines of another form, and for a name or a color that is there twice
 */
export function readMaskColors(text: string, name = "the colors"): MaskColors {
  const colors = new Map<string, readonly number[]>();
  const seen = new Set<string>();
  for (const [i, line] of linesOf(text).entries()) {
    if (line.trim() === "") continue;
    const [, red, green, blue, label] = /^\s*(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(.*\S)\s*$/.exec(line) ?? [];
    const color = [red, green, blue].map(Number);
    if (label === undefined || color.some((byte) => byte > 255))
      throw new DataError(`${name}: line ${i + 1} is ${quoted(line)}, expected red green blue of 0 to 255, and a name`);
    if (colors.has(label) || seen.has(color.join()))
      throw new DataError(`${name}: line ${i + 1}: ${quoted(line)} has a name or a color that another line has`);
    seen.add(color.join());
    colors.set(label, color);
  }
  return Object.fromEntries(colors);
}
