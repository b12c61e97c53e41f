/**
 * Transform-invariant convolution: one filter bank, applied under an enumerated set of transforms.
 *
 *   z_T(s,i,j) = Y · shift(T(w(s)), i, j)        y(s,i,j) = max_T z_T(s,i,j)
 *
 * Over a set that is a group, such as the quarter turns, turning the input turns the pooled maps and changes nothing else.
 * Where several transforms share the maximum they share the derivative, so that learning prefers none of them.
 * Source: CMU 11-785, "Transform invariance" and "BP with transform invariance".
 */
import { checkList, checkOptions, describeGiven, OptionError } from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import { conv, type FilterTransform, max, type Padding, reshape, transformFilters } from "../ops/index.ts";
import { flag, integer, type Kind, positive, readOptions, real, sizes, withDefault, word } from "../options/index.ts";
import { addBias, paddingKind } from "./conv.ts";
import { type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";
import { expectSpatial } from "./spatial.ts";

/** A sixteenth of a degree apart. */
const MOST_TURNS = 5760;

function expectTransforms(where: string, transforms: readonly FilterTransform[]): void {
  checkList(where, "transforms, such as turns(4)", transforms);
  for (const transform of transforms) checkOptions(`${where}: a transform`, transform);
}

/** `count` equal turns that make a full one: `turns(4)` are the quarter turns. */
export function turns(count: number): FilterTransform[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_TURNS))
    throw new OptionError(`turns: expects a whole number from 1 to ${MOST_TURNS}, got ${describeGiven(count)}`);
  return Array.from({ length: count }, (_, i) => ({ turn: (360 * i) / count, scale: 1, mirror: false }));
}

/** The transforms, and each of them mirrored. */
export function mirrored(transforms: readonly FilterTransform[]): FilterTransform[] {
  expectTransforms("mirrored", transforms);
  return [false, true].flatMap((mirror) =>
    transforms.map((transform) => ({ ...transform, mirror: mirror !== (transform.mirror ?? false) })),
  );
}

/** Each of the transforms at each of the scales. */
export function scaled(transforms: readonly FilterTransform[], scales: readonly number[]): FilterTransform[] {
  expectTransforms("scaled", transforms);
  checkList("scaled", "scales, numbers above 0", scales);
  return scales.flatMap((scale) =>
    transforms.map((transform) => ({ ...transform, scale: scale * (transform.scale ?? 1) })),
  );
}

const transformSchema = {
  turn: withDefault(real(), 0),
  scale: withDefault(positive(), 1),
  mirror: withDefault(flag(), false),
};

const transformsKind: Kind<readonly FilterTransform[]> = {
  expects: "a list of transforms, { turn, scale, mirror }, such as turns(4)",
  read: (value) => {
    if (!Array.isArray(value) || value.length === 0 || !value.every(isRecord)) return undefined;
    return value.map((transform) => readOptions("transform", transformSchema, transform));
  },
};

const transformConvLayer = defineLayer({
  type: "transformConv2d",
  options: {
    filters: integer(1),
    kernel: integer(1),
    transforms: withDefault(transformsKind, turns(4)),
    combine: withDefault(word("max", "channels"), "max" as const),
    stride: withDefault(sizes(1), 1),
    padding: withDefault(paddingKind, 0),
    dilation: withDefault(sizes(1), 1),
    bias: withDefault(flag(), true),
    initializer: initializerOption("glorotUniform"),
    biasInitializer: initializerOption("zeros"),
  },
  forward: ({ filters, kernel, transforms, combine, bias, initializer, biasInitializer, ...convolution }, x, scope) => {
    expectSpatial("transformConv2d", 2, x);
    const shape = [filters, x.shape[1], kernel, kernel];
    const bank = transformFilters(scope.parameter("weight", shape, initializer), transforms);
    const maps = conv(x, reshape(bank, [filters * transforms.length, ...shape.slice(1)]), convolution);
    const [n, , ...spatial] = maps.shape;
    const apart = reshape(maps, [n, filters, transforms.length, ...spatial]);
    const combined = combine === "max" ? max(apart, 2, { keep: true }) : apart;
    const result = addBias(combined, { bias, biasInitializer }, shape, scope);
    return reshape(result, [n, result.shape[1] * result.shape[2], ...spatial]);
  },
});

/** The factories, for the catalog. */
export const transformConvLayers = [transformConvLayer];

/** Options of `transformConv2d`. */
export interface TransformConvOptions {
  /** The length of the filters' sides; they are square. */
  readonly kernel: number;
  /**
   * The transforms of each filter; default the quarter turns, `turns(4)`. Quarter turns and mirror images permute the taps
   * and are exact, others interpolate between them. See `mirrored`, `scaled`.
   */
  readonly transforms?: readonly FilterTransform[] | undefined;
  /** `"max"`: the largest response over the transforms (default). `"channels"`: a map for each, side by side. */
  readonly combine?: "max" | "channels" | undefined;
  /** The stride; one number, or one for each axis. Default 1. */
  readonly stride?: number | readonly number[] | undefined;
  /** As for `conv2d`; must be the same on all sides for rotation invariance. Default 0. */
  readonly padding?: Padding | undefined;
  /** The distance between neighboring filter taps. Default 1. */
  readonly dilation?: number | readonly number[] | undefined;
  /** Whether to add a bias to the maps of each filter, the same for all transforms. Default true. */
  readonly bias?: boolean | undefined;
  /** Initializer of the filters. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
  /** Initializer of the bias. Default `zeros`. */
  readonly biasInitializer?: Initializer | undefined;
}

/**
 * Convolution over [n, channels, height, width] with each filter applied in a set of transforms. Parameters `weight`
 * [filters, channels, k, k] and `bias` [filters]; output [n, filters, h′, w′], or [n, filters · transforms, h′, w′] with
 * `combine: "channels"` (all transforms of the first filter first).
 * @example transformConv2d(16, { kernel: 5, transforms: mirrored(turns(8)), padding: "same" })
 */
export const transformConv2d = (filters: number, rest: TransformConvOptions): Layer =>
  transformConvLayer({ filters, ...rest });
