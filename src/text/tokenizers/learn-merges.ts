/**
 * Learns which pairs byte-pair encoding merges: the most frequent pair of neighboring tokens becomes a token, again and again.
 * Pieces of text are counted first; a merge then visits only the distinct pieces in which its pair occurs.
 */
import { byteCharacters, bytesOfPiece, piecesOf } from "./bytes.ts";
import { leftOf, mergePair, PairCounts, pairOf, rightOf } from "./pair-counts.ts";

export interface MergeLimits {
  /** How often a pair must occur. */
  readonly atLeast: number;
  /** The number of tokens at which learning ends. */
  readonly most: number;
  /** The number of the byte 0. */
  readonly first: number;
  readonly lowerCase: boolean;
  /** Whether a token may not have this name. */
  readonly isTaken: (name: string) => boolean;
}

/** A distinct piece of text: its tokens, and how often it occurs. */
interface Piece {
  tokens: readonly number[];
  readonly count: number;
}

/** Pairs of token numbers in the order of merging, one after the other. */
export function learnMerges(texts: Iterable<string>, limits: MergeLimits): readonly number[] {
  const { atLeast, most, first, isTaken } = limits;
  const pieces = countPieces(texts, limits);
  const counts = new PairCounts();
  for (const [place, { tokens, count }] of pieces.entries())
    for (let i = 0; i + 1 < tokens.length; i++) counts.add(pairOf(tokens[i], tokens[i + 1]), count, place);
  counts.offer(counts.pairs());
  const names = [...new Array<string>(first).fill(""), ...byteCharacters];
  const numbers = new Map(byteCharacters.map((name, byte) => [name, first + byte]));
  const merges: number[] = [];
  while (names.length < most) {
    const found = counts.takeMost(atLeast);
    if (found === undefined) break;
    const [left, right] = [leftOf(found.pair), rightOf(found.pair)];
    const name = names[left] + names[right];
    if (isTaken(name)) continue;
    const token = numbers.get(name) ?? names.length;
    if (token === names.length) names.push(name);
    numbers.set(name, token);
    merges.push(left, right);
    counts.offer(mergeIn(pieces, found, token, counts));
  }
  return merges;
}

function countPieces(texts: Iterable<string>, { lowerCase, first }: MergeLimits): Piece[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const piece of piecesOf(lowerCase ? text.toLowerCase() : text))
      counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return Array.from(counts, ([piece, count]) => ({
    tokens: Array.from(bytesOfPiece(piece), (byte) => byte + first),
    count,
  }));
}

/** Merges a pair wherever it occurs; gives the pairs that are new. */
function mergeIn(
  pieces: readonly Piece[],
  { pair, places }: { pair: number; places: readonly number[] },
  token: number,
  counts: PairCounts,
): Set<number> {
  const fresh = new Set<number>();
  for (const place of new Set(places)) {
    const piece = pieces[place];
    const merged = mergePair(piece.tokens, pair, token);
    if (merged.length === piece.tokens.length) continue;
    const { tokens, count } = piece;
    for (let i = 0; i + 1 < tokens.length; i++) {
      const old = pairOf(tokens[i], tokens[i + 1]);
      if (old !== pair) counts.add(old, -count);
    }
    for (let i = 0; i + 1 < merged.length; i++) {
      const next = pairOf(merged[i], merged[i + 1]);
      const isFresh = merged[i] === token || merged[i + 1] === token;
      counts.add(next, count, isFresh ? place : undefined);
      if (isFresh) fresh.add(next);
    }
    piece.tokens = merged;
  }
  return fresh;
}
