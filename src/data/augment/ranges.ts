/** Options shared by steps: ranges to draw from, sizes, the fill beyond a picture's edges. */
import { OptionError, type Random } from "../../array/index.ts";
import { type Fill, fillKind } from "../../image/index.ts";
import { integer, type Kind, real, withDefault } from "../../options/index.ts";

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

const pairOf = (value: unknown, isRight: (value: number) => boolean): Interval | undefined => {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [low, high] = value;
  const areNumbers = [low, high].every((one) => Number.isFinite(one) && isRight(one));
  return areNumbers && low <= high ? [low, high] : undefined;
};

/** A range given by both ends, or by one number r for −r … r. */
export const symmetricRange = (most = Number.MAX_VALUE): Kind<Interval> => {
  const isRight = (value: number): boolean => Math.abs(value) <= most;
  const bound = most < Number.MAX_VALUE ? ` of at most ${most}` : "";
  return {
    expects: `a number r of at least 0, for −r to r, or [low, high]${bound && `, numbers${bound}`}`,
    read: (value) =>
      typeof value === "number" && value >= 0 && isRight(value)
        ? [value === 0 ? 0 : -value, value]
        : pairOf(value, isRight),
  };
};

/** A range of factors given by both ends, or by one number f for 1/f … f. */
export const factors: Kind<Interval> = {
  expects: "a number f of at least 1, for 1/f to f, or [low, high], both above 0",
  read: (value) =>
    typeof value === "number" && value >= 1 && value < Infinity ? [1 / value, value] : pairOf(value, (one) => one > 0),
};

/** A range of numbers above 0, of at most `most`, given by both ends. */
export const between = (most = Number.MAX_VALUE): Kind<Interval> => ({
  expects: `[low, high], both above 0${most < Number.MAX_VALUE ? ` and at most ${most}` : ""}`,
  read: (value) => pairOf(value, (one) => one > 0 && one <= most),
});

/** Draws uniformly from a range. */
export const drawUniform = (random: Random, [low, high]: Interval): number => random.uniform(low, high);

/** Draws log-uniformly: halving is as likely as doubling. */
export const drawLogUniform = (random: Random, [low, high]: Interval): number =>
  Math.exp(random.uniform(Math.log(low), Math.log(high)));

/** [height, width]. */
export type Size = readonly [height: number, width: number];

/** A size or distance in pixels: one number for both axes, or one down and one across. */
export const sizeKind = (least: number): Kind<Size> => ({
  expects: `an integer of at least ${least}, or two: [height, width]`,
  read: (value) => {
    const [height, width] = Array.isArray(value) && value.length === 2 ? value : [value, value];
    const isRight = [height, width].every((one) => integer(least).read(one) !== undefined);
    return isRight ? [height, width] : undefined;
  },
});

/** Less than this share of a box is a sliver at the border, in which nobody recognizes the object. */
export const LEAST_VISIBLE = 0.1;

/** How pictures and masks continue beyond their edges, and which boxes remain. */
export const edgeOptions = {
  fill: withDefault<Fill>(fillKind, 0),
  ignoreIndex: withDefault(integer(), -1),
  leastVisible: withDefault(real(0, 1), LEAST_VISIBLE),
};

/** Options of steps that show what lies beyond a picture's edges. */
export interface EdgeOptions {
  /**
   * The fill beyond the edges: a number or one for each channel, in the pictures' own unit (0 … 255 for bytes), `replicate`
   * for the nearest pixel, `reflect` for the mirror image. Default 0.
   */
  readonly fill?: Fill | undefined;
  /**
   * The class of masks outside the picture, unless `fill` is a word; the `ignoreIndex` of losses. In masks of bytes −1 is
   * 255. Default −1.
   */
  readonly ignoreIndex?: number | undefined;
  /** Boxes of which less than this share of the area is left within the picture are dropped, 0 … 1. Default 0.1. */
  readonly leastVisible?: number | undefined;
}

/** @throws OptionError for a class number that masks of bytes cannot hold */
export function ignoredIn(masks: { readonly dtype: string }, ignoreIndex: number): number {
  if (masks.dtype !== "u8") return ignoreIndex;
  if (ignoreIndex < -1 || ignoreIndex > 255)
    throw new OptionError(`ignoreIndex is ${ignoreIndex}; in masks of bytes it must be from 0 to 255, or −1 for 255`);
  return ignoreIndex === -1 ? 255 : ignoreIndex;
}
