/** Canny's edges and Harris's corners against what OpenCV finds; `tests/fixtures/opencv/make_features.py` asked it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canny } from "./canny.ts";
import { harris, harrisResponse } from "./harris.ts";
import { type BytePicture, type FloatPicture, toFloats } from "./picture.ts";
import { decodePng } from "./png/png.ts";

interface CannyCase {
  readonly name: string;
  readonly picture: string;
  readonly low: number;
  readonly high: number;
  readonly norm: "l1" | "l2";
  readonly sigma: number;
}
interface HarrisCase {
  readonly picture: string;
  readonly block: number;
  readonly aperture: number;
  readonly k: number;
  readonly distance: number;
  readonly responses: Readonly<Record<"largest" | "harris" | "shiTomasi" | "atCorner", readonly number[]>>;
  readonly corners: Readonly<Record<"harris" | "shiTomasi", readonly (readonly [x: number, y: number])[]>>;
}

const fixture = (path: string) => new URL(`../../tests/fixtures/${path}`, import.meta.url);
const expected: {
  readonly threshold: number;
  readonly count: number;
  readonly every: number;
  readonly corner: number;
  readonly canny: readonly CannyCase[];
  readonly harris: readonly HarrisCase[];
} = JSON.parse(readFileSync(fixture("opencv/features.json"), "utf8"));

const readPng = (path: string): Promise<BytePicture> => decodePng(readFileSync(fixture(path)), path);
const drawings = ["shapes", "rectangles"];
const readInput = (name: string): Promise<BytePicture> =>
  readPng(`${drawings.includes(name) ? "opencv" : "pictures"}/${name}.png`);

/** The pixels that are on an edge and, of these, those with one of `other` at most a pixel away. */
function edgesOf(picture: BytePicture, other: BytePicture): { all: number; near: number } {
  const { width, height, data } = picture;
  const all = [...data.keys()].filter((i) => data[i] > 0);
  const isNear = (i: number): boolean => {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      const from = row * width;
      if (other.data.subarray(from + Math.max(0, x - 1), from + Math.min(width, x + 2)).some((v) => v > 0)) return true;
    }
    return false;
  };
  return { all: all.length, near: all.filter(isNear).length };
}

/** OpenCV's Gaussian rounds to bytes and ends sooner; of the photograph's edges 99.1 and 99.5 % meet. */
const NEAR_AFTER_GAUSSIAN = 0.98;

describe("canny finds OpenCV's edges", () => {
  it.each(expected.canny.filter(({ sigma }) => sigma === 0))(
    "all of them, in $name",
    async ({ name, picture, ...how }) => {
      const theirs = await readPng(`opencv/canny-${name}.png`);
      expect(edgesOf(theirs, theirs).all).toBeGreaterThan(500);
      const input = await readInput(picture);
      expect(canny(input, how)).toEqual(theirs);
      expect(canny(toFloats(input), how)).toEqual(theirs);
    },
  );

  it.each(expected.canny.filter(({ sigma }) => sigma > 0))(
    "within a pixel, in $name",
    async ({ name, picture, ...how }) => {
      const theirs = await readPng(`opencv/canny-${name}.png`);
      const ours = canny(await readInput(picture), how);
      for (const { near, all } of [edgesOf(ours, theirs), edgesOf(theirs, ours)])
        expect(near / all).toBeGreaterThan(NEAR_AFTER_GAUSSIAN);
    },
  );
});

/** Of the largest response. OpenCV works in float32 throughout; the worst is 3.7e-7. */
const RESPONSE_TOLERANCE = 1e-6;

describe("harris agrees with OpenCV", () => {
  const measures = ["harris", "shiTomasi"] as const;
  const cases = expected.harris.flatMap((one) => measures.map((measure) => ({ ...one, measure })));
  const pick = ({ width, data }: FloatPicture, isWanted: (x: number, y: number) => boolean): number[] =>
    [...data].filter((_, i) => isWanted(i % width, Math.floor(i / width)));

  it.each(cases)(
    "in its responses: $picture, block $block, aperture $aperture, $measure",
    async ({ picture, responses, corners: _corners, distance: _distance, ...how }) => {
      const { every, corner } = expected;
      const response = harrisResponse(await readInput(picture), how);
      const largest = response.data.reduce((most, value) => Math.max(most, value));
      const differences = (ours: number[], theirs: readonly number[]): number[] => {
        expect(ours.length).toBe(theirs.length);
        return ours.map((value, i) => Math.abs(value - theirs[i]));
      };
      const all = [
        ...differences([largest], [responses.largest[how.measure === "harris" ? 0 : 1]]),
        ...differences(
          pick(response, (x, y) => x % every === 0 && y % every === 0),
          responses[how.measure],
        ),
        ...(how.measure === "harris"
          ? differences(
              pick(response, (x, y) => x < corner && y < corner),
              responses.atCorner,
            )
          : []),
      ];
      expect(Math.max(...all) / largest).toBeLessThan(RESPONSE_TOLERANCE);
    },
  );

  it.each(cases)(
    "in its corners, and their order: $picture, block $block, aperture $aperture, $measure",
    async ({ picture, corners, responses: _responses, ...how }) => {
      const { threshold, count } = expected;
      const found = harris(await readInput(picture), { ...how, threshold, count });
      expect(found.length).toBeGreaterThan(10);
      expect(found.map(({ x, y }) => [x, y])).toEqual(corners[how.measure]);
    },
  );
});
