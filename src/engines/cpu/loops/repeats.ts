/** Kernels of a step that are repeated, in order, a number of times: the steps of a loop over time. */

/** A number of iterations; kernels that are repeated together share one. */
export interface Repeat {
  readonly count: number;
}

/** Something that may be repeated: by each of these, the outermost first. Default: by none. */
export interface Repeated {
  readonly within?: readonly Repeat[];
}

const NONE: readonly Repeat[] = [];

/** How many of the repeats around two neighbors are the same. */
function common(a: Repeated | undefined, b: Repeated | undefined): number {
  const [first, second] = [a?.within ?? NONE, b?.within ?? NONE];
  const other = first.findIndex((repeat, k) => repeat !== second[k]);
  return other < 0 ? first.length : other;
}

/** The repeats that begin before the i-th of a list, the outermost first. */
export const beginningAt = (list: readonly Repeated[], i: number): readonly Repeat[] =>
  (list[i].within ?? NONE).slice(common(list[i - 1], list[i]));

/** The repeats that end after the i-th of a list, the innermost first. */
export const endingAt = (list: readonly Repeated[], i: number): readonly Repeat[] =>
  (list[i].within ?? NONE).slice(common(list[i + 1], list[i])).toReversed();

/** How often one of a list is executed. */
export const timesOf = ({ within = NONE }: Repeated): number =>
  within.reduce((product, { count }) => product * count, 1);

/** Where each repeat begins and ends in a list, both included. */
export function extentsOf(
  list: readonly Repeated[],
): { readonly repeat: Repeat; readonly from: number; readonly to: number }[] {
  const begun = new Map<Repeat, number>();
  return list.flatMap((_, i) => {
    for (const repeat of beginningAt(list, i)) begun.set(repeat, i);
    return endingAt(list, i).map((repeat) => ({ repeat, from: begun.get(repeat)!, to: i }));
  });
}

/** Visits the numbers of what is in a list, as often as it is repeated. */
export function inOrder(list: readonly Repeated[], visit: (i: number) => void): void {
  const extents = extentsOf(list);
  const walk = (from: number, to: number, depth: number): void => {
    for (let i = from; i <= to; i++) {
      const repeat = list[i].within?.[depth];
      if (repeat === undefined) visit(i);
      else {
        const end = extents.find((extent) => extent.repeat === repeat)!.to;
        for (let k = 0; k < repeat.count; k++) walk(i, end, depth + 1);
        i = end;
      }
    }
  };
  walk(0, list.length - 1, 0);
}
