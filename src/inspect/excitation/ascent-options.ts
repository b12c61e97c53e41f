/** The options of gradient ascent. */
import { OptionError, type Shape } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import {
  checkNames,
  flag,
  integer,
  namesOf,
  optional,
  positive,
  readOptions,
  real,
  text,
  type ValuesOf,
  withDefault,
  word,
} from "../../options/index.ts";
import type { Target } from "../probe/index.ts";

/** Options of `createAscent`. */
export interface AscentOptions {
  /** What is made large. Default `classTarget()`: the score of a class. */
  readonly target?: Target | undefined;
  /** The number of steps. Default 256. */
  readonly steps?: number | undefined;
  /** Adam's, default 0.05. */
  readonly learningRate?: number | undefined;
  /** What the steps change: amplitudes of frequencies, `fourier`, or `pixels`. Default `fourier`. */
  readonly space?: "fourier" | "pixels" | undefined;
  /** Whether steps are taken in colors that are decorrelated over photographs. Default: if there are three channels. */
  readonly decorrelate?: boolean | undefined;
  /** Whether values stay between 0 and 1, as those of pictures. Default: for inputs [channels, height, width]. */
  readonly bounded?: boolean | undefined;
  /** How far pictures are shifted at most between steps, in pixels. Default 1/16 of the shorter side. */
  readonly jitter?: number | undefined;
  /** How far they are turned at most, in degrees. Default 5 for pictures. */
  readonly turn?: number | undefined;
  /** By how much they are enlarged and shrunk at most; 0.1: by 1.1. Default 0.05 for pictures. */
  readonly scale?: number | undefined;
  /** The deviation of the Gaussian that blurs the picture after every fourth step, in pixels. Default 0: none. */
  readonly blur?: number | undefined;
  /**
   * The number of steps, from the first, in which slopes go through a rectifier that is silent for a sample, if they would raise
   * it. Default 16.
   */
  readonly relaxed?: number | undefined;
  /** The weight of the total variation of a picture. Default 0. */
  readonly totalVariation?: number | undefined;
  /** The weight of the sum of squared distances from gray, or from 0 if not bounded. Default 0. */
  readonly l2?: number | undefined;
  /** The weight of the similarity of the pictures of a batch. Default 0. */
  readonly diversity?: number | undefined;
  /** The layer in which that is measured. Default: that of the target. */
  readonly diversityLayer?: string | undefined;
  /** Of the start and of all moves. Default 0. */
  readonly seed?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

const weight = withDefault(real(0, Number.MAX_VALUE), 0);

/** Options that are plain data. */
export const ascentSchema = {
  steps: withDefault(integer(1), 256),
  learningRate: withDefault(positive(), 0.05),
  space: withDefault(word("fourier", "pixels"), "fourier"),
  decorrelate: optional(flag()),
  bounded: optional(flag()),
  jitter: optional(integer(0)),
  turn: optional(real(0, 180)),
  scale: optional(real(0, 1)),
  blur: weight,
  relaxed: withDefault(integer(0), 16),
  totalVariation: weight,
  l2: weight,
  diversity: weight,
  diversityLayer: optional(text()),
  seed: withDefault(integer(0), 0),
};

const optionNames = [
  ...Object.keys(ascentSchema),
  ...namesOf<Pick<AscentOptions, "target" | "engine">>({ target: true, engine: true }),
];

/** The moves of pictures where none are given. */
const usual = { jitter: 1 / 16, turn: 5, scale: 0.05 };

/** The settings of ascent for an input, [channels, height, width] for pictures. */
export type AscentSettings = ReturnType<typeof readAscentOptions>;

/** @throws OptionError for options that do not exist or do not fit the input */
export function readAscentOptions(given: AscentOptions, input: Shape) {
  checkNames("ascent", optionNames, given);
  const { target: _, engine: __, ...rest } = given;
  const values: ValuesOf<typeof ascentSchema> = readOptions("ascent", ascentSchema, rest);
  const isPicture = input.length === 3;
  const shorter = Math.min(...input.slice(1));
  const { decorrelate = isPicture && input[0] === 3, bounded = isPicture } = values;
  if (decorrelate && (!isPicture || input[0] !== 3))
    throw new OptionError(
      `ascent: decorrelate is for pictures of three channels, the input is [${input}]; leave it out`,
    );
  const {
    jitter = isPicture ? Math.round(shorter * usual.jitter) : 0,
    turn = isPicture ? usual.turn : 0,
    scale = isPicture ? usual.scale : 0,
  } = values;
  if (!isPicture && turn + scale > 0)
    throw new OptionError(`ascent: turn and scale are for pictures, the input is [${input}]; leave them out`);
  return { ...values, decorrelate, bounded, jitter, turn, scale };
}
