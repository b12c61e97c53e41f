/**
 * The document network: words make sentences, sentences make a document, by convolution on both levels.
 *
 *   s_j = pool_i relu(W₁ · w_{j, i:i+h} + b₁)     one vector for each sentence j, from the vectors w of its words
 *   d   = pool_j relu(W₂ · s_{j:j+h} + b₂)        one vector for the document
 *   scores = W₃ · d + b₃
 *
 * Pooling takes the largest value of each map, or the k largest in their order; convolutions are wide, so the first and the last word are met by
 * every weight. Since every sentence has a vector, the
 * derivatives of a score say which sentences mattered (`sentenceRelevance` of `fovea/inspect`). Sources: Denil, Demiraj, de
 * Freitas 2014, "Extraction of Salient Sentences from Labelled Documents"; Oxford, "Document models (Misha Denil)". The paper
 * has word vectors of 10 numbers, tanh and few maps; with rectifiers, more maps and dropout, as here, it learns faster.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, real, withDefault } from "../../options/index.ts";
import { wordTables } from "./vectors.ts";

const options = {
  words: integer(1),
  classes: integer(1),
  features: withDefault(integer(1), 100),
  kernel: withDefault(integer(1), 5),
  maps: withDefault(integer(1), 100),
  top: withDefault(integer(1), 1),
  documentKernel: withDefault(integer(1), 5),
  documentMaps: withDefault(integer(1), 100),
  documentTop: withDefault(integer(1), 1),
  dropout: withDefault(real(0, 1), 0.5),
  wordDropout: withDefault(real(0, 1), 0.2),
};

/** Options of `documentNetwork`. */
export interface DocumentNetworkOptions {
  /** The number of words of the vocabulary, with padding (0) and the unknown word. */
  readonly words: number;
  /** The number of classes. */
  readonly classes: number;
  /** The length of a word's vector. Default 100. */
  readonly features?: number | undefined;
  /** The number of neighboring words that filters see. Default 5. */
  readonly kernel?: number | undefined;
  /** The filters over words. Default 100. */
  readonly maps?: number | undefined;
  /** How many values of each of these maps are kept, the largest in their order. Default 1. */
  readonly top?: number | undefined;
  /** The number of neighboring sentences that filters see. Default 5. */
  readonly documentKernel?: number | undefined;
  /** The filters over sentences. Default 100. */
  readonly documentMaps?: number | undefined;
  /** How many values of each of these maps are kept. Default 1. */
  readonly documentTop?: number | undefined;
  /** The share of the document's values that is dropped while training. Default 0.5. */
  readonly dropout?: number | undefined;
  /** The share of the word vectors' numbers that is dropped while training. Default 0.2. */
  readonly wordDropout?: number | undefined;
}

/** Vectors along steps, [n, features, steps], to [n, maps · top]. */
const level = (maps: number, kernel: number, top: number): Record<string, nn.Layer> => ({
  conv: nn.conv1d(maps, { kernel, padding: "full" }), // [n, maps, steps + kernel − 1]
  relu: nn.relu(),
  pool: top === 1 ? nn.globalMaxPool() : nn.kMaxPool(top),
  flatten: nn.flatten(),
});

/**
 * The document network: `i32` [n, sentences, words], as `documentRows` makes them, to scores [n, classes]. Shorter sentences
 * are filled up with 0, shorter documents with rows that their lengths leave out; neither changes a score. The layer
 * `sentences` gives a vector for each sentence. Parameters `sentences.0.vectors.weight` [words, features],
 * `sentences.0.conv.weight` [maps, features, kernel], `conv.weight` [documentMaps, maps · top, documentKernel], `output.weight`.
 * @throws OptionError for options that it does not take
 */
export const documentNetwork: (options: DocumentNetworkOptions) => nn.Layer = defineFactory({
  type: "documentNetwork",
  options,
  make: ({ words, classes, features, dropout, wordDropout, ...sizes }) =>
    nn.sequential({
      sentences: nn.eachStep(
        nn.sequential({
          ...wordTables({ words, features, twoChannels: false, dropout: wordDropout }), // [n · sentences, features, words]
          ...level(sizes.maps, sizes.kernel, sizes.top),
        }),
        { padding: 0 },
      ), // [n, sentences, maps · top]
      swap: nn.op("transpose", { order: [0, 2, 1] }),
      ...level(sizes.documentMaps, sizes.documentKernel, sizes.documentTop), // [n, documentMaps · documentTop]
      dropout: nn.dropout(dropout),
      output: nn.linear(classes),
    }),
});
