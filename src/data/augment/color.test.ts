/** Steps that change values and leave places alone: colors, normalization, cutout. */
import { describe, expect, it } from "vitest";
import { augmented, classesInTurn, noiseBatch } from "../../../tests/support/augmentation.ts";
import { array, type NdArray, ShapeError, sameArray, zeros } from "../../array/index.ts";
import { colorJitter, cutout, gray, normalize } from "./index.ts";

const of = (images: NdArray) => ({ images, labels: classesInTurn(images.shape[0]) });
/** One picture of some pixels, RGB, in 0 … 1. */
const picture = (...pixels: [number, number, number][]): NdArray =>
  array([[0, 1, 2].map((c) => [pixels.map((pixel) => pixel[c])])]);
const pixelsOf = ({ data, shape: [, , , n] }: NdArray): number[][] =>
  Array.from({ length: n }, (_, i) => [0, 1, 2].map((c) => data[c * n + i]));
const close = (pixels: number[][]) => pixels.map((pixel) => pixel.map((value) => expect.closeTo(value, 5)));
const jittered = (options: Parameters<typeof colorJitter>[0], images: NdArray) =>
  augmented(colorJitter(options), of(images)).images;

describe("color jitter", () => {
  it("multiplies by the brightness, and cuts", () => {
    const found = jittered({ brightness: [2, 2] }, picture([0.1, 0.2, 0.7]));
    expect(pixelsOf(found)).toEqual(close([[0.2, 0.4, 1]]));
  });

  it("spreads values out from the mean gray", () => {
    // Grays 0.2 and 0.6, mean 0.4.
    const found = jittered({ contrast: [0.5, 0.5] }, picture([0.2, 0.2, 0.2], [0.6, 0.6, 0.6]));
    expect(pixelsOf(found)).toEqual(close([[0.3, 0.3, 0.3], [0.5, 0.5, 0.5]])); // biome-ignore format: pixels
  });

  it("moves values from their pixel's gray", () => {
    const level = 0.299 * 0.8 + 0.587 * 0.4 + 0.114 * 0.2;
    const expected = [0.8, 0.4, 0.2].map((value) => level + 0.5 * (value - level));
    expect(pixelsOf(jittered({ saturation: [0.5, 0.5] }, picture([0.8, 0.4, 0.2])))).toEqual(close([expected]));
  });

  it("turns hues around the circle: red, green, blue", () => {
    const colors = picture([1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5], [0.9, 0.5, 0.1]);
    const third = [1 / 3, 1 / 3] as const;
    expect(pixelsOf(jittered({ hue: third }, colors))).toEqual(
      close([[0, 1, 0], [0, 0, 1], [1, 0, 0], [0.5, 0.5, 0.5], [0.1, 0.9, 0.5]]), // biome-ignore format: pixels
    );
    expect(pixelsOf(jittered({ hue: [-1 / 6, -1 / 6] }, colors)).slice(0, 3)).toEqual(
      close([[1, 0, 1], [1, 1, 0], [0, 1, 1]]), // biome-ignore format: pixels
    );
  });

  it("draws its amounts evenly, one for each picture", () => {
    const images = zeros([2000, 1, 1, 2]).reshape([2000, 1, 1, 2]);
    images.data.fill(0.5);
    const found = jittered({ brightness: 0.4 }, images);
    const factors = Array.from({ length: 2000 }, (_, i) => found.data[2 * i] / 0.5);
    for (let i = 0; i < 2000; i++) expect(found.data[2 * i + 1]).toBe(found.data[2 * i]);
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.6 - 1e-6);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.4 + 1e-6);
    for (const bound of [0.8, 1, 1.2]) {
      const share = factors.filter((factor) => factor < bound).length / 2000;
      // Four deviations of a share among 2000.
      expect(Math.abs(share - (bound - 0.6) / 0.8)).toBeLessThan(0.045);
    }
  });

  it("keeps to what there is: nothing by default, gray pictures gray, other channels refused", () => {
    const batch = noiseBatch(2, [3, 4, 4]);
    expect(sameArray(augmented(colorJitter(), batch).images, batch.images)).toBe(true);
    const grays = noiseBatch(2, [1, 4, 4]);
    expect(sameArray(augmented(colorJitter({ saturation: 1, hue: 0.5 }), grays).images, grays.images)).toBe(true);
    expect(() => augmented(colorJitter(), noiseBatch(1, [2, 4, 4]))).toThrow(
      new ShapeError("colorJitter: is for pictures that are gray or RGB, got 2 channels"),
    );
    expect(() => colorJitter({ hue: 0.6 })).toThrow("hue must be a number r of at least 0");
    expect(() => colorJitter({ contrast: [-1, 1] })).toThrow(
      "contrast must be a number r of at least 0, for max(0, 1 − r)",
    );
  });
});

