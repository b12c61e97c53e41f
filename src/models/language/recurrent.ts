/**
 * Recurrent language models: each token as a vector, layers of recurrent cells, scores of the next token.
 *
 *   h_t = H(e(x_t), h_{t−1})     p(x_{t+1} | x_1 … x_t) = softmax(W h_t + b)
 *
 * Dropout is between layers and not along the steps, so that memory lasts.
 * Sources: 10-301, "RNN language models"; Zaremba, Sutskever and Vinyals 2014, "Recurrent Neural Network Regularization"; tied
 * weights: Press and Wolf 2017.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, withDefault, word } from "../../options/index.ts";
import { featuresFor, type LanguageModelOptions, languageOptions, tokenScores, tokenVectors } from "./scores.ts";

const cells = { rnn: nn.rnn, lstm: nn.lstm, gru: nn.gru };

/** The recurrent cells that a language model may have. */
export type RecurrentCell = keyof typeof cells;

/** Options of `recurrentLanguageModel`. */
export interface RecurrentLanguageModelOptions extends LanguageModelOptions {
  /** The cell: `rnn`, `lstm` or `gru`. Default `lstm`. */
  readonly cell?: RecurrentCell | undefined;
}

/**
 * A recurrent language model: `i32` [n, steps] to scores [n, steps, tokens]. `carryStates` and training on `textStreams` keep its
 * states. Parameters `vectors.weight` [tokens, features], `cells.weight_ih_l0`, …, `scores.weight` [tokens, units].
 * @example
 * const network = recurrentLanguageModel({ tokens: tokenizer.size, units: 256 });
 * @throws OptionError for options that it does not take
 */
export const recurrentLanguageModel: (options: RecurrentLanguageModelOptions) => nn.Layer = defineFactory({
  type: "recurrentLanguageModel",
  options: { ...languageOptions, cell: withDefault(word("rnn", "lstm", "gru"), "lstm" as const) },
  make: ({ cell, tokens, ...rest }) => {
    const { units, layers, dropout, tied } = rest;
    return nn.sequential({
      vectors: tokenVectors(tokens, featuresFor("recurrentLanguageModel", rest), tied),
      ...(dropout > 0 && { dropIn: nn.dropout(dropout) }),
      cells: cells[cell](units, { layers, dropout: layers > 1 ? dropout : 0 }),
      ...(dropout > 0 && { dropOut: nn.dropout(dropout) }),
      scores: tokenScores(tokens, tied),
    });
  },
});
