/** Text in pictures: broken into lines and drawn with the font of `font.ts`. */
import { GLYPH, glyphOf } from "./font.ts";

/** The distance of characters, in pixels of the font. */
export const ADVANCE = GLYPH.width + 1;
/** The distance of lines, in pixels of the font. */
export const LINE = GLYPH.height + 1;

/** The characters of a text: accents belong to their letters, and control characters are spaces. */
const signsOf = (text: string): string[] => Array.from(text.normalize("NFC").replace(/\p{Cc}|\p{Cs}/gu, " "));

/** The lines of the text itself. */
const paragraphsOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

/** The length of the longest line of a text. */
export const textWidth = (text: string): number => Math.max(...paragraphsOf(text).map((line) => signsOf(line).length));

/**
 * Breaks a text into lines of at most `columns` characters, at spaces, and inside longer words. With more than `most` lines,
 * the last one kept ends in "…".
 */
export function fitLines(text: string, columns: number, most: number): string[] {
  const lines = paragraphsOf(text).flatMap((line) => wrap(signsOf(line), columns));
  if (lines.length <= most) return lines;
  const last = signsOf(lines[most - 1]).slice(0, columns - 1);
  return [...lines.slice(0, most - 1), `${last.join("").trimEnd()}…`];
}

function wrap(signs: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (let from = 0; from < signs.length; ) {
    const rest = signs.length - from;
    // The break may be the space after a full line.
    const space = signs.slice(from, from + columns + 1).lastIndexOf(" ");
    const length = rest <= columns ? rest : space > 0 ? space : columns;
    lines.push(
      signs
        .slice(from, from + length)
        .join("")
        .trim(),
    );
    from += length;
    while (signs[from] === " ") from++;
  }
  return lines.length > 0 ? lines : [""];
}

/** The pixels that the longest line of a text takes, at size 1. */
export const textLength = (text: string): number => textWidth(text) * ADVANCE - 1;

/** One line of text, and its position. */
export interface TextLine {
  readonly text: string;
  /** The middle of the line along its letters, in pixels. */
  readonly center: number;
  /** The edge where its letters have their tops, in pixels. */
  readonly top: number;
  /** Whether it runs upward, with the letters' tops at the left, instead of to the right. */
  readonly isUpward?: boolean;
  /** Pixels of the picture for one of the font. */
  readonly size: number;
}

/** Calls `paint` for every square of `size` × `size` pixels that a line of text inks, with its upper left corner. */
export function drawText({ text, center, top, size, isUpward }: TextLine, paint: (x: number, y: number) => void): void {
  const signs = signsOf(text);
  const length = (signs.length * ADVANCE - 1) * size;
  const start = Math.round(center - length / 2);
  // Along the line from its start, and across it from the letters' tops.
  const ink = (along: number, across: number): void =>
    isUpward ? paint(top + across, start + length - size - along) : paint(start + along, top + across);
  for (const [i, sign] of signs.entries()) {
    for (const [row, bits] of glyphOf(sign).entries()) {
      for (let column = 0; column < GLYPH.width; column++) {
        if ((bits >> (GLYPH.width - 1 - column)) & 1) ink((i * ADVANCE + column) * size, row * size);
      }
    }
  }
}
