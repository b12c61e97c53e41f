import { describe, expect, it } from "vitest";
import { augmented, classesInTurn, noiseBatch } from "../../../tests/support/augmentation.ts";
import { NdArray, OptionError, sameArray, zeros } from "../../array/index.ts";
import { affineMatrix, warpPlanes } from "../../image/index.ts";
import { type AffineOptions, type Augmentation, affine, lecture } from "./index.ts";

describe("ranges", () => {
  it("are given by both ends, or by one number for both sides", () => {
    const { options } = affine({ rotation: 30, translation: [-1, 4], scale: 2, stretch: [0.5, 1], flip: 0.5 });
    expect(options).toEqual({
      rotation: [-30, 30],
      translation: [-1, 4],
      scale: [0.5, 2],
      shear: [0, 0],
      stretch: [0.5, 1],
      flip: 0.5,
      fill: 0,
      ignoreIndex: -1,
      leastVisible: 0.1,
    });
  });

  it.each<[AffineOptions, string]>([
    [{ rotation: -5 }, "rotation must be a number r of at least 0, for −r to r, or [low, high], got -5"],
    [{ translation: [3, 1] }, "translation must be a number r"],
    [
      { shear: 90 },
      "shear must be a number r of at least 0, for −r to r, or [low, high], numbers of at most 89, got 90",
    ],
    [{ scale: 0.5 }, "scale must be a number f of at least 1, for 1/f to f, or [low, high], both above 0, got 0.5"],
    [{ stretch: [0, 1] }, "stretch must be a number f"],
    [{ flip: 2 }, "flip must be a number from 0 to 1, got 2"],
    [{ fill: "edge" as "reflect" }, "fill must be a finite number, or a list of finite numbers, one for each channel"],
    [{ rotaton: 3 } as object, "there is no option 'rotaton'; did you mean rotation?"],
  ])("%j are none", (options, message) => {
    expect(() => affine(options)).toThrow(OptionError);
    expect(() => affine(options)).toThrow(message);
  });
});

const SAMPLES = 2000;
/** Four deviations of a share of 1/4 among so many. */
const TOLERANCE = 4 * Math.sqrt((0.25 * 0.75) / SAMPLES);

/** Numbers fill the range evenly, and only it. */
function expectUniform(values: readonly number[], low: number, high: number): void {
  // Places are kept in single precision.
  const slack = 1e-4 * (high - low);
  expect(Math.min(...values)).toBeGreaterThan(low - slack);
  expect(Math.max(...values)).toBeLessThan(high + slack);
  const counts = [0, 0, 0, 0];
  for (const value of values) counts[Math.min(3, Math.max(0, Math.floor((4 * (value - low)) / (high - low))))]++;
  for (const count of counts) expect(Math.abs(count / values.length - 0.25)).toBeLessThan(TOLERANCE);
}

/** What was drawn for many samples, found from where their key points went. */
function drawn(step: Augmentation) {
  const [side, center, arm] = [41, 20, 3];
  const points = Float32Array.of(center, center, center + arm, center, center, center + arm);
  const keyPoints = new NdArray(points, [1, 3, 2], "f32");
  const batch = { images: zeros([1, 1, side, side], "u8"), labels: classesInTurn(1), keyPoints };
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const [x, y, rightX, rightY, belowX, belowY] = augmented(step, batch, { samples: [sample] }).keyPoints!.data;
    const [a, b, d, e] = [rightX - x, belowX - x, rightY - y, belowY - y].map((way) => way / arm);
    return { x: x - center, y: y - center, ...taken(a, b, d, e) };
  });
}

/** [a, b; d, e] = R(rotation) · scale · [1, tan shear; 0, 1] · [stretch, 0; 0, 1/stretch] · [±1, 0; 0, 1], taken apart. */
function taken(a: number, b: number, d: number, e: number) {
  const degrees = (radians: number): number => (radians * 180) / Math.PI;
  const determinant = a * e - b * d;
  const scale = Math.sqrt(Math.abs(determinant));
  const flip = Math.sign(determinant);
  const rotation = Math.atan2(-d * flip, a * flip);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const shear = degrees(Math.atan2(cos * b - sin * e, sin * b + cos * e));
  const turn = (degrees(rotation) + 360) % 360;
  return { flip, rotation: turn, scale: Math.log(scale), stretch: Math.log(Math.hypot(a, d) / scale), shear };
}

