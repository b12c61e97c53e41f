/** Points drawn on a picture, with lines between those that belong together. */
import type { NdArray } from "../../array/index.ts";
import { pointEdges } from "../../data/index.ts";
import {
  type Annotation,
  annotate,
  type BytePicture,
  categoryColor,
  type Picture,
  type Rgb,
} from "../../image/index.ts";

/** The person's left, right, and middle: told apart by most color-blind people too. */
const [LEFT, RIGHT, MIDDLE]: readonly Rgb[] = [
  [0, 150, 255],
  [255, 120, 0],
  [250, 215, 40],
];

const sideOf = (name: string): Rgb =>
  /left|^l[_. ]/i.test(name) ? LEFT : /right|^r[_. ]/i.test(name) ? RIGHT : MIDDLE;

/** The color of each point: of its side where names have sides, else one for each point. */
function colorsOf(names: readonly string[]): readonly Rgb[] {
  const colors = names.map(sideOf);
  return colors.every((color) => color === MIDDLE) ? names.map((_, k) => categoryColor(k)) : colors;
}

/**
 * The picture in RGB with points and lines between those whose names are known to belong together; the person's left side is blue,
 * the right one orange. A line has the color of the point of a side.
 * @param points [k, 2] in pixels of the picture; NaN for none
 */
export function drawSkeleton(picture: Picture, points: NdArray, names: readonly string[]): BytePicture {
  const colors = colorsOf(names);
  const at = names.map((_, k) => ({ x: points.data[2 * k], y: points.data[2 * k + 1] }));
  const isThere = (k: number): boolean => Number.isFinite(at[k].x + at[k].y);
  const lines = pointEdges(names)
    .filter(([from, to]) => isThere(from) && isThere(to))
    .map(([from, to]): Annotation => {
      const color = colors[from] === MIDDLE ? colors[to] : colors[from];
      return { kind: "line", from: at[from], to: at[to], color };
    });
  const dots = at.flatMap((place, k): Annotation[] =>
    isThere(k) ? [{ kind: "dot", at: place, color: colors[k] }] : [],
  );
  return annotate(picture, [...lines, ...dots]);
}
