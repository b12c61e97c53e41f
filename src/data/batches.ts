/** Data sets cut up: checked, split, shuffled, and taken in batches. Everything random depends on a seed alone. */
import { allocate, DataError, NdArray, OptionError, Random, sizeOf } from "../array/index.ts";
import type { Dataset } from "./dataset.ts";

/** How many samples a data set has. */
export const sampleCount = ({ labels }: Dataset): number => labels.size;

/** The shape of one picture: [channels, height, width]. */
export const inputShape = ({ images }: Dataset): readonly number[] => images.shape.slice(1);

/**
 * The data set itself, once it is known to be sound.
 * @throws DataError unless pictures and labels agree in number and every label names a class
 */
export function checkDataset(data: Dataset): Dataset {
  const { name, images, labels, classes } = data;
  const fail = (what: string): never => {
    throw new DataError(`data set ${name}: ${what}`);
  };
  if (images.dtype !== "u8" && images.dtype !== "f32") fail(`pictures must be u8 or f32, got ${images.dtype}`);
  if (labels.dtype !== "i32" || labels.shape.length !== 1)
    fail(`labels must be i32 [count], got ${labels.dtype} [${labels.shape}]`);
  if (images.shape[0] !== labels.size) fail(`${images.shape[0]} pictures, but ${labels.size} labels`);
  const wrong = labels.data.findIndex((label) => label < 0 || label >= classes.length);
  if (wrong >= 0)
    fail(`label ${wrong} is ${labels.data[wrong]}; there are ${classes.length} classes, 0 to ${classes.length - 1}`);
  return data;
}

/** The rows of an array in the given order, copied. */
export function takeRows(array: NdArray, rows: ArrayLike<number>): NdArray {
  const shape = array.shape.slice(1);
  const step = sizeOf(shape);
  const data = allocate(array.dtype, rows.length * step);
  for (let i = 0; i < rows.length; i++) data.set(array.data.subarray(rows[i] * step, (rows[i] + 1) * step), i * step);
  return new NdArray(data, [rows.length, ...shape], array.dtype);
}

/** Rows `from` … `to` − 1 of an array, sharing its data. */
export function sliceRows(array: NdArray, from: number, to: number): NdArray {
  const shape = array.shape.slice(1);
  const step = sizeOf(shape);
  return new NdArray(array.data.subarray(from * step, to * step), [to - from, ...shape], array.dtype);
}

/** The samples of a data set with the given numbers, in their order. */
export const subset = (data: Dataset, rows: ArrayLike<number>, name = data.name): Dataset => ({
  ...data,
  name,
  images: takeRows(data.images, rows),
  labels: takeRows(data.labels, rows),
});

/** The first `count` samples, or all if there are fewer. */
export function firstSamples(data: Dataset, count: number): Dataset {
  const most = Math.min(count, sampleCount(data));
  return { ...data, images: sliceRows(data.images, 0, most), labels: sliceRows(data.labels, 0, most) };
}

/**
 * Sets part of a data set aside, so that choices can be made without looking at the test data.
 * @param amount a share below 1, or a number of samples
 * @param seed of the random choice; the same seed sets the same samples aside
 */
export function holdOut(data: Dataset, amount: number, seed: number): { train: Dataset; validation: Dataset } {
  const total = sampleCount(data);
  const count = amount < 1 ? Math.round(total * amount) : amount;
  if (!Number.isInteger(count) || count < 1 || count >= total) {
    throw new OptionError(
      `validation: ${amount} of ${total} samples cannot be set aside; give a share below 1, or a count below ${total}`,
    );
  }
  const order = new Random(seed, "hold out").permutation(total);
  return {
    train: subset(data, order.subarray(count), data.name),
    validation: subset(data, order.subarray(0, count), `${data.name} (held out)`),
  };
}

/** The order of the samples in an epoch: another one in each, the same in every run with this seed. */
export const epochOrder = (count: number, seed: number, epoch: number): Int32Array =>
  new Random(seed, "shuffle", epoch).permutation(count);
