/** What a data set is: values at rest, ready to be cut into batches. */
import type { NdArray, Normalization, Shape } from "../array/index.ts";
import type { Column } from "./columns/column.ts";
import type { RowsSource } from "./pictures/picture-rows.ts";

export type { Normalization };

/**
 * A data set for classification: of pictures, signals, rows of numbers or of words. Bytes stand for 0 … 1, floats for
 * themselves, integers for the numbers of words and the like, which `nn.embedding` takes.
 */
export interface Dataset {
  /** For people: `mnist/train`. */
  readonly name: string;
  /**
   * `u8`, `f32` or `i32` [count, …]: pictures [count, channels, height, width], signals [count, channels, length], rows of
   * numbers [count, features]. Bytes stand for value / 255.
   */
  readonly images: NdArray;
  /** `i32` [count], indices into `classes`. */
  readonly labels: NdArray;
  /** The names of the classes; label k is `classes[k]`. */
  readonly classes: readonly string[];
  /** Mean and standard deviation of a channel's values in 0 … 1; a model trained on the set subtracts and divides. */
  readonly normalization?: Normalization | undefined;
}

/** Rows that are fetched when they are needed: pictures, most often. */
export interface PictureRows {
  /** [count, …] of all of them, [count, channels, height, width] of pictures. */
  readonly shape: Shape;
  /** The element type: `u8` for pictures of 0 … 255. */
  readonly dtype: "u8" | "f32" | "i32";
  /** The pictures of the given numbers, in their order: [rows, channels, height, width]. */
  take(rows: Int32Array): Promise<NdArray>;
  /** What another thread fetches the same pictures from. Without it they are fetched on the thread that asks. */
  readonly source?: RowsSource | undefined;
}

/** A data set whose pictures are not all in memory. */
export interface StreamedDataset extends Omit<Dataset, "images"> {
  /** The pictures, fetched by number. */
  readonly images: PictureRows;
}

/** A data set for classification: `images`, `labels` and names of classes. */
export type Samples = Dataset | StreamedDataset;

/** Columns by name. */
export type Columns = Readonly<Record<string, Column>>;

/** A data set of any columns, all with the same number of rows, which `dataset` makes. Row i of each belongs to sample i. */
export interface DataTable<C extends Columns = Columns> {
  /** For people: `pets/train`. */
  readonly name: string;
  /** The columns, by name. */
  readonly columns: C;
}

/** What can be trained on and evaluated: a data set of columns, or one of inputs, labels and classes. */
export type AnyDataset = Samples | DataTable;

/** What a step takes: an array for each column, under its name; beside one of different lengths `NAME.length`, `i32` [n]. */
export type Batch = Readonly<Record<string, NdArray>>;
