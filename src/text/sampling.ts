/**
 * Draws from a distribution over tokens, after it has been changed:
 *
 *   temperature  pᵢ^(1/T) / Σ pⱼ^(1/T); 0 takes the most probable
 *   top-k        keeps the k most probable (Fan, Lewis, Dauphin 2018)
 *   top-p        keeps the fewest, most probable first, that have the mass p (Holtzman et al. 2020, "nucleus")
 *
 * in this order, each on what the one before left. Of equal probabilities the lower number counts as the more probable.
 */
import { DataError, describeGiven, OptionError, type Random } from "../array/index.ts";
import { integer, type Kind, optional, readOptions, real, withDefault } from "../options/index.ts";

/** Options of `sampleFrom`. */
export interface SamplingOptions {
  /** Above 1 flattens the distribution, below 1 sharpens it; 0 takes the most probable token. Default 1. */
  readonly temperature?: number | undefined;
  /** How many of the most probable tokens are kept. Default: all. */
  readonly topK?: number | undefined;
  /** The mass of the most probable tokens that are kept, above 0 up to 1. Default 1: all. */
  readonly topP?: number | undefined;
}

const mass: Kind<number> = {
  expects: "a number above 0, up to 1",
  read: (value) => (typeof value === "number" && value > 0 && value <= 1 ? value : undefined),
};

/** The schema of `SamplingOptions`. */
export const samplingOptions = {
  temperature: withDefault(real(0, Number.MAX_VALUE), 1),
  topK: optional(integer(1)),
  topP: withDefault(mass, 1),
};

/**
 * A token drawn from a distribution, by its number.
 * @param probabilities of the tokens, by number; weights that are not divided by their sum are as good
 * @param random what is drawn from; two numbers a call, none at temperature 0
 * @example sampleFrom([0.1, 0.7, 0.2], { temperature: 0.8, topK: 2 }, new Random(1, "sample"))
 * @throws OptionError for invalid options; DataError for weights that are negative, not finite or all 0
 */
export function sampleFrom(probabilities: ArrayLike<number>, options: SamplingOptions, random: Random): number {
  const { temperature, topK, topP } = readOptions("sampleFrom", samplingOptions, options);
  const best = mostProbable(probabilities);
  if (temperature === 0) return best;
  const weights = heated(probabilities, temperature, probabilities[best]);
  if (topK === undefined && topP === 1) return draw(weights, undefined, random);
  const order = byWeight(weights).subarray(0, topK);
  return draw(weights, nucleus(weights, order, topP), random);
}

/** The number of the largest weight. @throws DataError for what is no distribution */
function mostProbable(weights: ArrayLike<number>): number {
  if (typeof weights?.length !== "number")
    throw new OptionError(`sampleFrom: expects a list of probabilities, got ${describeGiven(weights)}`);
  let best = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] >= 0 && weights[i] < Infinity))
      throw new DataError(`sampleFrom: token ${i} has the probability ${weights[i]}; expected a finite number from 0`);
    if (weights[i] > weights[best]) best = i;
  }
  if (!(weights[best] > 0))
    throw new DataError(
      `sampleFrom: ${weights.length === 0 ? "there are no tokens" : "all probabilities are 0"}; nothing can be drawn`,
    );
  return best;
}

/** Relative to the largest, so that small temperatures do not underflow everywhere. */
function heated(weights: ArrayLike<number>, temperature: number, largest: number): Float64Array {
  const power = 1 / temperature;
  const result = new Float64Array(weights.length);
  for (let i = 0; i < result.length; i++) {
    const weight = weights[i] / largest;
    result[i] = temperature === 1 ? weight : weight ** power;
  }
  return result;
}

/** Numbers of tokens that are possible, the most probable first. */
function byWeight(weights: Float64Array): Int32Array {
  const order = new Int32Array(weights.length);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) order[count++] = i;
  return order.subarray(0, count).sort((a, b) => weights[b] - weights[a] || a - b);
}

/** The fewest of `order` that have the mass `topP` of all in it. */
function nucleus(weights: Float64Array, order: Int32Array, topP: number): Int32Array {
  if (topP === 1) return order;
  const total = order.reduce((sum, i) => sum + weights[i], 0);
  let mass = 0;
  const last = order.findIndex((i) => {
    mass += weights[i];
    return mass >= topP * total;
  });
  return last < 0 ? order : order.subarray(0, last + 1);
}

/** One of `among`, or of all. 48 random bits: a vocabulary has tokens rarer than 2⁻²⁴. */
function draw(weights: Float64Array, among: Int32Array | undefined, random: Random): number {
  const count = among?.length ?? weights.length;
  const at = (i: number): number => (among === undefined ? i : among[i]);
  let total = 0;
  for (let i = 0; i < count; i++) total += weights[at(i)];
  let left = (random.uniform() + random.uniform() * 2 ** -24) * total;
  let last = at(0);
  for (let i = 0; i < count; i++) {
    const weight = weights[at(i)];
    if (weight === 0) continue;
    last = at(i);
    left -= weight;
    if (left < 0) return last;
  }
  return last;
}
