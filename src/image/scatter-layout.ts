/** The layout of a scatter plot, in pixels; `scatter.ts` draws it as a picture and as SVG. */
import { checkList, describeGiven, NdArray, OptionError, ShapeError } from "../array/index.ts";
import { integer, type Kind, optional, positive, readOptions, text, withDefault } from "../options/index.ts";
import type { Rgb } from "./grid-layout.ts";
import { categoryColor } from "./palette.ts";
import { type BytePicture, checkPicture, type Picture, resize, toBytes, toRgb, withoutAlpha } from "./picture.ts";
import { ADVANCE, LINE, type TextLine, textWidth } from "./text.ts";

/** Options of `scatterPlot` and `scatterPlotSvg`. */
export interface ScatterOptions {
  /** The group of each point, a number from 0 on, which chooses its color. Default: all in one color. */
  readonly groups?: ArrayLike<number> | undefined;
  /** The names of the groups, for a legend. Default: no legend. */
  readonly names?: readonly string[] | undefined;
  /** Pictures as marks, one for each point. Default: colored dots. */
  readonly pictures?: readonly Picture[] | undefined;
  /** The side of the square that points lie in, in pixels. Default 640. */
  readonly size?: number | undefined;
  /** The radius of dots, or half of the longer side of pictures, in pixels. Default 2 for dots, 8 for pictures. */
  readonly radius?: number | undefined;
  /** The title above. Default none. */
  readonly title?: string | undefined;
}

/** A point in its place. */
export interface PlacedPoint {
  readonly x: number;
  readonly y: number;
  readonly color: Rgb;
  readonly picture?: BytePicture;
}

export interface ScatterLayout {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly points: readonly PlacedPoint[];
  /** Squares of the legend. */
  readonly keys: readonly { readonly x: number; readonly y: number; readonly color: Rgb }[];
  readonly texts: readonly TextLine[];
}

const listKind = <T>(expects: string): Kind<T> => ({
  expects,
  read: (value) => (Array.isArray(value) || ArrayBuffer.isView(value) ? (value as T) : undefined),
});

const schema = {
  groups: optional(listKind<ArrayLike<number>>("a list of numbers, the group of each point")),
  names: optional(listKind<readonly string[]>("a list of names of the groups")),
  pictures: optional(listKind<readonly Picture[]>("a list of pictures, one for each point")),
  size: withDefault(integer(16), 640),
  radius: optional(positive()),
  title: optional(text()),
} satisfies Record<keyof ScatterOptions, Kind<unknown>>;

const GAP = 12;
const KEY = 9;

/** @throws ShapeError for positions of other shapes; OptionError for invalid options and positions that are not finite */
export function layoutScatter(positions: NdArray, options: ScatterOptions, where: string): ScatterLayout {
  const { groups, names, pictures, size, radius, title } = readOptions(where, schema, options);
  checkPositions(where, positions);
  const n = positions.shape[0];
  for (const [name, list] of Object.entries({ groups, pictures }))
    if (list !== undefined && list.length !== n)
      throw new OptionError(`${where}: ${n} points, but ${list.length} ${name}; give one for each`);
  const half = radius ?? (pictures === undefined ? 2 : 8);
  const top = title === undefined ? GAP : 2 * GAP + LINE;
  const colorOf = (i: number): Rgb => categoryColor(groups === undefined ? 0 : groups[i]);
  const places = placesOf(positions, size - 2 * half);
  const legend = names === undefined ? { keys: [], texts: [], width: 0 } : layoutLegend(names, 2 * GAP + size, top);
  const line: TextLine[] = title === undefined ? [] : [{ text: title, center: GAP + size / 2, top: GAP, size: 1 }];
  return {
    width: 2 * GAP + size + legend.width,
    height: Math.max(top + size, top + legend.keys.length * 2 * KEY) + GAP,
    radius: half,
    points: places.map(([x, y], i) => ({
      x: GAP + half + x,
      y: top + half + y,
      color: colorOf(i),
      ...(pictures && { picture: markOf(pictures[i], 2 * half, where) }),
    })),
    keys: legend.keys,
    texts: [...line, ...legend.texts],
  };
}

function checkPositions(where: string, positions: unknown): asserts positions is NdArray {
  if (!(positions instanceof NdArray))
    throw new OptionError(`${where}: positions must be an NdArray [n, 2], got ${describeGiven(positions)}`);
  const { shape, data } = positions;
  if (shape.length !== 2 || shape[1] !== 2 || shape[0] === 0)
    throw new ShapeError(`${where}: positions [${shape}], expected [n, 2] with n of at least 1`);
  const at = data.findIndex((x) => !Number.isFinite(x));
  if (at >= 0) throw new OptionError(`${where}: point ${at >> 1} is at ${data[at]}; expected finite positions`);
}

/** Positions in a square, with one scale for both axes; the second axis points upward. */
function placesOf({ data, shape: [n] }: NdArray, side: number): (readonly [x: number, y: number])[] {
  const axis = (c: number): { low: number; high: number } => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = c; i < 2 * n; i += 2) {
      low = Math.min(low, data[i]);
      high = Math.max(high, data[i]);
    }
    return { low, high };
  };
  const [x, y] = [axis(0), axis(1)];
  const scale = side / Math.max(x.high - x.low, y.high - y.low, Number.MIN_VALUE);
  const middle = (low: number, high: number, value: number): number => side / 2 + (value - (low + high) / 2) * scale;
  return Array.from({ length: n }, (_, i) => [
    middle(x.low, x.high, data[2 * i]),
    side - middle(y.low, y.high, data[2 * i + 1]),
  ]);
}

/** A picture whose longer side is as asked. */
function markOf(picture: Picture, side: number, where: string): BytePicture {
  checkPicture(picture, where);
  const plain = toRgb(toBytes(withoutAlpha(picture)));
  const scale = side / Math.max(plain.width, plain.height);
  const [width, height] = [plain.width, plain.height].map((length) => Math.max(1, Math.round(length * scale)));
  return width === plain.width && height === plain.height ? plain : resize(plain, width, height);
}

function layoutLegend(names: readonly string[], left: number, top: number) {
  checkList("scatter plot", "names of groups", names);
  const widest = names.reduce((most, name) => Math.max(most, textWidth(String(name)) * ADVANCE), 0);
  return {
    width: KEY + 6 + widest + GAP,
    keys: names.map((_, i) => ({ x: left, y: top + i * 2 * KEY, color: categoryColor(i) })),
    texts: names.map((name, i) => ({
      text: String(name),
      center: left + KEY + 6 + (textWidth(String(name)) * ADVANCE) / 2,
      top: top + i * 2 * KEY,
      size: 1,
    })),
  };
}
