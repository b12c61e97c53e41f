/** What holds of every step, and of the way of batches through them. */
import { describe, expect, it } from "vitest";
import { augmented, blobs, centerOfBrightness, counted, noiseBatch } from "../../../tests/support/augmentation.ts";
import { type NdArray, OptionError, ShapeError, sameArray, zeros } from "../../array/index.ts";
import { sliceRows } from "../batches.ts";
import * as augment from "./index.ts";
import {
  type Augmentation,
  type AugmentedBatch,
  augmentBatch,
  augmentedShape,
  augmentedType,
  mixesLabels,
} from "./index.ts";

/** Every type of step at work. */
const steps: Readonly<Record<string, Augmentation>> = {
  affine: augment.affine({ rotation: 30, scale: 1.2, shear: 10, stretch: 1.1, translation: 2, flip: 0.5 }),
  lecture: augment.lecture({ fill: "reflect" }),
  flip: augment.flip({ vertical: 0.5 }),
  quarterTurn: augment.quarterTurn(),
  elastic: augment.elastic({ alpha: 20 }),
  randomCrop: augment.randomCrop({ padding: 3, fill: 9 }),
  randomResizedCrop: augment.randomResizedCrop({ size: [10, 14] }),
  centerCrop: augment.centerCrop({ size: 9 }),
  colorJitter: augment.colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }),
  gray: augment.gray({ probability: 0.5 }),
  normalize: augment.normalize({ mean: [0.1, 0.2, 0.3], std: [1, 2, 3] }),
  cutout: augment.cutout({ size: 5 }),
  mixup: augment.mixup(),
  cutMix: augment.cutMix(),
};

const mixing = ["mixup", "cutMix"];
const N = 16;
const floats = noiseBatch(N, [3, 12, 12], "f32");
const bytes = noiseBatch(N, [3, 12, 12]);

it("all types of steps are tried here", () => {
  expect(Object.keys(steps)).toEqual(Object.keys(augment.augmentations));
});

describe.each(Object.entries(steps))("%s", (name, step) => {
  it("keeps to shape, type and labels as they were announced", () => {
    for (const batch of [bytes, floats]) {
      const { images, labels } = augmented(step, batch);
      expect(images.shape).toEqual([N, ...augmentedShape([step], [3, 12, 12])]);
      expect(images.dtype).toBe(augmentedType([step], batch.images.dtype));
      expect([labels.dtype, labels.shape]).toEqual(mixesLabels([step]) ? ["f32", [N, 10]] : ["i32", [N]]);
    }
  });

  it("depends on seed and epoch, and on nothing else", () => {
    const draws = [{}, { seed: 2 }, { epoch: 1 }].map((draw) => augmented(step, bytes, draw).images);
    expect(sameArray(draws[0], augmented(step, bytes).images)).toBe(true);
    const isDrawn = !["centerCrop", "normalize"].includes(name);
    for (const other of draws.slice(1)) expect(sameArray(draws[0], other)).toBe(!isDrawn);
  });

  // A mixture needs another picture of the batch.
  const perPicture = mixing.includes(name) ? [] : ["makes the same of a picture in any batch"];
  it.each(perPicture)("%s", () => {
    const whole = augmented(step, bytes, { samples: counted(N, 40) }).images;
    for (let i = 0; i < N; i++) {
      const alone = augmented(step, rowsOf(bytes, i, i + 1), { samples: [40 + i] }).images;
      expect(sameArray(alone.row(0), whole.row(i))).toBe(true);
    }
  });

  it("leaves what it is given as it is", () => {
    const before = [bytes.images.copy(), bytes.labels.copy()];
    augmented(step, bytes);
    expect([bytes.images, bytes.labels]).toEqual(before);
  });

  it("is plain data, which says all options and may be written down", () => {
    const read: Augmentation = JSON.parse(JSON.stringify(step));
    expect(read).toEqual(step);
    expect(sameArray(augmented(read, bytes).images, augmented(step, bytes).images)).toBe(true);
  });

  it("gives nearly the same for bytes and floats", () => {
    const [ofBytes, ofFloats] = [augmented(step, bytes).images, augmented(step, floats).images];
    // A fill of 9 is another tone in floats, and most crops show some of it.
    const unit = ofBytes.dtype === "u8" ? 255 : 1;
    const wrong = ofBytes.data.filter((value, i) => Math.abs(value / unit - ofFloats.data[i]) > 1.01 / 255).length;
    expect(wrong / ofBytes.size).toBeLessThan(name === "randomCrop" ? 0.6 : 1e-9);
  });
});

