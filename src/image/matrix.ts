/** Matrices as pictures: a colored square for each number, with a name for each row and column; as a picture and as SVG. */
import { type NdArray, OptionError } from "../array/index.ts";
import { integer, type Kind, optional, readOptions, text, withDefault } from "../options/index.ts";
import { type ColorizeOptions, colorize } from "./color-scale.ts";
import { pictureElement, svgDocument, textElement } from "./grid-svg.ts";
import { paintRectangle, whiteSheet } from "./paint.ts";
import type { BytePicture } from "./picture.ts";
import { drawText, LINE, type TextLine, textLength } from "./text.ts";

/** Options of `matrixPlot`. */
export interface MatrixOptions extends ColorizeOptions {
  /** The name of each row, at the left. Default: none. */
  readonly rows?: readonly string[] | undefined;
  /** The name of each column, above, to be read upward. Default: none. */
  readonly columns?: readonly string[] | undefined;
  /** The side of a number's square, in pixels. Default 24. */
  readonly cell?: number | undefined;
  /** The title above. Default none. */
  readonly title?: string | undefined;
}

const names: Kind<readonly string[]> = {
  expects: "a list of names",
  read: (value) => (Array.isArray(value) && value.every((name) => typeof name === "string") ? value : undefined),
};

const schema = {
  rows: optional(names),
  columns: optional(names),
  cell: withDefault(integer(1), 24),
  title: optional(text()),
};

const GAP = 12;
/** Between a name and its row or column. */
const NEAR = 5;
/** The letters' half height, to have them in the middle of a row. */
const HALF_LINE = Math.floor(LINE / 2);

/**
 * A matrix as a picture: a square for each number in the colors of `colorize`, NaN in magenta, with the names of rows and columns.
 * @param values [rows, columns]
 * @throws ShapeError for values of other shapes; OptionError for invalid options and another number of names
 * @example matrixPlot(values, { rows, columns, title: "CKA", range: [0, 1] });
 */
export function matrixPlot(values: NdArray, options: MatrixOptions = {}): BytePicture {
  const { width, height, left, top, cell, colors, texts } = layoutMatrix(values, options, "matrixPlot");
  const sheet = whiteSheet(width, height);
  for (let i = 0; i < colors.height; i++)
    for (let j = 0; j < colors.width; j++) {
      const [r, g, b] = colors.data.subarray(3 * (i * colors.width + j));
      paintRectangle(sheet, left + j * cell, top + i * cell, cell, cell, () => [r, g, b]);
    }
  for (const line of texts)
    drawText(line, (x, y) => paintRectangle(sheet, x, y, line.size, line.size, () => [0, 0, 0]));
  return sheet;
}

/** Options of `matrixPlotSvg`. */
export interface SvgMatrixOptions extends MatrixOptions {
  /** Text in the document that is not shown, such as how it was made. Default none. */
  readonly description?: string | undefined;
}

/**
 * The picture that `matrixPlot` draws, as SVG.
 * @throws ShapeError for values of other shapes; OptionError for invalid options and another number of names
 */
export async function matrixPlotSvg(values: NdArray, options: SvgMatrixOptions = {}): Promise<string> {
  const { description, ...rest } = options;
  const { width, height, left, top, cell, colors, texts } = layoutMatrix(values, rest, "matrixPlotSvg");
  return svgDocument(
    { width, height, background: [255, 255, 255], ink: [0, 0, 0] },
    rest.title,
    description,
    [await pictureElement({ picture: colors, factor: cell, x: left, y: top })],
    texts.map(textElement),
  );
}

function layoutMatrix(values: NdArray, { scale, range, ...options }: MatrixOptions, where: string) {
  const { rows = [], columns = [], cell, title } = readOptions(where, schema, options);
  const colors = colorize(values, { scale, range });
  for (const [what, list, count] of [
    ["rows", rows, colors.height],
    ["columns", columns, colors.width],
  ] as const)
    if (list.length > 0 && list.length !== count)
      throw new OptionError(`${where}: ${count} ${what}, but ${list.length} names of ${what}; give one for each`);
  const longest = (list: readonly string[]): number => Math.max(0, ...list.map((name) => textLength(name) + NEAR));
  const left = GAP + longest(rows);
  const head = title === undefined ? GAP : 2 * GAP + LINE;
  const top = head + longest(columns);
  const width = Math.max(left + colors.width * cell, title === undefined ? 0 : GAP + textLength(title)) + GAP;
  const middle = (start: number, i: number): number => start + Math.floor((i + 0.5) * cell);
  const texts: TextLine[] = [
    ...(title === undefined ? [] : [{ text: title, center: width / 2, top: GAP, size: 1 }]),
    ...rows.map((text, i) => ({
      text,
      center: left - NEAR - textLength(text) / 2,
      top: middle(top, i) - HALF_LINE,
      size: 1,
    })),
    ...columns.map((text, j) => ({
      text,
      center: top - NEAR - textLength(text) / 2,
      top: middle(left, j) - HALF_LINE,
      size: 1,
      isUpward: true,
    })),
  ];
  return { width, height: top + colors.height * cell + GAP, left, top, cell, colors, texts };
}
