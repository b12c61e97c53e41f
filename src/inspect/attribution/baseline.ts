/**
 * Baselines: the values that stand for "nothing there". The mean of the training pixels is what a network sees as 0, if the
 * model has a normalization; 0 is black in a picture without.
 */
import { isFloat, NdArray, ShapeError, sameShape } from "../../array/index.ts";
import { either, type Kind, real, withDefault, word } from "../../options/index.ts";
import type { Arrays } from "../../train/index.ts";
import { type Layout, rowData } from "./layout.ts";
import type { Subject } from "./subject.ts";

/**
 * A number; `mean`, the mean of the model's normalization for an input, and 0 for others; or an array in the shape of a sample
 * or of the batch.
 */
export type Baseline = number | "mean" | NdArray;

const arrayKind: Kind<NdArray> = {
  expects: "an array of floats, of one sample or of all",
  read: (value) => (value instanceof NdArray && isFloat(value.dtype) ? value : undefined),
};

/** The option `baseline`. Default `mean`. */
export const baselineOption = withDefault(
  either<number | "mean", NdArray>(either<number, "mean">(real(), word("mean")), arrayKind),
  "mean",
);

/** The baseline of each sample at each place, in the shapes of the values. @throws ShapeError for an array of another shape */
export function baselinesFor(subject: Subject, values: Arrays, given: Baseline): Arrays {
  const entries = Object.entries(values).map(([path, value]) => [path, baselineAt(subject, path, value, given)]);
  return Object.fromEntries(entries);
}

function baselineAt({ model, layouts }: Subject, path: string, value: NdArray, given: Baseline): NdArray {
  const data = new Float32Array(value.size);
  const [n, ...shape] = value.shape;
  if (given instanceof NdArray) {
    const isWhole = sameShape(given.shape, value.shape);
    if (!isWhole && !sameShape(given.shape, shape))
      throw new ShapeError(
        `attribute: the baseline of '${path}' is [${given.shape}], expected [${shape}] or [${value.shape}]`,
      );
    for (let i = 0; i < n; i++) data.set(isWhole ? rowData(given, i) : given.data, (i * value.size) / n);
  } else if (given !== "mean") data.fill(given);
  else {
    const mean = model.inputs[path]?.normalization?.mean;
    if (mean !== undefined) spreadMean(layouts[path], mean, data);
  }
  return new NdArray(data, value.shape, "f32");
}

/** Each channel's mean at all its positions. */
function spreadMean({ shape, channels }: Layout, mean: readonly number[], data: Float32Array): void {
  const inner = shape.slice((channels ?? 0) + 1).reduce((size, length) => size * length, 1);
  for (let i = 0; i < data.length; i++) data[i] = mean[Math.floor(i / inner) % mean.length];
}