const rowsOf = ({ images, labels }: AugmentedBatch, from: number, to: number): AugmentedBatch => ({
  images: sliceRows(images, from, to),
  labels: sliceRows(labels, from, to),
});

/** Steps that move pixels about, on pictures with room around what is looked at. */
const moving = {
  affine: augment.affine({ rotation: 180, scale: 1.2, shear: 15, stretch: 1.2, translation: 3, flip: 0.5 }),
  lecture: augment.lecture(),
  flip: augment.flip({ vertical: 0.5 }),
  quarterTurn: augment.quarterTurn(),
  elastic: augment.elastic({ alpha: 60, sigma: 6 }),
  randomCrop: augment.randomCrop({ padding: 5, size: 36 }),
  randomResizedCrop: augment.randomResizedCrop({ size: 50, area: [0.4, 1] }),
  centerCrop: augment.centerCrop({ size: [31, 38] }),
};

describe.each(Object.entries(moving))("what %s carries along", (_, step) => {
  const before = blobs(60, 40);
  const after = augmented(step, before);
  const [n, , height, width] = after.images.shape;

  it("stays with its picture: key points lie in the middle of what they are the middle of", () => {
    let seen = 0;
    for (let i = 0; i < n; i++) {
      const [x, y] = after.keyPoints!.row(i).data;
      if (!isWellInside(x, y, width, height)) continue;
      const [brightX, brightY] = centerOfBrightness(after.images.row(i))!;
      expect(Math.hypot(brightX - x, brightY - y)).toBeLessThan(0.35);
      seen++;
    }
    expect(seen).toBeGreaterThan(20);
  });

  it("has boxes tightly around what they were around", () => {
    for (let i = 0; i < n; i++) {
      const [x, y] = after.keyPoints!.row(i).data;
      if (!isWellInside(x, y, width, height)) continue;
      const [left, top, right, bottom] = after.boxes!.row(i).data;
      const bright = brightPixels(after.images.row(i));
      expect(bright.every(([px, py]) => px > left - 1 && px < right && py > top - 1 && py < bottom)).toBe(true);
      expect(right - left).toBeLessThan(14);
      // The center of a box stays near that of its content.
      expect(Math.hypot((left + right) / 2 - 0.5 - x, (top + bottom) / 2 - 0.5 - y)).toBeLessThan(0.8);
    }
  });

  it("has masks of the picture's size that show where things are", () => {
    expect(after.masks!.shape).toEqual([n, height, width]);
    expect(after.masks!.data.every((value) => [-1, 0, 1].includes(value))).toBe(true);
    const ofThings = after.images.data.filter((_, i) => after.masks!.data[i] === 1);
    expect(ofThings.filter((value) => value > 90).length / ofThings.length).toBeGreaterThan(0.95);
  });
});

const isWellInside = (x: number, y: number, width: number, height: number): boolean =>
  x > 8 && x < width - 9 && y > 8 && y < height - 9;

/** Columns and rows of pixels that are clearly bright. */
function brightPixels(picture: NdArray): (readonly [x: number, y: number])[] {
  const [, , width] = picture.shape;
  return Array.from(picture.data, (value, i) => ({ value, i }))
    .filter(({ value }) => value > 128)
    .map(({ i }) => [i % width, Math.floor(i / width)] as const);
}

describe("what leaves the picture", () => {
  const away = augment.affine({ translation: [6, 6] });
  const batch = { ...noiseBatch(1, [1, 8, 8]), samples: [0] };
  const places = (boxes: number[][], points: number[][]) => ({
    ...{ images: batch.images, labels: batch.labels },
    boxes: fromRows([boxes], 4),
    keyPoints: fromRows([points], 2),
  });

  it("is cut off: boxes at the edge, or altogether, and key points", () => {
    const { boxes, keyPoints } = augmented(
      away,
      places([[0, 1, 4, 2], [2, 2, 5, 5], [0, 0, 0, 0], [3, 1, 1, 4]], [[1, 1], [1.5, 1.5], [2, 0], [NaN, 0]]), // biome-ignore format: a list each
    );
    expect(boxes!.toNested()).toEqual([[[6, 7, 8, 8], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]]); // biome-ignore format: boxes
    expect(keyPoints!.toNested()).toEqual([[[7, 7], [7.5, 7.5], [NaN, NaN], [NaN, NaN]]]); // biome-ignore format: points
  });

  it("leaves pixels of masks that belong to no class, or what pictures show there", () => {
    const masks = zeros([1, 8, 8], "u8");
    const corner = (step: Augmentation, of = masks) =>
      augmented(step, { ...rowsOf(batch, 0, 1), masks: of }).masks!.data[0];
    expect(corner(away)).toBe(255);
    expect(corner(away, masks.cast("i32"))).toBe(-1);
    expect(corner(augment.affine({ translation: [6, 6], ignoreIndex: 21 }))).toBe(21);
    expect(corner(augment.affine({ translation: [6, 6], fill: "replicate" }))).toBe(0);
    expect(() => corner(augment.affine({ translation: [6, 6], ignoreIndex: 256 }))).toThrow(
      new OptionError("ignoreIndex is 256; in masks of bytes it must be from 0 to 255, or −1 for 255"),
    );
  });
});

