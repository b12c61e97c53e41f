/** Two networks, or two checkpoints of one, side by side: structure, weights, activations and answers. */
import type { Samples } from "../../data/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { type Kind, readOptions } from "../../options/index.ts";
import { type DataOptions, dataSchema } from "../batches.ts";
import { ckaMatrix, type SpatialFeatures, spatialKind } from "../space/index.ts";
import { type AnswerComparison, compareAnswers } from "./answers.ts";
import { compareStructure, type StructureChange } from "./structure.ts";
import { compareWeights, type WeightComparison } from "./weights.ts";

/** Options of `compareModels`. */
export interface CompareOptions extends DataOptions {
  /** What becomes of maps when activations are compared. Default `flatten`. */
  readonly spatial?: SpatialFeatures | undefined;
}

/** How alike the activations of a layer are. */
export interface ActivationChange {
  /** The path of the layer. */
  readonly path: string;
  /** The linear CKA of the layer in both networks. */
  readonly cka: number;
}

/** Two networks side by side. */
export interface Comparison {
  /** Layers added, removed and changed. */
  readonly structure: StructureChange;
  /** How far parameters are apart. */
  readonly weights: WeightComparison;
  /** Of every layer that both have, in order; absent without data. */
  readonly activations?: readonly ActivationChange[];
  /** Absent without data. */
  readonly answers?: AnswerComparison;
}

const compareSchema = {
  ...dataSchema,
  spatial: spatialKind,
} satisfies Record<keyof CompareOptions, Kind<unknown>>;

/**
 * Compares two networks: layers by path, parameters by name, and over a data set the activations of the layers in common
 * (`ckaMatrix`), the answers and the confusions.
 *
 * Where it misleads: weights far apart may compute the same, since units can be exchanged and scaled; activations that are
 * alike by CKA may still give other answers.
 * @param data samples with classes; without them, structure and weights are compared
 * @throws DataError for data without classes; ShapeError where samples do not fit a network
 * @example const { answers } = await compareModels(before, after, test);
 */
export async function compareModels(
  first: Model,
  second: Model,
  data?: Samples,
  options: CompareOptions = {},
): Promise<Comparison> {
  checkModel("compareModels", first);
  checkModel("compareModels", second);
  const settings = readOptions("compareModels", compareSchema, options);
  const structure = compareStructure(first, second);
  const weights = await compareWeights(first, second);
  if (data === undefined) return { structure, weights };
  const { engine, batch, workers } = settings;
  const answers = await compareAnswers(first, second, data, { engine, batch, workers });
  return { structure, weights, activations: await activationsOf(first, second, data, structure, settings), answers };
}

async function activationsOf(
  first: Model,
  second: Model,
  data: Samples,
  { same, changed }: StructureChange,
  settings: CompareOptions,
): Promise<readonly ActivationChange[]> {
  const layers = [...same, ...changed.map(({ path }) => path)].filter((path) => path !== "");
  if (layers.length === 0) return [];
  const { rows, columns, values } = await ckaMatrix(first, data, second, { ...settings, layers });
  return rows.flatMap((path, i) => {
    const j = columns.indexOf(path);
    return j < 0 ? [] : [{ path, cka: values.data[i * columns.length + j] }];
  });
}
