/** Mean and standard deviation, channel by channel: what data sets know, models apply and pictures are shown without. */

/** What inputs are shifted and scaled by: (x − mean) / std, channel by channel. */
export interface Normalization {
  /** One number for each channel, of values in 0 … 1. */
  readonly mean: readonly number[];
  /** One number above 0 for each channel, of values in 0 … 1. */
  readonly std: readonly number[];
}
