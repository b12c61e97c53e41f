/** Draws keypoints and matches. */
import { checkList, checkOptions, OptionError } from "../../array/index.ts";
import { type Color, drawCircle, drawLine } from "../draw.ts";
import { type BytePicture, checkPicture, type Picture, toBytes, toRgb } from "../picture.ts";
import type { Match } from "./match.ts";
import type { Keypoint } from "./sift.ts";

/** Colors that are easy to distinguish, also from gray; used in turn. */
const palette: readonly Color[] = [
  [255, 64, 64],
  [64, 255, 64],
  [80, 144, 255],
  [255, 216, 0],
  [255, 96, 255],
  [0, 232, 232],
  [255, 152, 32],
];

/** A disc of radius r is found at the scale r / √2, and shown by a circle of its size. */
const RADIUS_OF_SCALE = Math.SQRT2;

/** A copy of the picture in RGB with a circle for each keypoint, as large as the disc that would be found at its scale, and
 * a line from its center in its direction. */
export function drawKeypoints(picture: Picture, keypoints: readonly Keypoint[]): BytePicture {
  checkKeypoints("drawKeypoints", keypoints);
  const copy = toRgb(toBytes(picture));
  const canvas: BytePicture = { ...copy, data: copy.data.slice() };
  drawOnto(canvas, keypoints, 0);
  return canvas;
}

/**
 * Two pictures side by side in RGB, with the keypoints that were matched and a line between those that belong together.
 * @throws OptionError for a match of missing keypoints
 */
export function drawMatches(
  a: Picture,
  keypointsA: readonly Keypoint[],
  b: Picture,
  keypointsB: readonly Keypoint[],
  matches: readonly Match[],
): BytePicture {
  for (const picture of [a, b]) checkPicture(picture, "drawMatches");
  for (const keypoints of [keypointsA, keypointsB]) checkKeypoints("drawMatches", keypoints);
  checkList("drawMatches", "matches, { a, b }", matches);
  const wrong = matches.find((match) => !(match.a in keypointsA && match.b in keypointsB));
  if (wrong !== undefined) {
    const counts = `${keypointsA.length} and ${keypointsB.length} keypoints`;
    throw new OptionError(`drawMatches: a match of ${wrong.a} with ${wrong.b}, there are ${counts}`);
  }
  const canvas = joinPictures(a, b);
  drawOnto(
    canvas,
    matches.map((match) => keypointsA[match.a]),
    0,
  );
  drawOnto(
    canvas,
    matches.map((match) => keypointsB[match.b]),
    a.width,
  );
  for (const [i, match] of matches.entries()) {
    const [from, to] = [keypointsA[match.a], keypointsB[match.b]];
    drawLine(canvas, from, { x: to.x + a.width, y: to.y }, palette[i % palette.length]);
  }
  return canvas;
}

function checkKeypoints(where: string, keypoints: readonly Keypoint[]): void {
  checkList(where, "keypoints, as sift finds them", keypoints);
  for (const keypoint of keypoints) checkOptions(`${where}: a keypoint`, keypoint);
}

function drawOnto(canvas: BytePicture, keypoints: readonly Keypoint[], left: number): void {
  for (const [i, { x, y, scale, orientation }] of keypoints.entries()) {
    const center = { x: x + left, y };
    const radius = RADIUS_OF_SCALE * scale;
    const color = palette[i % palette.length];
    drawCircle(canvas, center, radius, color);
    const tip = { x: center.x + radius * Math.cos(orientation), y: y + radius * Math.sin(orientation) };
    drawLine(canvas, center, tip, color);
  }
}

/** Both from the top on; black below the lower one. */
function joinPictures(a: Picture, b: Picture): BytePicture {
  const [width, height] = [a.width + b.width, Math.max(a.height, b.height)];
  const data = new Uint8Array(3 * width * height);
  for (const [picture, left] of [
    [a, 0],
    [b, a.width],
  ] as const) {
    const rgb = toRgb(toBytes(picture)).data;
    for (let y = 0; y < picture.height; y++) {
      data.set(rgb.subarray(3 * y * picture.width, 3 * (y + 1) * picture.width), 3 * (y * width + left));
    }
  }
  return { width, height, channels: 3, data };
}
