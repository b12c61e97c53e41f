/**
 * Keypoints and descriptors against OpenCV's; `tests/fixtures/opencv/make_sift.py` makes what is expected. OpenCV's
 * coordinates are a quarter of a pixel larger: it takes samples of the doubled picture for half pixels from its corner.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Picture, toGray } from "../picture.ts";
import { readPicture } from "../read-picture.ts";
import { type Keypoint, type SiftOptions, sift } from "./sift.ts";

/** How near keypoints must be to be the same: in pixels, as a share of the scale, and in radians. */
const NEAR = { pixels: 1, scale: 0.1, turn: (10 * Math.PI) / 180 };
/** The share that must be found again, either way. 0.8 is asked for; the arithmetic of both differs in the last digits only. */
const AGREEMENT = 0.97;
/** The same with directions, of which weak ones are near the threshold. */
const AGREEMENT_IN_DIRECTION = 0.95;
/** Descriptors differ where directions differ in the last digits. */
const LEAST_CORRELATION = 0.99;

interface Expected {
  readonly width: number;
  readonly height: number;
  readonly sum: number;
  readonly keypoints: readonly (readonly number[])[];
  readonly descriptors: Readonly<Record<string, readonly number[]>>;
}

const fixture = (path: string): Buffer => readFileSync(new URL(`../../../tests/fixtures/${path}`, import.meta.url));
const expectedOf = (name: string): Expected => JSON.parse(fixture(`opencv/sift-${name}.json`).toString());

const drawn = (width: number, height: number, value: (x: number, y: number) => number): Picture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
});

/** Column, row and deviation of Gaussians, bright and dark in turn. */
const places = [
  [20, 20.5, 2],
  [60.25, 20, 3],
  [110, 24, 4],
  [170, 36.5, 7],
  [40, 90, 10],
  [110, 90.75, 14],
  [190, 110, 5.5],
  [150, 140, 2.5],
];

function blobs(): Picture {
  return drawn(224, 160, (x, y) => {
    let sum = 128;
    for (const [i, [cx, cy, sigma]] of places.entries())
      sum += (i % 2 === 0 ? 100 : -100) * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * sigma ** 2));
    return Math.floor(sum + 0.5);
  });
}

function clouds(): Picture {
  return drawn(160, 160, (x, y) => {
    let total = 0;
    for (const step of [4, 8, 16, 32]) {
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ]) {
        const across = dx === 1 ? x % step : step - (x % step);
        const down = dy === 1 ? y % step : step - (y % step);
        const [column, row] = [Math.floor(x / step) + dx, Math.floor(y / step) + dy];
        const mixed = (column * 7919 + row * 104729 + step * 31 + 12345) % 65521;
        total += ((mixed * mixed) % 251) * across * down * (1024 / step ** 2);
      }
    }
    return Math.floor(total / 4096);
  });
}

const photograph = async (name: string): Promise<Picture> => readPicture(fixture(`pictures/${name}.png`), name);
const pictures: Readonly<Record<string, () => Picture | Promise<Picture>>> = {
  camera: () => photograph("camera"),
  astronaut: () => photograph("astronaut"),
  coffee: () => photograph("coffee"),
  rocket: () => photograph("rocket"),
  blobs,
  clouds,
  "clouds-finer": clouds,
};
/** Where they are not the defaults of both. */
const optionsOf: Readonly<Record<string, SiftOptions>> = {
  "clouds-finer": { octaveLayers: 5, contrastThreshold: 0.06, edgeThreshold: 4, sigma: 1.3 },
};

/** As `sift` gives it. */
const fromOpenCv = ([x, y, size, degrees, response, octave]: readonly number[]): Keypoint => ({
  x: x - 0.25,
  y: y - 0.25,
  scale: size / 2,
  orientation: (degrees * Math.PI) / 180,
  response,
  octave,
});

