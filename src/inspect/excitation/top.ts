/**
 * The samples of a data set that excite the units of a network most (Girshick et al. 2014, "Rich feature hierarchies", 3.1;
 * Zeiler and Fergus 2014, figure 2). Of a map a(x) of a channel counts the largest place:
 *
 *   value = maxₚ a(x)ₚ,   position = argmaxₚ a(x)ₚ
 *
 * The maxima are taken inside the compiled program, and the host keeps a bounded list for each unit, so any number of samples
 * streams by in the memory of a batch.
 *
 * Where it misleads: the top of 50 000 is the far tail; a unit that is called "the dog detector" after its nine strongest
 * samples may answer as well to much else at half the strength. Look at samples from the whole range, too.
 */
import {
  describeGiven,
  isFloat,
  mapValues,
  type NdArray,
  NumericError,
  OptionError,
  type Shape,
  sizeOf,
  stridesOf,
} from "../../array/index.ts";
import type { AnyDataset } from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, isStep, type Model, type Steps } from "../../nn/index.ts";
import { argMax, gather, reshape, select } from "../../ops/index.ts";
import { checkNames, integer, namesOf, optional, readOptions, withDefault, word } from "../../options/index.ts";
import { type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
import { inputBatches } from "../batches.ts";
import { Leaders, type Leading } from "./leaders.ts";

/** Options of `topSamples`. */
export interface TopOptions {
  /** The layers, by path or pattern. Default `["*"]`, all of them. */
  readonly layers?: readonly string[] | undefined;
  /** How many samples are kept for each unit. Default 9. */
  readonly count?: number | undefined;
  /**
   * What counts as a unit: a `channel`, wherever it answers in its map, or each number of a layer as a `unit` of its own.
   * Default `channel`.
   */
  readonly each?: "channel" | "unit" | undefined;
  /** Columns of inputs that are named differently: `{ image: "photo" }`. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** Samples per batch. Default 64. */
  readonly batch?: number | undefined;
  /** Threads that fetch samples ahead. Default: 1 if samples are not in memory and threads are available, else 0. */
  readonly workers?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /** Called after each batch with the number of samples done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Of options that have defaults here. */
export const topSchema = {
  count: withDefault(integer(1), 9),
  each: withDefault(word("channel", "unit"), "channel"),
  batch: withDefault(integer(1), 64),
  workers: optional(integer(0)),
};

const optionNames = namesOf<TopOptions>({
  layers: true,
  count: true,
  each: true,
  inputs: true,
  batch: true,
  workers: true,
  engine: true,
  onProgress: true,
});

/** The strongest samples of the units of one layer. */
export interface TopOfLayer extends Leading {
  /** The path of the layer. */
  readonly path: string;
  /** The shape of the layer's output for one sample, [channels, …spatial]. */
  readonly shape: Shape;
  /** What its units are. */
  readonly each: "channel" | "unit";
}

/** One of the strongest samples of a unit. */
export interface TopSample {
  /** The activation. */
  readonly value: number;
  /** The number of the sample in the data set. */
  readonly sample: number;
  /** Where in the layer's map, [y, x] of pictures; [] without maps. */
  readonly position: readonly number[];
}

/**
 * The samples of a data set that excite each unit of some layers most. Memory is that of a batch, and 12 bytes for each kept
 * sample of each unit.
 * @example
 * const [conv3] = await topSamples(model, train, { layers: ["features.3"], count: 16 });
 * topOf(conv3, 17); // [{ value: 8.1, sample: 40213, position: [3, 11] }, …]
 * @throws OptionError for paths and patterns without a value; DataError for data without an input of the network; NumericError
 *   for activations that are NaN, with the layer, the unit and the sample
 */
export async function topSamples(model: Model, data: AnyDataset, options: TopOptions = {}): Promise<TopOfLayer[]> {
  checkModel("topSamples", model);
  checkNames("topSamples", optionNames, options);
  const { layers = ["*"], inputs, engine, onProgress, ...rest } = options;
  checkLayers("topSamples", layers);
  const { count, each, batch: size, workers } = readOptions("topSamples", topSchema, rest);
  const places = new Map<string, Place>();
  let programs: BatchProgram<Strongest> | undefined;
  const kept = new Map<string, Leaders>();
  for await (const { given, from } of inputBatches(model, data, { inputs, batch: size, workers, onProgress })) {
    programs ??= perBatchType(Object.keys(given), strongest(model, layers, each, places), engine);
    const { values, positions } = await programs.for(given)(...programs.inputs(given));
    for (const path of Object.keys(values)) {
      const leaders = kept.get(path) ?? new Leaders(values[path].shape[1], count);
      kept.set(path, leaders);
      keep(leaders, path, from, values[path], positions[path]);
    }
  }
  const leading = mapValues(Object.fromEntries(kept), (leaders) => leaders.leading());
  return Array.from(places, ([path, { shape, first }]) => ({ path, shape, each, ...leading[first] }));
}

/** A path, by its value. */
export interface Place {
  /** Of the value for one sample. */
  readonly shape: Shape;
  /** The first path with this value: a block and its last layer have one, which is looked at once. */
  readonly first: string;
}

/** Takes the values of a batch, `f32` [n, units]. @throws NumericError for NaN */
function keep(leaders: Leaders, path: string, first: number, values: NdArray, positions: NdArray | undefined): void {
  const [n, units] = values.shape;
  for (let i = 0; i < n; i++) {
    const odd = leaders.add(first + i, values.data, positions?.data, i * units);
    if (odd >= 0)
      throw new NumericError(
        `topSamples: unit ${odd} of ${path} is NaN for sample ${first + i}; look for NaN in the sample or the weights`,
      );
  }
}

/** The largest of each unit's map with its position, for each sample: `f32` and `i32` [n, units], by path. */
export interface Strongest {
  readonly values: Record<string, Tensor>;
  readonly positions: Record<string, Tensor>;
  readonly [name: string]: Record<string, Tensor>;
}

/** The strongest answers of the units of some layers, as part of a trace. Beyond the lengths of sequences none counts. */
export const strongest =
  (model: Model, layers: readonly string[], each: TopOfLayer["each"], places: Map<string, Place>) =>
  (given: Tensors): Strongest => {
    const [values, positions]: Record<string, Tensor>[] = [{}, {}];
    const firsts = new Map<Tensor, string>();
    const take = (path: string, maps: Tensor, steps?: Steps): void => {
      if (!isFloat(maps.dtype) || maps.shape.length < 2) return;
      const first = firsts.get(maps) ?? path;
      places.set(path, { shape: maps.shape.slice(1), first });
      if (first !== path) return;
      firsts.set(maps, path);
      const found = largest(steps === undefined ? maps : select(isStep(maps, steps), maps, -Infinity), each);
      values[path] = found.values;
      if (found.positions !== undefined) positions[path] = found.positions;
    };
    const isOutput = (path: string): boolean => model.outputs.includes(path);
    const outputs = model.apply(given, { taps: layers.filter((path) => !isOutput(path)), onTap: take });
    for (const path of layers.filter(isOutput)) take(path, outputs[path]);
    return { values, positions };
  };

function largest(maps: Tensor, each: "channel" | "unit") {
  const [n, units, ...spatial] = maps.shape;
  if (each === "unit" || spatial.length === 0) return { values: reshape(maps, [n, -1]), positions: undefined };
  const rows = reshape(maps, [n, units, sizeOf(spatial)]);
  const positions = argMax(rows, 2);
  return { values: reshape(gather(rows, reshape(positions, [n, units, 1]), 2), [n, units]), positions };
}

/** @throws OptionError unless it is a list of paths with at least one */
function checkLayers(where: string, layers: unknown): void {
  if (Array.isArray(layers) && layers.length > 0 && layers.every((path) => typeof path === "string")) return;
  throw new OptionError(
    `${where}: layers must be a list of paths or patterns, such as ["features.*"], got ${describeGiven(layers)}`,
  );
}

/**
 * The strongest samples of one unit, the strongest first.
 * @param unit a channel, or the row-major position of a unit in the layer's output
 * @throws OptionError for a unit that the layer does not have
 */
export function topOf({ path, shape, each, values, samples, positions }: TopOfLayer, unit: number): TopSample[] {
  const [units, count] = values.shape;
  if (!Number.isInteger(unit) || unit < 0 || unit >= units)
    throw new OptionError(
      `topOf: ${each} ${describeGiven(unit)} of ${path}, expected an integer from 0 to ${units - 1}`,
    );
  const inMap = each === "channel" ? shape.slice(1) : shape;
  return Array.from({ length: count }, (_, i) => {
    const at = unit * count + i;
    const place = indexOf(each === "channel" ? positions.data[at] : unit, inMap);
    return {
      value: values.data[at],
      sample: samples.data[at],
      position: each === "channel" ? place : place.slice(1),
    };
  });
}

/** The index of a row-major position. */
export const indexOf = (position: number, shape: Shape): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(position / stride) % shape[axis]);
