import type { NdArray } from "../array/index.ts";

/** What every reader of weight files gives: named tensors, and notes about them. */
export interface TensorFile {
  /** In the order of the file. */
  readonly tensors: Map<string, NdArray>;
  /** Texts beside the tensors; empty where a format has none. */
  readonly metadata: Record<string, string>;
}
