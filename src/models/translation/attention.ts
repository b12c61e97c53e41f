/**
 * Translation with attention: the decoder looks at all states m_j of the encoder for each word that it writes. After Luong,
 * Pham, Manning 2015 the recurrent layer comes first, and attention after it:
 *
 *   h_t = cell(h_{t−1}, e(y_{t−1})),  c_t = Σ_j a_tj m_j,  a_t = softmax_j(score(h_t, m_j))
 *   p(y_t | y_<t, x) = softmax(E tanh(B h_t + C c_t))
 *
 * with the table E of the words' vectors e. After Bahdanau, Cho, Bengio 2015 the decoder attends before each step,
 *
 *   c_t = Σ_j a_tj m_j,  a_t = softmax_j(score(h_{t−1}, m_j)),  h_t = cell(h_{t−1}, [e(y_{t−1}), c_t])
 */
import { OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { optional, readOptions, type ValuesOf, withDefault, word } from "../../options/index.ts";
import { targetVectors, translationInputs, wordScores } from "./parts.ts";
import {
  type DecoderValues,
  decoder,
  encoder,
  firstStates,
  type RecurrentTranslationOptions,
  recurrentOptions,
} from "./recurrent-parts.ts";

/** Options of `attentionTranslation`. */
export interface AttentionTranslationOptions extends RecurrentTranslationOptions {
  /** How the decoder's states and the encoder's are compared. Default `general`; `additive` where the decoder attends before. */
  readonly score?: nn.AttentionScore | undefined;
  /** Whether the decoder attends `after` its recurrent layers, or `before` each step of its one GRU. Default `after`. */
  readonly attends?: "after" | "before" | undefined;
}

const schema = {
  ...recurrentOptions,
  score: optional(word<nn.AttentionScore>("dot", "scaled", "general", "additive")),
  attends: withDefault(word("after", "before"), "after" as const),
};

type AttentionTranslationValues = ValuesOf<typeof schema>;

/** What the decoder after Luong is told. */
export type AttendingValues = DecoderValues & Pick<AttentionTranslationValues, "embedding" | "score">;

/** The decoder after Luong: words [n, steps, embedding] to vectors of the scores' size, before their tanh. */
export function attendsAfter(values: AttendingValues, words: nn.Place, memory: nn.Place, first: nn.Place): nn.Place {
  const { embedding, dropout, score = "general" } = values;
  const states = nn.dropout(dropout)(nn.named("decoder", decoder(values))(words, first));
  const context = nn.named("attention", nn.attention({ score }))(states, memory, memory);
  return nn
    .named(
      "statesOut",
      nn.linear(embedding),
    )(states)
    .add(nn.named("contextOut", nn.linear(embedding, { bias: false }))(context));
}

/** The decoder after Bahdanau. @throws OptionError for what it does not have */
function attendsBefore(values: AttentionTranslationValues, words: nn.Place, memory: nn.Place, first: nn.Place) {
  const { embedding, units, dropout, cell, layers, score = "additive" } = values;
  if (cell !== "gru" || layers !== 1 || score !== "additive")
    throw new OptionError(
      "attentionTranslation: a decoder that attends before each step has one layer of cell gru and the score additive; " +
        `got ${layers} of ${cell} and ${score}`,
    );
  const states = nn.named("attention", nn.attentiveGru(units))(words, memory, first);
  return nn
    .named(
      "statesOut",
      nn.linear(embedding),
    )(nn.dropout(dropout)(states))
    .add(nn.named("wordsOut", nn.linear(embedding, { bias: false }))(words));
}

/**
 * A recurrent translation network with attention. The weights, [n, 1, target steps, source steps], are the inner value
 * `attention.weights`.
 * @throws OptionError for invalid options
 */
export function attentionTranslation(options: AttentionTranslationOptions): nn.Layer {
  const values = readOptions("attentionTranslation", schema, options);
  const { embedding, targetWords, dropout, attends } = values;
  return nn.network(translationInputs(values), ({ source, target }) => {
    const memory = nn.named("memory", nn.dropout(dropout))(nn.named("encoder", encoder(values, "sequence"))(source));
    const first = nn.named("first", nn.sequential(nn.poolSteps("mean"), firstStates(values)))(memory);
    const words = nn.dropout(dropout)(nn.named("words", targetVectors(targetWords, embedding))(target));
    const hidden = { after: attendsAfter, before: attendsBefore }[attends](values, words, memory, first).tanh();
    return { scores: nn.named("scores", wordScores())(nn.dropout(dropout)(hidden)) };
  });
}
