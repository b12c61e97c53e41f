/**
 * Encoder → vector → decoder: a recurrent network reads the source sentence into one vector c, from which another writes the
 * translation,
 *
 *   h_t = cell(h_{t−1}, e(y_{t−1}) + A c),  p(y_t | y_<t, x) = softmax(E tanh(B h_t + C c + D e(y_{t−1})))
 *
 * with the table E of the words' vectors e. The decoder starts from c, and sees it at every step. Sources: 10-301, "Sequence to sequence
 * models"; Sutskever, Vinyals, Le 2014; Cho et al. 2014.
 */
import * as nn from "../../nn/index.ts";
import { readOptions } from "../../options/index.ts";
import { atEveryStep, targetVectors, translationInputs, wordScores } from "./parts.ts";
import {
  decoder,
  encoder,
  firstStates,
  type RecurrentTranslationOptions,
  recurrentOptions,
} from "./recurrent-parts.ts";

/**
 * A translation network that remembers the source sentence as one vector.
 * @throws OptionError for invalid options
 */
export function vectorTranslation(options: RecurrentTranslationOptions): nn.Layer {
  const values = readOptions("vectorTranslation", recurrentOptions, options);
  const { embedding, targetWords, dropout } = values;
  return nn.network(translationInputs(values), ({ source, target }) => {
    const vector = nn.dropout(dropout)(nn.named("encoder", encoder(values, "last"))(source));
    const first = nn.named("first", firstStates(values))(vector);
    const words = nn.dropout(dropout)(nn.named("words", targetVectors(targetWords, embedding))(target));
    const asInput = nn.named("vectorIn", nn.linear(embedding))(vector);
    const asOutput = nn.named("vectorOut", nn.linear(embedding))(vector);
    const states = nn.named("decoder", decoder(values))(words.add(atEveryStep(asInput, embedding)), first);
    const hidden = nn
      .named(
        "statesOut",
        nn.linear(embedding),
      )(nn.dropout(dropout)(states))
      .add(nn.named("wordsOut", nn.linear(embedding, { bias: false }))(words))
      .add(atEveryStep(asOutput, embedding))
      .tanh();
    return { scores: nn.named("scores", wordScores())(nn.dropout(dropout)(hidden)) };
  });
}
