/** A label for each step of a sequence: parts of speech, names, phones. Source: 10-301, "RNNs: sequence tagging". */

import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { and, argMax, cast, equal, greaterEqual, transpose } from "../../ops/index.ts";
import { optional, text } from "../../options/index.ts";
import { classNamesOf } from "./answers.ts";
import { axisLength, defineTask, type TaskFactory, type Tensors } from "./task.ts";
import { countTrue, insideLengths, orZero } from "./tensors.ts";

/** Options of `tagging`. */
export interface TaggingOptions {
  /** The column with a class for each step, `i32` [n, steps]. Default: the only one with classes. */
  readonly target?: string | undefined;
  /** The output with the scores [n, steps, classes]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
}

/** Whether steps lie inside their sequences, `bool` [n, steps]. */
export const insideMask = (name: string, tokens: Tensor, targets: Tensors): Tensor =>
  insideLengths(targets[`${name}.length`], tokens.shape[0], tokens.shape[1]);

/** The mean over the places that count of the cross-entropy of scores [n, steps, classes]; 0 where none does. */
export const sequenceLoss = (
  scores: Tensor,
  tokens: Tensor,
  counted: Tensor,
  options: Pick<nn.CrossEntropyOptions, "labelSmoothing"> = {},
): Tensor =>
  orZero(
    counted,
    nn.crossEntropy(transpose(scores, [0, 2, 1]), tokens, { ...options, sampleWeights: cast(counted, "f32") }),
  );

/** Whether places lie inside their sequences and have a label, `bool` [n, steps]. */
const labeled = (targets: Tensors): Tensor =>
  and(insideMask("labels", targets.labels, targets), greaterEqual(targets.labels, 0));

/** Labels along sequences; padding, and places without a label (−1), do not count. Figure: `accuracy`, the share of places that are right. */
export const tagging: TaskFactory<TaggingOptions> = defineTask({
  type: "tagging",
  options: { target: optional(text()), output: optional(text()) },
  targets: ({ target }) => ({ labels: { kinds: ["class"], column: target, perStep: true } }),
  outputs: ({ names: { labels }, options: { output } }) => ({
    scores: {
      shape: ["n", "steps", axisLength(labels, "classes")],
      holds: "scores, one for each label at each step",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ scores }, targets) => sequenceLoss(scores, targets.labels, labeled(targets)),
  tally: ({ scores }, targets) => {
    const counted = labeled(targets);
    return { right: countTrue(and(equal(argMax(scores, 2), targets.labels), counted)), places: countTrue(counted) };
  },
  figures: ({ sums: { right, places } }) => ({ accuracy: right.item() / places.item() }),
  best: "accuracy",
  shares: ["accuracy"],
  predict: ({ scores }) => ({ labels: argMax(scores, 2) }),
  answer: ({ labels }, { names }) => {
    const named = classNamesOf(labels.data, names.labels);
    return { text: named.join(" "), json: named };
  },
});
