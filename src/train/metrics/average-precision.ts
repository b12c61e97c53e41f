/**
 * Average precision of found things by descending score, as COCO counts it: the mean over recalls R = 0, 0.01, … 1 of the best
 * precision that is reached at a recall of at least R, and 0 for recalls that are never reached.
 *
 *   precision = hits / (hits + misses),   recall = hits / all that are to be found
 *
 * Source: Lin et al. 2014, "Microsoft COCO: Common Objects in Context", and its evaluation code; interpolated precision:
 * Salton and McGill 1983. Recalls are compared as integers, 100 · hits ≥ R · all, so that rounding decides nothing.
 */

/** 0 to 100 in percent. */
const RECALLS = 101;

/**
 * Average precision, 0 … 1; NaN if there is nothing to be found.
 * @param isHit of everything that is found, by descending score: hit or miss
 * @param all the number of things to be found
 */
export function averagePrecision(isHit: readonly boolean[], all: number): number {
  if (all === 0) return Number.NaN;
  let hits = 0;
  const reached = isHit.map((hit, i) => {
    hits += +hit;
    return { hits, precision: hits / (i + 1) };
  });
  for (let i = reached.length - 2; i >= 0; i--)
    reached[i].precision = Math.max(reached[i].precision, reached[i + 1].precision);
  let [sum, at] = [0, 0];
  for (let percent = 0; percent < RECALLS; percent++) {
    while (at < reached.length && 100 * reached[at].hits < percent * all) at++;
    sum += reached[at]?.precision ?? 0;
  }
  return sum / RECALLS;
}
