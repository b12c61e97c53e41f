/** Encoder and decoder of the recurrent translation networks. */
import * as nn from "../../nn/index.ts";
import { integer, type Schema, type ValuesOf, withDefault, word } from "../../options/index.ts";
import { sourceVectors, type TranslationOptions, translationOptions } from "./parts.ts";

/** The options of the recurrent translation networks. */
export const recurrentOptions = {
  ...translationOptions,
  cell: withDefault(word("lstm", "gru"), "gru" as const),
  layers: withDefault(integer(1), 1),
} satisfies Schema;

export type RecurrentTranslationValues = ValuesOf<typeof recurrentOptions>;

/** What a recurrent decoder is told. */
export type DecoderValues = Pick<RecurrentTranslationValues, "cell" | "units" | "layers" | "dropout">;

/** Options of the recurrent translation networks. */
export interface RecurrentTranslationOptions extends TranslationOptions {
  /** The cell of encoder and decoder. Default `gru`. */
  readonly cell?: "lstm" | "gru" | undefined;
  /** The number of layers of encoder and decoder. Default 1. */
  readonly layers?: number | undefined;
}

const layerOf = { lstm: nn.lstm, gru: nn.gru } as const;

/** Dropout between stacked layers, where there are several. */
const between = ({ layers, dropout }: DecoderValues) => ({ layers, dropout: layers > 1 ? dropout : 0 });

/** The size of an encoder's state, half of it for each direction. */
export const memorySize = ({ units }: RecurrentTranslationValues): number => 2 * Math.ceil(units / 2);

/** Reads a sentence in both directions: `i32` [n, steps] to [n, steps, size], or the last states [n, size]. */
export function encoder(values: RecurrentTranslationValues, output: "sequence" | "last"): nn.Layer {
  const { cell, sourceWords, embedding, dropout } = values;
  return nn.sequential({
    words: sourceVectors(sourceWords, embedding),
    dropout: nn.dropout(dropout),
    states: layerOf[cell](memorySize(values) / 2, { ...between(values), bidirectional: true, output }),
  });
}

/** The decoder's first states from a vector of the source. */
export function firstStates({ cell, units, layers }: DecoderValues): nn.Layer {
  const states = cell === "lstm" ? 2 : 1;
  return nn.sequential(nn.linear(states * layers * units), nn.tanh());
}

/** The decoder's states after each word, [n, steps, units], from vectors of words and the first states. */
export const decoder = (values: DecoderValues): nn.Layer =>
  layerOf[values.cell](values.units, { ...between(values), initial: true });
