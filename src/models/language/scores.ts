/** What language models share: tokens as vectors at the one end, scores of all tokens at the other. */
import { OptionError } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { flag, integer, real, withDefault } from "../../options/index.ts";

/** Options that all language models have. */
export const languageOptions = {
  tokens: integer(1),
  units: withDefault(integer(1), 512),
  layers: withDefault(integer(1), 2),
  embedding: withDefault(integer(0), 0),
  dropout: withDefault(real(0, 1), 0),
  tied: withDefault(flag(), false),
};

/** Options of language models. */
export interface LanguageModelOptions {
  /** The number of tokens of the vocabulary. */
  readonly tokens: number;
  /** The size of each layer. Default 512. */
  readonly units?: number | undefined;
  /** The number of layers. Default 2. */
  readonly layers?: number | undefined;
  /** The length of a token's vector. Default: as many as units. */
  readonly embedding?: number | undefined;
  /** The share that is dropped while training: of the vectors, between layers and before the scores. Default 0. */
  readonly dropout?: number | undefined;
  /** Whether the vectors of tokens are the weights of their scores, too; it takes as many features as units. Default false. */
  readonly tied?: boolean | undefined;
}

/** The features of a token's vector. @throws OptionError where tied weights would have two sizes */
export function featuresFor(where: string, { embedding, units, tied }: Required<Omit<LanguageModelOptions, "tokens">>) {
  const features = embedding === 0 ? units : embedding;
  if (!tied || features === units) return features;
  throw new OptionError(
    `${where}: tied weights take as many features as units; leave out embedding (${features}), or tied`,
  );
}

/** Numbers [n, steps] to vectors [n, steps, features]. */
export const tokenVectors = (tokens: number, features: number, tied: boolean): nn.Layer =>
  nn.embedding(tokens, features, {
    ...(tied && { remember: "tokens" }),
    // Vectors that are weights of scores as well begin as small as these.
    ...(tied && { initializer: { type: "normal", mean: 0, deviation: 0.05 } as const }),
  });

/** [n, steps, units] to scores [n, steps, tokens]. */
export const tokenScores = (tokens: number, tied: boolean): nn.Layer => (tied ? nn.tied("tokens") : nn.linear(tokens));
