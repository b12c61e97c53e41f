/**
 * Tasks that learn to write sentences y about something x, a sentence or a picture: each token is predicted from x and the
 * tokens before it (teacher forcing), p(y | x) = Π_t p(y_t | y_<t, x). Sentences begin and end with marks, `<bos> … <eos>`.
 */
import { argMax } from "../../ops/index.ts";
import { optional, real, text, withDefault } from "../../options/index.ts";
import { classNamesOf } from "./answers.ts";
import { following, tallyTokens } from "./next-token.ts";
import { sequenceLoss } from "./tagging.ts";
import { axisLength, defineTask, type TaskFactory } from "./task.ts";

/** Options of tasks that write. */
export interface WritingTaskOptions {
  /** The column of the sentences. */
  readonly target?: string | undefined;
  /** The output with the scores [n, steps, words]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** The share of the target that is spread evenly over all words while training (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number | undefined;
}

/** A type of task that writes. @param column of the sentences, by default */
export const defineWriting = <O extends WritingTaskOptions>(type: string, column: string): TaskFactory<O> =>
  defineTask({
    type,
    options: {
      target: withDefault(text(), column),
      output: optional(text()),
      labelSmoothing: withDefault(real(0, 1), 0),
    },
    targets: ({ target }) => ({ tokens: { kinds: ["tokens"], column: target } }),
    outputs: ({ names: { tokens }, options: { output } }) => ({
      scores: {
        shape: ["n", "steps", axisLength(tokens, "words")],
        holds: "scores, one for each word of the target's vocabulary at each step",
        names: output ? [output] : undefined,
      },
    }),
    loss: (outputs, targets, { training, options: { labelSmoothing } }) =>
      sequenceLoss(...following(outputs, targets), { labelSmoothing: training ? labelSmoothing : 0 }),
    tally: (outputs, targets) => tallyTokens(...following(outputs, targets)),
    figures: ({ sums: { nats, right, tokens } }) => {
      const natsPerToken = nats.item() / tokens.item();
      return { natsPerToken, perplexity: Math.exp(natsPerToken), accuracy: right.item() / tokens.item() };
    },
    best: "perplexity",
    shares: ["accuracy"],
    lowerIsBetter: ["natsPerToken", "perplexity"],
    trainingOnly: ["labelSmoothing"],
    predict: ({ scores }) => ({ tokens: argMax(scores, 2) }),
    answer: ({ tokens }, { names }) => {
      const words = classNamesOf(tokens.data, names.tokens);
      return { text: words.join(" "), json: words };
    },
  });
