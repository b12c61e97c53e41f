/**
 * The network for pairs of short texts, such as a question and a sentence that may answer it: a sentence ConvNet for each, how
 * similar they are, and what else is known of the pair.
 *
 *   x_q = max_i relu(conv_q(vectors))     x_a likewise, with filters of its own
 *   x   = [x_q; x_qᵀ · M · x_a; x_a; overlap]
 *   score = w · tanh(W · x + b) + c
 *
 * Sources: Severyn and Moschitti 2015, "Learning to Rank Short Text Pairs with Convolutional Deep Neural Networks"; Adelaide,
 * "Ranking pairs of short texts". Their softmax of two scores is the logistic function of one, which the task `ranking` learns.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, real, withDefault } from "../../options/index.ts";
import { START } from "./vectors.ts";

const options = {
  words: integer(1),
  longest: withDefault(integer(1), 64),
  features: withDefault(integer(1), 100),
  kernel: withDefault(integer(1), 5),
  maps: withDefault(integer(1), 100),
  overlaps: withDefault(integer(0), 4),
  hidden: withDefault(integer(1), 200),
  dropout: withDefault(real(0, 1), 0.5),
};

/** Options of `pairNetwork`. */
export interface PairNetworkOptions {
  /** The number of words of the vocabulary, with padding (0) and the unknown word. */
  readonly words: number;
  /** The words of the longest text. Default 64. */
  readonly longest?: number | undefined;
  /** The length of a word's vector. Default 100. */
  readonly features?: number | undefined;
  /** The number of neighboring words that filters see. Default 5. */
  readonly kernel?: number | undefined;
  /** The filters for each text. Default 100. */
  readonly maps?: number | undefined;
  /** The numbers known of each pair: the length of the input `overlap`; 0 for none. Default 4, those of `wordOverlap`. */
  readonly overlaps?: number | undefined;
  /** Units of the hidden layer. Default 200. */
  readonly hidden?: number | undefined;
  /** The share of what filters and hidden units give that is dropped while training. Default 0.5. */
  readonly dropout?: number | undefined;
}

/** Vectors of words, [n, words, features], to a vector of the text, [n, maps]. */
const sentence = (maps: number, kernel: number): nn.Layer =>
  nn.sequential({
    swap: nn.op("transpose", { order: [0, 2, 1] }), // [n, features, words]
    conv: nn.conv1d(maps, { kernel, padding: "full" }), // [n, maps, words + kernel − 1]
    relu: nn.relu(),
    max: nn.globalMaxPool(),
    flatten: nn.flatten(),
  });

/**
 * The network for pairs: inputs `question` and `answer`, `i32` [n, words], and `overlap`, `f32` [n, overlaps], to scores
 * [n, 1]. Parameters `vectors.weight` [words, features], which both texts share, `asked.conv.weight` and `said.conv.weight`
 * [maps, features, kernel], `similarity.weight` [1, maps, maps], `hidden.weight`, `score.weight`.
 * @example
 * await fit(pairNetwork({ words: words.words.length }), pairs, { task: ranking({ target: "relevant", group: "number" }) });
 * @throws OptionError for options that it does not take
 */
export const pairNetwork: (options: PairNetworkOptions) => nn.Layer = defineFactory({
  type: "pairNetwork",
  options,
  make: ({ words, longest, features, kernel, maps, overlaps, hidden, dropout }) => {
    const text = nn.tokens(longest, { vocabulary: words });
    const vectors = nn.named("vectors", nn.embedding(words, features, { padding: 0, initializer: START }));
    const inputs: Record<string, nn.InputSpec> = { question: text, answer: text };
    if (overlaps > 0) inputs.overlap = [overlaps];
    return nn.network(inputs, ({ question, answer, overlap }) => {
      const drop = nn.dropout(dropout);
      const q = drop(nn.named("asked", sentence(maps, kernel))(vectors(question))); // [n, maps]
      const a = drop(nn.named("said", sentence(maps, kernel))(vectors(answer))); // [n, maps]
      const similarity = nn.named("similarity", nn.bilinear(1, { bias: false }))(q, a); // [n, 1]
      // The few numbers of a pair are not dropped.
      const joined = nn.concat(q, similarity, a, ...(overlap === undefined ? [] : [overlap]));
      const last = nn.named("hidden", nn.linear(hidden))(joined).tanh();
      return { score: nn.named("score", nn.linear(1))(drop(last)) };
    });
  },
});
