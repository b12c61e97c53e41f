/**
 * Convolutional translation (Gehring et al. 2017, "Convolutional Sequence to Sequence Learning"): encoder and decoder are
 * stacks of gated convolutions over the words' vectors with their positions. A block is
 *
 *   y = (x + glu(conv(x))) √½
 *
 * the decoder's convolutions see the past only, and each of its blocks attends to the encoder's outputs z_j before its sum:
 * with the query d = (W h + e) √½ of the gated outputs h and the words' vectors e it adds Σ_j a_j (z_j + e_j) √½ to h. √½
 * keeps the variance where two things are added.
 */
import { OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { integer, readOptions, withDefault } from "../../options/index.ts";
import {
  sourceVectors,
  type TranslationOptions,
  targetVectors,
  translationInputs,
  translationOptions,
  wordScores,
} from "./parts.ts";

/** Options of `convolutionTranslation`. */
export interface ConvolutionTranslationOptions extends TranslationOptions {
  /** The number of channels of the convolutions. Default 256. */
  readonly units?: number | undefined;
  /** The number of blocks of the encoder. Default 4. */
  readonly encoderLayers?: number | undefined;
  /** The number of blocks of the decoder. Default 4. */
  readonly decoderLayers?: number | undefined;
  /** The number of words that a convolution sees; odd. Default 3. */
  readonly kernel?: number | undefined;
}

const schema = {
  ...translationOptions,
  units: withDefault(integer(1), 256),
  encoderLayers: withDefault(integer(1), 4),
  decoderLayers: withDefault(integer(1), 4),
  kernel: withDefault(integer(1), 3),
};

const swapped = (x: nn.Place): nn.Place => nn.op("transpose", { order: [0, 2, 1] })(x);

/** (a + b) √½. */
const halved = (a: nn.Place, b: nn.Place): nn.Place => a.add(b).mul(Math.SQRT1_2);

/** Gated convolution over the steps of [n, steps, units]. */
const gated = (x: nn.Place, convolution: nn.Layer): nn.Place => swapped(nn.glu()(convolution(swapped(x))));

/**
 * A convolutional translation network. The weights of the decoder's block i, [n, 1, target steps, source steps], are the
 * inner value `attentionI.weights`, from `attention1` on.
 * @throws OptionError for invalid options
 */
export function convolutionTranslation(options: ConvolutionTranslationOptions): nn.Layer {
  const values = readOptions("convolutionTranslation", schema, options);
  const { sourceWords, targetWords, steps, embedding, units, dropout, encoderLayers, decoderLayers, kernel } = values;
  if (kernel % 2 === 0) throw new OptionError(`convolutionTranslation: kernel must be odd, got ${kernel}`);
  const drop = nn.dropout(dropout);
  return nn.network(translationInputs(values), ({ source, target }) => {
    const read = drop(
      nn.named(
        "sourcePositions",
        nn.positions(steps),
      )(nn.named("sourceWords", sourceVectors(sourceWords, embedding))(source)),
    );
    let x = nn.named("sourceIn", nn.linear(units))(read);
    for (let i = 0; i < encoderLayers; i++) {
      const convolution = nn.named(`encoder${i + 1}`, nn.conv1d(2 * units, { kernel, padding: "same" }));
      x = halved(x, gated(drop(x), convolution));
    }
    const keys = nn.named("keys", nn.linear(embedding))(x);
    const memory = halved(keys, read).named("memory");
    const written = drop(
      nn.named(
        "targetPositions",
        nn.positions(steps),
      )(nn.named("words", targetVectors(targetWords, embedding))(target)),
    );
    let y = nn.named("targetIn", nn.linear(units))(written);
    for (let i = 0; i < decoderLayers; i++) {
      const h = gated(drop(y), nn.named(`decoder${i + 1}`, nn.causalConv1d(2 * units, { kernel })));
      const query = halved(nn.named(`query${i + 1}`, nn.linear(embedding))(h), written);
      const context = nn.named(`attention${i + 1}`, nn.attention({ score: "dot" }))(query, keys, memory);
      y = halved(y, halved(h, nn.named(`context${i + 1}`, nn.linear(units))(context)));
    }
    const hidden = nn.named("out", nn.linear(embedding))(y);
    return { scores: nn.named("scores", wordScores())(drop(hidden)) };
  });
}
