/** What a look has found, and the files it is written to: pictures that say how they were made, and numbers. */
import { InvalidArgumentError } from "commander";
import { writeFileAtomic } from "#platform";
import { NdArray, OptionError } from "../../array/index.ts";
import {
  type BytePicture,
  encodePicture,
  type GridCell,
  type GridOptions,
  pictureGrid,
  pictureGridSvg,
} from "../../image/index.ts";
import { version } from "../version.ts";

/** A picture of one piece, with its SVG. */
export interface Sheet {
  readonly picture: BytePicture;
  /** Gets the command for its `<desc>`. */
  readonly svg: (description: string) => Promise<string> | string;
}

/** What a look has found. */
export interface Found {
  /** For people, in the terminal. */
  readonly lines: readonly string[];
  /** All of it in numbers; arrays are written as { shape, data }. */
  readonly numbers: Readonly<Record<string, unknown>>;
  /** As a grid of pictures, or a picture of one piece; absent where there is nothing to draw. */
  readonly drawing?: { readonly cells: readonly GridCell[]; readonly grid?: GridOptions } | Sheet | undefined;
  /** As a page of its own; gets the command, to say how it was made. Absent where there is none. */
  readonly page?: ((description: string) => string) | undefined;
}

/** A file to write, and its kind. */
export interface LookFile {
  readonly path: string;
  readonly kind: keyof typeof writers;
}

const writers = {
  png: async ({ drawing }: Found, command: string) =>
    encodePicture(sheetOf(drawing, "png").picture, { text: { Software: `Fovea ${version}`, Comment: command } }),
  svg: async ({ drawing }: Found, command: string) =>
    new TextEncoder().encode(await sheetOf(drawing, "svg").svg(command)),
  html: async ({ page }: Found, command: string) => {
    if (page === undefined)
      throw new OptionError("-o: there is no page of this; write a picture or the numbers instead");
    return new TextEncoder().encode(page(command));
  },
  json: async ({ numbers }: Found, command: string) =>
    new TextEncoder().encode(`${JSON.stringify({ command, ...(plainNumbers(numbers) as object) })}\n`),
} as const;

/** Reads an argument of `-o`, once or several times. */
export function lookFile(path: string, before: readonly LookFile[] = []): readonly LookFile[] {
  const ending = /\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? "";
  if (!Object.hasOwn(writers, ending))
    throw new InvalidArgumentError(`Expected file names ending in .${Object.keys(writers).join(", .")}.`);
  return [...before, { path, kind: ending as LookFile["kind"] }];
}

/** Makes all files before the first is written. */
export async function writeFound(found: Found, files: readonly LookFile[], command: string): Promise<void> {
  const contents = await Promise.all(files.map(({ kind }) => writers[kind](found, command)));
  for (const [i, { path }] of files.entries()) await writeFileAtomic(path, contents[i]);
}

function sheetOf(drawing: Found["drawing"], ending: string): Sheet {
  if (drawing === undefined)
    throw new OptionError(`-o: there is nothing to draw here; write the numbers to a .json instead of a .${ending}`);
  if ("picture" in drawing) return drawing;
  const { cells, grid } = drawing;
  return {
    get picture() {
      return pictureGrid(cells, grid);
    },
    svg: (description) => pictureGridSvg(cells, { ...grid, description }),
  };
}

/** Plain data: arrays as { shape, data }, numbers that are not finite as words, since JSON has none. */
export function plainNumbers(value: unknown): unknown {
  if (value instanceof NdArray) return { shape: value.shape, data: Array.from(value.data, plainNumbers) };
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, plainNumbers);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainNumbers(inner)]));
}
