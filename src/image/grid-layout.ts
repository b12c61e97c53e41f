/** The layout of a grid of pictures, in pixels; `grid.ts` and `grid-svg.ts` draw it. */
import { checkOptions as checkGiven, checkObject, DataError, describeGiven, OptionError } from "../array/index.ts";
import { MAX_PIXELS } from "./limits.ts";
import { type BytePicture, checkPicture, type Picture, toBytes, withoutAlpha } from "./picture.ts";
import { ADVANCE, fitLines, LINE, type TextLine, textWidth } from "./text.ts";

/** A picture of a grid with its caption. */
export interface GridCell {
  /** Of any size and channels; floats are shown as bytes, transparency as white. */
  readonly picture: Picture;
  /** At most three lines, the last truncated with "…". Line breaks are kept. */
  readonly caption?: string | undefined;
}

/** Options of `pictureGrid` and `pictureGridSvg`. */
export interface GridOptions {
  /** Default: as many as rows, or one more. */
  readonly columns?: number | undefined;
  /**
   * The integer factor by which pictures are enlarged, without smoothing. Default: that which brings each longer side
   * closest to 64 pixels; large pictures are not changed.
   */
  readonly scale?: number | undefined;
  /** Pixels between cells, and around them. Default: 8. */
  readonly gap?: number | undefined;
  /** A gray from 0 to 255, or red, green and blue. Text is black on light and white on dark. Default: 255. */
  readonly background?: number | Rgb | undefined;
  /** The title above the grid. */
  readonly title?: string | undefined;
}

/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [number, number, number];

/** A placed picture, enlarged by `factor`. */
export interface PlacedPicture {
  readonly picture: BytePicture;
  readonly factor: number;
  readonly x: number;
  readonly y: number;
  readonly caption?: string | undefined;
}

export interface GridLayout {
  readonly width: number;
  readonly height: number;
  readonly background: Rgb;
  /** The color of text. */
  readonly ink: Rgb;
  readonly pictures: readonly PlacedPicture[];
  readonly texts: readonly TextLine[];
}

/** The approximate size to which small pictures are enlarged. */
const USUAL_SIDE = 64;
/** Captions may widen cells to this: ten characters. */
const CAPTION_SIGNS = 10;
const MOST_LINES = 3;
/** Cells of at least this width have text of twice the size. */
const WIDE = 160;

/** A picture in the size that it is shown in. */
interface Shown {
  readonly picture: BytePicture;
  readonly factor: number;
  readonly width: number;
  readonly height: number;
  readonly caption?: string;
}

/** @throws DataError for no cells; OptionError, beginning with `where`, for invalid options and pictures */
export function layoutGrid(cells: readonly GridCell[], options: GridOptions, where: string): GridLayout {
  if (!Array.isArray(cells))
    throw new OptionError(`${where}: expects a list of cells, { picture, caption }, got ${describeGiven(cells)}`);
  checkGiven(where, options);
  if (cells.length === 0) throw new DataError(`${where}: no cells, expected at least one picture`);
  const { gap, columns, background } = checkGridOptions(cells.length, options, where);
  const shown = cells.map((cell) => layOutCell(cell, options.scale, where));
  const measure = measureCells(shown);
  const width = columns * (measure.width + gap) + gap;
  const title = layoutTitle(options.title, width, gap, measure.size);
  const { pictures, texts, height } = placeRows(shown, measure, { columns, gap, top: title.bottom });
  checkGridSize(width, height, where);
  const ink = lumaOf(background) < 128 ? 255 : 0;
  return { width, height, background, ink: [ink, ink, ink], pictures, texts: [...title.lines, ...texts] };
}

function checkGridOptions(count: number, options: GridOptions, where: string) {
  const { columns = Math.ceil(Math.sqrt(count)), scale = 1, gap = 8, background = 255 } = options;
  const least = { columns: [columns, 1], scale: [scale, 1], gap: [gap, 0] } as const;
  for (const [name, [value, minimum]] of Object.entries(least)) {
    if (Number.isInteger(value) && value >= minimum) continue;
    throw new OptionError(`${where}: ${name} ${value}, expected a whole number from ${minimum} on`);
  }
  const color: readonly number[] = typeof background === "number" ? Array(3).fill(background) : background;
  if (color.length !== 3 || !color.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) {
    throw new OptionError(
      `${where}: background ${background}, expected a whole number from 0 to 255, or three of them`,
    );
  }
  return { columns: Math.min(columns, count), gap, background: color as Rgb };
}

