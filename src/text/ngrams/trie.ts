/**
 * Counts of n-grams as a tree in flat arrays: level k has the n-grams of k tokens, sorted, so that those with the same first
 * k − 1 tokens are neighbors. Twelve bytes an n-gram, eight on the last level.
 */

/** The n-grams of one length. */
export interface Level {
  /** The last token of each. */
  readonly tokens: Int32Array;
  /** [n + 1]: the sums of all counts before; the count of i is `sums[i + 1] − sums[i]`. */
  readonly sums: Uint32Array;
  /** [n + 1]: where on the next level those begin that go on with one more token; undefined on the last. */
  readonly children: Uint32Array | undefined;
}

/** Neighbors on a level: what follows a context. */
export interface Followers {
  readonly level: Level;
  /** Where the context stands on the level before; 0 for the empty one. */
  readonly parent: number;
  /** From this one on, up to but not including `to`. */
  readonly from: number;
  readonly to: number;
}

/** Counts of n-grams up to a length. */
export class NgramTrie {
  readonly levels: readonly Level[];

  constructor(levels: readonly Level[]) {
    this.levels = levels;
  }

  /** The length of the longest n-grams. */
  get order(): number {
    return this.levels.length;
  }

  /** What follows the tokens of `context` from `begin` on; undefined if nothing does. */
  after(context: ArrayLike<number>, begin: number, end: number): Followers | undefined {
    let found: Followers | undefined = this.#all();
    for (let i = begin; i < end && found !== undefined; i++) {
      const place = placeOf(found, context[i]);
      found = place < 0 ? undefined : this.#under(i - begin, place);
    }
    return found;
  }

  #all(): Followers | undefined {
    const [level] = this.levels;
    return level.tokens.length === 0 ? undefined : { level, parent: 0, from: 0, to: level.tokens.length };
  }

  #under(depth: number, parent: number): Followers | undefined {
    const { children } = this.levels[depth];
    if (children === undefined || children[parent] === children[parent + 1]) return undefined;
    return { level: this.levels[depth + 1], parent, from: children[parent], to: children[parent + 1] };
  }
}

/** Where a token stands among followers; −1 if it does not. */
export function placeOf({ level: { tokens }, from, to }: Followers, token: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tokens[middle] < token) low = middle + 1;
    else high = middle;
  }
  return low < to && tokens[low] === token ? low : -1;
}

/** How often a token follows. */
export function countOf(followers: Followers, token: number): number {
  const place = placeOf(followers, token);
  return place < 0 ? 0 : followers.level.sums[place + 1] - followers.level.sums[place];
}

/** How often anything follows. */
export const totalOf = ({ level: { sums }, from, to }: Followers): number => sums[to] - sums[from];
