/**
 * Deep dream: a picture is changed so that a layer answers more strongly to what it sees in it already. Gradient ascent on half
 * of the sum of squares of the layer, from the picture itself, coarse structures first:
 *
 *   for sizes from small to large:   x ← x + η · g / mean |g|,   g = ∂/∂x ½ ‖a(x)‖²
 *
 * The details that a size has added are enlarged and laid over the next larger picture. A picture larger than the network's
 * input is covered by tiles of that size, whose grid is shifted at random in each step, so that no seams appear; so pictures of
 * any size dream in the memory of one tile. Source: Mordvintsev, Olah, Tyka, "Inceptionism" (2015), and the notebooks with it.
 *
 * Where it misleads: it shows what a layer would like to see, with the strongest units drowning the others.
 */
import { pause } from "#platform";
import { checkSeed, NdArray, NumericError, OptionError, Random } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import {
  arrayToPicture,
  type FloatPicture,
  type Picture,
  pictureToArray,
  resize,
  toFloats,
} from "../../image/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { checkNames, integer, namesOf, positive, readOptions, withDefault } from "../../options/index.ts";
import { createProbe, layerTarget, type Probe, type Target } from "../probe/index.ts";

/** Options of `dream`. */
export interface DreamOptions {
  /** The layer that is to answer, by path; or instead `target`. */
  readonly layer?: string | undefined;
  /** What is made large. Default `layerTarget(layer)`. */
  readonly target?: Target | undefined;
  /** Which class or channel, if the target is of one. Default −1. */
  readonly index?: number | undefined;
  /** How many sizes, each `octaveScale` times as large as the one before; fewer if the network's input is larger. Default 4. */
  readonly octaves?: number | undefined;
  /** The ratio of one size to the next. Default 1.4. */
  readonly octaveScale?: number | undefined;
  /** Steps at each size. Default 10. */
  readonly steps?: number | undefined;
  /** η, where 1 is the range from black to white. Default 0.01. */
  readonly rate?: number | undefined;
  /** Of the shifts. Default 0. */
  readonly seed?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /** Called after each step with the number of steps done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Of options that have defaults here. */
export const dreamSchema = {
  index: withDefault(integer(-1), -1),
  octaves: withDefault(integer(1), 4),
  octaveScale: withDefault(positive(), 1.4),
  steps: withDefault(integer(1), 10),
  rate: withDefault(positive(), 0.01),
  seed: withDefault(integer(0), 0),
};

const optionNames = [
  ...Object.keys(dreamSchema),
  ...namesOf<Pick<DreamOptions, "layer" | "target" | "engine" | "onProgress">>({
    layer: true,
    target: true,
    engine: true,
    onProgress: true,
  }),
];

/** A picture's planes, `f32` [channels, height, width] in 0 … 1. */
type Plane = NdArray;

/**
 * What a layer sees in a picture, drawn into it.
 * @param picture of any size, at least that of the network's input
 * @example const dreamt = await dream(model, await loadPicture("clouds.jpg"), { layer: "features.9" });
 * @throws OptionError for paths without a value, pictures of other channels or smaller than the input, and networks of other
 *   inputs than pictures; NumericError where derivatives are not finite
 */
export async function dream(model: Model, picture: Picture, options: DreamOptions): Promise<FloatPicture> {
  checkModel("dream", model);
  checkNames("dream", optionNames, options);
  const { layer, target, engine, onProgress, ...rest } = options;
  const settings = readOptions("dream", dreamSchema, rest);
  checkSeed(settings.seed);
  const wanted = target ?? (typeof layer === "string" ? layerTarget(layer) : undefined);
  if (wanted === undefined) throw new OptionError("dream: give the layer that is to answer, or a target");
  const source = toFloats(picture);
  checkSize(model, source);
  const [input] = Object.keys(model.inputs);
  const probe = createProbe(model, { gradients: [input], target: wanted, engine });
  const random = new Random(settings.seed, "dream shifts");
  const sizes = octaveSizes(source, model.input, settings);
  let details: FloatPicture | undefined;
  let done = 0;
  for (const [width, height] of sizes) {
    const base = pictureToArray(resize(source, width, height));
    const x = new NdArray(Float32Array.from(base.data), base.shape, "f32");
    if (details !== undefined) addTo(x.data as Float32Array, pictureToArray(resize(details, width, height)).data, 1);
    for (let step = 0; step < settings.steps; step++) {
      const slope = await tiledSlope(probe, input, x, model.input, settings.index, random);
      stepAlong(x.data as Float32Array, slope, settings.rate);
      onProgress?.(++done, sizes.length * settings.steps);
      await pause();
    }
    const added = Float32Array.from(x.data, (value, i) => value - base.data[i]);
    details = arrayToPicture(new NdArray(added, x.shape, "f32")) as FloatPicture;
  }
  // The last size is the picture's own.
  const dreamt = Float32Array.from(source.data, (value, i) => Math.min(1, Math.max(0, value + details!.data[i])));
  return { ...source, data: dreamt };
}

/** @throws OptionError for another number of channels, and for a picture that a tile does not fit into */
function checkSize({ inputs }: Model, { channels, width, height }: Picture): void {
  const [{ shape, dtype }, ...others] = Object.values(inputs);
  if (others.length > 0 || shape.length !== 3 || dtype !== "f32")
    throw new OptionError("dream: the network must take one picture, [channels, height, width]");
  if (channels !== shape[0] || width < shape[2] || height < shape[1])
    throw new OptionError(
      `dream: a picture of ${width}×${height}, ${channels} channels; expected at least ${shape[2]}×${shape[1]}, ${shape[0]} channels: scale it, or convert it by toRgb or toGray`,
    );
}

/** From small to large, [width, height]; none smaller than the network's input. */
function octaveSizes(
  { width, height }: Picture,
  [, least, leastWidth]: readonly number[],
  { octaves, octaveScale }: { readonly octaves: number; readonly octaveScale: number },
): (readonly [number, number])[] {
  return Array.from({ length: octaves }, (_, i) => {
    const shrunk = octaveScale ** -(octaves - 1 - i);
    return [Math.round(width * shrunk), Math.round(height * shrunk)] as const;
  }).filter(([w, h]) => w >= leastWidth && h >= least && w <= width && h <= height);
}

function addTo(into: Float32Array, values: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i] += factor * values[i];
}

