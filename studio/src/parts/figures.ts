/** Numbers as the page writes them. */

/** A narrow space that does not break. */
const GAP = "\u202f";

/** A count with its thousands apart. */
export const grouped = (count: number): string => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, GAP);

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)}${GAP}%`;

/** A time in units that suit it. */
export const milliseconds = (time: number): string =>
  time >= 1000 ? `${(time / 1000).toFixed(1)}${GAP}s` : `${time.toFixed(time < 10 ? 1 : 0)}${GAP}ms`;

/** A setting with the digits that it has, at most four after the first. */
export const setting = (value: number): string => String(Number(value.toPrecision(4)));
