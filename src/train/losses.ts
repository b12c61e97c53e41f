/** The losses by name, and class weights. */
import { OptionError } from "../array/index.ts";
import { balanced } from "../data/index.ts";
import { type Tensor, typeNameOf } from "../graph/index.ts";
import * as nn from "../nn/index.ts";
import { oneHot } from "../ops/index.ts";
import { createCatalog, type Kind } from "../options/index.ts";

/**
 * From scores [n, classes] and labels to the scalar to minimize. Labels are class numbers `i32` [n], or probabilities `f32`
 * [n, classes] after augmentation that mixes them.
 */
export type Loss = (scores: Tensor, labels: Tensor) => Tensor;

/** Class weights of the training loss: a number for each class, or `balanced`, n / (K · n[class]). */
export type TrainingWeights = readonly number[] | "balanced";

interface WeightOptions {
  readonly classWeights?: readonly number[];
}
type WeightedLoss = (scores: Tensor, labels: Tensor, options?: WeightOptions) => Tensor;

/** A loss of scores and one-hot vectors of the classes. */
const squared: Loss = (scores, labels) =>
  nn.meanSquaredError(scores, labels.shape.length === 2 ? labels : oneHot(labels, scores.shape[1], scores.dtype));

/** Losses that take class weights. */
const weighted = {
  crossEntropy: nn.crossEntropy,
  negativeLogLikelihood: nn.negativeLogLikelihood,
  multiMargin: nn.multiMargin,
} satisfies Record<string, WeightedLoss>;

const losses = { ...weighted, meanSquaredError: squared, mse: squared } satisfies Record<string, Loss>;

/** `mse` is `meanSquaredError`, of the scores and one-hot vectors of the classes. */
export type LossName = keyof typeof losses;

/** A custom function, or the name of a loss. */
export type LossChoice = Loss | LossName;

const lossCatalog = createCatalog<Loss>("loss", losses);

/** Accepts a loss, or the name of one; names stay names. */
export const lossKind: Kind<LossChoice> = {
  expects: `a function (scores, labels) => loss, or one of the names ${lossCatalog.names.join(", ")}`,
  read: (value) => {
    if (typeof value !== "string") return typeof value === "function" ? (value as Loss) : undefined;
    lossCatalog.get(value);
    return value as LossName;
  },
};

const isWeights = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((weight) => typeof weight === "number" && weight >= 0 && weight < Infinity);

export const weightsKind: Kind<TrainingWeights> = {
  expects: "a list of finite numbers of at least 0, one for each class, or 'balanced'",
  read: (value) => (value === "balanced" || isWeights(value) ? value : undefined),
};

/** The loss that a choice stands for. */
export const lossOf = (choice: LossChoice = "crossEntropy"): Loss =>
  typeof choice === "function" ? choice : losses[choice];

/**
 * The training loss, with its class weights.
 * @param counts the number of training samples of each class
 * @throws OptionError when the number of weights is not the number of classes, and for a loss that takes none
 */
export function trainingLoss(
  choice: LossChoice = "crossEntropy",
  weights: TrainingWeights | undefined,
  counts: readonly number[] = [],
): Loss {
  if (weights === undefined) return lossOf(choice);
  if (typeof choice !== "string" || !Object.hasOwn(weighted, choice))
    throw new OptionError(
      `classification: classWeights needs a loss by name, one of ${Object.keys(weighted).join(", ")}, got ` +
        `${typeof choice === "string" ? `'${choice}'` : "a function"}; weigh the classes in a loss of your own`,
    );
  const classWeights = weights === "balanced" ? balanced(counts) : weights;
  if (classWeights.length !== counts.length)
    throw new OptionError(
      `classification: classWeights must have a number for each of ${counts.length} classes, got ${classWeights.length}`,
    );
  const loss: WeightedLoss = weighted[choice as keyof typeof weighted];
  return (scores, labels) => loss(scores, labels, { classWeights });
}

/** Whether a value is a function, for options that are called. */
export const callback = <F>(): Kind<F> => ({
  expects: "a function",
  read: (value) => (typeNameOf(value) === "function" ? (value as F) : undefined),
});