/** x ← x + η · g / mean |g|. */
function stepAlong(x: Float32Array, slope: Float32Array, rate: number): void {
  const mean = slope.reduce((sum, value) => sum + Math.abs(value), 0) / slope.length;
  if (!Number.isFinite(mean)) throw new NumericError("dream: the derivatives are not finite; lower the rate");
  if (mean > 0) addTo(x, slope, rate / mean);
}

/** Where tiles of a length begin to cover a longer one; the last ends with it. */
const tileStarts = (length: number, tile: number): number[] =>
  Array.from({ length: Math.ceil(length / tile) }, (_, i) => Math.min(i * tile, length - tile));

/** The derivative of the target of all tiles of a randomly shifted picture; where tiles overlap, of the last of them. */
async function tiledSlope(
  probe: Probe,
  input: string,
  x: Plane,
  tile: readonly number[],
  index: number,
  random: Random,
): Promise<Float32Array> {
  const [, height, width] = x.shape;
  const shift = [random.integer(height), random.integer(width)] as const;
  const slope = new Float32Array(x.size);
  for (const top of tileStarts(height, tile[1])) {
    for (const left of tileStarts(width, tile[2])) {
      const places = tilePlaces(x.shape, tile, [top + shift[0], left + shift[1]]);
      const part = Float32Array.from(places, (place) => x.data[place]);
      const { gradients } = await probe(new NdArray(part, [1, ...tile], "f32"), index);
      for (let i = 0; i < places.length; i++) slope[places[i]] = gradients[input].data[i];
    }
  }
  return slope;
}

/** The positions of a tile's numbers in planes that go on from each edge at the opposite one. */
function tilePlaces(
  [, height, width]: readonly number[],
  tile: readonly number[],
  corner: readonly number[],
): Int32Array {
  const [channels, rows, columns] = tile;
  const places = new Int32Array(channels * rows * columns);
  for (let i = 0; i < places.length; i++) {
    const column = (corner[1] + (i % columns)) % width;
    const row = (corner[0] + (Math.floor(i / columns) % rows)) % height;
    places[i] = (Math.floor(i / (rows * columns)) * height + row) * width + column;
  }
  return places;
}
