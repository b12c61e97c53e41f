/** Numbers as text: as many digits as they deserve, with a true minus. */
const minus = (text: string): string => text.replace("-", "−");

/** Three significant digits, or three after the point below 1. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0005 || size >= 1e5)) return minus(value.toExponential(1));
  return minus(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3));
}

/** Counts, with spaces between thousands. */
export const count = (value: number): string => value.toLocaleString("en").replaceAll(",", "\u202f");
