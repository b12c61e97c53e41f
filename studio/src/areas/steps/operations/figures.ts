/** Numbers as the page writes them. */

/** Up to three digits after the point, none where there are none; with a minus sign that is one. */
export function figure(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const rounded = Math.abs(value) >= 1e5 ? value.toExponential(2) : String(Number(value.toFixed(digits)));
  return rounded.replace(/^-0$/, "0").replace("-", "−");
}

/** For small cells: `.5` for `0.5`, and as few digits as there is room for. */
export function shortFigure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return figure(value, digits).replace(/^(−?)0\./, "$1.");
}

/** What a person typed, as a number; undefined for what is none. */
export function readFigure(text: string): number | undefined {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = Number(plain);
  return plain === "" || !Number.isFinite(value) ? undefined : value;
}
