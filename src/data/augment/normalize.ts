/** Values with mean 0 and deviation 1, channel by channel: (v − mean) / std. */
import { allocate, NdArray, OptionError, sizeOf } from "../../array/index.ts";
import type { Kind } from "../../options/index.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** The mean of values in 0 … 1: one number for each channel. */
  readonly mean: readonly number[];
  /** The standard deviation: one number above 0 for each channel. */
  readonly std: readonly number[];
}

const numberList = (what: string, isRight: (value: number) => boolean): Kind<readonly number[]> => ({
  expects: `a list of ${what}, one for each channel`,
  read: (value) => {
    const list = typeof value === "number" ? [value] : value;
    const areRight =
      Array.isArray(list) && list.length > 0 && list.every((one) => Number.isFinite(one) && isRight(one));
    return areRight ? [...list] : undefined;
  },
});

/**
 * Subtracts the mean and divides by the standard deviation; pictures become `f32`. For custom pipelines: models that `fit`
 * builds normalize their inputs by the data set's `normalization`.
 * @throws OptionError for pictures with another number of channels
 */
export const normalize: AugmentationFactory<NormalizeOptions> = defineAugmentation({
  type: "normalize",
  options: { mean: numberList("finite numbers", () => true), std: numberList("numbers above 0", (one) => one > 0) },
  dtype: "f32",
  apply: ({ mean, std }, batch) => {
    const { data, shape, dtype } = batch.images;
    const [, channels, ...rest] = shape;
    if (mean.length !== channels || std.length !== channels)
      throw new OptionError(
        `normalize: has ${mean.length} means and ${std.length} deviations, but the pictures have ${channels} channels`,
      );
    const out = allocate("f32", data.length);
    const unit = dtype === "u8" ? 255 : 1;
    const size = sizeOf(rest);
    for (let plane = 0, i = 0; i < data.length; plane++) {
      const c = plane % channels;
      for (const end = i + size; i < end; i++) out[i] = (data[i] / unit - mean[c]) / std[c];
    }
    return { ...batch, images: new NdArray(out, shape, "f32") };
  },
});
