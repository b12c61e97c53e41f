/** What a network text may call: the functions of `nn` that make a layer, or a value for one, from plain values. */
import { nn } from "fovea";

export type Maker = (...values: readonly unknown[]) => unknown;

/** Functions of `nn` that make no layer: losses, inputs, tools, and what takes a function. */
const NOT_LAYERS = new Set([
  ...["binaryCrossEntropy", "binaryFocal", "crossEntropy", "ctc", "diceLoss", "focal", "giouLoss", "heatMapFocal"],
  ...["hinge", "huber", "iouLoss", "klDivergence", "meanAbsoluteError", "meanSquaredError", "multiMargin"],
  ...["negativeLogLikelihood", "normalDivergence", "smoothL1", "weightedSum"],
  ...[
    "carryStates",
    "defineLayer",
    "layers",
    "lengthName",
    "network",
    "op",
    "parametersToTrain",
    "recurrentParameters",
  ],
  ...["scan", "sequence", "tap", "tied", "toConvolutional", "tokens"],
]);

/** Functions that make an option of a layer: transformConv2d(8, { kernel: 3, transforms: turns(4) }). */
const VALUES = new Set(["mirrored", "scaled", "turns"]);

const functions = Object.entries(nn).filter(
  ([name, value]) => typeof value === "function" && /^[a-z]/.test(name) && !NOT_LAYERS.has(name),
) as [string, Maker][];

export const makers: ReadonlyMap<string, Maker> = new Map(functions);

/** The names that lines may begin with, for suggestions. */
export const layerNames: readonly string[] = [...makers.keys()].filter((name) => !VALUES.has(name)).sort();

/** Layers are called on places, so that they are functions. */
export const isLayer = (value: unknown): value is nn.Layer => typeof value === "function" && "forwardAll" in value;
