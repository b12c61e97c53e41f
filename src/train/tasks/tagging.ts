/** A label for each step of a sequence: parts of speech, names, phones. Source: 10-301, "RNNs: sequence tagging". */

import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { and, argMax, cast, equal, transpose } from "../../ops/index.ts";
import { optional, text } from "../../options/index.ts";
import { classNamesOf } from "./answers.ts";
import { axisLength, defineTask, type TaskFactory, type Tensors } from "./task.ts";
import { countTrue, insideLengths } from "./tensors.ts";

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

/** The mean cross-entropy of scores [n, steps, classes] over the steps inside the sequences. */
export const sequenceLoss = (scores: Tensor, tokens: Tensor, inside: Tensor): Tensor =>
  nn.crossEntropy(transpose(scores, [0, 2, 1]), tokens, { sampleWeights: cast(inside, "f32") });

/** Labels along sequences; padding does not count. Figure: `accuracy`, the share of steps that are correct. */
export const tagging: TaskFactory<TaggingOptions> = defineTask({
  type: "tagging",
  options: { target: optional(text()), output: optional(text()) },
  targets: ({ target }) => ({ labels: { kinds: ["class"], column: target } }),
  outputs: ({ names: { labels }, options: { output } }) => ({
    scores: {
      shape: ["n", "steps", axisLength(labels, "classes")],
      holds: "scores, one for each label at each step",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ scores }, targets) => sequenceLoss(scores, targets.labels, insideMask("labels", targets.labels, targets)),
  tally: ({ scores }, targets) => {
    const { labels } = targets;
    const inside = insideMask("labels", labels, targets);
    return { right: countTrue(and(equal(argMax(scores, 2), labels), inside)), places: countTrue(inside) };
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
