/** Flips, turns and crops: moves of whole pixels. */
import { describe, expect, it } from "vitest";
import { augmented, classesInTurn, counted, noiseBatch } from "../../../tests/support/augmentation.ts";
import { array, type NdArray, ShapeError, sameArray, zeros } from "../../array/index.ts";
import { checkDataset } from "../batches.ts";
import { affine, centerCrop, centerCropped, flip, quarterTurn, randomCrop, randomResizedCrop } from "./index.ts";

const SAMPLES = 2000;
/** Four deviations of a share of one half among so many. */
const TOLERANCE = 4 * Math.sqrt(0.25 / SAMPLES);
const expectShare = (count: number, share: number): void =>
  expect(Math.abs(count / SAMPLES - share)).toBeLessThan(TOLERANCE);

/** The same picture many times. */
function copies(picture: NdArray, n = SAMPLES) {
  const images = zeros([n, ...picture.shape], picture.dtype);
  for (let i = 0; i < n; i++) images.data.set(picture.data, i * picture.size);
  return { images, labels: classesInTurn(n) };
}

const countOf = (images: NdArray, numbers: readonly number[]): number =>
  counted(images.shape[0]).filter((i) => String(images.row(i).data) === String(numbers)).length;

const four = array([[[1, 2], [3, 4]]], "u8"); // biome-ignore format: rows

describe("flips", () => {
  it("mirror as often as they are told, each direction by itself", () => {
    const { images } = augmented(flip({ horizontal: 0.5, vertical: 0.25 }), copies(four));
    expectShare(countOf(images, [1, 2, 3, 4]), 0.5 * 0.75);
    expectShare(countOf(images, [2, 1, 4, 3]), 0.5 * 0.75);
    expectShare(countOf(images, [3, 4, 1, 2]), 0.5 * 0.25);
    expectShare(countOf(images, [4, 3, 2, 1]), 0.5 * 0.25);
  });

  it("that are sure undo themselves", () => {
    const batch = noiseBatch(3, [3, 5, 8]);
    for (const step of [
      flip({ horizontal: 1 }),
      flip({ horizontal: 0, vertical: 1 }),
      flip({ horizontal: 1, vertical: 1 }),
    ]) {
      const once = augmented(step, batch);
      expect(sameArray(once.images, batch.images)).toBe(false);
      expect(sameArray(augmented(step, once).images, batch.images)).toBe(true);
    }
  });

  it("turn boxes and key points exactly", () => {
    const batch = { ...copies(four, 1), boxes: array([[[0, 0, 1, 2]]]), keyPoints: array([[[0, 1]]]) };
    const { boxes, keyPoints } = augmented(flip({ horizontal: 1 }), batch);
    expect(boxes!.toNested()).toEqual([[[1, 0, 2, 2]]]);
    expect(keyPoints!.toNested()).toEqual([[[1, 1]]]);
  });
});

describe("left and right", () => {
  // Eyes at (1, 0) and (3, 0), a nose at (2, 1), an unknown mouth's corner and the other at (3, 2).
  const face = array([[[1, 0], [3, 0], [2, 1], [NaN, NaN], [3, 2]]]); // biome-ignore format: points
  const keyPointPairs = [[0, 1], [4, 3]] as const; // biome-ignore format: pairs
  const batch = { ...noiseBatch(1, [1, 4, 4]), keyPoints: face, keyPointPairs };
  const moved = (step: Parameters<typeof augmented>[0]) => augmented(step, batch).keyPoints!.toNested();

  it("are exchanged in mirrored pictures, whatever mirrors them", () => {
    const mirrored = [[[0, 0], [2, 0], [1, 1], [0, 2], [NaN, NaN]]]; // biome-ignore format: points
    expect(moved(flip({ horizontal: 1 }))).toEqual(mirrored);
    expect(moved(affine({ flip: 1 }))).toEqual(mirrored);
    expect(moved(flip({ horizontal: 0, vertical: 1 }))).toEqual([[[3, 3], [1, 3], [2, 2], [3, 1], [NaN, NaN]]]); // biome-ignore format: points
  });

  it("stay in pictures that are turned, moved or not mirrored, and come back after two flips", () => {
    expect(moved(flip({ horizontal: 0 }))).toEqual(face.toNested());
    expect(moved(flip({ horizontal: 1, vertical: 1 }))).toEqual([[[2, 3], [0, 3], [1, 2], [NaN, NaN], [0, 1]]]); // biome-ignore format: points
    expect(moved([flip({ horizontal: 1 }), flip({ horizontal: 1 })])).toEqual(face.toNested());
    expect(moved(randomCrop())).toEqual(face.toNested());
  });

  it("belong to each picture by itself", () => {
    const n = 40;
    const many = { ...noiseBatch(n, [1, 4, 4]), keyPoints: zeros([n, 2, 2]), keyPointPairs: [[0, 1]] as const };
    for (let i = 0; i < n; i++) many.keyPoints.data.set([0, 0, 3, 1], 4 * i);
    const { keyPoints } = augmented(flip(), many);
    // In either picture the first point is the one on the left; by height it is the other one in mirrored pictures.
    const heights = counted(n).map((i) => keyPoints!.data[4 * i + 1]);
    expect([...keyPoints!.data].filter((_, at) => at % 4 === 0).every((x) => x === 0)).toBe(true);
    expect(new Set(heights)).toEqual(new Set([0, 1]));
    expect([...many.keyPoints.data.subarray(0, 4)]).toEqual([0, 0, 3, 1]);
  });

  it("must be points that there are", () => {
    expect(() => augmented(flip(), { ...batch, keyPointPairs: [[0, 5]] })).toThrow(
      new ShapeError("augmentBatch: keyPointPairs must have numbers from 0 to 4, got f32 [1,5,2]"),
    );
  });
});

