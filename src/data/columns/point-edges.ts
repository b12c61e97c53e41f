/** Which points a line joins in drawings, by their names: limbs of bodies, outlines of faces. */
import { plainName } from "./point-names.ts";

/** Two points by number that a line joins. */
export type PointEdge = readonly [from: number, to: number];

/**
 * Lines between names; those with `side` are there for both. Of several in a list the first counts whose points are both there:
 * shoulders hang on the neck, or, where there is none, on each other.
 */
const lines: readonly (readonly (readonly [string, string])[])[] = [
  [["side ankle", "side knee"]],
  [["side knee", "side hip"]],
  [["side wrist", "side elbow"]],
  [["side elbow", "side shoulder"]],
  [["side shoulder", "side hip"]],
  [["left hip", "right hip"]],
  [
    ["neck", "side shoulder"],
    ["left shoulder", "right shoulder"],
  ],
  [
    ["head top", "neck"],
    ["nose", "neck"],
  ],
  // Faces and heads, as COCO has them; animals.
  [["side ear", "side eye"]],
  [["nose", "side eye"]],
  [["snout", "side ear"]],
  [["side ear", "tailbase"]],
];

/** Outlines of the 68 points of faces, by number, of which the last four are closed. */
const faceOutlines: readonly (readonly [first: number, last: number, isClosed?: boolean])[] = [
  [0, 16],
  [17, 21],
  [22, 26],
  [27, 30],
  [31, 35],
  [36, 41, true],
  [42, 47, true],
  [48, 59, true],
  [60, 67, true],
];
const FACE = "right jaw 8";

const faceEdges = (): PointEdge[] =>
  faceOutlines.flatMap(([first, last, isClosed = false]) => [
    ...Array.from({ length: last - first }, (_, i): PointEdge => [first + i, first + i + 1]),
    ...(isClosed ? [[last, first] as const] : []),
  ]);

/** The lines between points of these names; none where the names are not known. */
export function pointEdges(names: readonly string[]): readonly PointEdge[] {
  if (names.length === 68 && names[0] === FACE) return faceEdges();
  const plain = names.map(plainName);
  const found = new Map<string, PointEdge>();
  for (const choices of lines)
    for (const side of ["right", "left"]) {
      const ends = choices
        .map((choice) => choice.map((name) => plain.indexOf(name.replace("side", side))))
        .find((both) => both.every((number) => number >= 0));
      if (ends !== undefined) found.set(ends.toSorted().join(), [ends[0], ends[1]]);
    }
  return [...found.values()];
}
