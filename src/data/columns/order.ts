/**
 * The order of the samples in an epoch, and the share of padding in its batches. Where rows differ in length, the random
 * order is stably sorted by padded length and divided into batches, which are then shuffled. Sorting windows of 32 batches
 * instead pads twice as much where lengths spread widely, since every window has batches with two padded lengths.
 */
import { checkSeed, describeGiven, OptionError, Random, sizeOf } from "../../array/index.ts";
import { integer, readOptions, real } from "../../options/index.ts";
import { checkDataset, epochOrder, rowRange, sampleCount, streamsOf } from "../batches.ts";
import type { AnyDataset, Columns } from "../dataset.ts";
import { elementShape } from "./column.ts";
import { isRagged, paddedLength, type Ragged } from "./ragged.ts";
import { columnsOf } from "./table.ts";

/** Options of `batchOrder`. */
export interface BatchOrderOptions {
  /** The seed: 0 … 2³² − 1. */
  readonly seed: number;
  /** The number of the epoch, from 0. */
  readonly epoch: number;
  /** Samples per batch. */
  readonly batch: number;
}

const schema = { seed: real(), epoch: integer(0), batch: integer(1) };

/** The columns of variable length, those with the most values first. */
const raggedIn = (columns: Columns): Ragged[] =>
  Object.values(columns)
    .map(({ values }) => values)
    .filter(isRagged)
    .sort((a, b) => b.values.size - a.values.size);

/**
 * The order of the samples in an epoch; consecutive slices of `batch` are its batches. It differs in each epoch and is the
 * same in every run with this seed: that of `epochOrder` if no column has rows of different lengths; else rows with the same
 * padded length share a batch, at random. The samples of a smaller last batch are chosen at random. Windows of streams stay in
 * order.
 * @example
 * const order = batchOrder(train, { seed: 1, epoch, batch: 64 });
 * const first = subset(train, order.slice(0, 64));
 * @throws OptionError for invalid options, DataError unless it is a data set
 */
export function batchOrder(data: AnyDataset, options: BatchOrderOptions): Int32Array {
  const { seed, epoch, batch } = readOptions("batchOrder", schema, options);
  if (streamsOf(data) !== undefined) return rowRange(0, sampleCount(data));
  const order = epochOrder(sampleCount(data), checkSeed(seed), epoch);
  const ragged = raggedIn(columnsOf(data));
  if (ragged.length === 0) return order;
  const whole = order.length - (order.length % batch);
  sortByLength(order.subarray(0, whole), ragged);
  return withBatchesMixed(order, batch, new Random(seed, "order of batches", epoch));
}

/** The maximum number of columns to sort by, so that keys stay safe integers. */
const MOST_SORTED = 8;

/** Sorts rows stably by padded length, column after column. */
function sortByLength(rows: Int32Array, ragged: readonly Ragged[]): void {
  const keys = Float64Array.from(rows, (row, place) => {
    let key = 0;
    for (const { offsets, lengths } of ragged.slice(0, MOST_SORTED)) {
      const length = offsets[row + 1] - offsets[row];
      key = key * (lengths.length + 1) + lengths.findIndex((most) => most >= length);
    }
    return key * rows.length + place;
  }).sort();
  rows.set(Int32Array.from(keys, (key) => rows[key % rows.length]));
}

function withBatchesMixed(order: Int32Array, batch: number, random: Random): Int32Array {
  const mixed = order.slice();
  const count = Math.floor(order.length / batch);
  random.permutation(count).forEach((from, to) => {
    mixed.set(order.subarray(from * batch, (from + 1) * batch), to * batch);
  });
  return mixed;
}

/**
 * The share of padding, 0 … 1, among all values of the columns of variable length, when batches are consecutive slices of an
 * order; 0 without such columns.
 * @throws DataError unless it is a data set, OptionError for an invalid order or batch size
 */
export function paddingOf(data: AnyDataset, order: Int32Array, batch: number): number {
  const ragged = raggedIn(columnsOf(checkDataset(data)));
  if (!(order instanceof Int32Array))
    throw new OptionError(`paddingOf: expects an order of samples, an Int32Array, got ${describeGiven(order)}`);
  if (!Number.isInteger(batch) || batch < 1)
    throw new OptionError(`paddingOf: batch must be an integer of at least 1, got ${describeGiven(batch)}`);
  let [taken, held] = [0, 0];
  for (let from = 0; from < order.length; from += batch) {
    const rows = order.subarray(from, from + batch);
    for (const values of ragged) {
      const size = sizeOf(elementShape(values));
      taken += rows.length * paddedLength(values, rows) * size;
      for (const row of rows) held += (values.offsets[row + 1] - values.offsets[row]) * size;
    }
  }
  return taken === 0 ? 0 : 1 - held / taken;
}
