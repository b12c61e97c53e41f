/**
 * Language models: predicts each token from those before it. The targets are the inputs, shifted by one. Source: 10-301,
 * "RNN language models"; p(w) = Π_t p(w_t | w_1 … w_{t−1}).
 */
import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { and, argMax, cast, equal, slice, softmax, transpose } from "../../ops/index.ts";
import { optional, text } from "../../options/index.ts";
import { classAnswer } from "./answers.ts";
import { insideMask, sequenceLoss } from "./tagging.ts";
import { axisLength, defineTask, type TaskFactory, type Tensors } from "./task.ts";
import { countTrue } from "./tensors.ts";

/** Options of `nextToken`. */
export interface NextTokenOptions {
  /** The column of the tokens. Default: the only one. */
  readonly target?: string | undefined;
  /** The output with the scores [n, steps, vocabulary]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
}

/** Scores at all positions but the last, the next tokens, and which of these lie inside their sequences. */
export function following({ scores }: Tensors, targets: Tensors): [scores: Tensor, tokens: Tensor, inside: Tensor] {
  const { tokens } = targets;
  const steps = tokens.shape[1];
  const inside = slice(insideMask("tokens", tokens, targets), 1, 1, steps);
  return [slice(scores, 1, 0, steps - 1), slice(tokens, 1, 1, steps), inside];
}

/** Sums over the tokens inside their sequences: of −ln p, of those that are right, and of all. */
export function tallyTokens(scores: Tensor, tokens: Tensor, inside: Tensor): Tensors {
  const nats = nn.crossEntropy(transpose(scores, [0, 2, 1]), tokens, {
    sampleWeights: cast(inside, "f32"),
    reduction: "sum",
  });
  return { nats, right: countTrue(and(equal(argMax(scores, 2), tokens), inside)), tokens: countTrue(inside) };
}

/**
 * The next token. Figures: `perplexity`, e to the mean cross-entropy; `bitsPerToken`; `accuracy`. All count the tokens
 * inside the sequences except the first, which nothing precedes.
 */
export const nextToken: TaskFactory<NextTokenOptions> = defineTask({
  type: "nextToken",
  options: { target: optional(text()), output: optional(text()) },
  targets: ({ target }) => ({ tokens: { kinds: ["tokens"], column: target } }),
  outputs: ({ names: { tokens }, options: { output } }) => ({
    scores: {
      shape: ["n", "steps", axisLength(tokens, "vocabulary")],
      holds: "scores, one for each token of the vocabulary at each step",
      names: output ? [output] : undefined,
    },
  }),
  loss: (outputs, targets) => sequenceLoss(...following(outputs, targets)),
  tally: (outputs, targets) => tallyTokens(...following(outputs, targets)),
  figures: ({ sums }) => {
    const [nats, right, tokens] = [sums.nats, sums.right, sums.tokens].map((sum) => sum.item());
    const mean = nats / tokens;
    return { perplexity: Math.exp(mean), bitsPerToken: mean / Math.LN2, accuracy: right / tokens };
  },
  best: "perplexity",
  shares: ["accuracy"],
  lowerIsBetter: ["perplexity", "bitsPerToken"],
  predict: ({ scores }) => ({ probabilities: softmax(scores, 2) }),
  answer: ({ probabilities }, { names: { tokens } }) =>
    // Without a step there is nothing to go by.
    probabilities.shape[0] === 0
      ? { text: "none", json: [] }
      : classAnswer(probabilities.row(probabilities.shape[0] - 1), tokens),
});
