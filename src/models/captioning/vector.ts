/**
 * A sentence on a picture without attention: a ConvNet reads the picture into one vector v, from which a recurrent network
 * starts,
 *
 *   h_0 = tanh(A v),  h_t = cell(h_{t−1}, e(y_{t−1})),  p(y_t | y_<t, picture) = softmax(E tanh(B h_t + D e(y_{t−1})))
 *
 * with the table E of the words' vectors e. Sources: Vinyals, Toshev, Bengio, Erhan 2015, "Show and Tell: a Neural Image Caption
 * Generator", where the vector is the first word instead; Adelaide, "Captions".
 */
import * as nn from "../../nn/index.ts";
import { readOptions } from "../../options/index.ts";
import { targetVectors, wordScores } from "../translation/parts.ts";
import { decoder, firstStates } from "../translation/recurrent-parts.ts";
import {
  type CaptioningOptions,
  captioningInputs,
  captioningOptions,
  completed,
  encoder,
  wholePicture,
} from "./parts.ts";

/**
 * A captioning network that remembers the picture as one vector.
 * @throws OptionError for invalid options
 * @example vectorCaptioning({ picture: [3, 64, 64], words: captionTokenizer().size })
 */
export function vectorCaptioning(options: CaptioningOptions): nn.Layer {
  const values = completed("vectorCaptioning", readOptions("vectorCaptioning", captioningOptions, options));
  const { embedding, words: count, dropout } = values;
  return nn.network(captioningInputs(values), ({ image, sentence }) => {
    const map = nn.named("encoder", encoder(values))(image);
    const vector = nn.named("picture", wholePicture(values))(map);
    const first = nn.named("first", firstStates(values))(vector);
    const words = nn.dropout(dropout)(nn.named("words", targetVectors(count, embedding))(sentence));
    const states = nn.dropout(dropout)(nn.named("decoder", decoder(values))(words, first));
    const hidden = nn
      .named(
        "statesOut",
        nn.linear(embedding),
      )(states)
      .add(nn.named("wordsOut", nn.linear(embedding, { bias: false }))(words))
      .tanh();
    return { scores: nn.named("scores", wordScores())(nn.dropout(dropout)(hidden)) };
  });
}
