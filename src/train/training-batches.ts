/** What training knows of its batches before it begins: their types, and whether steps of augmentation suit the data. */
import {
  DataError,
  type DType,
  describeGiven,
  formatShape,
  OptionError,
  type Shape,
  sameShape,
} from "../array/index.ts";
import { type AlignedSamples, type AlignOptions, alignClasses } from "../data/align-classes.ts";
import { type Augmentation, augmentedShape, augmentedType, centerCropped, mixesLabels } from "../data/augment/index.ts";
import { inputShape } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import type { TensorType } from "../graph/index.ts";
import { checkSamples } from "./checks.ts";

/** What programs are compiled for: the types of pictures and labels of a batch of some size. */
export type TypesOf = (size: number) => readonly [images: TensorType, labels: TensorType];

const typesOf =
  (input: Shape, dtype: DType, labels: readonly number[], labelType: DType): TypesOf =>
  (size) => [
    { shape: [size, ...input], dtype },
    { shape: [size, ...labels], dtype: labelType },
  ];

/** Of a data set's samples as they are. */
export const sampleTypes = (data: Samples): TypesOf => typesOf(inputShape(data), data.images.dtype, [], "i32");

/** Of samples that are augmented. */
export const augmentedTypes = (data: Samples, steps: readonly Augmentation[]): TypesOf => {
  const labels = mixesLabels(steps) ? [data.classes.length] : [];
  return typesOf(augmentedShape(steps, inputShape(data)), data.images.dtype, labels, labels.length > 0 ? "f32" : "i32");
};

/**
 * @throws OptionError for what are no steps, or steps that change what the model's own normalization reads; ShapeError for
 *   steps that do not suit the pictures
 */
export function checkSteps(steps: readonly Augmentation[], data: Samples): void {
  if (!Array.isArray(steps))
    throw new OptionError("fit: augment must be a list of steps, such as [flip(), randomCrop({ padding: 4 })]");
  const stranger = steps.findIndex((step) => typeof step?.type !== "string");
  if (stranger >= 0)
    throw new OptionError(
      `fit: augment must be a list of steps, which calls make: flip(); got ${describeGiven(steps[stranger])}`,
    );
  if (augmentedType(steps, "u8") !== "u8")
    throw new OptionError(
      "fit: augment has the step normalize, but the model normalizes by itself, while it is trained and ever after; " +
        "give the data set a normalization instead: { mean, std }",
    );
  augmentedShape(steps, inputShape(data));
}

/**
 * Validation data as the model takes them: its classes in the order of the training data's, its inputs as they are where they
 * have the model's shape; else, where steps of augmentation change the size of pictures, their middles.
 * @throws DataError when neither is possible, and for classes that the training data do not have
 */
export function validationFor(
  samples: Samples,
  data: Samples,
  steps: readonly Augmentation[],
  options: AlignOptions,
): AlignedSamples<Samples> {
  const aligned = alignClasses(checkSamples(samples), data.classes, options);
  return { ...aligned, data: sizedFor(aligned.data, data, augmentedShape(steps, inputShape(data))) };
}

function sizedFor(validation: Samples, data: Samples, input: Shape): Samples {
  const shape = inputShape(validation);
  if (sameShape(shape, input)) return validation;
  if (!sameShape(shape, inputShape(data)))
    throw new DataError(
      `validation data must be like the training data: ${validation.name} has inputs ${formatShape(shape)}, ` +
        `${data.name} has ${formatShape(inputShape(data))}`,
    );
  const [, height, width] = shape;
  if (input[1] <= height && input[2] <= width) return centerCropped(validation, input);
  throw new DataError(
    `validation data ${validation.name} have pictures of ${height}×${width}, augment makes ${input[1]}×${input[2]} of those ` +
      "that are trained on; give validation data of that size",
  );
}
