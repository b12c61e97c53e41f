/** Summaries of measured times, on a machine that other processes use too. */

/** Times in milliseconds of one contestant: a list for each round, empty where it did not take part. */
export type Rounds = readonly (readonly number[])[];

/** A figure twice: from the median, and from the best of all runs, which other work on the machine disturbs least. */
export interface Spread {
  readonly median: number;
  readonly best: number;
}

/** The middle value; of an even number of values the mean of the middle two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function spreadOf(rounds: Rounds): Spread {
  const times = rounds.flat();
  return { median: median(times), best: Math.min(...times) };
}

export const mapSpread = (spread: Spread, change: (value: number) => number): Spread => ({
  median: change(spread.median),
  best: change(spread.best),
});

/** How many times as long `a` takes as `b`. */
export function ratioOf(a: Rounds, b: Rounds): Spread {
  const [those, these] = [spreadOf(a), spreadOf(b)];
  return { median: those.median / these.median, best: those.best / these.best };
}

/** The mean of ratios: that of their logarithms. NaN of none. */
export const geometricMean = (ratios: readonly number[]): number =>
  Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
