/**
 * The order in which an epoch goes through a data set, and how much of its batches is padding. Where rows differ in length, the
 * random order is sorted by the length that they are padded to, which leaves rows that are padded alike in random order, and cut
 * into batches; these then come in a random order. Sorting windows of 32 batches instead pads twice as much where
 * lengths spread widely, since every window has batches with rows of two lengths.
 */
import { checkSeed, describeGiven, OptionError, Random, sizeOf } from "../../array/index.ts";
import { integer, readOptions, real } from "../../options/index.ts";
import { checkDataset, epochOrder, sampleCount } from "../batches.ts";
import type { AnyDataset, Columns } from "../dataset.ts";
import { elementShape } from "./column.ts";
import { isRagged, paddedLength, type Ragged } from "./ragged.ts";
import { columnsOf } from "./table.ts";

/** Options of `batchOrder`. */
export interface BatchOrderOptions {
  /** Of the order: 0 … 2³² − 1. */
  readonly seed: number;
  /** The number of the epoch, from 0 on. */
  readonly epoch: number;
  /** Samples in a batch. */
  readonly batch: number;
}

const schema = { seed: real(), epoch: integer(0), batch: integer(1) };

/** The columns whose rows differ in length, those with the most values first. */
const raggedIn = (columns: Columns): Ragged[] =>
  Object.values(columns)
    .map(({ values }) => values)
    .filter(isRagged)
    .sort((a, b) => b.values.size - a.values.size);

/**
 * The order of the samples in an epoch, of which consecutive slices of `batch` are the batches: another one in each epoch, the
 * same in every run with this seed. It is that of `epochOrder` where no column has rows of different lengths; else rows that
 * are padded to the same length stand in one batch, by chance which of them. The samples of a smaller last batch are chosen at random.
 * @example
 * const order = batchOrder(train, { seed: 1, epoch, batch: 64 });
 * const first = subset(train, order.slice(0, 64));
 * @throws OptionError for options that are not acceptable, DataError for what is no data set
 */
export function batchOrder(data: AnyDataset, options: BatchOrderOptions): Int32Array {
  const { seed, epoch, batch } = readOptions("batchOrder", schema, options);
  const order = epochOrder(sampleCount(data), checkSeed(seed), epoch);
  const ragged = raggedIn(columnsOf(data));
  if (ragged.length === 0) return order;
  const whole = order.length - (order.length % batch);
  sortByLength(order.subarray(0, whole), ragged);
  return withBatchesMixed(order, batch, new Random(seed, "order of batches", epoch));
}

/** The most columns by which rows are sorted, so that keys stay whole numbers. */
const MOST_SORTED = 8;

/** Sorts rows by what they are padded to, one column after the other; rows that are padded to the same stay in their order. */
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
 * How much of what steps take is padding when batches are consecutive slices of an order: 0 … 1, of all values of the columns
 * whose rows differ in length; 0 where there are none.
 * @throws DataError for what is no data set, OptionError for what is no order or no size of batches
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
