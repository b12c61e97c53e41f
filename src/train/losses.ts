/** The losses that training and evaluation know by name, and weights of the classes in them. */
import { OptionError } from "../array/index.ts";
import { balanced } from "../data/index.ts";
import { kindOf, type Tensor } from "../graph/index.ts";
import * as nn from "../nn/index.ts";
import { oneHot } from "../ops/index.ts";
import { createCatalog, type Kind } from "../options/index.ts";

/**
 * From scores [n, classes] and labels to one number to make small. Labels are class numbers `i32` [n]; while a network is
 * trained with steps that mix them, probabilities `f32` [n, classes].
 */
export type Loss = (scores: Tensor, labels: Tensor) => Tensor;

/** Weights of the classes in the training loss: a number for each, or `balanced`, n / (K · n[class]). */
export type TrainingWeights = readonly number[] | "balanced";

interface WeightOptions {
  readonly classWeights?: readonly number[];
}
type WeightedLoss = (scores: Tensor, labels: Tensor, options?: WeightOptions) => Tensor;

/** Of scores and the indicator vectors of the classes. */
const squared: Loss = (scores, labels) =>
  nn.meanSquaredError(scores, labels.shape.length === 2 ? labels : oneHot(labels, scores.shape[1], scores.dtype));

/** Losses whose classes can be weighed. */
const weighted = {
  crossEntropy: nn.crossEntropy,
  negativeLogLikelihood: nn.negativeLogLikelihood,
  multiMargin: nn.multiMargin,
} satisfies Record<string, WeightedLoss>;

const losses = { ...weighted, meanSquaredError: squared, mse: squared } satisfies Record<string, Loss>;

/** `mse` is `meanSquaredError`, of the scores and the indicator vectors of the classes. */
export type LossName = keyof typeof losses;

/** A function of one's own, or the name of a loss. */
export type LossChoice = Loss | LossName;

const catalog = createCatalog<Loss>("loss", losses);

/** What takes a loss, or the name of one; names stay names. */
export const lossKind: Kind<LossChoice> = {
  expects: `a function (scores, labels) => loss, or one of the names ${catalog.names.join(", ")}`,
  read: (value) => {
    if (typeof value !== "string") return typeof value === "function" ? (value as Loss) : undefined;
    catalog.get(value);
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
 * The loss to train by, with the weights of the classes in it.
 * @param counts how many training samples each class has
 * @throws OptionError for weights of another number than there are classes, and with a loss that takes none
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
  read: (value) => (kindOf(value) === "function" ? (value as F) : undefined),
});
