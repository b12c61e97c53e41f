/** What names of points tell: sides of faces, and lines between points. */
import { expect, it } from "vitest";
import { faceNames, jointNames, pointEdges } from "../index.ts";
import { plainName } from "./point-names.ts";
import { mirrorPairs } from "./points.ts";

it("names are compared as words, whatever their spelling", () => {
  for (const name of ["r_hip", "R.hip", "rightHip", "RIGHT_HIP", "right hip", "Right-Hip", "righthip"])
    expect(plainName(name)).toBe("right hip");
  expect(["head_top", "tailbase", "lear", "upright"].map(plainName)).toEqual([
    "head top",
    "tailbase",
    "lear",
    "upright",
  ]);
});

it("the 68 points of faces have their mirror images where everyone has them", () => {
  const pairs = mirrorPairs({ names: faceNames });
  const exchanged = faceNames.map((_, k) => pairs.find((pair) => pair.includes(k))?.find((other) => other !== k) ?? k);
  // Jaw, brows, nose, eyes and mouth from the other end; source: the figure of the 300 Faces in-the-Wild Challenge.
  expect(exchanged.slice(0, 17)).toEqual([16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(exchanged.slice(17, 27)).toEqual([26, 25, 24, 23, 22, 21, 20, 19, 18, 17]);
  expect(exchanged.slice(27, 36)).toEqual([27, 28, 29, 30, 35, 34, 33, 32, 31]);
  expect(exchanged.slice(36, 48)).toEqual([45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]);
  expect(exchanged.slice(48, 60)).toEqual([54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55]);
  expect(exchanged.slice(60)).toEqual([64, 63, 62, 61, 60, 67, 66, 65]);
});

/** By name, in the order of the table. */
const linesOf = (names: readonly string[]) => pointEdges(names).map((edge) => edge.map((k) => names[k]).join(" – "));

it("lines join the parts of a body, whatever the spelling", () => {
  const lines = linesOf(jointNames);
  expect(lines).toHaveLength(14);
  expect(lines).toContain("left wrist – left elbow");
  expect(lines).toContain("neck – right shoulder");
  const short = jointNames.map((name) => name.replace("right ", "r_").replace("left ", "l_").replace(" ", "_"));
  expect(pointEdges(short)).toEqual(pointEdges(jointNames));
});

it("shoulders hang on each other where there is no neck; other names have no lines", () => {
  expect(linesOf(["nose", "left_shoulder", "right_shoulder"])).toEqual(["left_shoulder – right_shoulder"]);
  expect(linesOf(["snout", "leftear", "rightear", "tailbase"])).toEqual([
    "snout – rightear",
    "snout – leftear",
    "rightear – tailbase",
    "leftear – tailbase",
  ]);
  expect(pointEdges(["0", "1", "2"])).toEqual([]);
  expect(pointEdges(faceNames)).toHaveLength(16 + 4 + 4 + 3 + 4 + 6 + 6 + 12 + 8);
});