function fromRows(rows: number[][][], length: number): NdArray {
  const array = zeros([rows.length, rows[0].length, length]);
  array.data.set(rows.flat(2));
  return array;
}

describe("steps after one another", () => {
  it("each get what the one before made, and draw by their place", () => {
    const [crop, flip] = [augment.randomCrop({ padding: 2 }), augment.flip()];
    const both = augmented([crop, flip], bytes).images;
    // The second step alone draws other numbers, being the first.
    const apart = augmented([flip], augmented([crop], bytes)).images;
    expect(sameArray(both, apart)).toBe(false);
    const none = augment.affine();
    const second = augmented([none, flip], augmented([crop], bytes)).images;
    expect(sameArray(both, second)).toBe(true);
  });

  it("are known by their shapes and types before", () => {
    const list = [augment.centerCrop({ size: 10 }), augment.randomCrop({ size: [4, 6], padding: 1 }), augment.mixup()];
    expect(augmentedShape(list, [3, 12, 12])).toEqual([3, 4, 6]);
    expect(mixesLabels(list)).toBe(true);
    expect(mixesLabels(list.slice(0, 2))).toBe(false);
    expect(augmentedType([...list, steps.normalize], "u8")).toBe("f32");
    expect(() => augmentedShape(list, [3, 9, 12])).toThrow(
      new ShapeError("centerCrop: 10×10 cannot be cut out of pictures of 9×12; choose a smaller size"),
    );
  });

  it("that are none leave the batch as it is", () => {
    expect(augmented([], bytes)).toBe(bytes);
  });
});

describe("a batch or a step that is none", () => {
  const fails = (change: Partial<AugmentedBatch>, message: string) =>
    expect(() => augmented(steps.flip, { ...bytes, ...change })).toThrow(new ShapeError(`augmentBatch: ${message}`));

  it("is refused with what it is and should be", () => {
    fails(
      { images: zeros([N, 12, 12]) },
      "pictures must be u8 or f32 [n, channels, height, width], got f32 [16,12,12]",
    );
    fails(
      { images: zeros([N, 1, 2, 2], "i32") },
      "pictures must be u8 or f32 [n, channels, height, width], got i32 [16,1,2,2]",
    );
    fails({ images: zeros([N, 3, 0, 4]) }, "pictures must have pixels, got f32 [16,3,0,4]");
    fails({ labels: zeros([5], "i32") }, "labels must be i32 [16] or f32 [16,10], got i32 [5]");
    fails({ boxes: zeros([N, 2, 5]) }, "boxes must be f32 [16, k, 4], got f32 [16,2,5]");
    fails({ keyPoints: zeros([N, 2, 2], "i32") }, "key points must be f32 [16, k, 2], got i32 [16,2,2]");
    fails({ masks: zeros([N, 12, 11], "i32") }, "masks must be i32 or u8 [16,12,12], got i32 [16,12,11]");
    expect(() => augmented(steps.flip, bytes, { samples: [1, 2] })).toThrow(
      "there are 2 numbers of samples for pictures, got u8 [16,3,12,12]",
    );
  });

  it("is told what there is instead", () => {
    const draw = { seed: 0, epoch: 0, samples: counted(N) };
    expect(() => augmentBatch([{ type: "flop", options: {} }], bytes, draw, 10)).toThrow(
      new OptionError("there is no augmentation 'flop'; did you mean flip?"),
    );
    const damaged = { type: "flip", options: { horizontal: 2 } };
    expect(() => augmentBatch([damaged], bytes, draw, 10)).toThrow(
      "flip: horizontal must be a number from 0 to 1, got 2",
    );
  });
});
