/** The range of a curve's axis. */

/** The part of the first epoch whose values, from a network that knows nothing yet, would flatten all that follow. */
const BEGINNING = 0.4;

/** A bound of the axis that is fixed. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** From the smallest to the largest value; once an epoch is over, without those of its beginning. */
export function rangeOf(
  at: readonly number[],
  values: readonly number[],
  others: readonly number[],
  { least, most }: Bounds,
): [least: number, most: number] {
  const isPast = (at.at(-1) ?? 0) > 1;
  const shown = [...values.filter((_, i) => !isPast || at[i] > BEGINNING), ...others].filter(Number.isFinite);
  const low = shown.reduce((a, b) => Math.min(a, b), most ?? Number.POSITIVE_INFINITY);
  const high = shown.reduce((a, b) => Math.max(a, b), least ?? Number.NEGATIVE_INFINITY);
  const [from, to] = [least ?? low, most ?? high];
  return from < to ? [from, to] : [least ?? (most ?? 1) - 1, most ?? (least ?? 0) + 1];
}
