/**
 * The positions of a sequence in the order of the tokens that begin there: a suffix array, looked at to a depth. By counting, from
 * the last token that matters to the first (least significant first; Knuth, TAOCP 5.2.5), so that each pass takes linear time.
 */

/** What separates texts; no n-gram has it. */
export const BOUNDARY = 0;

/**
 * @param tokens numbers below `size`, with at least `depth` boundaries at the end
 * @returns positions of all tokens but boundaries, sorted by the `depth` tokens from there on
 */
export function sortPositions(tokens: Int32Array, depth: number, size: number): Int32Array {
  let positions: Int32Array = ownPositions(tokens);
  let sorted: Int32Array = new Int32Array(positions.length);
  const starts = new Int32Array(size);
  for (let offset = depth - 1; offset >= 0; offset--) {
    starts.fill(0);
    // In the order of the text, since sums do not depend on it: that reads memory in a row.
    for (let at = 0; at + offset < tokens.length; at++) if (tokens[at] !== BOUNDARY) starts[tokens[at + offset]]++;
    for (let token = 0, sum = 0; token < size; token++) {
      const count = starts[token];
      starts[token] = sum;
      sum += count;
    }
    for (let i = 0; i < positions.length; i++) sorted[starts[tokens[positions[i] + offset]]++] = positions[i];
    [positions, sorted] = [sorted, positions];
  }
  return positions;
}

function ownPositions(tokens: Int32Array): Int32Array {
  let count = 0;
  for (let i = 0; i < tokens.length; i++) if (tokens[i] !== BOUNDARY) count++;
  const positions = new Int32Array(count);
  count = 0;
  for (let i = 0; i < tokens.length; i++) if (tokens[i] !== BOUNDARY) positions[count++] = i;
  return positions;
}
