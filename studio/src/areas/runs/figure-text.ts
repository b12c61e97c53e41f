/** Figures as they are written: shares in percent, others with three digits after the point. */
const GAP = "\u202f";
const SHARES = /accuracy|precision|recall|f1|iou|overlap|share|dice|map/i;

export const isShare = (figure: string): boolean => SHARES.test(figure);

export function figureText(figure: string, value: number | undefined): string {
  if (value === undefined || value === null) return "–";
  return isShare(figure) ? `${(100 * value).toFixed(2)}${GAP}%` : value.toPrecision(4);
}

/** The same on an axis, with as many digits as its ticks need. */
export function tickText(figure: string, value: number, step: number): string {
  const digits = (size: number): number => Math.max(0, -Math.floor(Math.log10(size) + 1e-9));
  return isShare(figure) ? `${(100 * value).toFixed(digits(100 * step))}${GAP}%` : value.toFixed(digits(step));
}

/** A count with its thousands apart. */
export const counted = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, GAP);