describe("draws", () => {
  it("of the lecture's step fill the lecture's ranges, factors in their logarithm", () => {
    const draws = drawn(lecture());
    expectUniform(draws.map(({ rotation }) => rotation), 0, 360); // biome-ignore format: a line each
    expectUniform(draws.map(({ x }) => x), -10, 10); // biome-ignore format: a line each
    expectUniform(draws.map(({ y }) => y), -10, 10); // biome-ignore format: a line each
    expectUniform(draws.map(({ scale }) => scale), -Math.log(1.6), Math.log(1.6)); // biome-ignore format: a line each
    expectUniform(draws.map(({ shear }) => shear), -20, 20); // biome-ignore format: a line each
    expectUniform(draws.map(({ stretch }) => stretch), -Math.log(1.3), Math.log(1.3)); // biome-ignore format: a line each
    const mirrored = draws.filter(({ flip }) => flip < 0).length / SAMPLES;
    expect(Math.abs(mirrored - 0.5)).toBeLessThan(1.2 * TOLERANCE);
  });

  it("are independent of each other", () => {
    const draws = drawn(lecture());
    // Uniform as well, if one says nothing of the other.
    expectUniform(draws.map(({ x, y }) => (x - y + 40) % 20), 0, 20); // biome-ignore format: a line each
    expectUniform(draws.map(({ shear, rotation }) => (shear * 9 + rotation + 360) % 360), 0, 360); // biome-ignore format: a line each
    expectUniform(draws.map(({ x, flip }) => (x * flip + 20) % 20), 0, 20); // biome-ignore format: a line each
  });

  it("of a step of one's own fill its ranges", () => {
    const draws = drawn(
      affine({ rotation: [10, 50], translation: [2, 4], scale: [1, 2], shear: 5, stretch: [0.5, 1] }),
    );
    expectUniform(draws.map(({ rotation }) => rotation), 10, 50); // biome-ignore format: a line each
    expectUniform(draws.map(({ x }) => x), 2, 4); // biome-ignore format: a line each
    expectUniform(draws.map(({ scale }) => scale), 0, Math.log(2)); // biome-ignore format: a line each
    expectUniform(draws.map(({ shear }) => shear), -5, 5); // biome-ignore format: a line each
    expectUniform(draws.map(({ stretch }) => stretch), -Math.log(2), 0); // biome-ignore format: a line each
    expect(draws.every(({ flip }) => flip === 1)).toBe(true);
  });
});

describe("the warp", () => {
  const batch = noiseBatch(3, [3, 9, 12]);

  it("is one about the center, with all that was drawn", () => {
    const step = affine({ rotation: [30, 30], translation: [2, 2], scale: [1.5, 1.5], flip: 1, fill: "reflect" });
    const parts = { rotation: 30, translation: [2, 2], scale: Math.exp(Math.log(1.5)), flip: true } as const;
    const map = affineMatrix(parts, [5.5, 4]);
    const expected = warpPlanes(batch.images, [map, map, map], { fill: "reflect" });
    expect(sameArray(augmented(step, batch).images, expected)).toBe(true);
  });

  it("moves whole pixels where it can", () => {
    const flipped = augmented(affine({ flip: 1 }), batch).images;
    expect([...flipped.data.subarray(0, 12)]).toEqual([...batch.images.data.subarray(0, 12)].reverse());
    const moved = augmented(affine({ translation: [2, 2], fill: 7 }), batch).images;
    expect([...moved.data.subarray(24, 36)]).toEqual([7, 7, ...batch.images.data.subarray(0, 10)]);
  });

  it("refuses a fill that does not suit the pictures", () => {
    expect(() => augmented(affine({ fill: [1, 2] }), batch)).toThrow(
      "fill has 2 values, but the pictures have 3 channels",
    );
    expect(() => augmented(lecture({ fill: 300 }), batch)).toThrow("fill is 300; in pictures of bytes");
  });
});

it("the lecture's step is an affine one, and takes what is beyond the edges only", () => {
  expect(lecture({ fill: "replicate" })).toEqual(
    affine({ rotation: [0, 360], translation: 10, scale: 1.6, shear: 20, stretch: 1.3, flip: 0.5, fill: "replicate" }),
  );
  expect(() => lecture({ rotation: 3 } as object)).toThrow("lecture: there is no option 'rotation'");
});