const turnBetween = (a: Keypoint, b: Keypoint): number =>
  Math.abs(Math.atan2(Math.sin(a.orientation - b.orientation), Math.cos(a.orientation - b.orientation)));
const distance = (a: Keypoint, b: Keypoint): number => Math.hypot(a.x - b.x, a.y - b.y);
const isNear = (a: Keypoint, b: Keypoint): boolean =>
  distance(a, b) <= NEAR.pixels && Math.abs(a.scale / b.scale - 1) <= NEAR.scale;
const isNearAndTurned = (a: Keypoint, b: Keypoint): boolean => isNear(a, b) && turnBetween(a, b) <= NEAR.turn;

const shareFound = (
  some: readonly Keypoint[],
  others: readonly Keypoint[],
  isSame: (a: Keypoint, b: Keypoint) => boolean,
): number => some.filter((one) => others.some((other) => isSame(one, other))).length / some.length;

/** Pearson's, which is 0 for vectors that have nothing to do with each other. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const centered = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const [u, v] = [centered(a), centered(b)];
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
}

describe.each(Object.keys(pictures))("in the picture %s", async (name) => {
  const picture = await pictures[name]();
  const expected = expectedOf(name);
  const theirs = expected.keypoints.map(fromOpenCv);
  const { keypoints, descriptors } = sift(picture, optionsOf[name]);

  it("both look at the same pixels", () => {
    const { width, height, data } = toGray(picture);
    expect([width, height]).toEqual([expected.width, expected.height]);
    // OpenCV's gray is computed in whole numbers, and now and then rounded otherwise.
    const sum = Array.from(data).reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - expected.sum)).toBeLessThan(picture.channels === 1 ? 1 : (width * height) / 1000);
  });

  it("OpenCV's keypoints are found, and no others", () => {
    expect(theirs.length).toBeGreaterThan(50);
    expect(shareFound(theirs, keypoints, isNear)).toBeGreaterThanOrEqual(AGREEMENT);
    expect(shareFound(keypoints, theirs, isNear)).toBeGreaterThanOrEqual(AGREEMENT);
  });

  it("they have OpenCV's directions", () => {
    expect(shareFound(theirs, keypoints, isNearAndTurned)).toBeGreaterThanOrEqual(AGREEMENT_IN_DIRECTION);
    expect(shareFound(keypoints, theirs, isNearAndTurned)).toBeGreaterThanOrEqual(AGREEMENT_IN_DIRECTION);
  });

  it("they lie a quarter of a pixel before OpenCV's, in the same octaves, and are as strong", () => {
    const pairs = theirs.flatMap((one) => {
      const other = keypoints.find((candidate) => isNearAndTurned(one, candidate));
      return other === undefined ? [] : [[one, other]];
    });
    const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
    // Expected numbers are rounded to the third digit, and responses to the fifth.
    expect(median(pairs.map(([one, other]) => distance(one, other)))).toBeLessThan(2e-3);
    expect(median(pairs.map(([one, other]) => Math.abs(one.response - other.response)))).toBeLessThan(2e-5);
    expect(pairs.filter(([one, other]) => one.octave === other.octave).length / pairs.length).toBeGreaterThan(0.97);
  });

  it("they are described as by OpenCV", () => {
    const described = Object.entries(expected.descriptors);
    let compared = 0;
    for (const [index, descriptor] of described) {
      // Keypoints in one place have several directions; the nearest one in both is meant.
      const one = theirs[Number(index)];
      const apart = keypoints.map((other) => (isNear(one, other) ? turnBetween(one, other) : Infinity));
      const nearest = apart.indexOf(Math.min(...apart));
      if (!(apart[nearest] < NEAR.turn)) continue;
      compared++;
      expect(correlation(Array.from(descriptors.row(nearest).data), descriptor)).toBeGreaterThan(LEAST_CORRELATION);
    }
    expect(compared).toBeGreaterThan(8);
  });
});
