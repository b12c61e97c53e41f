/**
 * Counts n-grams of all lengths up to an order, in linear time: positions are sorted by the tokens that begin there, equal
 * n-grams are then neighbors, and one walk along them fills the levels of the tree.
 */
import { BOUNDARY, sortPositions } from "./sort-positions.ts";
import { type Level, NgramTrie } from "./trie.ts";

/**
 * What is counted of n-grams shorter than the order: how often they occur, or how many different tokens come before them, the
 * beginning of a text as one of these. N-grams of the full order are counted as they occur.
 */
export type Counted = "occurrences" | "continuations";

/**
 * @param tokens numbers below `size`, texts separated by boundaries (0), with at least `order` of these at the end
 */
export function countNgrams(tokens: Int32Array, order: number, size: number, counted: Counted): NgramTrie {
  const positions = sortPositions(tokens, order, size);
  const { shared, lengths } = compareNeighbors(tokens, positions, order);
  const levels = emptyLevels(shared, lengths, order);
  fillLevels(tokens, positions, shared, lengths, levels);
  const continued = counted === "continuations" ? order - 1 : 0;
  if (continued > 0) countContinuations(tokens, positions, shared, lengths, levels.slice(0, continued), size);
  for (const { sums } of levels) addUp(sums);
  return new NgramTrie(levels);
}

/** How many tokens each position has in common with the one before it, and how many there are up to a boundary. */
function compareNeighbors(tokens: Int32Array, positions: Int32Array, order: number) {
  const shared = new Uint8Array(positions.length);
  const lengths = new Uint8Array(positions.length);
  for (let i = 0; i < positions.length; i++) {
    const here = positions[i];
    let length = 1;
    while (length < order && tokens[here + length] !== BOUNDARY) length++;
    lengths[i] = length;
    if (i === 0) continue;
    const before = positions[i - 1];
    let same = 0;
    while (same < length && tokens[before + same] === tokens[here + same]) same++;
    shared[i] = same;
  }
  return { shared, lengths };
}

function emptyLevels(shared: Uint8Array, lengths: Uint8Array, order: number): Level[] {
  const counts = new Array<number>(order).fill(0);
  for (let i = 0; i < shared.length; i++) for (let depth = shared[i]; depth < lengths[i]; depth++) counts[depth]++;
  return counts.map((count, depth) => ({
    tokens: new Int32Array(count),
    sums: new Uint32Array(count + 1),
    children: depth + 1 < order ? new Uint32Array(count + 1) : undefined,
  }));
}

/** Fills in tokens and children; `sums` get the counts, one place further on. */
function fillLevels(
  tokens: Int32Array,
  positions: Int32Array,
  shared: Uint8Array,
  lengths: Uint8Array,
  levels: readonly Level[],
): void {
  const filled = new Int32Array(levels.length);
  for (let i = 0; i < positions.length; i++) {
    for (let depth = shared[i]; depth < lengths[i]; depth++) {
      const { tokens: own, children } = levels[depth];
      const place = filled[depth]++;
      own[place] = tokens[positions[i] + depth];
      if (children !== undefined) children[place] = filled[depth + 1];
    }
    for (let depth = 0; depth < lengths[i]; depth++) levels[depth].sums[filled[depth]]++;
  }
  for (const [depth, { children }] of levels.entries())
    if (children !== undefined) children[filled[depth]] = filled[depth + 1];
}

/** Replaces counts by numbers of different tokens before; a stamp says for which n-gram a token was last seen. */
function countContinuations(
  tokens: Int32Array,
  positions: Int32Array,
  shared: Uint8Array,
  lengths: Uint8Array,
  levels: readonly Level[],
  size: number,
): void {
  const stamps = levels.map(() => new Int32Array(size));
  const filled = new Int32Array(levels.length);
  for (const { sums } of levels) sums.fill(0);
  for (let i = 0; i < positions.length; i++) {
    const before = positions[i] === 0 ? BOUNDARY : tokens[positions[i] - 1];
    const depths = Math.min(lengths[i], levels.length);
    for (let depth = 0; depth < depths; depth++) {
      if (depth >= shared[i]) filled[depth]++;
      if (stamps[depth][before] === filled[depth]) continue;
      stamps[depth][before] = filled[depth];
      levels[depth].sums[filled[depth]]++;
    }
  }
}

function addUp(sums: Uint32Array): void {
  for (let i = 1; i < sums.length; i++) sums[i] += sums[i - 1];
}
