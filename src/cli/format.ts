/** Numbers, bars and pictures as text. */
import type { NdArray } from "../array/index.ts";

export const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** Thousands set apart: 61 706. */
export const grouped = (count: number): string => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, " ");

const units = ["B", "KB", "MB", "GB"];

export function bytes(count: number): string {
  // Rounded first, so that 999 999 bytes are 1.0 MB and not 1000.0 KB.
  const rounded = Number(count.toPrecision(4));
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, rounded)) / 3)));
  return `${(rounded / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** 1:05, 2:03:04. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar whose length is a share of `width` characters, in steps of an eighth. */
export function bar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return ("█".repeat(Math.floor(filled / 8)) + eighths[filled % 8]).padEnd(width);
}

const shades = [" ", "░", "▒", "▓", "█"];

/**
 * A gray picture `u8` [1, height, width] (or [height, width]) as lines of text, two pixels in a column and two in a row
 * for each character, the brighter the denser.
 */
export function textPicture(picture: NdArray): string[] {
  const [height, width] = picture.shape.slice(-2);
  const at = (y: number, x: number): number => (y < height && x < width ? picture.data[y * width + x] : 0);
  return Array.from({ length: Math.ceil(height / 2) }, (_, row) =>
    Array.from({ length: width }, (_, x) => {
      const mean = (at(2 * row, x) + at(2 * row + 1, x)) / 2;
      return shades[Math.min(shades.length - 1, Math.floor((mean / 256) * shades.length + 0.35))];
    }).join(""),
  );
}

/** Blocks of lines side by side, each as wide as its longest line. */
export function sideBySide(blocks: readonly (readonly string[])[], gap = "  "): string[] {
  const height = Math.max(0, ...blocks.map((lines) => lines.length));
  const widths = blocks.map((lines) => Math.max(0, ...lines.map((line) => line.length)));
  return Array.from({ length: height }, (_, row) =>
    blocks
      .map((lines, i) => (lines[row] ?? "").padEnd(widths[i]))
      .join(gap)
      .trimEnd(),
  );
}

/** A figure as people read it: shares in percent, other numbers with four decimals. */
export const describeFigure = (name: string, value: number, shares: readonly string[], digits = 2): string =>
  shares.includes(name) ? percent(value, digits) : value.toFixed(4);

/** Figures by name: `loss 0.3100`, `accuracy 92.10 %`. */
export const describeFigures = (
  figures: Readonly<Record<string, number>>,
  shares: readonly string[],
  digits = 2,
): string[] => Object.entries(figures).map(([name, value]) => `${name} ${describeFigure(name, value, shares, digits)}`);

/** Words in lines of at most `width` characters. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(indent + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join("\n");
}

/** The classes with the largest probabilities, largest first. */
export function topClasses(probabilities: ArrayLike<number>, classes: readonly string[], most: number) {
  return Array.from(probabilities, (share, k) => ({ name: classes[k] ?? String(k), share }))
    .sort((a, b) => b.share - a.share)
    .slice(0, most);
}
