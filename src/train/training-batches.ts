/** The batches that training reads: rows of the data set, augmented; and what a network sees of them beforehand. */
import { DataError, type DType, type NdArray, OptionError, type Shape, sameShape } from "../array/index.ts";
import {
  type Augmentation,
  augmentBatch,
  augmentedShape,
  augmentedType,
  centerCropped,
  mixesLabels,
} from "../data/augment/index.ts";
import { inputShape, takeRows } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { kindOf, type TensorType } from "../graph/index.ts";
import { checkAlike } from "./checks.ts";

/** What programs are compiled for: the types of pictures and labels of a batch of some size. */
export type TypesOf = (size: number) => readonly [images: TensorType, labels: TensorType];

const typesOf =
  (input: Shape, dtype: DType, labels: readonly number[], labelType: DType): TypesOf =>
  (size) => [
    { shape: [size, ...input], dtype },
    { shape: [size, ...labels], dtype: labelType },
  ];

/** Of a data set's samples as they are. */
export const sampleTypes = (data: Dataset): TypesOf => typesOf(inputShape(data), data.images.dtype, [], "i32");

/** Of samples that are augmented. */
export const augmentedTypes = (data: Dataset, steps: readonly Augmentation[]): TypesOf => {
  const labels = mixesLabels(steps) ? [data.classes.length] : [];
  return typesOf(augmentedShape(steps, inputShape(data)), data.images.dtype, labels, labels.length > 0 ? "f32" : "i32");
};

/** Pictures and labels of the samples of the given numbers, for an epoch from 0 on. */
export type Prepare = (rows: Int32Array, epoch: number) => { readonly images: NdArray; readonly labels: NdArray };

/** Takes samples out of a data set and augments them: the same bits for the same seed, epoch and rows. */
export const preparation =
  (data: Dataset, steps: readonly Augmentation[], seed: number): Prepare =>
  (samples, epoch) => {
    const batch = { images: takeRows(data.images, samples), labels: takeRows(data.labels, samples) };
    return augmentBatch(steps, batch, { seed, epoch, samples }, data.classes.length);
  };

/**
 * @throws OptionError for what are no steps, or steps that change what the model's own normalisation reads; ShapeError for
 *   steps that do not suit the pictures
 */
export function checkSteps(steps: readonly Augmentation[], data: Dataset): void {
  if (!Array.isArray(steps))
    throw new OptionError("fit: augment must be a list of steps, such as [flip(), randomCrop({ padding: 4 })]");
  const stranger = steps.findIndex((step) => typeof step !== "object" || step === null);
  if (stranger >= 0)
    throw new OptionError(
      `fit: augment must be a list of steps, which calls make: flip(); got ${kindOf(steps[stranger])}`,
    );
  if (augmentedType(steps, "u8") !== "u8")
    throw new OptionError(
      "fit: augment has the step normalize, but the model normalises by itself, while it is trained and ever after; " +
        "give the data set a normalization instead: { mean, std }",
    );
  augmentedShape(steps, inputShape(data));
}

/**
 * Validation data as a model takes them that was trained on augmented pictures of another size: they have that size
 * already, or they are like the training data, and their middles are taken.
 * @throws DataError when they are neither, or too small
 */
export function validationFor(validation: Dataset, data: Dataset, steps: readonly Augmentation[]): Dataset {
  const input = augmentedShape(steps, inputShape(data));
  checkAlike(
    { ...data, images: sameShape(inputShape(validation), input) ? validation.images : data.images },
    validation,
  );
  const [, height, width] = inputShape(validation);
  if (input[1] <= height && input[2] <= width) return centerCropped(validation, input);
  throw new DataError(
    `validation data ${validation.name} have pictures of ${height}×${width}, augment makes ${input[1]}×${input[2]} of those ` +
      "that are trained on; give validation data of that size",
  );
}
