/**
 * Convolutional language models: a stack of gated causal convolutions, each with a residual connection,
 *
 *   x ← x + (A ∗ x) · σ(B ∗ x)
 *
 * whose dilation doubles from layer to layer and begins anew after a few, so that the field of view grows exponentially and no
 * step waits for another.
 * Sources: Dauphin et al. 2017, "Language Modeling with Gated Convolutional Networks"; van den Oord et al. 2016 (WaveNet).
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, withDefault } from "../../options/index.ts";
import { featuresFor, type LanguageModelOptions, languageOptions, tokenScores, tokenVectors } from "./scores.ts";

/** Options of `convolutionalLanguageModel`. */
export interface ConvolutionalLanguageModelOptions extends LanguageModelOptions {
  /** The size of each layer. Default 256. */
  readonly units?: number | undefined;
  /** The number of layers. Default 8. */
  readonly layers?: number | undefined;
  /** The steps that a layer sees. Default 3. */
  readonly kernel?: number | undefined;
  /** The number of layers after which dilations begin anew at 1. Default 6: 1, 2, 4, 8, 16, 32, 1, …. */
  readonly cycle?: number | undefined;
}

/** The axes of steps and channels exchanged. */
const exchanged = (): nn.Layer => nn.op("transpose", { order: [0, 2, 1] });

/** One layer over [n, units, steps]. */
const gatedConvolution = (units: number, kernel: number, dilation: number, dropout: number): nn.Layer =>
  nn.residual(
    nn.sequential({
      ...(dropout > 0 && { drop: nn.dropout(dropout) }),
      conv: nn.causalConv1d(2 * units, { kernel, dilation }),
      gate: nn.glu(),
    }),
  );

/**
 * A convolutional language model: `i32` [n, steps] to scores [n, steps, tokens]. `carryStates` and training on `textStreams` keep
 * the steps that its layers see of what came before. Parameters `vectors.weight` [tokens, features], `layer1.body.conv.weight`,
 * …, `scores.weight` [tokens, units].
 * @example
 * const network = convolutionalLanguageModel({ tokens: tokenizer.size, layers: 10 });
 * @throws OptionError for options that it does not take
 */
export const convolutionalLanguageModel: (options: ConvolutionalLanguageModelOptions) => nn.Layer = defineFactory({
  type: "convolutionalLanguageModel",
  options: {
    ...languageOptions,
    units: withDefault(integer(1), 256),
    layers: withDefault(integer(1), 8),
    kernel: withDefault(integer(1), 3),
    cycle: withDefault(integer(1), 6),
  },
  make: ({ tokens, kernel, cycle, ...rest }) => {
    const { units, layers, dropout, tied } = rest;
    const features = featuresFor("convolutionalLanguageModel", rest);
    const convolutions = Array.from({ length: layers }, (_, i) => [
      `layer${i + 1}`,
      gatedConvolution(units, kernel, 2 ** (i % cycle), dropout),
    ]);
    return nn.sequential({
      vectors: tokenVectors(tokens, features, tied),
      ...(features !== units && { widen: nn.linear(units) }),
      steps: exchanged(),
      ...Object.fromEntries(convolutions),
      channels: exchanged(),
      norm: nn.layerNorm(),
      ...(dropout > 0 && { drop: nn.dropout(dropout) }),
      scores: tokenScores(tokens, tied),
    });
  },
});
