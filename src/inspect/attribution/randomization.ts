/**
 * A sanity check of attributions: the weights of a network are made random layer by layer, from the last to the first, and stay so
 * ("cascading"). A method that explains what the network has learned must give other maps then; one whose maps stay alike draws
 * the picture. Maps are compared by Spearman's rank correlation of their numbers, and of their absolute values. Source: Adebayo et
 * al. 2018, "Sanity checks for saliency maps", section 3.
 */
import { type NdArray, OptionError } from "../../array/index.ts";
import type { Variable } from "../../graph/index.ts";
import { checkModel, Model } from "../../nn/index.ts";
import { type Arrays, arraysByName } from "../../train/index.ts";
import { type AttributorOptions, type Chosen, createAttributor, type MethodOptions } from "./attribute.ts";
import { rowData } from "./layout.ts";
import { rankCorrelation } from "./rank-correlation.ts";

/** Options of `randomizationCheck`, besides those of the method. */
export interface RandomizationOptions {
  /** A class or unit for all samples or for each. Default: the largest of each before anything is random. */
  readonly index?: Chosen | undefined;
  /** The seed of the random weights. Default 1. */
  readonly seed?: number | undefined;
}

/** How alike maps still are when a layer and all after it are random. */
export interface RandomizedLayer {
  /** The layer that has become random in this step. */
  readonly layer: string;
  /** The mean over the samples of the rank correlation with the maps of the trained network, −1 to 1. */
  readonly signed: number;
  /** The same for absolute values. */
  readonly absolute: number;
}

/**
 * Makes a network's weights random from the last layer to the first and compares each time the maps of a method with those of
 * the trained network, which stays as it is. Random weights are those that the layers' initializers draw.
 * @param inputs an array [n, …], or one for each input by name
 * @example
 * const steps = await randomizationCheck(model, pictures, { method: "grad-cam" });
 * @returns one row for each layer with parameters, the last one first
 * @throws what `attribute` throws; OptionError for a network without parameters
 */
export async function randomizationCheck(
  model: Model,
  inputs: NdArray | Arrays,
  options: AttributorOptions & MethodOptions & RandomizationOptions,
): Promise<readonly RandomizedLayer[]> {
  checkModel("randomizationCheck", model);
  const { index, seed = 1, ...method } = options;
  const { layer, inputs: types, classes } = model;
  const normalizations = Object.entries(types).flatMap(([name, { normalization }]) =>
    normalization === undefined ? [] : [[name, normalization] as const],
  );
  // Without its normalization, a declared input is the network's own again.
  const rebuilt = (weights: number): Model =>
    Model.build(layer, {
      inputs: Object.fromEntries(Object.entries(types).map(([name, { normalization: _, ...type }]) => [name, type])),
      ...(normalizations.length > 0 && { normalization: Object.fromEntries(normalizations) }),
      classes,
      seed: weights,
    });
  const [copy, random] = [rebuilt(seed), rebuilt(seed)];
  for (const [i, variable] of copy.variables.entries()) variable.value = (await model.variables[i].fetch()).copy();
  const explain = createAttributor(copy, method as AttributorOptions & MethodOptions);
  const given = arraysByName("randomizationCheck", model, inputs);
  const trained = await explain(given, index);
  const chosen = trained.index === undefined ? index : [...trained.index.data];
  const rows: RandomizedLayer[] = [];
  for (const [path, variables] of layersFromTheLast(copy)) {
    for (const at of variables) copy.variables[at].value = (await random.variables[at].fetch()).copy();
    const { maps } = await explain(given, chosen);
    rows.push({ layer: path, ...likeness(trained.maps, maps) });
  }
  return rows;
}

/** The positions of each layer's parameters among the model's variables, the last layer first. */
function layersFromTheLast({ variables }: Model): readonly (readonly [path: string, at: readonly number[]])[] {
  const layers = new Map<string, number[]>();
  const layerOf = ({ name }: Variable): string => name.slice(0, Math.max(0, name.lastIndexOf(".")));
  for (const [at, variable] of variables.entries()) {
    if (!variable.trainable) continue;
    layers.set(layerOf(variable), [...(layers.get(layerOf(variable)) ?? []), at]);
  }
  if (layers.size === 0) throw new OptionError("randomizationCheck: the network has no parameters to make random");
  return [...layers].reverse();
}

/** The mean of the rank correlations of all samples at all places. */
function likeness(before: Arrays, after: Arrays): Omit<RandomizedLayer, "layer"> {
  const pairs = Object.entries(before).flatMap(([path, maps]) =>
    Array.from({ length: maps.shape[0] }, (_, i) => [rowData(maps, i), rowData(after[path], i)] as const),
  );
  const mean = (correlation: (a: Float32Array, b: Float32Array) => number): number =>
    pairs.reduce((sum, [a, b]) => sum + correlation(a, b), 0) / pairs.length;
  return {
    signed: mean(rankCorrelation),
    absolute: mean((a, b) => rankCorrelation(a.map(Math.abs), b.map(Math.abs))),
  };
}
