/** Mean and standard deviation of channels, known by data sets and applied by models. */

/** Normalization of inputs: (x − mean) / std for each channel. */
export interface Normalization {
  /** One number for each channel, of values in 0 … 1. */
  readonly mean: readonly number[];
  /** One number above 0 for each channel, of values in 0 … 1. */
  readonly std: readonly number[];
}
