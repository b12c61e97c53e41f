/** The batches of one epoch for custom training loops: those that `fit` would train on, prepared ahead. */
import { checkSeed, OptionError } from "../../array/index.ts";
import { flag, integer, type Kind, optional, readOptions, real, withDefault, word } from "../../options/index.ts";
import type { Augmentation } from "../augment/index.ts";
import { augmentPasses } from "../augment/passes.ts";
import { checkDataset, rowRange, sampleCount } from "../batches.ts";
import { batchOrder } from "../columns/order.ts";
import type { AnyDataset } from "../dataset.ts";
import { type BatchOf, checkWorkers, plansOf, preparedBatches } from "./loader.ts";

/** Options of `batches`. */
export interface BatchesOptions {
  /** Samples per batch. Default 64. */
  readonly batch?: number | undefined;
  /** Whether to shuffle, in the order of `batchOrder`. Default true. */
  readonly shuffle?: boolean | undefined;
  /** The number of the epoch, from 0; order and augmentation differ in each. Default 0. */
  readonly epoch?: number | undefined;
  /** Seed of order and augmentation: 0 … 2³² − 1, default 0. */
  readonly seed?: number | undefined;
  /** Steps of augmentation. Default: none. */
  readonly augment?: readonly Augmentation[] | undefined;
  /** What to do with a smaller last batch: `keep` (default) or `drop`. */
  readonly lastBatch?: "keep" | "drop" | undefined;
  /** Threads that prepare batches ahead. Default: 1 if batches need preparation and threads are available, else 0. */
  readonly workers?: number | undefined;
}

/** Steps of augmentation, which are checked further with the data; here and in `fit`. */
export const augmentKind: Kind<readonly Augmentation[]> = {
  expects: "a list of steps, such as [flip(), randomCrop({ padding: 4 })]",
  read: (value) => (Array.isArray(value) ? value : undefined),
};

/** Samples per batch, here and in `fit`. */
export const batchKind = withDefault(integer(1), 64);

const schema = {
  batch: batchKind,
  shuffle: withDefault(flag(), true),
  epoch: withDefault(integer(0), 0),
  seed: withDefault(real(), 0),
  augment: withDefault(augmentKind, []),
  lastBatch: withDefault(word("keep", "drop"), "keep" as const),
  workers: optional(real()),
} satisfies Record<keyof BatchesOptions, Kind<unknown>>;

/**
 * Iterates once over a data set in batches: an array for each column, by name. For data sets of inputs, labels and classes
 * these are `images` [n, …] and `labels`, `i32` [n], or probabilities [n, classes] after steps that mix them. Rows of
 * variable length are padded to one of the lengths of `batchLengths`, and `NAME.length`, `i32` [n], has their lengths. With
 * the same seed, epoch and batch size the batches are those that `fit` trains on. Threads end with the loop.
 * @example
 * for (let epoch = 0; epoch < 5; epoch++)
 *   for await (const { images, labels } of batches(train, { batch: 64, seed: 1, epoch })) await step(images, labels);
 * @throws OptionError, DataError, ShapeError immediately, before the first batch
 */
export function batches<D extends AnyDataset>(data: D, options: BatchesOptions = {}): AsyncGenerator<BatchOf<D>, void> {
  const { batch, shuffle, epoch, seed, augment, lastBatch, workers } = readOptions("batches", schema, options);
  checkSeed(seed);
  checkWorkers(workers);
  const count = sampleCount(checkDataset(data));
  augmentPasses(data, augment);
  if (lastBatch === "drop" && batch > count)
    throw new OptionError(`batches: with lastBatch 'drop', batch (${batch}) must not exceed the ${count} samples`);
  const order = shuffle ? batchOrder(data, { seed, epoch, batch }) : rowRange(0, count);
  const used = lastBatch === "drop" ? count - (count % batch) : count;
  return preparedBatches(data, plansOf(order.subarray(0, used), batch, epoch), { augment, seed, workers });
}
