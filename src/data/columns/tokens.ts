/** Sequences of words, as indices into a vocabulary. */
import type { NdArray } from "../../array/index.ts";
import { type Kind, optional } from "../../options/index.ts";
import { checkVocabulary, decode, PADDING, type Vocabulary } from "../../text/index.ts";
import type { PictureRows } from "../dataset.ts";
import { defineColumn, none } from "./column.ts";
import type { Ragged } from "./ragged.ts";

const vocabularyKind: Kind<Vocabulary> = {
  expects: "a vocabulary",
  read: (value) => checkVocabulary("tokens", value),
};

const create = defineColumn({
  kind: "tokens",
  noun: "tokens",
  options: { vocabulary: optional(vocabularyKind) },
  dtypes: ["i32"],
  expects: "[n, length]",
  fits: (shape, isRagged) => isRagged || shape.length > 0,
  problem: (data, { options: { vocabulary }, rowOf }) => {
    const most = vocabulary?.words.length ?? Infinity;
    const wrong = data.findIndex((number) => number < 0 || number >= most);
    if (wrong < 0) return undefined;
    const range = vocabulary ? `the vocabulary has ${most} words, 0 to ${most - 1}` : "tokens count from 0";
    return `row ${rowOf(wrong)} has the token ${data[wrong]}; ${range}`;
  },
  padding: PADDING,
  augment: none("words do not move"),
  show: ({ data }, { vocabulary }) => (vocabulary ? decode(vocabulary, data) : Array.from(data)).join(" "),
  details: ({ vocabulary }) => (vocabulary ? `a vocabulary of ${vocabulary.words.length}` : ""),
});

/**
 * A column of sequences of words. Shorter rows of a batch are padded with 0.
 * @param values `i32` [n, length], or `ragged` rows of different lengths: the numbers that `encode` gives
 * @param vocabulary of the words. Default: none; any number from 0 is then a token
 * @example tokens(ragged(texts.map((text) => encode(words, text))), words)
 * @throws OptionError for an invalid vocabulary, DataError for invalid values
 */
export const tokens = Object.assign(
  (values: NdArray | Ragged | PictureRows, vocabulary?: Vocabulary) => create(values, { vocabulary }),
  { kind: create.kind },
);
