/** The compiled steps of training and of evaluation, one for each batch size that occurs (the last batch is smaller). */
import type { Samples } from "../data/dataset.ts";
import { type Compiled, compile, type EngineChoice } from "../engines/index.ts";
import { currentTrace, type Tensor, type TensorTree, type TensorType } from "../graph/index.ts";
import type { Model } from "../nn/index.ts";
import { and, argMax, cast, equal, finite, select, softmax, sum } from "../ops/index.ts";
import { type Accumulator, globalNorm, minimize, type Optimizer } from "../optim/index.ts";
import { checkScores } from "./checks.ts";
import type { Loss, LossChoice } from "./losses.ts";
import type { TypesOf } from "./training-batches.ts";

export interface ProgramOptions {
  /** From scores and labels to the number that becomes small, or the name of a loss. Default `crossEntropy`. */
  readonly loss?: LossChoice | undefined;
  /** What runs the steps, or its name. Default: the fastest that is there. */
  readonly engine?: EngineChoice | undefined;
}

/** Compiles `body` for each batch size when it first occurs. */
export function perBatchSize<O extends TensorTree>(
  body: (images: Tensor, labels: Tensor, ...further: Tensor[]) => O,
  typesOf: TypesOf,
  engine: EngineChoice | undefined,
  further: readonly TensorType[] = [],
): (size: number) => Compiled<O> {
  const programs = new Map<number, Compiled<O>>();
  return (size) => {
    const known = programs.get(size);
    if (known !== undefined) return known;
    const program = compile(body, [...typesOf(size), ...further], { engine });
    programs.set(size, program);
    return program;
  };
}

/** The class with the largest of the scores [n, classes], `i32` [n]. */
const predictedBy = (scores: Tensor): Tensor => argMax(scores, 1);
const countCorrect = (predicted: Tensor, labels: Tensor): Tensor => sum(cast(equal(predicted, labels), "f32"));
/** Class numbers `i32` [n]; of probabilities [n, classes], those of the largest. */
const classesOf = (labels: Tensor): Tensor => (labels.shape.length === 2 ? argMax(labels, 1) : labels);

/** Mean loss and number of hits of a batch, and the classes that its samples were taken for. */
export const evaluationBody = (model: Model, data: Samples, loss: Loss) => (images: Tensor, labels: Tensor) => {
  const scores = model(images);
  checkScores(scores, data);
  const predicted = predictedBy(scores);
  return { loss: loss(scores, labels), correct: countCorrect(predicted, labels), predicted };
};

/** The probabilities of the classes that a model gives for pictures. */
export const predictionBody =
  (model: Model) =>
  (images: Tensor): Tensor =>
    softmax(model(images), 1);

/** Scores, loss and hits of a batch that is trained on, and the parameters that are to change. */
function trained(model: Model, data: Samples, lossOf: Loss, images: Tensor, labels: Tensor) {
  const scores = model(images, { training: true });
  checkScores(scores, data);
  return {
    loss: lossOf(scores, labels),
    correct: countCorrect(predictedBy(scores), classesOf(labels)),
    variables: model.variables.filter(({ trainable }) => trainable),
  };
}

/** The length of the gradients and whether all is finite; otherwise no variable changes in this step. */
function keepSound(gradients: readonly Tensor[], loss?: Tensor) {
  const gradientNorm = globalNorm(gradients);
  const isSound = loss === undefined ? finite(gradientNorm) : and(finite(loss), finite(gradientNorm));
  assignOnlyIf(isSound);
  return { gradientNorm, finite: isSound };
}

/** One step of training. When loss or gradients are not finite, no variable changes, and `finite` says so. */
export const trainingBody =
  (model: Model, data: Samples, optimizer: Optimizer, lossOf: Loss) => (images: Tensor, labels: Tensor) => {
    const { loss, correct, variables } = trained(model, data, lossOf, images, labels);
    return { loss, correct, ...keepSound(minimize(loss, optimizer, { variables }), loss) };
  };

/** A part of a step: gradients are added up, and the parameters stay. `share` is that of the part's samples, a scalar. */
export const partBody =
  (model: Model, data: Samples, parts: Accumulator, lossOf: Loss) =>
  (images: Tensor, labels: Tensor, share: Tensor) => {
    const { loss, correct, variables } = trained(model, data, lossOf, images, labels);
    return { loss, correct, ...keepSound(parts.add(loss, { share, variables }), loss) };
  };

/** The end of a step that was gone through in parts. */
export const applyBody = (parts: Accumulator, optimizer: Optimizer) => () => keepSound(parts.apply(optimizer));

/** Makes every assignment of the trace so far conditional: otherwise the variable keeps its value. */
function assignOnlyIf(condition: Tensor): void {
  const trace = currentTrace("assignOnlyIf was called");
  for (const { variable, value } of trace.assignments)
    trace.assign(variable, select(condition, value, trace.initial(variable)));
}
