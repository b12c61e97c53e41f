/**
 * A sentence on a picture with attention: the decoder looks at the places m_j of the encoder's map for each word that it
 * writes, as it does at the words of a source sentence in translation,
 *
 *   h_t = cell(h_{t−1}, e(y_{t−1})),  c_t = Σ_j a_tj m_j,  a_t = softmax_j(vᵀ tanh(W h_t + U m_j))
 *   p(y_t | y_<t, picture) = softmax(E tanh(B h_t + C c_t))
 *
 * Each m_j has a learned vector of its place added. Attention follows the recurrent layer (Luong, Pham, Manning 2015): what is
 * seen for a word goes into that word and not into the states, so that it has to be looked at when it is named. The states
 * begin with the whole picture, since what is to be named first depends on all of it. Sources: Xu et al. 2015, "Show, Attend and
 * Tell", where attention goes before the step; Adelaide, "Captions".
 */
import * as nn from "../../nn/index.ts";
import { readOptions, withDefault, word } from "../../options/index.ts";
import { attendsAfter } from "../translation/attention.ts";
import { targetVectors, wordScores } from "../translation/parts.ts";
import { firstStates } from "../translation/recurrent-parts.ts";
import {
  asPlaces,
  type CaptioningOptions,
  captioningInputs,
  captioningOptions,
  completed,
  encoder,
  placesOf,
  wholePicture,
} from "./parts.ts";

/** Options of `attentionCaptioning`. */
export interface AttentionCaptioningOptions extends CaptioningOptions {
  /** How the decoder's states and the places of the map are compared. Default `additive`. */
  readonly score?: nn.AttentionScore | undefined;
}

const schema = {
  ...captioningOptions,
  score: withDefault(word<nn.AttentionScore>("dot", "scaled", "general", "additive"), "additive" as const),
};

/**
 * A captioning network with attention over the encoder's map. The weights, [n, 1, steps, places], are the inner value
 * `attention.weights`; places go row by row.
 * @throws OptionError for invalid options
 * @example attentionCaptioning({ picture: [3, 64, 64], words: captionTokenizer().size })
 */
export function attentionCaptioning(options: AttentionCaptioningOptions): nn.Layer {
  const values = completed("attentionCaptioning", readOptions("attentionCaptioning", schema, options));
  const { embedding, words: count, dropout } = values;
  return nn.network(captioningInputs(values), ({ image, sentence }) => {
    const map = nn.named("encoder", encoder(values))(image);
    const first = nn.named("first", firstStates(values))(nn.named("picture", wholePicture(values))(map));
    const memory = nn.named("places", nn.positions(placesOf(values)))(asPlaces(map, values));
    const words = nn.dropout(dropout)(nn.named("words", targetVectors(count, embedding))(sentence));
    const hidden = attendsAfter(values, words, memory, first).tanh();
    return { scores: nn.named("scores", wordScores())(nn.dropout(dropout)(hidden)) };
  });
}
