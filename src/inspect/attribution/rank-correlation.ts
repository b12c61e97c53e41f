/**
 * Spearman's rank correlation, Pearson's of the ranks, where equal values share the mean of their ranks:
 *
 *   ρ = Σ (rᵢ − r̄)(sᵢ − s̄) / √(Σ (rᵢ − r̄)² Σ (sᵢ − s̄)²)
 */

/** ρ of two lists of one length, −1 to 1; 0 where all values of a list are equal. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [r, s] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [together, ofR, ofS] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [r[i] - mean, s[i] - mean];
    together += x * y;
    ofR += x * x;
    ofS += y * y;
  }
  return ofR > 0 && ofS > 0 ? together / Math.sqrt(ofR * ofS) : 0;
}

/** The rank of each value, from 0; equal values share their mean. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let k = start; k < end; k++) ranks[order[k]] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
