/**
 * The dynamic ConvNet for sentences. Each number of the words' vectors is a row with filters of its own; a layer is
 *
 *   wide convolution   [n, rows · maps, s]  →  [n, rows · maps′, s + width − 1]
 *   folding            neighboring rows are added: half as many
 *   k-max pooling      the k largest of each row, in their order, k = max(top, ⌈(L − l) / L · s⌉) for sentences of s words
 *   tanh
 *
 * and one linear layer takes the `top` values that each row of the last layer keeps. A sentence is padded for none but the
 * batch: s is the length of each.
 * Source: Kalchbrenner, Grefenstette and Blunsom 2014, "A Convolutional Neural Network for Modelling Sentences"; Oxford,
 * "Sentence DynConvNet".
 */
import { OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, integers, real, withDefault } from "../../options/index.ts";
import { wordTables } from "./vectors.ts";

const options = {
  words: integer(1),
  classes: integer(1),
  features: withDefault(integer(1), 48),
  widths: withDefault(integers(1), [7, 5]),
  maps: withDefault(integers(1), [6, 14]),
  top: withDefault(integer(1), 4),
  dropout: withDefault(real(0, 1), 0.5),
  wordDropout: withDefault(real(0, 1), 0),
};

/** Options of `dynamicConvNet`. */
export interface DynamicConvNetOptions {
  /** The number of words of the vocabulary, with padding (0) and the unknown word. */
  readonly words: number;
  /** The number of classes. */
  readonly classes: number;
  /** The length of a word's vector, which as many foldings halve as there are layers. Default 48. */
  readonly features?: number | undefined;
  /** The width of the filters of each layer. Default 7, 5. */
  readonly widths?: readonly number[] | undefined;
  /** The maps of each layer. Default 6, 14. */
  readonly maps?: readonly number[] | undefined;
  /** How many values of each row the last pooling keeps, and the others at least. Default 4. */
  readonly top?: number | undefined;
  /** The share of the last values that is dropped while training. Default 0.5. */
  readonly dropout?: number | undefined;
  /** The share of the vectors' numbers that is dropped while training. Default 0. */
  readonly wordDropout?: number | undefined;
}

/** The name under which the layers find the lengths of the sentences. */
const SENTENCE = "sentence";

interface LayerPlan {
  readonly rows: number;
  readonly maps: number;
  readonly width: number;
  readonly pooling: Omit<nn.DynamicKMaxPoolOptions, "length">;
}

const layerOf = ({ rows, maps, width, pooling }: LayerPlan): nn.Layer =>
  nn.sequential({
    conv: nn.conv1d(rows * maps, { kernel: width, padding: "full", groups: rows }), // row by row
    fold: nn.fold({ width: maps }), // [n, rows / 2 · maps, steps]
    pool: nn.dynamicKMaxPool({ ...pooling, length: SENTENCE }), // [n, rows / 2 · maps, k]
    tanh: nn.tanh(),
  });

/**
 * The dynamic ConvNet: `i32` [n, words of a sentence] to scores [n, classes]. Parameters `vectors.weight` [words, features],
 * `layers.0.conv.weight` [rows · maps, 1, width], …, `output.weight`.
 * @example
 * const network = dynamicConvNet({ words: vocabulary.words.length, classes: 2 });
 * @throws OptionError for options that it does not take, and for features that cannot be halved once a layer
 */
export const dynamicConvNet: (options: DynamicConvNetOptions) => nn.Layer = defineFactory({
  type: "dynamicConvNet",
  options,
  make: ({ words, classes, features, widths, maps, top, dropout, wordDropout }) => {
    const layers = widths.length;
    if (maps.length !== layers)
      throw new OptionError(`dynamicConvNet: ${layers} widths need as many maps, got ${maps.length}`);
    if (features % 2 ** layers !== 0)
      throw new OptionError(
        `dynamicConvNet: ${layers} foldings halve the features, so they must be a multiple of ${2 ** layers}, got ${features}`,
      );
    const plans = widths.map((width, i) => ({
      rows: features / 2 ** i,
      maps: maps[i],
      width,
      pooling: { top, layer: i + 1, layers },
    }));
    return nn.sequential({
      [SENTENCE]: nn.remember(SENTENCE),
      ...wordTables({ words, features, twoChannels: false, dropout: wordDropout }), // [n, features, steps]
      layers: nn.sequential(...plans.map(layerOf)), // [n, features / 2^layers · maps, top]
      flatten: nn.flatten(),
      dropout: nn.dropout(dropout),
      output: nn.linear(classes),
    });
  },
});
