import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { type Annotation, annotate } from "./annotate.ts";
import type { Picture } from "./picture.ts";

const RED = [255, 0, 0] as const;
const gray = (width: number, height: number): Picture => ({
  ...{ width, height, channels: 1 },
  data: new Uint8Array(width * height).fill(90),
});
/** The pixels of a color, as x, y. */
function pixelsOf({ width, data }: Picture, color: readonly number[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < data.length; i += 3)
    if (color.every((value, c) => data[i + c] === value)) found.push(`${(i / 3) % width},${Math.floor(i / 3 / width)}`);
  return found;
}

describe("annotate", () => {
  it("draws frames, lines and dots, clipped to the picture, which it leaves as it was", () => {
    const picture = gray(12, 10);
    const before = picture.data.slice();
    const box = annotate(picture, [{ kind: "box", from: { x: 2, y: 3 }, to: { x: 5, y: 6 }, color: RED }]);
    expect(pixelsOf(box, RED)).toHaveLength(12);
    const line = annotate(picture, [{ kind: "line", from: { x: 9, y: 1 }, to: { x: 50, y: 1 }, color: RED }]);
    expect(pixelsOf(line, RED)).toEqual(["9,1", "10,1", "11,1"]);
    const dot = annotate(picture, [{ kind: "dot", at: { x: 4, y: 4 }, color: RED }]);
    expect(pixelsOf(dot, RED)).toContain("4,4");
    expect(pixelsOf(dot, RED)).toContain("6,4");
    expect(pixelsOf(dot, RED)).not.toContain("6,6");
    expect(picture.data).toEqual(before);
  });

  it("puts a label above the box, or inside of it at the upper edge", () => {
    const at = (y: number) =>
      annotate(gray(60, 60), [{ kind: "box", from: { x: 10, y }, to: { x: 40, y: y + 25 }, color: RED, label: "cat" }]);
    const rows = (picture: Picture): number[] => pixelsOf(picture, RED).map((pixel) => Number(pixel.split(",")[1]));
    expect(Math.min(...rows(at(30)))).toBeLessThan(25);
    expect(Math.min(...rows(at(2)))).toBe(2);
    expect(pixelsOf(at(30), [255, 255, 255]).length).toBeGreaterThan(10);
  });

  it("draws thicker lines in larger pictures, without gaps", () => {
    const picture = annotate(gray(960, 40), [
      { kind: "line", from: { x: 10, y: 5 }, to: { x: 40, y: 35 }, color: RED },
    ]);
    const pixels = new Set(pixelsOf(picture, RED));
    for (let i = 12; i <= 38; i++) expect(pixels.has(`${i},${i - 5}`)).toBe(true);
    expect(pixels.size).toBeGreaterThan(3 * 30);
  });

  it("names what it cannot draw", () => {
    const draw = (annotation: unknown) => () => annotate(gray(4, 4), [annotation as Annotation]);
    expect(draw({ kind: "star", color: RED })).toThrow(/kind "star", expected one of 'box', 'line', 'dot'/);
    expect(draw({ kind: "dot", at: { x: Number.NaN, y: 1 }, color: RED })).toThrow(OptionError);
    expect(draw({ kind: "line", from: { x: 0, y: 0 }, to: { x: Infinity, y: 1 }, color: RED })).toThrow(OptionError);
    expect(draw(undefined)).toThrow(OptionError);
  });
});
