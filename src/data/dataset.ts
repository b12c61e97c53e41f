/** What a labelled set of pictures is: values at rest, ready to be cut into batches. */
import type { NdArray } from "../array/index.ts";
import type { Normalization } from "../nn/index.ts";

export type { Normalization };

/** A data set for classification. Pictures may rest as bytes (0 … 255) or as floats; training reads both as 0 … 1. */
export interface Dataset {
  /** For people: `mnist/train`. */
  readonly name: string;
  /** `u8` or `f32` [count, channels, height, width]; bytes stand for value / 255. */
  readonly images: NdArray;
  /** `i32` [count], indices into `classes`. */
  readonly labels: NdArray;
  readonly classes: readonly string[];
  /** Mean and standard deviation of a channel's values in 0 … 1; a model trained on the set subtracts and divides. */
  readonly normalization?: Normalization;
}
