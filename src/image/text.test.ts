import { describe, expect, it } from "vitest";
import { BASELINE, drawnSigns, GLYPH, glyphOf } from "./font.ts";
import { drawText, fitLines, textWidth } from "./text.ts";

/** A glyph as it is drawn. */
const drawing = (sign: string): string[] =>
  glyphOf(sign).map((bits) => bits.toString(2).padStart(GLYPH.width, "0").replaceAll("0", ".").replaceAll("1", "#"));

describe("the font", () => {
  it("draws every printable sign of ASCII, and some more", () => {
    const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
    for (const sign of [...ascii, ..."–×°…→←±²µσ≤≥"]) expect(drawnSigns).toContain(sign);
  });

  it("draws each sign in five columns and nine rows, no two alike", () => {
    for (const sign of drawnSigns) {
      const rows = drawing(sign);
      expect([sign, rows.length, ...rows.map((row) => row.length)]).toEqual([sign, 9, ...Array(9).fill(5)]);
      expect(rows.join("")).toMatch(/^[.#]*#[.#]*$/);
    }
    expect(new Set(drawnSigns.map((sign) => drawing(sign).join("\n"))).size).toBe(drawnSigns.length);
  });

  it("puts capitals and digits on the line, and tails below it", () => {
    for (const sign of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
      const rows = drawing(sign);
      expect(rows[0] + rows[BASELINE - 1]).toMatch(/#.*#/);
      expect(rows.slice(BASELINE).join("")).not.toContain("#");
    }
    for (const sign of "gjpqy") expect(drawing(sign)[GLYPH.height - 1]).toContain("#");
  });

  it("looks as it is drawn", () => {
    expect(drawing("F")).toEqual(["#####", "#....", "#....", "####.", "#....", "#....", "#....", ".....", "....."]);
    expect(drawing("\\").slice(0, 3)).toEqual(["#....", "#....", ".#..."]);
    expect(drawing("`").slice(0, 3)).toEqual([".#...", "..#..", "....."]);
  });

  it("leaves accents away, shows a box for what it lacks, and nothing for spaces", () => {
    expect(glyphOf("é")).toEqual(glyphOf("e"));
    expect(drawing("日")[0]).toBe("#####");
    expect(glyphOf("日")).toEqual(glyphOf("😀"));
    for (const space of [" ", "\u00a0"]) expect(drawing(space).join("")).not.toContain("#");
  });
});

describe("lines", () => {
  it.each([
    ["seven", 10, ["seven"]],
    ["", 10, [""]],
    ["a tabby cat", 11, ["a tabby cat"]],
    ["a tabby cat", 7, ["a tabby", "cat"]],
    ["a tabby cat", 8, ["a tabby", "cat"]],
    ["a tabby cat", 6, ["a", "tabby", "cat"]],
    ["unbelievable", 5, ["unbel", "ievab", "le"]],
    ["one\ntwo", 10, ["one", "two"]],
    ["one\r\n\ntwo", 10, ["one", "", "two"]],
    ["one two three four", 5, ["one", "two", "thre…"]],
    ["a b c d", 1, ["a", "b", "…"]],
    ["naïve 日本語 😀😀", 5, ["naïve", "日本語", "😀😀"]],
    ["tab\there", 10, ["tab here"]],
  ])("of %j in %i columns are %j", (text, columns, lines) => {
    expect(fitLines(text, columns, 3)).toEqual(lines);
    for (const line of fitLines(text, columns, 3)) expect(Array.from(line).length).toBeLessThanOrEqual(columns);
  });

  it("end where there are enough", () => {
    expect(fitLines("one two", 5, 1)).toEqual(["one…"]);
    expect(fitLines("seventeen", 5, 1)).toEqual(["seve…"]);
  });

  it("are measured in signs, accents included", () => {
    expect(textWidth("cafe\u0301\nno")).toBe(4);
    expect(textWidth("")).toBe(0);
  });
});

describe("drawText", () => {
  it("paints the squares of every sign around the middle", () => {
    const painted: string[] = [];
    drawText({ text: "||", center: 11, top: 3, size: 2 }, (x, y) => painted.push(`${x},${y}`));
    // Eleven columns of two pixels from 0 on; the bars stand in columns 2 and 8.
    const bar = (x: number) => Array.from({ length: 7 }, (_, row) => `${x},${3 + 2 * row}`);
    expect(painted).toEqual([...bar(4), ...bar(16)]);
  });

  it("runs upward with the letters' tops at the left", () => {
    const painted: string[] = [];
    drawText({ text: "||", center: 11, top: 3, size: 2, isUpward: true }, (x, y) => painted.push(`${x},${y}`));
    const bar = (y: number) => Array.from({ length: 7 }, (_, row) => `${3 + 2 * row},${y}`);
    expect(painted).toEqual([...bar(16), ...bar(4)]);
  });
});
