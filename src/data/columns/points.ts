/** Points in pictures, such as landmarks of faces. */
import type { NdArray } from "../../array/index.ts";
import { type Kind, optional, text } from "../../options/index.ts";
import { formatGroups } from "./boxes.ts";
import { namesKind } from "./classes.ts";
import { defineColumn } from "./column.ts";
import type { Ragged } from "./ragged.ts";

/** Options of `points`. */
export interface PointsOptions {
  /** The picture column they belong to. Default: the only one. */
  readonly of?: string | undefined;
  /** The names of the points, by number: `left eye`. Default: none. */
  readonly names?: readonly string[] | undefined;
  /**
   * Points that are left and right of each other, by number, such as both eyes: a mirrored picture has them exchanged.
   * Default: those whose names differ in `left` and `right`, or in a word `l` and `r`, alone.
   */
  readonly pairs?: readonly PointPair[] | undefined;
}

/** Two points by number, left and right of each other. */
export type PointPair = readonly [one: number, other: number];

const isPair = (value: unknown): value is PointPair =>
  Array.isArray(value) && value.length === 2 && value.every((k) => Number.isInteger(k) && k >= 0);

const pairsKind: Kind<readonly PointPair[]> = {
  expects: "a list of pairs of points by number, [left, right], each point once",
  read: (value) => {
    if (!Array.isArray(value) || !value.every(isPair)) return undefined;
    const numbers = value.flat();
    return new Set(numbers).size === numbers.length ? value : undefined;
  },
};

const OTHERS: Readonly<Record<string, string>> = { left: "right", right: "left", l: "r", r: "l" };

/** The name of the point on the other side, `r_hip` for `l_hip`; the name itself for one in the middle. */
const otherSide = (name: string): string =>
  name.replace(/left|right|(?<![^_. ])[lr](?![^_. ])/gi, (side) => {
    const other = OTHERS[side.toLowerCase()];
    if (side === side.toUpperCase()) return other.toUpperCase();
    return side[0] === side[0].toUpperCase() ? other[0].toUpperCase() + other.slice(1) : other;
  });

/** The pairs of points that are exchanged when a picture is mirrored. */
export function mirrorPairs({ names = [], pairs }: Pick<PointsOptions, "names" | "pairs">): readonly PointPair[] {
  return (
    pairs ??
    names.flatMap((name, i) => {
      const other = names.indexOf(otherSide(name));
      return other > i ? [[i, other] as const] : [];
    })
  );
}

/** What is wrong with names and pairs of rows of `count` points, if anything. */
function problemOfPairs({ names, pairs = [] }: PointsOptions, count: number | undefined): string | undefined {
  if (count === undefined)
    return names || pairs.length > 0 ? "names and pairs are for rows with the same points each" : undefined;
  if (names && names.length !== count) return `there are ${count} points, but ${names.length} names`;
  const wrong = pairs.flat().find((k) => k >= count);
  return wrong === undefined ? undefined : `a pair has point ${wrong}; there are ${count}, 0 to ${count - 1}`;
}

const create = defineColumn({
  kind: "points",
  noun: "points",
  options: { of: optional(text()), names: optional(namesKind), pairs: optional(pairsKind) },
  dtypes: ["f32"],
  expects: "[n, points, 2]",
  fits: (shape, isRagged) => shape.length === (isRagged ? 1 : 2) && shape.at(-1) === 2,
  problem: (data, { rowOf, options, shape, isRagged }) => {
    const wrong = data.findIndex((x) => x === Infinity || x === -Infinity);
    return wrong < 0
      ? problemOfPairs(options, isRagged ? undefined : shape[0])
      : `row ${rowOf(wrong)} has a point at ${data[wrong]}; a point that is not there is NaN, NaN`;
  },
  padding: NaN,
  augment: "keyPoints",
  show: (row) => formatGroups(row.data, 2, ([x]) => !Number.isNaN(x)),
});

/**
 * A column of points in pictures: x and y in pixels, (0, 0) the center of the top left one; NaN, NaN is no point.
 * @param values `f32` [n, points, 2], or `ragged` rows [points, 2] where pictures have different numbers of points
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const points = Object.assign(
  (values: NdArray | Ragged, options: PointsOptions = {}) => create(values, options),
  { kind: create.kind },
);
