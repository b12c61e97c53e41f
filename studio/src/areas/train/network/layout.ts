/**
 * Where everything of the flat network lies, in CSS pixels: columns from left to right, and in each a sheet of tiles. Links and
 * pointers are computed from the same numbers.
 */
import type { Column } from "./columns.ts";

/** Tiles of [height, width] values in rows and columns. */
export interface Sheet {
  readonly count: number;
  /** Tiles beyond `count`, which are not shown. */
  readonly more: number;
  readonly columns: number;
  readonly tile: readonly [height: number, width: number];
  /** Of a tile on the page. */
  readonly size: readonly [height: number, width: number];
  readonly gap: number;
}

export type Kind = "picture" | "maps" | "cells" | "classes" | "filters";

export interface Placed {
  /** `input` for the picture. */
  readonly key: string;
  readonly kind: Kind;
  readonly x: number;
  readonly width: number;
  readonly sheet: Sheet;
  readonly column: Column | undefined;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const HEAD = 44;
const GAP = 4;
const BETWEEN = 26;
const LEAST_WIDTH = 62;
const CLASSES_WIDTH = 168;
const PICTURE = 84;
/** Of maps in a column; the gallery of a layer has all. */
const MOST_MAPS = 32;
const MOST_CELLS = 400;
const MOST_FILTER_INPUTS = 32;
const MOST_WEIGHTS_ACROSS = 160;

export interface LayoutOptions {
  readonly columns: readonly Column[];
  /** The picture, [channels, height, width]. */
  readonly input: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly filters: boolean;
}

/** Tiles are at most so large; then smaller ones are tried. */
const SIZES = [96, 88, 80, 72, 64, 56, 48, 40];

/** More space between columns makes links longer and not clearer. */
const MOST_BETWEEN = 72;

/** The largest tiles with which all columns fit the width; the smallest where none do, and the network is scrolled. */
export function layoutOf(options: LayoutOptions): readonly Placed[] {
  const fitting = SIZES.find((most) => widthOf(placed(options, most)) <= options.width) ?? SIZES[SIZES.length - 1];
  const layout = placed(options, fitting);
  const spare = (options.width - widthOf(layout)) / Math.max(1, layout.length - 1);
  const further = Math.max(0, Math.min(MOST_BETWEEN - BETWEEN, Math.floor(spare)));
  return layout.map((column, i) => ({ ...column, x: column.x + i * further }));
}

export const widthOf = (layout: readonly Placed[]): number => {
  const last = layout[layout.length - 1];
  return last.x + last.width;
};

export const heightOf = ({ count, columns, size: [height], gap }: Sheet): number => {
  const rows = Math.ceil(count / columns);
  return rows * height + Math.max(0, rows - 1) * gap;
};

const breadthOf = ({ count, columns, size: [, width], gap }: Sheet): number => {
  const across = Math.min(count, columns);
  return across * width + Math.max(0, across - 1) * gap;
};

/** Where a tile lies, from the left upper corner of all columns. */
export function boxOf({ x, sheet }: Pick<Placed, "x" | "sheet">, tile: number): Box {
  const { columns, size, gap } = sheet;
  const [height, width] = size;
  const column = tile % columns;
  const row = Math.floor(tile / columns);
  return { x: x + column * (width + gap), y: HEAD + row * (height + gap), width, height };
}

/** The tile at a point of a sheet, and the value in it; `undefined` between tiles. */
export function tileAt(sheet: Sheet, x: number, y: number): { tile: number; at: [number, number] } | undefined {
  const { columns, size, gap, tile: shape, count } = sheet;
  const [row, column] = [Math.floor(y / (size[0] + gap)), Math.floor(x / (size[1] + gap))];
  const [inY, inX] = [y - row * (size[0] + gap), x - column * (size[1] + gap)];
  const tile = row * columns + column;
  if (column >= columns || tile >= count || x < 0 || y < 0 || inY >= size[0] || inX >= size[1]) return undefined;
  return { tile, at: [Math.floor((inY / size[0]) * shape[0]), Math.floor((inX / size[1]) * shape[1])] };
}

function placed({ columns, input, height, filters }: LayoutOptions, most: number): Placed[] {
  const room = Math.max(240, height - HEAD - 24);
  const found: Placed[] = [];
  let x = 0;
  const add = (key: string, kind: Kind, sheet: Sheet, column?: Column, width = breadthOf(sheet)): void => {
    const full = Math.max(width, LEAST_WIDTH);
    found.push({ key, kind, x, width: full, sheet, column });
    x += full + BETWEEN;
  };
  add("input", "picture", pictureSheet(input));
  for (const [i, column] of columns.entries()) {
    const isLast = i === columns.length - 1 && column.shown.output.length === 1;
    const { weight } = column.chain[0];
    if (isLast) add(column.key, "classes", classesSheet(column.shown.output[0]), column, CLASSES_WIDTH);
    else if (!filters)
      add(column.key, column.shown.output.length > 1 ? "maps" : "cells", valueSheet(column, room, most), column);
    else if (weight !== undefined) add(column.key, "filters", filterSheet(weight, room), column);
  }
  return found;
}

const pictureSheet = (input: readonly number[]): Sheet => {
  const [, height, width] = asMaps(input);
  const scale = PICTURE / Math.max(height, width);
  return { count: 1, more: 0, columns: 1, tile: [height, width], size: [height * scale, width * scale], gap: 0 };
};

/** A shape as maps [channels, height, width]; numbers are channels of one value. */
export const asMaps = ([channels, ...spatial]: readonly number[]): readonly [number, number, number] => {
  const [height, width] = spatial.length < 2 ? [1, spatial[0] ?? 1] : spatial;
  return [channels, height, width];
};

const CLASS_ROW = 24;

const classesSheet = (count: number): Sheet => {
  const shown = Math.min(count, 20);
  return {
    ...{ count: shown, more: count - shown, columns: 1, tile: [1, 1] },
    size: [CLASS_ROW - 4, CLASSES_WIDTH],
    gap: 4,
  };
};

const valueSheet = ({ shown: { output } }: Column, room: number, most: number): Sheet =>
  output.length > 1 ? mapSheet(asMaps(output), room, most) : cellSheet(output[0], room);

/** In as few columns as leave maps that can be read. */
function mapSheet([count, height, width]: readonly [number, number, number], room: number, most: number): Sheet {
  const shown = Math.min(count, MOST_MAPS);
  const sizeIn = (columns: number): number => {
    const rows = Math.ceil(shown / columns);
    return Math.min(most, Math.floor((room - (rows - 1) * GAP) / rows));
  };
  const columns = [1, 2, 3].find((n) => sizeIn(n) >= Math.min(most, 52)) ?? 4;
  const longest = Math.max(16, sizeIn(columns));
  const scale = longest / Math.max(height, width);
  return {
    ...{ count: shown, more: count - shown, columns, tile: [height, width], gap: GAP },
    size: [Math.max(4, Math.round(height * scale)), Math.max(4, Math.round(width * scale))],
  };
}

function cellSheet(count: number, room: number): Sheet {
  const shown = Math.min(count, MOST_CELLS);
  const side = 9;
  const rows = Math.min(Math.floor((room + 1) / (side + 1)), Math.max(20, Math.ceil(Math.sqrt(shown * 3))));
  return {
    ...{ count: shown, more: count - shown, columns: Math.ceil(shown / rows), tile: [1, 1] },
    size: [side, side],
    gap: 1,
  };
}

/** Filters as a table: a row for each unit, a column for each input map. Linear layers have filters of one weight. */
function filterSheet(weight: readonly number[], room: number): Sheet {
  const [units, inputs, height = 1, width = 1] = weight;
  const isSingle = height * width === 1;
  const across = Math.min(inputs, isSingle ? MOST_WEIGHTS_ACROSS : MOST_FILTER_INPUTS);
  const gap = isSingle ? 0 : 2;
  const fits = (zoom: number): boolean =>
    units * (height * zoom + gap) <= room &&
    across * (width * zoom + gap) <= (isSingle ? MOST_WEIGHTS_ACROSS * 2 : 190);
  const zoom = [12, 8, 6, 5, 4, 3, 2].find(fits) ?? (isSingle ? 1 : 2);
  const rows = Math.min(units, Math.floor(room / (height * zoom + gap)));
  return {
    ...{ count: rows * across, more: units * inputs - rows * across, columns: across, tile: [height, width] },
    size: [height * zoom, width * zoom],
    gap,
  };
}