describe("gray", () => {
  it("makes as many pictures gray as it is told", () => {
    const { images } = augmented(gray({ probability: 0.25 }), noiseBatch(2000, [3, 1, 1]));
    const grays = Array.from({ length: 2000 }, (_, i) => images.row(i).data).filter(([r, g, b]) => r === g && g === b);
    // Four deviations; by chance one in 65 536 is gray anyway.
    expect(Math.abs(grays.length / 2000 - 0.25)).toBeLessThan(0.039);
  });

  it("weighs the colors as BT.601 does", () => {
    const images = augmented(gray({ probability: 1 }), of(picture([1, 0, 0], [0, 1, 0], [0, 0, 1]))).images;
    expect(pixelsOf(images)).toEqual(close([0.299, 0.587, 0.114].map((value) => [value, value, value])));
  });
});

describe("normalization", () => {
  it("subtracts means and divides by deviations, channel by channel, of bytes as of floats", () => {
    const step = normalize({ mean: [0.2, 0.4, 0.6], std: [0.1, 0.2, 0.5] });
    const floats = augmented(step, of(picture([0.2, 0.6, 1], [0, 0, 0])));
    expect(pixelsOf(floats.images)).toEqual(close([[0, 1, 0.8], [-2, -2, -1.2]])); // biome-ignore format: pixels
    const bytes = augmented(step, of(array([[[[51]], [[153]], [[255]]]], "u8"))).images;
    expect(bytes.dtype).toBe("f32");
    expect(pixelsOf(bytes)).toEqual(close([[0, 1, 0.8]]));
  });

  it("refuses what does not go with the channels", () => {
    expect(() => augmented(normalize({ mean: [0], std: [1] }), noiseBatch(1, [3, 2, 2]))).toThrow(
      "normalize: has 1 means and 1 deviations, but the pictures have 3 channels",
    );
    expect(() => normalize({ mean: [0], std: [0] })).toThrow(
      "std must be a list of numbers above 0, one for each channel, got [0]",
    );
  });
});

describe("cutout", () => {
  const side = 8;
  const batch = noiseBatch(500, [3, side, side], "f32");
  const painted = augmented(cutout({ size: 3, fill: [2, 3, 4] }), batch);

  it("paints one square of each picture, cut off at the edges, around any pixel", () => {
    const centers = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const [before, after] = [batch.images.row(i).data, painted.images.row(i).data];
      const hidden = Array.from({ length: side * side }, (_, k) => k).filter((k) => after[k] === 2);
      const columns = hidden.map((k) => k % side);
      const rows = hidden.map((k) => Math.floor(k / side));
      const [left, right] = [Math.min(...columns), Math.max(...columns)];
      const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
      expect(hidden.length).toBe((right - left + 1) * (bottom - top + 1));
      expect(right - left + 1).toBe(left === 0 && right === 1 ? 2 : right === side - 1 && left === side - 2 ? 2 : 3);
      centers.add(`${left === 0 && right === 1 ? 0 : left + 1},${top === 0 && bottom === 1 ? 0 : top + 1}`);
      after.forEach((value, k) => {
        const isHidden = hidden.includes(k % (side * side));
        if (value !== (isHidden ? 2 + Math.floor(k / (side * side)) : before[k]))
          throw new Error(`value ${k} is ${value}`);
      });
    }
    expect(centers.size).toBe(side * side);
  });

  it("leaves what is carried along as it is", () => {
    const keyPoints = zeros([500, 1, 2]);
    expect(augmented(cutout({ size: 3 }), { ...batch, keyPoints }).keyPoints).toBe(keyPoints);
    expect(() => cutout({ size: 2, fill: "reflect" as never })).toThrow(
      "fill must be a finite number, or one for each channel",
    );
  });
});
