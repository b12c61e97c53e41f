import { describe, expect, it } from "vitest";
import { type Board, boardOf, emptyBoard, reduced, stroked } from "./board.ts";
import { centered, massOf } from "./center.ts";
import { readDrawing, writeDrawing } from "./drawing-text.ts";

const drawn = (...points: readonly (readonly [number, number])[]): Board =>
  points
    .slice(1)
    .reduce((board, to, i) => stroked(board, { from: points[i], to, radius: 2.2, erases: false }), emptyBoard(28, 28));

/** A one in a corner, and an eight that fills the board. */
const one = drawn([4, 6], [20, 5]);
const eight = drawn([4, 28], [16, 44], [28, 28], [40, 12], [52, 28], [40, 44], [28, 28], [16, 12], [4, 28]);

/** Height and width of what is inked, soft edges included. */
const boundsOf = (bytes: Uint8Array, side = 28): [number, number] => {
  const inked = [...bytes.keys()].filter((i) => bytes[i] > 0);
  const [ys, xs] = [inked.map((i) => Math.floor(i / side)), inked.map((i) => i % side)];
  return [Math.max(...ys) - Math.min(...ys) + 1, Math.max(...xs) - Math.min(...xs) + 1];
};

describe("a drawing", () => {
  it.each([
    ["a one", one],
    ["an eight", eight],
  ])("as the network gets it: %s is 20 pixels long, with its mass in the middle", (_, board) => {
    const picture = centered(board);
    expect(Math.max(...boundsOf(picture))).toBe(20);
    const [y, x] = massOf(picture, 28, 28);
    expect(Math.abs(y - 13.5)).toBeLessThanOrEqual(0.51);
    expect(Math.abs(x - 13.5)).toBeLessThanOrEqual(0.51);
  });

  it("keeps its proportions", () => {
    const [height, width] = boundsOf(centered(one));
    const [onBoard, across] = boundsOf(one.ink, one.width);
    // The width is rounded to whole pixels.
    expect(Math.abs(width - (across * height) / onBoard)).toBeLessThanOrEqual(0.5);
  });

  it("keeps its place without centering, and a picture keeps its bytes", () => {
    const [y, x] = massOf(reduced(one), 28, 28);
    // The middle of the stroke, (12, 5.5) on the board of twice the pixels, from the edges of pixels to their centers.
    expect(y).toBeCloseTo(12 / 2 - 0.5, 1);
    expect(x).toBeCloseTo(5.5 / 2 - 0.5, 1);
    const bytes = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);
    expect(reduced(boardOf(bytes, 28, 28))).toEqual(bytes);
  });

  it("stands in the address as it is, in less than 900 characters", () => {
    const text = writeDrawing(eight);
    expect(readDrawing(text, 56, 56)).toEqual(eight);
    expect(text.length).toBeLessThan(900);
    expect(encodeURIComponent(text)).toBe(text);
  });

  it("is not read from a text that is cut or of another size", () => {
    expect(readDrawing(writeDrawing(eight).slice(0, 40), 56, 56)).toBeUndefined();
    expect(readDrawing("§", 56, 56)).toBeUndefined();
    expect(readDrawing(writeDrawing(emptyBoard(8, 8)), 56, 56)).toBeUndefined();
  });

  it("loses what is erased, and nothing else", () => {
    const erased = stroked(eight, { from: [28, 28], to: [28, 28], radius: 3, erases: true });
    expect(erased.ink[28 * 56 + 28]).toBe(0);
    expect(erased.ink[52 * 56 + 28]).toBe(eight.ink[52 * 56 + 28]);
  });

  it("of nothing is nothing", () => {
    expect(centered(emptyBoard(28, 28)).every((value) => value === 0)).toBe(true);
  });
});
