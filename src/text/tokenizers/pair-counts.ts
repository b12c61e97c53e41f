/**
 * How often pairs of neighboring tokens occur, and the most frequent one. Counts of pairs that have been seen only fall while
 * pairs are merged; so a heap of former counts is enough, whose top is corrected until it is true.
 */

/** Token numbers stay below this; a pair is then one exact number. */
export const MOST_TOKENS = 2 ** 24;

/** A pair as one number, which sorts as the pairs do. */
export const pairOf = (left: number, right: number): number => left * MOST_TOKENS + right;
export const leftOf = (pair: number): number => Math.floor(pair / MOST_TOKENS);
export const rightOf = (pair: number): number => pair % MOST_TOKENS;

/** Tokens with every occurrence of a pair, from the left, replaced. */
export function mergePair(tokens: readonly number[], pair: number, token: number): number[] {
  const merged: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const isPair = i + 1 < tokens.length && pairOf(tokens[i], tokens[i + 1]) === pair;
    merged.push(isPair ? token : tokens[i]);
    if (isPair) i++;
  }
  return merged;
}

interface Entry {
  readonly pair: number;
  readonly count: number;
}

/** More frequent pairs first; of equal counts the pair with the lower numbers. */
const isBefore = (a: Entry, b: Entry): boolean => a.count > b.count || (a.count === b.count && a.pair < b.pair);

/** Counts of pairs, and where they occur. */
export class PairCounts {
  readonly #counts = new Map<number, number>();
  /** Words in which a pair occurs or occurred. */
  readonly #places = new Map<number, number[]>();
  #heap: Entry[] = [];

  /** Adds to a pair's count; `place` is the word where it occurs more often now. */
  add(pair: number, count: number, place?: number): void {
    this.#counts.set(pair, (this.#counts.get(pair) ?? 0) + count);
    if (place === undefined) return;
    const places = this.#places.get(pair);
    if (places === undefined) this.#places.set(pair, [place]);
    else if (places.at(-1) !== place) places.push(place);
  }

  /** Lets pairs take part whose counts are complete. */
  offer(pairs: Iterable<number>): void {
    for (const pair of pairs) push(this.#heap, { pair, count: this.#counts.get(pair) ?? 0 });
  }

  /** All pairs that were counted. */
  pairs(): Iterable<number> {
    return this.#counts.keys();
  }

  /** Takes the most frequent pair out, with the words where it may occur; undefined if none has that many. */
  takeMost(atLeast: number): { pair: number; places: readonly number[] } | undefined {
    for (;;) {
      const top = pop(this.#heap);
      if (top === undefined) return undefined;
      const count = this.#counts.get(top.pair) ?? 0;
      if (count < top.count) push(this.#heap, { pair: top.pair, count });
      else return count >= atLeast ? this.#take(top.pair) : undefined;
    }
  }

  #take(pair: number) {
    const places = this.#places.get(pair) ?? [];
    this.#counts.delete(pair);
    this.#places.delete(pair);
    return { pair, places };
  }
}

/** Pairs that no longer occur are not worth a place. */
function push(heap: Entry[], entry: Entry): void {
  if (entry.count <= 0) return;
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(entry, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
    if (!isBefore(heap[child], last)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}
