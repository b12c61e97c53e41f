/** The samples of a data set as inputs of a model, batch by batch: what all instruments over data sets read. */

import { pause } from "#platform";
import { lengthName } from "../array/index.ts";
import { type AnyDataset, batchesInOrder, sampleCount } from "../data/index.ts";
import { type EngineChoice, engineKind } from "../engines/index.ts";
import type { Model } from "../nn/index.ts";
import { integer, optional, real, type Schema, withDefault } from "../options/index.ts";
import { type Arrays, callback, checkData, inputColumns, inputsKind } from "../train/index.ts";

/** Options of instruments that read a data set. */
export interface DataOptions {
  /** Columns of inputs that are named differently: `{ image: "photo" }`. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /** Samples per batch. Default 256. */
  readonly batch?: number | undefined;
  /** Threads that fetch samples ahead. Default: 1 if samples are not in memory and threads are available, else 0. */
  readonly workers?: number | undefined;
  /** Called after each batch with the number of samples done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The kinds and defaults of `DataOptions`. */
export const dataSchema = {
  inputs: optional(inputsKind),
  engine: optional(engineKind),
  batch: withDefault(integer(1), 256),
  workers: optional(real()),
  onProgress: optional(callback<(done: number, total: number) => void>()),
} satisfies Schema;

/** Consecutive samples, as inputs of a model. */
export interface InputBatch {
  /** The arrays of the model's inputs, by name, [n, …]. */
  readonly given: Arrays;
  /** The number of samples. */
  readonly count: number;
  /** The number of the first sample in the data set. */
  readonly from: number;
}

/** What is read of a data set. */
type Reading = Pick<DataOptions, "inputs" | "workers" | "onProgress"> & { readonly batch: number };

/**
 * The samples of a data set in order, as inputs of a model; only the columns that it takes are fetched.
 * @throws DataError for a data set that is empty, or lacks an input
 */
export async function* inputBatches(
  model: Model,
  samples: AnyDataset,
  { inputs, batch: size, workers, onProgress }: Reading,
): AsyncGenerator<InputBatch, void> {
  const data = checkData(samples);
  const total = sampleCount(data);
  const feeds = Object.entries(inputColumns(Object.keys(model.inputs), data, {}, inputs));
  const columns = feeds.map(([, column]) => column);
  let from = 0;
  for await (const batch of batchesInOrder(data, size, { workers, columns })) {
    const arrays: Arrays = batch;
    const given = Object.fromEntries(
      feeds.flatMap(([name, column]) => {
        const lengths = arrays[lengthName(column)];
        return [[name, arrays[column]], ...(lengths === undefined ? [] : [[lengthName(name), lengths]])] as const;
      }),
    );
    const count = given[feeds[0][0]].shape[0];
    yield { given, count, from };
    from += count;
    onProgress?.(from, total);
    await pause();
  }
}
