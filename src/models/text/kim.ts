/**
 * Kim's network for sentences: filters over windows of neighboring words, of each the largest value over the sentence, one
 * linear layer.
 *
 *   c_i = relu(w · x_{i:i+h−1} + b)     ĉ = max_i c_i     for windows of h words
 *
 * Convolutions are wide: sentences are surrounded by h − 1 zeros on each side, so that a filter also sees parts of its window
 * at the borders, and sentences shorter than a window are none too short. With two channels, one table of vectors is trained
 * and one is not, and each filter has weights for both.
 * Source: Kim 2014, "Convolutional Neural Networks for Sentence Classification".
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, flag, integer, integers, real, withDefault } from "../../options/index.ts";
import { wordTables } from "./vectors.ts";

const options = {
  words: integer(1),
  classes: integer(1),
  features: withDefault(integer(1), 300),
  windows: withDefault(integers(1), [3, 4, 5]),
  maps: withDefault(integer(1), 100),
  dropout: withDefault(real(0, 1), 0.5),
  wordDropout: withDefault(real(0, 1), 0),
  twoChannels: withDefault(flag(), false),
};

/** Options of `kim`. */
export interface KimOptions {
  /** The number of words of the vocabulary, with padding (0) and the unknown word. */
  readonly words: number;
  /** The number of classes. */
  readonly classes: number;
  /** The length of a word's vector. Default 300. */
  readonly features?: number | undefined;
  /** The numbers of words that filters see. Default 3, 4, 5. */
  readonly windows?: readonly number[] | undefined;
  /** The filters of each window. Default 100. */
  readonly maps?: number | undefined;
  /** The share of the pooled values that is dropped while training. Default 0.5. */
  readonly dropout?: number | undefined;
  /** The share of the vectors' numbers that is dropped while training. Default 0, as in the paper. */
  readonly wordDropout?: number | undefined;
  /** Whether there is a second table of vectors, `fixed.weight`, to be frozen. Default false. */
  readonly twoChannels?: boolean | undefined;
}

const windowOf = (maps: number, kernel: number): nn.Layer =>
  nn.sequential({
    conv: nn.conv1d(maps, { kernel, padding: "full" }), // [n, maps, steps + kernel − 1]
    relu: nn.relu(),
    max: nn.globalMaxPool(), // [n, maps]
  });

/**
 * Kim's network: `i32` [n, words of a sentence] to scores [n, classes]. Parameters `vectors.weight` [words, features],
 * `windows.0.conv.weight` [maps, features, window], …, `output.weight`. The paper's training is dropout 0.5, `maxNorm: 3` of
 * `output.weight`, Adadelta, batches of 50.
 * @example
 * const network = kim({ words: vocabulary.words.length, classes: 6, features: 100 });
 * @throws OptionError for options that it does not take
 */
export const kim: (options: KimOptions) => nn.Layer = defineFactory({
  type: "kim",
  options,
  make: ({ words, classes, features, windows, maps, dropout, wordDropout, twoChannels }) =>
    nn.sequential({
      ...wordTables({ words, features, twoChannels, dropout: wordDropout }), // [n, channels · features, steps]
      windows: nn.concat(...windows.map((window) => windowOf(maps, window))), // [n, windows · maps]
      dropout: nn.dropout(dropout),
      output: nn.linear(classes),
    }),
});
