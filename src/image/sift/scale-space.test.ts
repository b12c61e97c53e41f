import { describe, expect, it } from "vitest";
import { CapabilityError } from "../../array/index.ts";
import type { FloatPicture } from "../picture.ts";
import { blur, buildOctaves, sigmaOf, toPixels } from "./scale-space.ts";

/** Sums of some dozens of products in double precision, stored in single. */
const ROUNDING = 1e-6;
/** What Gaussians lose where they are cut off at four deviations: 2 · 3e-5 of their area. */
const CUT = 2e-4;

const picture = (width: number, height: number, value: (x: number, y: number) => number): FloatPicture => ({
  width,
  height,
  channels: 1,
  data: Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
});

describe("blur", () => {
  it("makes a Gaussian of a point, of the same sum", () => {
    const [width, height, sigma] = [41, 37, 2.3];
    const { data } = picture(width, height, (x, y) => Number(x === 20 && y === 18));
    const out = blur(data, width, height, sigma);
    for (const [x, y] of [
      [20, 18],
      [22, 18],
      [20, 13],
      [15, 21],
    ]) {
      const squared = (x - 20) ** 2 + (y - 18) ** 2;
      const expected = Math.exp(-squared / (2 * sigma ** 2)) / (2 * Math.PI * sigma ** 2);
      expect(Math.abs(out[y * width + x] / expected - 1)).toBeLessThan(CUT);
    }
    expect(Math.abs(out.reduce((a, b) => a + b) - 1)).toBeLessThan(ROUNDING);
  });

  it("adds up in squares", () => {
    const { data } = picture(33, 30, (x, y) => Math.sin(x * y));
    const twice = blur(blur(data, 33, 30, 1.5), 33, 30, 2);
    const once = blur(data, 33, 30, 2.5);
    for (const [i, value] of once.entries()) expect(Math.abs(value - twice[i])).toBeLessThan(10 * CUT);
  });

  it("sees mirrors at the edges, also of pictures that are narrower than the Gaussian", () => {
    for (const [width, height] of [
      [1, 1],
      [2, 5],
      [9, 1],
    ]) {
      const { data } = picture(width, height, () => 0.25);
      expect(blur(data, width, height, 3).every((value) => Math.abs(value - 0.25) < ROUNDING)).toBe(true);
    }
    // The middle one of 0 1 0 sees 1 at every second place.
    const [a, b] = [Math.exp(-1 / 2), Math.exp(-4 / 2)];
    const [c, d] = [Math.exp(-9 / 2), Math.exp(-16 / 2)];
    const whole = 1 + 2 * (a + b + c + d);
    expect(blur(Float32Array.of(0, 1, 0), 3, 1, 1)[1]).toBeCloseTo((1 + 2 * (b + d)) / whole, 6);
  });
});

describe("the octaves", () => {
  it("begin at twice the size and halve down to about four samples", () => {
    const octaves = buildOctaves(
      picture(50, 21, (x) => x / 50),
      3,
      1.6,
    );
    expect(octaves.map(({ index, width, height, levels }) => [index, width, height, levels.length])).toEqual([
      [-1, 100, 42, 6],
      [0, 50, 21, 6],
      [1, 25, 10, 6],
    ]);
  });

  it("are blurred as they say, and know where they lie", () => {
    // A point is in every level a Gaussian, whose height is 1 / 2πσ²; its blur by the camera is already in σ.
    const sigma = 1.6;
    const octaves = buildOctaves(
      picture(128, 128, (x, y) => Math.exp(-((x - 64) ** 2 + (y - 64) ** 2) / 2)),
      3,
      sigma,
    );
    for (const octave of octaves.slice(0, 3)) {
      for (const [level, data] of octave.levels.entries()) {
        const samples = Array.from(data.keys());
        const sum = data.reduce((a, b) => a + b);
        const mean = (of: (i: number) => number) => samples.reduce((total, i) => total + data[i] * of(i), 0) / sum;
        const x = mean((i) => i % octave.width);
        const variance = mean((i) => (i % octave.width) ** 2) - x ** 2;
        expect(toPixels(x, octave)).toBeCloseTo(64, 2);
        // The point's deviation is 1, of which 0.5 counts as the camera's. Interpolation takes 3/4 of a pixel that is 1/4
        // away and 1/4 of one that is 3/4 away.
        const interpolation = (3 / 4) * (1 / 4) ** 2 + (1 / 4) * (3 / 4) ** 2;
        const expected = (1 - 0.25 + interpolation) / 4 ** octave.index + sigmaOf(level, 3, sigma) ** 2;
        expect(Math.abs(Math.sqrt(variance / expected) - 1)).toBeLessThan(CUT);
      }
    }
  });

  it("are none where there is no room, and refused where there is no memory", () => {
    for (const [width, height] of [
      [0, 0],
      [1, 1],
      [2, 100],
    ]) {
      expect(
        buildOctaves(
          picture(width, height, () => 1),
          3,
          1.6,
        ),
      ).toEqual([]);
    }
    const huge: FloatPicture = { width: 8192, height: 4096, channels: 1, data: new Float32Array(0) };
    expect(() => buildOctaves(huge, 3, 1.6)).toThrow(
      new CapabilityError("sift: the picture has 8192×4096 pixels, at most 16777216 fit; resize() it first"),
    );
  });
});
