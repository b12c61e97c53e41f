/**
 * Byte-pair encoding over bytes: a text is cut into pieces (`bytes.ts`), each piece into bytes, and pairs of neighboring tokens
 * are merged in the order in which they were learned. Every text has tokens, and they give it back. Sources: Sennrich, Haddow,
 * Birch, "Neural machine translation of rare words with subword units" (2016); over bytes, Radford et al. 2019 (GPT-2).
 *
 * Numbers: `<pad>`, `<unk>` (which no text has), special tokens, the 256 bytes, then the merged tokens as they were learned.
 */
import { firstDuplicate, joinBytes, OptionError } from "../../array/index.ts";
import { flag, integer, integers, withDefault } from "../../options/index.ts";
import { checkVocabulary, numbersOf, RESERVED, specialKind } from "../vocabulary.ts";
import { byteCharacters, bytesOfPiece, piecesOf } from "./bytes.ts";
import { learnMerges } from "./learn-merges.ts";
import { mergePair, pairOf } from "./pair-counts.ts";
import { defineTokenizer, noToken, type TokenizerParts } from "./tokenizer.ts";

const BYTES = 256;

const options = {
  /** Pairs of token numbers in the order of merging, one after the other. */
  merges: integers(0),
  special: withDefault(specialKind, []),
  lowerCase: withDefault(flag(), false),
};

/** Byte-pair encoding; texts come back as they were, or in small letters. */
export const bytePairs = defineTokenizer({
  type: "bpe",
  options,
  make: ({ merges, special, lowerCase }) => partsOf(tokenTable(merges, special), lowerCase),
  learning: { atLeast: withDefault(integer(1), 2), most: withDefault(integer(1), 8192) },
  learn: (texts, { atLeast, most, ...given }) => {
    const { special, lowerCase } = given as unknown as { special: readonly string[]; lowerCase: boolean };
    const first = RESERVED.length + special.length;
    if (most < first + BYTES)
      throw new OptionError(
        `learnTokenizer (bpe): most is ${most}; ${BYTES} bytes and ${first} special tokens are ${first + BYTES} already`,
      );
    const isTaken = new Set([...RESERVED, ...special]);
    return { merges: learnMerges(texts, { atLeast, most, first, lowerCase, isTaken: (name) => isTaken.has(name) }) };
  },
});

/** The tokens that merges make. */
interface TokenTable {
  /** The number of the byte 0. */
  readonly first: number;
  /** The bytes of each token, none of special ones. */
  readonly bytes: readonly Uint8Array[];
  /** Names of tokens, with a visible character for each byte. */
  readonly names: readonly string[];
  readonly special: readonly string[];
  /** For each pair: in which place it is merged, and the token that it becomes. */
  readonly ranks: ReadonlyMap<number, number>;
  readonly results: ReadonlyMap<number, number>;
}

/** @throws OptionError for merges of tokens that there are not */
function tokenTable(merges: readonly number[], special: readonly string[]): TokenTable {
  const first = RESERVED.length + special.length;
  const names = [...RESERVED, ...special, ...byteCharacters];
  const bytes = names.map((_, i) => (i < first ? new Uint8Array() : Uint8Array.of(i - first)));
  const numbers = new Map(names.map((name, i) => [name, i]));
  const ranks = new Map<number, number>();
  const results = new Map<number, number>();
  if (merges.length % 2 !== 0) throw new OptionError(`bpe: merges are pairs of numbers, got ${merges.length} numbers`);
  for (let i = 0; i < merges.length; i += 2) {
    const [left, right] = [merges[i], merges[i + 1]];
    const wrong = [left, right].find((number) => number < first || number >= names.length);
    if (wrong !== undefined)
      throw new OptionError(
        `bpe: merge ${i / 2} is of token ${wrong}; tokens that can be merged are ${first} to ${names.length - 1} there`,
      );
    const pair = pairOf(left, right);
    if (ranks.has(pair)) throw new OptionError(`bpe: merge ${i / 2}, of tokens ${left} and ${right}, is there before`);
    const name = names[left] + names[right];
    ranks.set(pair, i / 2);
    // Two ways to the same bytes give the same token.
    results.set(pair, numbers.get(name) ?? names.length);
    if (numbers.has(name)) continue;
    numbers.set(name, names.length);
    names.push(name);
    bytes.push(Uint8Array.of(...bytes[left], ...bytes[right]));
  }
  const twice = firstDuplicate(names);
  if (twice !== undefined) throw new OptionError(`bpe: the token ${twice} is there twice; change special`);
  return { first, bytes, names, special, ranks, results };
}

/** Pieces whose tokens are remembered. */
const MOST_REMEMBERED = 1 << 17;

function partsOf(table: TokenTable, lowerCase: boolean): TokenizerParts {
  const { names, special, bytes } = table;
  const words = Object.freeze([...names]);
  const vocabulary = checkVocabulary("bpe", Object.freeze({ words, ...(special.length > 0 && { special }) }));
  const numbers = numbersOf("bpe", vocabulary);
  const remembered = new Map<string, readonly number[]>();
  const tokensOf = (piece: string): readonly number[] => {
    const known = remembered.get(piece);
    if (known !== undefined) return known;
    if (remembered.size === MOST_REMEMBERED) remembered.clear();
    const tokens = mergeAll(table, bytesOfPiece(piece));
    remembered.set(piece, tokens);
    return tokens;
  };
  const bytesOfToken = (number: number): Uint8Array => {
    if (bytes[number] === undefined) throw noToken("bpe", number, words.length);
    return bytes[number];
  };
  return {
    size: words.length,
    vocabulary,
    numberOf: (token) => numbers.get(token),
    encode: (text) => {
      const tokens: number[] = [];
      for (const piece of piecesOf(lowerCase ? text.toLowerCase() : text))
        for (const token of tokensOf(piece)) tokens.push(token);
      return Int32Array.from(tokens);
    },
    decode: (given) => decoderOfText().decode(joinBytes(Array.from(given, bytesOfToken))),
    writer: () => {
      const decoder = decoderOfText();
      return (number) =>
        number === undefined ? decoder.decode() : decoder.decode(bytesOfToken(number), { stream: true });
    },
  };
}

/** A mark of byte order is a character of the text. */
const decoderOfText = (): TextDecoder => new TextDecoder("utf-8", { ignoreBOM: true });

/** The tokens of a piece: of all pairs that can be merged always the one that was learned first, from the left. */
function mergeAll({ first, ranks, results }: TokenTable, bytes: Uint8Array): readonly number[] {
  let tokens = Array.from(bytes, (byte) => byte + first);
  for (;;) {
    let [best, rank] = [-1, Infinity];
    for (let i = 0; i + 1 < tokens.length; i++) {
      const pair = pairOf(tokens[i], tokens[i + 1]);
      const found = ranks.get(pair) ?? Infinity;
      if (found < rank) [best, rank] = [pair, found];
    }
    if (best < 0) return tokens;
    tokens = mergePair(tokens, best, results.get(best)!);
  }
}