describe("quarter turns", () => {
  it("turn to all four sides equally often", () => {
    const { images } = augmented(quarterTurn(), copies(four));
    for (const turned of [
      [1, 2, 3, 4],
      [2, 4, 1, 3],
      [4, 3, 2, 1],
      [3, 1, 4, 2],
    ])
      expectShare(countOf(images, turned), 0.25);
  });

  it("are for square pictures", () => {
    expect(() => augmented(quarterTurn(), noiseBatch(1, [1, 3, 4]))).toThrow(
      new ShapeError("quarterTurn: is for square pictures, got 3×4"),
    );
  });
});

describe("random crops", () => {
  it("lie at every place equally often, in padding as well", () => {
    const { images } = augmented(randomCrop({ padding: [0, 1], size: [2, 1], fill: 9 }), copies(four));
    for (const column of [[9, 9], [1, 3], [2, 4], [9, 9]]) // biome-ignore format: the four places
      expectShare(countOf(images, column) / (column[0] === 9 ? 2 : 1), 0.25);
  });

  it("have the size that they are given, or that of the pictures", () => {
    const batch = noiseBatch(4, [3, 9, 7]);
    expect(augmented(randomCrop({ size: [4, 6] }), batch).images.shape).toEqual([4, 3, 4, 6]);
    expect(augmented(randomCrop({ padding: 4 }), batch).images.shape).toEqual([4, 3, 9, 7]);
    expect(sameArray(augmented(randomCrop(), batch).images, batch.images)).toBe(true);
  });

  it("cannot be larger than the picture with its padding", () => {
    expect(() => augmented(randomCrop({ size: [9, 12], padding: [2, 1] }), noiseBatch(1, [1, 9, 9]))).toThrow(
      new ShapeError(
        "randomCrop: 9×12 cannot be cut out of pictures of 9×9 with [2,1] pixels around them; choose a smaller size",
      ),
    );
    expect(() => randomCrop({ padding: -1 })).toThrow(
      "padding must be an integer of at least 0, or two: [height, width], got -1",
    );
    expect(() => randomCrop({ size: 0 })).toThrow("size must be an integer of at least 1");
  });
});

describe("center crops", () => {
  const picture = array([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]], "u8"); // biome-ignore format: rows

  it("are the middle; of an odd rest, more is cut off below and on the right", () => {
    const crop = (size: number | [number, number]) =>
      augmented(centerCrop({ size }), copies(picture, 1)).images.toNested();
    expect(crop(1)).toEqual([[[[6]]]]);
    expect(crop([3, 2])).toEqual([[[[2, 3], [6, 7], [10, 11]]]]); // biome-ignore format: rows
    expect(crop(2)).toEqual([[[[2, 3], [6, 7]]]]); // biome-ignore format: rows
  });

  it("are made of whole data sets, to try models on", () => {
    const data = checkDataset({ ...copies(picture, 3), name: "three", classes: ["a", "b", "c"] });
    expect(centerCropped(data, [1, 1, 2]).images.toNested()).toEqual([[[[6, 7]]], [[[6, 7]]], [[[6, 7]]]]);
    expect(centerCropped(data, [1, 3, 4])).toBe(data);
    expect(() => centerCropped(data, [3, 1, 2])).toThrow("three has pictures of 1 channels, expected 3");
    expect(() => centerCropped(data, [1, 4, 4])).toThrow("centerCrop: 4×4 cannot be cut out of pictures of 3×4");
  });
});