const lumaOf = ([r, g, b]: Rgb): number => 0.299 * r + 0.587 * g + 0.114 * b;

function layOutCell(cell: GridCell, scale: number | undefined, where: string): Shown {
  checkObject(`a cell of a grid, { picture, caption }`, cell);
  const { picture, caption } = cell;
  checkPicture(picture, where);
  const { width, height } = picture;
  const factor = scale ?? Math.max(1, Math.round(USUAL_SIDE / Math.max(width, height)));
  checkGridSize(width * factor, height * factor, where);
  const text = caption === "" ? undefined : caption;
  return {
    picture: withoutAlpha(toBytes(picture)),
    factor,
    width: width * factor,
    height: height * factor,
    caption: text,
  };
}

function checkGridSize(width: number, height: number, where: string): void {
  if (width * height <= MAX_PIXELS) return;
  throw new OptionError(
    `${where}: the grid would have ${width}×${height} pixels or more, at most ${MAX_PIXELS} are drawn; ` +
      "take fewer or smaller pictures, or a smaller scale",
  );
}

/** The width of all cells, and the size of their text. */
interface Measure {
  readonly width: number;
  readonly size: number;
}

function measureCells(shown: readonly Shown[]): Measure {
  const widest = shown.reduce((most, { width }) => Math.max(most, width), 0);
  const signs = shown.reduce((most, { caption }) => Math.max(most, caption === undefined ? 0 : textWidth(caption)), 0);
  const size = widest < WIDE ? 1 : 2;
  return { size, width: Math.max(widest, Math.min(signs, CAPTION_SIGNS) * ADVANCE * size) };
}

/** One size larger than captions if it then fits into one line. */
function layoutTitle(title: string | undefined, width: number, gap: number, size: number) {
  if (title === undefined || title === "") return { lines: [], bottom: gap };
  const room = Math.max(ADVANCE * size, width - 2 * gap);
  const chosen = textWidth(title) * ADVANCE * (size + 1) <= room ? size + 1 : size;
  const lines = textLines(title, { center: width / 2, top: gap, room, size: chosen });
  return { lines, bottom: gap + lines.length * LINE * chosen + gap };
}

/** A box for text: center, upper edge and width in pixels, and the size of its letters. */
interface TextRoom {
  readonly center: number;
  readonly top: number;
  readonly room: number;
  readonly size: number;
}

const textLines = (text: string, { center, top, room, size }: TextRoom): TextLine[] =>
  fitLines(text, Math.max(1, Math.floor(room / (ADVANCE * size))), MOST_LINES).map((line, i) => ({
    text: line,
    center,
    top: top + i * LINE * size,
    size,
  }));

interface GridFrame {
  readonly columns: number;
  readonly gap: number;
  readonly top: number;
}

/** Every row is as high as its highest picture and its longest caption; pictures stand in the middle of their cells. */
function placeRows(shown: readonly Shown[], { width, size }: Measure, { columns, gap, top }: GridFrame) {
  const pictures: PlacedPicture[] = [];
  const texts: TextLine[] = [];
  let y = top;
  for (let first = 0; first < shown.length; first += columns) {
    const row = shown.slice(first, first + columns);
    const tallest = row.reduce((most, { height }) => Math.max(most, height), 0);
    const under = y + tallest + 2 * size;
    let bottom = y + tallest;
    for (const [i, { picture, factor, caption, ...own }] of row.entries()) {
      const left = gap + i * (width + gap);
      const [x, above] = [left + ((width - own.width) >> 1), y + ((tallest - own.height) >> 1)];
      pictures.push({ picture, factor, caption, x, y: above });
      if (caption === undefined) continue;
      const lines = textLines(caption, { center: left + width / 2, top: under, room: width, size });
      texts.push(...lines);
      bottom = Math.max(bottom, under + lines.length * LINE * size);
    }
    y = bottom + gap;
  }
  return { pictures, texts, height: y };
}
