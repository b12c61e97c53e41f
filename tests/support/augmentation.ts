/** Batches for tests of augmentation. */
import { NdArray, Random, sizeOf } from "../../src/array/index.ts";
import { type Augmentation, type AugmentedBatch, augmentBatch, type Draw } from "../../src/data/index.ts";

/** Pictures of noise, classes in turn. */
export function noiseBatch(
  n: number,
  shape: readonly [number, number, number],
  dtype: "u8" | "f32" = "u8",
): AugmentedBatch {
  const random = new Random(7, "noise of a batch");
  const size = n * sizeOf(shape);
  const bytes = Uint8Array.from({ length: size }, () => random.integer(256));
  const data = dtype === "u8" ? bytes : Float32Array.from(bytes, (value) => value / 255);
  return { images: new NdArray(data, [n, ...shape], dtype), labels: classesInTurn(n) };
}

export const classesInTurn = (n: number, classes = 10): NdArray =>
  new NdArray(
    Int32Array.from({ length: n }, (_, i) => i % classes),
    [n],
    "i32",
  );

/** Numbers of samples, from `from` on. */
export const counted = (n: number, from = 0): Int32Array => Int32Array.from({ length: n }, (_, i) => from + i);

/** The batch after the steps, as samples 0, 1, … of the first epoch of seed 1, unless told otherwise. */
export const augmented = (
  steps: Augmentation | readonly Augmentation[],
  batch: AugmentedBatch,
  draw: Partial<Draw> = {},
): AugmentedBatch =>
  augmentBatch(
    "type" in steps ? [steps] : steps,
    batch,
    { seed: 1, epoch: 0, samples: counted(batch.images.shape[0]), ...draw },
    10,
  );

/** Gray pictures, each with one white blob of a few pixels; key points in their centers, boxes and masks around them. */
export function blobs(
  n: number,
  side: number,
): AugmentedBatch & Required<Pick<AugmentedBatch, "keyPoints" | "boxes" | "masks">> {
  const random = new Random(3, "blobs");
  const images = new Uint8Array(n * side * side);
  const masks = new Int32Array(n * side * side);
  const [points, boxes] = [new Float32Array(n * 2), new Float32Array(n * 4)];
  for (let i = 0; i < n; i++) {
    const [left, top] = [0, 0].map(() => Math.floor(side / 4) + random.integer(Math.floor(side / 2) - 2));
    for (let y = top; y < top + 3; y++) {
      images.fill(255, (i * side + y) * side + left, (i * side + y) * side + left + 3);
      masks.fill(1, (i * side + y) * side + left, (i * side + y) * side + left + 3);
    }
    points.set([left + 1, top + 1], 2 * i);
    boxes.set([left, top, left + 3, top + 3], 4 * i);
  }
  return {
    images: new NdArray(images, [n, 1, side, side], "u8"),
    labels: classesInTurn(n),
    keyPoints: new NdArray(points, [n, 1, 2], "f32"),
    boxes: new NdArray(boxes, [n, 1, 4], "f32"),
    masks: new NdArray(masks, [n, side, side], "i32"),
  };
}

/** The center of what is bright in a picture, or nothing where all is dark. */
export function centerOfBrightness(picture: NdArray): readonly [x: number, y: number] | undefined {
  const [height, width] = picture.shape.slice(-2);
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    sum += picture.data[i];
    x += picture.data[i] * (i % width);
    y += picture.data[i] * Math.floor(i / width);
  }
  return sum === 0 ? undefined : [x / sum, y / sum];
}
