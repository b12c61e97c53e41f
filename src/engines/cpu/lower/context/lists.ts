/** Small lists that kernels are unrolled over. */

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** One of each list, in all ways; the last list's items change fastest. */
export const everyChoice = <T>(lists: readonly (readonly T[])[]): T[][] =>
  lists.reduce<T[][]>((heads, list) => heads.flatMap((head) => list.map((item) => [...head, item])), [[]]);

/** The largest divisor of a number up to a limit. */
export const largestDivisor = (n: number, limit: number): number =>
  range(Math.min(limit, n)).findLast((k) => n % (k + 1) === 0)! + 1;

/** How many choices there are of an index for each axis. */
export const volumeOf = (axes: readonly { readonly length: number }[]): number =>
  axes.reduce((size, { length }) => size * length, 1);