describe("random resized crops", () => {
  const [height, width] = [40, 60];
  const flat = noiseBatch(1, [1, height, width]);
  /** Where the crops lie in the picture, found from where two points went. */
  const parts = (options: Partial<Parameters<typeof randomResizedCrop>[0]>) =>
    Array.from({ length: 500 }, (_, sample) => {
      const keyPoints = array([[[29, 19], [30, 20]]]); // biome-ignore format: two points
      const step = randomResizedCrop({ size: [20, 30], ...options });
      const [x, y, nextX, nextY] = augmented(step, { ...flat, keyPoints }, { samples: [sample] }).keyPoints!.data;
      return { wide: 30 / (nextX - x), high: 20 / (nextY - y) };
    }).filter(({ wide, high }) => Number.isFinite(wide * high));

  it("have areas and proportions from their ranges", () => {
    const found = parts({ area: [0.5, 0.9], aspect: [1, 2] });
    expect(found.length).toBeGreaterThan(300);
    // Sides are whole pixels: areas are right to half a pixel of each.
    const slack = 0.03;
    const areas = found.map(({ wide, high }) => (wide * high) / (width * height));
    expect(Math.min(...areas)).toBeGreaterThan(0.5 - slack);
    expect(Math.max(...areas)).toBeLessThan(0.9 + slack);
    const proportions = found.map(({ wide, high }) => wide / high);
    expect(Math.min(...proportions)).toBeGreaterThan(1 - slack);
    expect(Math.max(...proportions)).toBeLessThan(2 + 2 * slack);
    // All of these proportions fit, whatever the area, which is thus uniform: four deviations of a half among 500.
    const fitting = parts({ area: [0.5, 0.9], aspect: [1.4, 1.6] }).filter(
      ({ wide, high }) => wide * high < 0.7 * width * height,
    );
    expect(Math.abs(fitting.length / 500 - 0.5)).toBeLessThan(0.09);
  });

  it("take the middle where no part of the proportions fits", () => {
    const [{ wide, high }] = parts({ area: [1, 1], aspect: [1, 1] });
    expect([wide, high]).toEqual([expect.closeTo(40, 3), expect.closeTo(40, 3)]);
  });

  it("that are all of the picture, at its size, change nothing", () => {
    const { images } = augmented(randomResizedCrop({ size: [height, width], area: [1, 1], aspect: [1.5, 1.5] }), flat);
    expect(sameArray(images, flat.images)).toBe(true);
  });

  it("average what becomes smaller", () => {
    const stripes = { images: zeros([1, 1, 40, 40], "u8"), labels: classesInTurn(1) };
    for (let i = 0; i < 1600; i += 2) stripes.images.data[i] = 200;
    const { images } = augmented(randomResizedCrop({ size: 10, area: [1, 1], aspect: [1, 1] }), stripes);
    for (const value of images.data) expect(Math.abs(value - 100)).toBeLessThan(8);
  });

  it("refuse ranges that are none", () => {
    expect(() => randomResizedCrop({ size: 4, area: [0, 1] })).toThrow(
      "area must be [low, high], both above 0 and at most 1, got [0,1]",
    );
    expect(() => randomResizedCrop({ size: 4, aspect: [2, 1] })).toThrow(
      "aspect must be [low, high], both above 0, got [2,1]",
    );
  });
});

describe("boxes at the border", () => {
  const batch = { ...noiseBatch(1, [1, 20, 20]), boxes: array([[[0, 0, 10, 10]]]) };
  const boxesAfter = (translation: number, leastVisible?: number) =>
    augmented(affine({ translation: [translation, translation], leastVisible }), batch).boxes!.toNested();

  it("are dropped where less than a tenth of them is left, or the share that was chosen", () => {
    expect(boxesAfter(-6)).toEqual([[[0, 0, 4, 4]]]); // 16 of 100
    expect(boxesAfter(-7)).toEqual([[[0, 0, 0, 0]]]); // 9 of 100
    expect(boxesAfter(-7, 0)).toEqual([[[0, 0, 3, 3]]]);
    expect(boxesAfter(-4, 0.5)).toEqual([[[0, 0, 0, 0]]]); // 36 of 100
  });
});
