/** Values of a layer as pixels: what a tile shows, at which scale, and how a sheet of tiles is drawn. */
import { type ColorTable, paintInto } from "../../../parts/color-table.ts";
import type { Values } from "../../../worker/api.ts";
import { asMaps, boxOf, HEAD, heightOf, type Placed, type Sheet } from "./layout.ts";
import type { Scale } from "./settings.ts";

/** The tiles of a column with their values. */
export interface Tiles {
  readonly sheet: Sheet;
  readonly values: Values;
  /** Where the values of a tile begin. */
  readonly offsetOf: (tile: number) => number;
  /** Values of a tile. */
  readonly size: number;
}

/** Maps and cells follow one another; of filters, a sheet may show fewer input maps than there are. */
export function tilesOf({ kind, sheet }: Pick<Placed, "kind" | "sheet">, values: Values): Tiles {
  const size = sheet.tile[0] * sheet.tile[1];
  if (kind !== "filters") return { sheet, values, size, offsetOf: (tile) => tile * size };
  const inputs = values.shape[1];
  const offsetOf = (tile: number): number =>
    (Math.floor(tile / sheet.columns) * inputs + (tile % sheet.columns)) * size;
  return { sheet, values, size, offsetOf };
}

/** The largest magnitude in a range of values; NaN is left out. */
export function largestIn(values: ArrayLike<number>, from = 0, count = values.length): number {
  let largest = 0;
  for (let i = from; i < from + count; i++) if (Math.abs(values[i]) > largest) largest = Math.abs(values[i]);
  return largest;
}

/** The magnitude with the full color, of each tile. */
export function scalesOf(
  { sheet, values, offsetOf, size }: Tiles,
  scale: Scale,
  shared: number,
): (tile: number) => number {
  if (scale === "shared") return () => shared;
  const whole = largestIn(values.data);
  // A single number as its own scale would always have the full color.
  if (scale === "layer" || size === 1) return () => whole;
  const own = Array.from({ length: sheet.count }, (_, tile) => largestIn(values.data, offsetOf(tile), size));
  return (tile) => own[tile];
}

/** Range, mean, deviation and share of zeros of some values. */
export interface Summary {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly deviation: number;
  readonly zeros: number;
}

export function summaryOf(values: ArrayLike<number>, from = 0, count = values.length): Summary {
  let [least, most, sum, zeros] = [Infinity, -Infinity, 0, 0];
  for (let i = from; i < from + count; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > most) most = value;
    if (value === 0) zeros++;
    sum += value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = from; i < from + count; i++) squares += (values[i] - mean) ** 2;
  return { least, most, mean, deviation: Math.sqrt(squares / count), zeros: zeros / count };
}

/** The position of the largest magnitude of a map, [y, x]. */
export function strongestIn(
  values: ArrayLike<number>,
  from: number,
  [height, width]: readonly [number, number],
): [number, number] {
  let best = 0;
  for (let i = 1; i < height * width; i++) if (Math.abs(values[from + i]) > Math.abs(values[from + best])) best = i;
  return [Math.floor(best / width), best % width];
}

/** The maps of a layer's output for one picture: their count and size. */
export const mapsOf = ({ shape }: Values) => asMaps(shape.slice(1));

type Canvas = HTMLCanvasElement;

/** Holds the values of a sheet, a pixel for each, before they are drawn larger. */
const atlas = typeof document === "undefined" ? undefined : document.createElement("canvas");

/** Draws a sheet at its size on the page. @param density pixels of the canvas for each of the page */
export function drawSheet(
  canvas: Canvas,
  tiles: Tiles,
  table: ColorTable,
  scaleOf: (tile: number) => number,
  density = Math.max(1, Math.ceil(devicePixelRatio)),
): void {
  const { sheet } = tiles;
  const across = Math.min(sheet.count, sheet.columns);
  resize(canvas, (across * (sheet.size[1] + sheet.gap) - sheet.gap) * density, heightOf(sheet) * density);
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  // Single numbers without gaps are the pixels of one picture.
  if (tiles.size === 1 && sheet.gap === 0) {
    fillAtlas(tiles, table, scaleOf, across);
    context.drawImage(atlas!, 0, 0, canvas.width, canvas.height);
    return;
  }
  const [height, width] = sheet.tile;
  fillAtlas(tiles, table, scaleOf, width);
  for (let tile = 0; tile < sheet.count; tile++) {
    const box = boxOf({ x: 0, sheet }, tile);
    const target = [box.x, box.y - HEAD, box.width, box.height].map((length) => length * density);
    context.drawImage(atlas!, 0, tile * height, width, height, target[0], target[1], target[2], target[3]);
  }
}

/** The values of all tiles, one after the other, in rows of a width. */
function fillAtlas(
  { sheet, values, offsetOf, size }: Tiles,
  table: ColorTable,
  scaleOf: (tile: number) => number,
  width: number,
): void {
  const height = Math.ceil((sheet.count * size) / width);
  const pixels = new ImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  for (let tile = 0; tile < sheet.count; tile++) {
    const part = words.subarray(tile * size, (tile + 1) * size);
    paintInto(part, values.data, table, { scale: scaleOf(tile), from: offsetOf(tile), count: size });
  }
  resize(atlas!, width, height);
  atlas!.getContext("2d")!.putImageData(pixels, 0, 0);
}

function resize(canvas: Canvas, width: number, height: number): void {
  const [w, h] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
}
