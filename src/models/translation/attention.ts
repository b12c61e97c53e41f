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
import * as nn from "../../nn/index.ts";
import { readOptions, withDefault, word } from "../../options/index.ts";
import { targetVectors, translationInputs, wordScores } from "./parts.ts";
import {
  decoder,
  encoder,
  firstStates,
  type RecurrentTranslationOptions,
  recurrentOptions,
} from "./recurrent-parts.ts";

/** Options of `attentionTranslation`. */
export interface AttentionTranslationOptions extends RecurrentTranslationOptions {
  /** How the decoder's states and the encoder's are compared. Default `general`. */
  readonly score?: nn.AttentionScore | undefined;
}

const schema = {
  ...recurrentOptions,
  score: withDefault(word<nn.AttentionScore>("dot", "scaled", "general", "additive"), "general"),
};

/**
 * A recurrent translation network with attention. The weights, [n, 1, target steps, source steps], are the inner value
 * `attention.weights`.
 * @throws OptionError for invalid options
 */
export function attentionTranslation(options: AttentionTranslationOptions): nn.Layer {
  const values = readOptions("attentionTranslation", schema, options);
  const { embedding, targetWords, dropout, score } = values;
  return nn.network(translationInputs(values), ({ source, target }) => {
    const memory = nn.named("memory", nn.dropout(dropout))(nn.named("encoder", encoder(values, "sequence"))(source));
    const first = nn.named("first", nn.sequential(nn.poolSteps("mean"), firstStates(values)))(memory);
    const words = nn.dropout(dropout)(nn.named("words", targetVectors(targetWords, embedding))(target));
    const states = nn.dropout(dropout)(nn.named("decoder", decoder(values))(words, first));
    const context = nn.named("attention", nn.attention({ score }))(states, memory, memory);
    const hidden = nn
      .named(
        "statesOut",
        nn.linear(embedding),
      )(states)
      .add(nn.named("contextOut", nn.linear(embedding, { bias: false }))(context))
      .tanh();
    return { scores: nn.named("scores", wordScores())(nn.dropout(dropout)(hidden)) };
  });
}
