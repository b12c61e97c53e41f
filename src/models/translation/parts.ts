/**
 * What the translation networks share. Each is a network of two inputs, `source` and `target`, both `i32` [n, steps], with
 * the output `scores` [n, steps, words]: at step t those of the word that follows target word t. While it is trained it sees
 * the words of the reference (teacher forcing); a translation is written word by word (`createTranslator` of `fovea/train`).
 */
import * as nn from "../../nn/index.ts";
import { integer, real, type Schema, withDefault } from "../../options/index.ts";

/** The options of every translation network. */
export const translationOptions = {
  sourceWords: integer(1),
  targetWords: integer(1),
  steps: withDefault(integer(1), 256),
  embedding: withDefault(integer(1), 256),
  units: withDefault(integer(1), 512),
  dropout: withDefault(real(0, 1), 0.3),
} satisfies Schema;

/** Options of every translation network. */
export interface TranslationOptions {
  /** The number of words of the source's vocabulary. */
  readonly sourceWords: number;
  /** The number of words of the target's vocabulary. */
  readonly targetWords: number;
  /** The length of the longest sentence, in either language, its marks included. Default 256. */
  readonly steps?: number | undefined;
  /** The size of a word's vector. Default 256. */
  readonly embedding?: number | undefined;
  /** The size of a state. Default 512. */
  readonly units?: number | undefined;
  /** The rate of dropout between layers while training. Default 0.3. */
  readonly dropout?: number | undefined;
}

/** The inputs of a translation network. */
export const translationInputs = ({
  sourceWords,
  targetWords,
  steps,
}: Readonly<Record<"sourceWords" | "targetWords" | "steps", number>>) => ({
  source: nn.tokens(steps, { vocabulary: sourceWords }),
  target: nn.tokens(steps, { vocabulary: targetWords }),
});

/** The name under which the vectors of target words are remembered, which are also those of the scores. */
const TARGET_TABLE = "target words";

/** Words' vectors start small, so that the first scores, products with them, are near 0. */
const initializer = { type: "normal", mean: 0, deviation: 0.1 } as const;

/** Vectors of source words: [n, steps] to [n, steps, size]. */
export const sourceVectors = (words: number, size: number): nn.Layer => nn.embedding(words, size, { initializer });

/** Vectors of target words, which `wordScores` shares. */
export const targetVectors = (words: number, size: number): nn.Layer =>
  nn.embedding(words, size, { initializer, remember: TARGET_TABLE });

/** Scores of all target words from vectors of their size: [n, steps, size] to [n, steps, words]. */
export const wordScores = (): nn.Layer => nn.tied(TARGET_TABLE);

/** [n, features] as [n, 1, features], which is added to every step of a sequence. */
export const atEveryStep = (vector: nn.Place, features: number): nn.Place => vector.reshape([-1, 1, features]);
