/** Losses. */
import type { Tensor } from "../../../src/graph/index.ts";
import * as nn from "../../../src/nn/index.ts";
import * as ops from "../../../src/ops/index.ts";
import { integer, real, type Schema, type ValuesOf, withDefault, word } from "../../../src/options/index.ts";
import { layerCase, type Operation } from "../operation.ts";

const reduction = { reduction: withDefault(word("mean", "sum", "none"), "mean" as const) };

/** A loss; one that is a single number is stored with the shape [1]. */
const loss = <S extends Schema>(
  attributes: S,
  apply: (x: Tensor, target: Tensor, values: ValuesOf<S>) => Tensor,
): Operation =>
  layerCase({
    attributes,
    inputs: ["x", "target"],
    outputs: ["output0"],
    build: ({ x, target }, values) => {
      const y = apply(x, target, values);
      return { output0: y.shape.length === 0 ? ops.reshape(y, [1]) : y };
    },
  });

/** Scores come as [time, n, classes]; the losses are added up whatever the reduction says. */
const connectionist = layerCase({
  attributes: { ...reduction, blank: integer(0) },
  inputs: ["x", "target", "input_lengths", "target_lengths"],
  outputs: ["output0"],
  build: ({ x, target, input_lengths, target_lengths }, { blank }) => {
    const lengths = { inputLengths: input_lengths, targetLengths: target_lengths };
    const y = nn.ctc(ops.transpose(x, [1, 2, 0]), target, { reduction: "sum", blank, ...lengths });
    return { output0: ops.reshape(y, [1]) };
  },
});

export const losses: Readonly<Record<string, Operation>> = {
  cross_entropy: loss(
    { ...reduction, label_smoothing: withDefault(real(0, 1), 0) },
    (x, target, { reduction, label_smoothing }) =>
      nn.crossEntropy(x, target, { reduction, labelSmoothing: label_smoothing }),
  ),
  nll_loss: loss(reduction, nn.negativeLogLikelihood),
  mse_loss: loss(reduction, nn.meanSquaredError),
  l1_loss: loss(reduction, nn.meanAbsoluteError),
  smooth_l1_loss: loss({ ...reduction, beta: real(0) }, nn.smoothL1),
  bce_with_logits: loss(reduction, nn.binaryCrossEntropy),
  // Scores, of which the mean over the batch is taken whatever the reduction says.
  kl_div: loss(reduction, (x, target) => nn.klDivergence(ops.logSoftmax(x, 1), target, { reduction: "batchMean" })),
  ctc_loss: connectionist,
};
