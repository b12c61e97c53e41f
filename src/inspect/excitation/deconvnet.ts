/**
 * What in a picture made a map strong: the strongest place of a channel's map, with all other activations of the layer set to
 * zero, is projected back to the input by a deconvnet: through the transposed filters, through the switches of max pooling (the
 * positions of its maxima), and past each ReLU what is positive (Zeiler and Fergus 2014, section 2.1):
 *
 *   p = argmaxₚ a_c(x)ₚ,   R_layer = a_c(x)_p at p, else 0,   R ← filtersᵀ · max(0, R), down to the input
 *
 * That is the derivative of ½ a_c(x)_p² with another rule for ReLU, so the attribution `deconvnet` computes it.
 *
 * Where it misleads: through the switches it redraws the edges of the picture, whatever the weights above them are (Nie, Zhang,
 * Patel 2018); the pattern is what was there, not all that the unit would answer to.
 */
import { describeGiven, type NdArray, NumericError, OptionError } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { argMax, gather, mul, reshape, square } from "../../ops/index.ts";
import { checkNames, integer, namesOf, readOptions, withDefault } from "../../options/index.ts";
import { createAttributor } from "../attribution/index.ts";
import { createProbe, type Target } from "../probe/index.ts";
import { indexOf } from "./top.ts";

/** Options of `deconvProjections`. */
export interface DeconvOptions {
  /** The layer whose maps are projected, by path. */
  readonly layer: string;
  /** The channels. Default: the strongest of the picture. */
  readonly channels?: readonly number[] | undefined;
  /** How many of the strongest channels, if none are given. Default 9. */
  readonly count?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** Of options that have defaults here. */
export const deconvSchema = { count: withDefault(integer(1), 9) };

const optionNames = namesOf<DeconvOptions>({ layer: true, channels: true, count: true, engine: true });

/** The projection of a channel's strongest place. */
export interface DeconvProjection {
  readonly channel: number;
  /** The strongest activation of its map. */
  readonly value: number;
  /** Where it is in the map, [y, x]; [] for layers without maps. */
  readonly position: readonly number[];
  /** What it was made of, `f32` in the shape of the input without the batch axis; positive and negative. */
  readonly projection: NdArray;
}

/** Half of the square of the largest value in the map of a channel of the layer at `path`. The index is the channel. */
const peakTarget = (path: string): Target => ({
  name: `peak of a channel of ${path}`,
  paths: [path],
  score: ({ values: { [path]: maps } }, index) => {
    const [n, channels] = maps.shape;
    const chosen = reshape(gather(strongest(reshape(maps, [n, channels, -1])), reshape(index, [-1, 1]), 1), [-1]);
    return mul(square(chosen), 0.5);
  },
});

/** The first of the largest values of rows [n, channels, positions]: [n, channels]. */
const strongest = (rows: Tensor): Tensor => {
  const [n, channels] = rows.shape;
  return reshape(gather(rows, reshape(argMax(rows, 2), [n, channels, 1]), 2), [n, channels]);
};

/**
 * Projects the strongest maps of a layer back to a picture, the strongest first.
 * @param picture one sample, [1, …input]
 * @throws OptionError for paths and channels that do not exist, and for networks without ReLU
 */
export async function deconvProjections(
  model: Model,
  picture: NdArray,
  options: DeconvOptions,
): Promise<DeconvProjection[]> {
  checkModel("deconvProjections", model);
  checkNames("deconvProjections", optionNames, options);
  const { layer, channels, engine, ...rest } = options;
  const { count } = readOptions("deconvProjections", deconvSchema, rest);
  if (typeof layer !== "string" || picture.shape[0] !== 1)
    throw new OptionError(
      `deconvProjections: expects the path of a layer and one sample [1, …], got ${describeGiven(layer)} and [${picture.shape}]`,
    );
  const { values } = await createProbe(model, { values: [layer], engine })(picture);
  const peaks = peaksOf(layer, values[layer]);
  const chosen = channels?.map((channel) => peakAt(layer, peaks, channel)) ?? byStrength(peaks).slice(0, count);
  const [input] = Object.keys(model.inputs);
  const project = createAttributor(model, { method: "deconvnet", target: peakTarget(layer), of: [input], engine });
  const found: DeconvProjection[] = [];
  // One after the other: all of them share one program.
  for (const peak of chosen) {
    const { maps } = await project(picture, peak.channel);
    found.push({ ...peak, projection: maps[input].row(0) });
  }
  return found;
}

type Peak = Omit<DeconvProjection, "projection">;

/** The strongest place in the map of each channel, for one sample [1, channels, …spatial]. */
function peaksOf(layer: string, { shape: [, channels, ...spatial], data, size }: NdArray): Peak[] {
  const area = size / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const map = Float32Array.from(data.subarray(channel * area, (channel + 1) * area));
    const value = map.reduce((most, x) => (x > most || Number.isNaN(x) ? x : most), -Infinity);
    if (Number.isNaN(value)) throw new NumericError(`deconvProjections: channel ${channel} of ${layer} has NaN`);
    return { channel, value, position: indexOf(map.indexOf(value), spatial) };
  });
}

const byStrength = (peaks: readonly Peak[]): Peak[] => [...peaks].sort((a, b) => b.value - a.value);

/** @throws OptionError for a channel that the layer does not have */
function peakAt(layer: string, peaks: readonly Peak[], channel: number): Peak {
  const peak = peaks[channel];
  if (peak !== undefined) return peak;
  throw new OptionError(
    `deconvProjections: channel ${describeGiven(channel)} of ${layer}, expected an integer from 0 to ${peaks.length - 1}`,
  );
}
