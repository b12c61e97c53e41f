/**
 * Translation: predicts each token of the target from the source sentence and the tokens before it (teacher forcing), p(y | x)
 * = Π_t p(y_t | y_<t, x). Target sentences begin and end with marks, `<bos> … <eos>`. Source: 10-301, "Sequence to sequence
 * models"; Sutskever, Vinyals, Le 2014. Translations are written by `createTranslator`.
 */
import { argMax } from "../../ops/index.ts";
import { optional, real, text, withDefault } from "../../options/index.ts";
import { classNamesOf } from "./answers.ts";
import { following, tallyTokens } from "./next-token.ts";
import { sequenceLoss } from "./tagging.ts";
import { axisLength, defineTask, type TaskFactory } from "./task.ts";

/** Options of `translation`. */
export interface TranslationTaskOptions {
  /** The column of the target sentences. Default: `target`. */
  readonly target?: string | undefined;
  /** The output with the scores [n, steps, words]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** The share of the target that is spread evenly over all words while training (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number | undefined;
}

/**
 * Translation. Figures: `natsPerToken`, the mean of −ln p(y_t | y_<t, x); `perplexity`, e to it; `accuracy`. All count the
 * tokens of the target sentences after the first, the last mark included.
 */
export const translation: TaskFactory<TranslationTaskOptions> = defineTask({
  type: "translation",
  options: {
    target: withDefault(text(), "target"),
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
