/** Tables of numbers as colored cells with names on both axes, such as attention weights; as a picture and as SVG. */
import { NdArray, OptionError, ShapeError } from "../array/index.ts";
import { type ColorizeOptions, colorize } from "./color-scale.ts";
import { pictureElement, svgDocument, textElement } from "./grid-svg.ts";
import type { BytePicture } from "./picture.ts";
import { ADVANCE, drawText, fitLines, LINE, type TextLine, textWidth } from "./text.ts";

/** Options of `heatMap` and `heatMapSvg`. */
export interface HeatMapOptions extends ColorizeOptions {
  /** The names of the rows, from top to bottom. */
  readonly rows: readonly string[];
  /** The names of the columns, from left to right. */
  readonly columns: readonly string[];
}

/** Names are cut after so many characters. */
const LONGEST = 14;
/** The height of a cell, in pixels. */
const CELL = 2 * LINE;
/** Pixels between names and cells, and around everything. */
const MARGIN = 6;

interface HeatMapLayout {
  readonly width: number;
  readonly height: number;
  /** The cells, all of one size, from their upper left corner on. */
  readonly cells: { readonly picture: BytePicture; readonly x: number; readonly y: number };
  readonly texts: readonly TextLine[];
}

const shortened = (name: string): string => fitLines(name, LONGEST, 1)[0];

function layoutHeatMap(where: string, map: NdArray, { rows, columns, ...scale }: HeatMapOptions): HeatMapLayout {
  if (!(map instanceof NdArray) || map.shape.length !== 2 || map.size === 0)
    throw new ShapeError(`${where}: expects a map [rows, columns] of numbers`);
  const [down, across] = map.shape;
  if (rows?.length !== down || columns?.length !== across)
    throw new OptionError(
      `${where}: a map of [${map.shape}] needs ${down} names of rows and ${across} of columns, ` +
        `got ${rows?.length} and ${columns?.length}`,
    );
  const [left, top] = [rows, columns].map((names) => names.map(shortened));
  const side = ADVANCE * Math.max(...left.map(textWidth));
  const cell = ADVANCE * Math.max(...top.map(textWidth), 3) + MARGIN;
  const [x, y] = [2 * MARGIN + side, 2 * MARGIN + LINE];
  const size = { width: across * cell, height: down * CELL };
  return {
    width: x + size.width + MARGIN,
    height: y + size.height + MARGIN,
    cells: { picture: enlarged(colorize(map, scale), cell, CELL), x, y },
    texts: [
      ...left.map((text, i) => ({
        text,
        center: MARGIN + side - (ADVANCE * textWidth(text)) / 2,
        top: y + i * CELL + Math.floor((CELL - LINE) / 2),
        size: 1,
      })),
      ...top.map((text, i) => ({ text, center: x + (i + 0.5) * cell, top: MARGIN, size: 1 })),
    ],
  };
}

/** Each pixel as a rectangle. */
function enlarged({ width, height, data }: BytePicture, across: number, down: number): BytePicture {
  const size = { width: width * across, height: height * down };
  const large = new Uint8Array(3 * size.width * size.height);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const from = 3 * (Math.floor(y / down) * width + Math.floor(x / across));
      large.set(data.subarray(from, from + 3), 3 * (y * size.width + x));
    }
  return { ...size, channels: 3, data: large };
}

/**
 * A table of numbers as colored cells, with the names of its rows on the left and of its columns above.
 * @param map [rows, columns]
 * @throws ShapeError for other shapes, OptionError for another number of names
 * @example heatMap(weights, { rows: ["a", "man"], columns: ["ein", "mann"] });
 */
export function heatMap(map: NdArray, options: HeatMapOptions): BytePicture {
  const { width, height, cells, texts } = layoutHeatMap("heatMap", map, options);
  const data = new Uint8Array(3 * width * height).fill(255);
  const { picture, x, y } = cells;
  for (let row = 0; row < picture.height; row++) {
    const line = picture.data.subarray(3 * row * picture.width, 3 * (row + 1) * picture.width);
    data.set(line, 3 * ((y + row) * width + x));
  }
  for (const text of texts) drawText(text, (px, py) => data.set([0, 0, 0], 3 * (py * width + px)));
  return { width, height, channels: 3, data };
}

/** Options of `heatMapSvg`. */
export interface SvgHeatMapOptions extends HeatMapOptions {
  /** The title of the document. Default none. */
  readonly title?: string | undefined;
  /** Text in the document that is not shown, such as how it was made. Default none. */
  readonly description?: string | undefined;
}

/**
 * The map that `heatMap` draws, as SVG, in which text is text.
 * @throws ShapeError for other shapes, OptionError for another number of names
 */
export async function heatMapSvg(map: NdArray, options: SvgHeatMapOptions): Promise<string> {
  const { title, description, ...rest } = options;
  const { width, height, cells, texts } = layoutHeatMap("heatMapSvg", map, rest);
  return svgDocument(
    { width, height, background: [255, 255, 255], ink: [0, 0, 0] },
    title,
    description,
    [await pictureElement({ ...cells, factor: 1 })],
    texts.map(textElement),
  );
}
