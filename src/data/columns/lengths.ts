/**
 * The lengths that batches of sequences are padded to: few, since a program is compiled for each, with little padding. For
 * candidates c₁ < … < c_m of which each row takes the smallest that is not below its own length l,
 *
 *   padding = Σ rows (c(l) − l)
 *
 * is minimal by dynamic programming over the last length that is chosen.
 */

/** The number of lengths of a column's batches, unless fewer are wanted. */
export const MOST_LENGTHS = 8;
/** The maximum number of candidates. */
const MOST_CANDIDATES = 256;
/** Fewer lengths are chosen if this costs at most this share of all values. */
const NEGLIGIBLE = 0.01;

/**
 * The lengths that rows of the given lengths are padded to, ascending: at most `most`; the last is the greatest length, at
 * least 1.
 */
export function chooseLengths(rows: Int32Array, most = MOST_LENGTHS): number[] {
  const sorted = rows.slice().sort();
  const longest = Math.max(1, sorted.at(-1) ?? 1);
  const candidates = candidatesOf(sorted, longest);
  const choices = bestChoices(candidates, costsOf(sorted, candidates), most);
  const total = sorted.reduce((sum, length) => sum + length, 0);
  const enough = choices.at(-1)!.padding + NEGLIGIBLE * total;
  return choices.find(({ padding }) => padding <= enough)!.lengths;
}

/** Candidate lengths: all that occur; if there are many, those of evenly spaced rows and evenly spaced lengths. */
function candidatesOf(sorted: Int32Array, longest: number): number[] {
  const distinct = [...new Set(sorted)].filter((length) => length > 0);
  if (distinct.length <= MOST_CANDIDATES) return distinct.length > 0 ? distinct : [longest];
  const chosen = new Set([longest]);
  const half = MOST_CANDIDATES / 2;
  for (let i = 1; i < half; i++) {
    chosen.add(sorted[Math.floor((i * sorted.length) / half)]);
    chosen.add(distinct.find((length) => length >= (i * longest) / half)!);
  }
  return [...chosen].filter((length) => length > 0).sort((a, b) => a - b);
}

/** The padding of all rows longer than candidate `from` (−1: of all) and not longer than `to` that are padded to `to`. */
type PaddingCost = (from: number, to: number) => number;

function costsOf(sorted: Int32Array, candidates: readonly number[]): PaddingCost {
  const counts = [0];
  const sums = [0];
  let [row, sum] = [0, 0];
  for (const candidate of candidates) {
    for (; row < sorted.length && sorted[row] <= candidate; row++) sum += sorted[row];
    counts.push(row);
    sums.push(sum);
  }
  return (from, to) => candidates[to] * (counts[to + 1] - counts[from + 1]) - (sums[to + 1] - sums[from + 1]);
}

interface LengthChoice {
  readonly lengths: number[];
  readonly padding: number;
}

/** For each number of lengths the choice with the least padding. */
function bestChoices(candidates: readonly number[], cost: PaddingCost, most: number): LengthChoice[] {
  const last = candidates.length - 1;
  let best = candidates.map((length, to): LengthChoice => ({ lengths: [length], padding: cost(-1, to) }));
  const choices = [best[last]];
  for (let count = 2; count <= Math.min(most, candidates.length); count++) {
    best = candidates.map((length, to) => {
      let [from, padding] = [-1, best[to].padding];
      for (let before = 0; before < to; before++) {
        const total = best[before].padding + cost(before, to);
        if (total < padding) [from, padding] = [before, total];
      }
      return from < 0 ? best[to] : { lengths: [...best[from].lengths, length], padding };
    });
    choices.push(best[last]);
  }
  return choices;
}
