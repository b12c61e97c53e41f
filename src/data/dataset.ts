/** Types of data sets. */
import type { NdArray, Normalization, Shape } from "../array/index.ts";
import type { Column } from "./columns/column.ts";
import type { RowsSource } from "./pictures/picture-rows.ts";

export type { Normalization };

/**
 * A data set for classification: of pictures, signals, rows of numbers or of words. Bytes stand for 0 … 1, floats for
 * themselves, integers for indices, as `nn.embedding` takes.
 */
export interface Dataset {
  /** Its name, for messages: `mnist/train`. */
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
  /** Mean and standard deviation of each channel, in 0 … 1; applied inside models trained on the set. */
  readonly normalization?: Normalization | undefined;
}

/** Rows that are fetched when needed, usually pictures. */
export interface PictureRows {
  /** [count, …] of all of them, [count, channels, height, width] of pictures. */
  readonly shape: Shape;
  /** The element type: `u8` for pictures of 0 … 255. */
  readonly dtype: "u8" | "f32" | "i32";
  /** The rows of the given indices, in that order: [rows, channels, height, width]. */
  take(rows: Int32Array): Promise<NdArray>;
  /** A description from which other threads fetch the same rows. Without it they are fetched on the calling thread. */
  readonly source?: RowsSource | undefined;
}

/** A data set whose pictures are not in memory. */
export interface StreamedDataset extends Omit<Dataset, "images"> {
  /** The pictures, fetched by index. */
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
  /**
   * The number of streams that the rows are windows of, in order of time: row t · streams + s is window t of stream s. Batches
   * are then one window of every stream, in this order, and networks carry their states from batch to batch. Default: rows are
   * independent.
   */
  readonly streams?: number | undefined;
}

/** Any data set: of columns, or of inputs, labels and classes. */
export type AnyDataset = Samples | DataTable;

/** A batch: an array for each column, by name; for rows of variable length also `NAME.length`, `i32` [n]. */
export type Batch = Readonly<Record<string, NdArray>>;
