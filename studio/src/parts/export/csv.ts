/** Tables as CSV, by RFC 4180: what has a comma, a quote or a line break stands in quotes. */

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

export function toCsv({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("");
}

/** Numbers as the shortest text that reads back to them. Texts that a spreadsheet would compute begin with an apostrophe. */
function cellOf(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A map [height, width] as a table with a row for each of its rows. */
export function tableOfMap(values: ArrayLike<number>, [height, width]: readonly number[]): Table {
  const columns = ["row", ...Array.from({ length: width }, (_, x) => String(x))];
  const rows = Array.from({ length: height }, (_, y) => [
    y,
    ...Array.from({ length: width }, (_, x) => values[y * width + x]),
  ]);
  return { columns, rows };
}
