/** Messages between a loader and its threads: plain data. */
import * as errors from "../../array/index.ts";
import { type DType, FoveaError, mapValues, NdArray, type Shape, type TypedArray } from "../../array/index.ts";
import type { Augmentation } from "../augment/index.ts";
import { type AugmentPass, augmentColumns } from "../augment/passes.ts";
import type { AnyDataset, Batch, Samples } from "../dataset.ts";
import type { RowsSource } from "../pictures/picture-rows.ts";

/** The plan of a batch. */
export interface BatchPlan {
  /** The number of the epoch, from 0. */
  readonly epoch: number;
  /** The indices of the samples in the data set, in order. */
  readonly rows: Int32Array;
}

/** A batch of a data set of inputs, labels and classes. */
export interface PreparedBatch extends Batch {
  /** [n, channels, height, width], augmented. */
  readonly images: NdArray;
  /** `i32` [n], or `f32` [n, classes] after a step that mixes labels. */
  readonly labels: NdArray;
}

/** The batches of a data set: arrays by column name. */
export type BatchOf<D extends AnyDataset> = D extends Samples ? PreparedBatch : Batch;

/** An array sent between threads. */
export interface SentArray {
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Arrays sent between threads, by name. */
export type SentBatch = Readonly<Record<string, SentArray>>;

/** How batches are augmented. */
export interface AugmentSetting {
  readonly augment: readonly Augmentation[];
  /** The passes of the columns through the steps. */
  readonly passes: readonly AugmentPass[];
  readonly seed: number;
}

/** What a thread needs for all batches. */
export interface LoaderSetting extends AugmentSetting {
  /** The sources of fetched rows, by column; other columns come with every order. */
  readonly sources: Readonly<Record<string, RowsSource>>;
  /** The names of a batch's arrays, in their order. */
  readonly names: readonly string[];
}

export type ToThread =
  | { readonly kind: "start"; readonly setting: LoaderSetting }
  | { readonly kind: "prepare"; readonly number: number; readonly plan: BatchPlan; readonly held: SentBatch };

export type FromThread =
  | { readonly number: number; readonly batch: SentBatch }
  | { readonly number: number; readonly error: { readonly name: string; readonly message: string } };

export const send = (batch: Batch): SentBatch => mapValues(batch, ({ data, shape, dtype }) => ({ data, shape, dtype }));
export const receive = (batch: SentBatch): Batch =>
  mapValues(batch, ({ data, shape, dtype }) => new NdArray(data, shape, dtype));
export const transferables = (batch: SentBatch): ArrayBuffer[] =>
  [...new Set(Object.values(batch).map(({ data }) => data.buffer))] as ArrayBuffer[];

/** The augmented batch of a plan; the same on any thread. */
export const augmented = (
  batch: Batch,
  { epoch, rows }: BatchPlan,
  { augment, passes, seed }: AugmentSetting,
): Batch => (passes.length === 0 ? batch : augmentColumns(augment, passes, batch, { seed, epoch, samples: rows }));

export const describeError = (error: unknown): { name: string; message: string } => ({
  name: (error as Error)?.name ?? "Error",
  message: (error as Error)?.message ?? String(error),
});

/** Restores an error of another thread, as the same class if it is a `FoveaError`. */
export function restoreError({ name, message }: { name: string; message: string }): Error {
  const known = new Map<string, unknown>(Object.entries(errors)).get(name) as
    | (new (
        message: string,
      ) => Error)
    | undefined;
  return known?.prototype instanceof FoveaError ? new known(message) : new Error(`${name}: ${message}`);
}
