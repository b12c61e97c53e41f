/**
 * Effective receptive fields: which part of the input a unit depends on, found by going backwards from it.
 *
 *   connected   1 where there is a path from the unit to the input, back-propagating ones
 *   effective   e(p) = mean over inputs x of Σ_c |∂u / ∂x_{c, p}|
 *
 * The second is that of Luo, Li, Urtasun, Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural
 * Networks", NeurIPS 2016: in a random network it is a Gaussian that grows with √depth, much smaller than the theoretical field.
 */
import {
  checkArray,
  checkSeed,
  describeGiven,
  NdArray,
  OptionError,
  Random,
  type Shape,
  sizeOf,
  zeros,
} from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Model } from "../../nn/index.ts";
import { reshape, slice, sum } from "../../ops/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import type { Arrays } from "../../train/index.ts";
import { createProbe, type ProbeOptions, type Target } from "../probe/index.ts";
import { onesRules } from "./ones-rules.ts";
import { type Box, checkUnit, receptiveFields } from "./receptive-fields.ts";

/** Options of `connectedInputs` and `effectiveField`. */
export interface FieldOptions {
  /**
   * The unit: its index in the value, without the batch axis, [channel, y, x]; a channel of −1 means the sum over channels.
   * Default: the middle, of all channels.
   */
  readonly unit?: readonly number[] | undefined;
  /** Of models of several inputs: which one the field is in. Default: the first one with spatial axes. */
  readonly input?: string | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** Options of `effectiveField`. */
export interface EffectiveFieldOptions extends FieldOptions {
  /** The inputs to average over, [n, …], or one array for each input by name. Default: random ones. */
  readonly inputs?: NdArray | Arrays | undefined;
  /** How many random inputs to average over: Gaussian, with the mean and deviation that the model normalizes by. Default 16. */
  readonly samples?: number | undefined;
  /** The seed of random inputs. Default 0. */
  readonly seed?: number | undefined;
}

/** A field that was found by going backwards. */
export interface FoundField {
  /** The name of the input. */
  readonly input: string;
  /** How much each position of the input matters, `f32` […spatial]. */
  readonly map: NdArray;
  /** The box around everything that is not 0; `undefined` if all is. */
  readonly box: Box | undefined;
  /** The number of positions that matter at least 4.55 % as much as the strongest one, as Luo et al. measure it. */
  readonly area: number;
}

/** The share of the strongest position from which others count: 1 − 0.9545, two deviations of a Gaussian. */
const COUNTED = 1 - 0.9545;

const optionNames = namesOf<EffectiveFieldOptions>({
  unit: true,
  input: true,
  engine: true,
  inputs: true,
  samples: true,
  seed: true,
});

/**
 * Which positions of the input a unit is connected with, by back-propagating ones: 1 for those, else 0. Unlike the box of
 * `receptiveFields`, it has the holes of dilated filters. It depends on the structure of the network alone.
 * @throws OptionError for a path without a value, a unit that does not exist, an input without spatial axes
 */
export async function connectedInputs(model: Model, path: string, options: FieldOptions = {}): Promise<FoundField> {
  checkNames("connectedInputs", ["unit", "input", "engine"], options);
  const { input, unit } = placeOf(model, path, options);
  const given = randomInputs(model, 1, 0);
  const { [input]: found } = await backwards(model, path, unit, given, {
    input,
    rules: onesRules,
    ...engineIn(options),
  });
  return foundField(
    input,
    averaged([found], (value) => (value === 0 ? 0 : 1), Math.max),
  );
}

/**
 * How much each position of the input changes a unit, on average over inputs (Luo et al. 2016).
 *
 * Where it misleads: derivatives are local. Where activations saturate, a position can matter without a derivative; and over
 * random inputs, which are unlike pictures, other units are active than over real ones.
 * @example const { map, area } = await effectiveField(model, "layer3", { inputs: pictures });
 * @throws OptionError for a path without a value, a unit that does not exist, an input without spatial axes
 */
export async function effectiveField(
  model: Model,
  path: string,
  options: EffectiveFieldOptions = {},
): Promise<FoundField> {
  checkNames("effectiveField", optionNames, options);
  const { samples = 16, seed = 0 } = options;
  if (!Number.isInteger(samples) || samples < 1)
    throw new OptionError(`effectiveField: samples must be an integer of at least 1, got ${describeGiven(samples)}`);
  const { input, unit } = placeOf(model, path, options);
  const given = options.inputs ?? randomInputs(model, samples, checkSeed(seed));
  const gradients: NdArray[] = [];
  for (const batch of batchesOf(model, given)) {
    const found = await backwards(model, path, unit, batch, { input, ...engineIn(options) });
    gradients.push(found[input]);
  }
  const count = gradients.reduce((total, { shape }) => total + shape[0], 0);
  const map = averaged(gradients, Math.abs, (a, b) => a + b);
  return foundField(input, { ...map, data: map.data.map((value) => value / count) });
}

const engineIn = ({ engine }: FieldOptions): Pick<ProbeOptions, "engine"> => ({ engine });

/** The input and the unit that are meant. */
function placeOf(model: Model, path: string, { input: name, unit }: FieldOptions) {
  const fields = receptiveFields(model, { input: name });
  const { shape } = fields.of(path);
  const chosen = unit ?? shape.map((n, i) => (i === 0 && shape.length > 1 ? -1 : Math.floor(n / 2)));
  checkUnit(
    path,
    shape,
    Array.isArray(chosen) && chosen[0] === -1 && shape.length > 1 ? [0, ...chosen.slice(1)] : chosen,
  );
  return { input: fields.input, unit: chosen };
}

/** One unit, or those of all channels at a position. */
const unitAt = (path: string, unit: readonly number[]): Target => ({
  name: `unit [${unit}] of ${path}`,
  paths: [path],
  score: ({ outputs, values }) => {
    const value = values[path] ?? outputs[path];
    const part = unit.reduce((x, at, i) => (at < 0 ? x : slice(x, i + 1, at, at + 1)), value);
    return sum(reshape(part, [part.shape[0], -1]), 1);
  },
});

interface Backwards extends Pick<ProbeOptions, "rules" | "engine"> {
  readonly input: string;
}

async function backwards(
  model: Model,
  path: string,
  unit: readonly number[],
  inputs: Arrays,
  { input, ...options }: Backwards,
): Promise<Arrays> {
  const isOutput = model.outputs.includes(path);
  const target = { ...unitAt(path, unit), ...(isOutput && { paths: [] }) };
  const { gradients } = await createProbe(model, { gradients: [input], target, ...options })(inputs);
  return gradients;
}

const BATCH = 16;

/** Samples by input name, in batches. */
function* batchesOf(model: Model, inputs: NdArray | Arrays): Generator<Arrays> {
  const named = inputs instanceof NdArray ? { [Object.keys(model.inputs)[0]]: inputs } : inputs;
  for (const [name, array] of Object.entries(named)) checkArray("effectiveField", name, array);
  const [count] = Object.values(named)[0].shape;
  if (!(count > 0)) throw new OptionError("effectiveField: no inputs to average over");
  for (let from = 0; from < count; from += BATCH) {
    const part = ({ data, shape: [, ...shape], dtype }: NdArray): NdArray => {
      const to = Math.min(count, from + BATCH);
      return new NdArray(data.subarray(from * sizeOf(shape), to * sizeOf(shape)), [to - from, ...shape], dtype);
    };
    yield Object.fromEntries(Object.entries(named).map(([name, array]) => [name, part(array)]));
  }
}

/** Gaussian inputs that are normalized to mean 0 and deviation 1; numbers of tokens are drawn as 0. */
function randomInputs(model: Model, count: number, seed: number): Arrays {
  return Object.fromEntries(
    Object.entries(model.inputs).map(([name, { shape, dtype, normalization }]) => {
      const values = zeros([count, ...shape], dtype);
      if (dtype !== "f32") return [name, values];
      const random = new Random(seed, `effective field ${name}`);
      const [channels, ...rest] = shape;
      for (let i = 0; i < values.size; i++) {
        const channel = Math.floor(i / sizeOf(rest)) % channels;
        values.data[i] = random.normal(normalization?.mean[channel] ?? 0, normalization?.std[channel] ?? 1);
      }
      return [name, values];
    }),
  );
}

/** Derivatives [n, channels, …spatial], combined over samples and channels to maps […spatial]. */
function averaged(
  parts: readonly NdArray[],
  size: (value: number) => number,
  combine: (a: number, b: number) => number,
): { readonly data: Float64Array; readonly shape: Shape } {
  const [, , ...shape] = parts[0].shape;
  const data = new Float64Array(sizeOf(shape));
  for (const { data: values } of parts)
    for (let i = 0; i < values.length; i++) data[i % data.length] = combine(data[i % data.length], size(values[i]));
  return { data, shape };
}

function foundField(input: string, { data, shape }: ReturnType<typeof averaged>): FoundField {
  const strongest = data.reduce((most, value) => Math.max(most, value), 0);
  return {
    input,
    map: new NdArray(Float32Array.from(data), shape, "f32"),
    box: boxAround(data, shape),
    area: data.reduce((count, value) => count + (value > 0 && value >= COUNTED * strongest ? 1 : 0), 0),
  };
}

/** The box around what is not 0. */
export function boxAround(data: ArrayLike<number>, shape: Shape): Box | undefined {
  const [first, last] = [shape.map(() => Infinity), shape.map(() => -Infinity)];
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    for (let axis = shape.length - 1, rest = i; axis >= 0; rest = Math.floor(rest / shape[axis--])) {
      first[axis] = Math.min(first[axis], rest % shape[axis]);
      last[axis] = Math.max(last[axis], rest % shape[axis]);
    }
  }
  return first.every(Number.isFinite) ? { first, last } : undefined;
}
