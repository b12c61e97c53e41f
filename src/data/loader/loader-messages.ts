/** What a loader and its threads tell each other. All of it is plain data. */
import * as errors from "../../array/errors.ts";
import { type DType, FoveaError, NdArray, type Shape, type TypedArray } from "../../array/index.ts";
import { type Augmentation, augmentBatch } from "../augment/index.ts";
import { takePictures, takeRows } from "../batches.ts";
import type { PictureRows, Samples } from "../dataset.ts";
import type { RowsSource } from "../pictures/picture-rows.ts";

/** Which samples make a batch. */
export interface BatchPlan {
  /** The number of the epoch, from 0 on. */
  readonly epoch: number;
  /** The numbers of the samples in the data set, in the order of the batch. */
  readonly rows: Int32Array;
}

/** Pictures and labels that a step can take. */
export interface PreparedBatch {
  /** [n, channels, height, width], augmented. */
  readonly images: NdArray;
  /** `i32` [n], or `f32` [n, classes] after a step that mixes labels. */
  readonly labels: NdArray;
}

/** An array on its way between threads. */
export interface SentArray {
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a thread needs for all batches. */
export interface LoaderSetting {
  /** Where pictures are fetched from; without it they come with every order. */
  readonly source?: RowsSource | undefined;
  readonly augment: readonly Augmentation[];
  readonly seed: number;
  readonly classes: number;
}

export type ToThread =
  | { readonly kind: "start"; readonly setting: LoaderSetting }
  | {
      readonly kind: "prepare";
      readonly number: number;
      readonly plan: BatchPlan;
      readonly labels: SentArray;
      readonly images?: SentArray;
    };

export type FromThread =
  | { readonly number: number; readonly images: SentArray; readonly labels: SentArray }
  | { readonly number: number; readonly error: { readonly name: string; readonly message: string } };

export const send = ({ data, shape, dtype }: NdArray): SentArray => ({ data, shape, dtype });
export const receive = ({ data, shape, dtype }: SentArray): NdArray => new NdArray(data, shape, dtype);
export const buffersOf = (...arrays: readonly SentArray[]): ArrayBuffer[] =>
  [...new Set(arrays.map(({ data }) => data.buffer))] as ArrayBuffer[];

/** The batch of a plan: fetched, then augmented; the same whichever thread does it. */
export async function prepareBatch(
  images: NdArray | PictureRows,
  labels: NdArray,
  { epoch, rows }: BatchPlan,
  setting: Omit<LoaderSetting, "source">,
): Promise<PreparedBatch> {
  return augmented({ images: await takePictures(images, rows), labels }, { epoch, rows }, setting);
}

export function augmented(
  batch: PreparedBatch,
  { epoch, rows }: BatchPlan,
  { augment, seed, classes }: Omit<LoaderSetting, "source">,
): PreparedBatch {
  return augment.length === 0 ? batch : augmentBatch(augment, batch, { seed, epoch, samples: rows }, classes);
}

export const labelsOf = ({ labels }: Samples, { rows }: BatchPlan): NdArray => takeRows(labels, rows);

export const describeError = (error: unknown): { name: string; message: string } => ({
  name: (error as Error)?.name ?? "Error",
  message: (error as Error)?.message ?? String(error),
});

/** The error that it was on the other thread, of the same class where that is one of ours. */
export function restoreError({ name, message }: { name: string; message: string }): Error {
  const known = new Map<string, unknown>(Object.entries(errors)).get(name) as
    | (new (
        message: string,
      ) => Error)
    | undefined;
  return known?.prototype instanceof FoveaError ? new known(message) : new Error(`${name}: ${message}`);
}
