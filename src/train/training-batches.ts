/** What is known about training batches in advance: their types, and whether the augmentation suits the data. */
import { DataError, describeGiven, formatShape, OptionError, type Shape, sameShape } from "../array/index.ts";
import {
  type AlignedSamples,
  type AlignOptions,
  type AnyDataset,
  type Augmentation,
  augmentedShape,
  augmentedType,
  batchTypes,
  type Column,
  centerCropped,
  columnNames,
  columnsOf,
  elementShape,
  isOfKind,
  isRagged,
  streamsOf,
  tokens,
  valuesDType,
} from "../data/index.ts";
import type { BuildOptions } from "../nn/index.ts";
import { isTypedJson } from "../options/index.ts";
import { alignTargets, checkSameWords, namesOfData } from "./align-targets.ts";
import { checkData } from "./checks.ts";
import type { TypesOf } from "./steps.ts";
import type { Task } from "./tasks/index.ts";

/** The types of the batches of a step, after augmentation; with the greatest length of sequences. */
export const typesOfBatches =
  (data: AnyDataset, augment: readonly Augmentation[]): TypesOf =>
  (size) =>
    batchTypes(data, { size, augment });

/** The model input for a column: its shape after augmentation, its type, its normalization. */
export function modelInputOf(column: Column, augment: readonly Augmentation[]): Omit<BuildOptions, "seed"> {
  const { kind, values, options } = column;
  const { normalization } = options as { normalization?: BuildOptions["normalization"] };
  const dtype = valuesDType(values) === "i32" ? "i32" : "f32";
  const shape = elementShape(values);
  if (isRagged(values)) {
    const vocabulary = columnNames(column)?.length;
    const longest = values.lengths[values.lengths.length - 1];
    const input = { shape: [longest, ...shape], dtype, sequence: true } as const;
    return { input: vocabulary === undefined ? input : { ...input, vocabulary } };
  }
  const input = kind.name === "picture" ? augmentedShape(augment, shape) : shape;
  return { input, dtype, normalization };
}

/**
 * @throws OptionError for invalid steps, or steps that conflict with the model's normalization; ShapeError for steps that do
 *   not suit the pictures
 */
export function checkSteps(steps: readonly Augmentation[], data: AnyDataset): void {
  if (!Array.isArray(steps))
    throw new OptionError("fit: augment must be a list of steps, such as [flip(), randomCrop({ padding: 4 })]");
  const stranger = steps.findIndex((step) => !isTypedJson(step));
  if (stranger >= 0)
    throw new OptionError(
      `fit: augment must be a list of steps, which calls make: flip(); got ${describeGiven(steps[stranger])}`,
    );
  if (augmentedType(steps, "u8") !== "u8")
    throw new OptionError(
      "fit: augment has the step normalize, but the model normalizes by itself, while it is trained and ever after; " +
        "give the data set a normalization instead: { mean, std }",
    );
  batchTypes(data, { size: 1, augment: steps });
}

/**
 * Validation data to fit the model: classes in the order of the training data; inputs unchanged where they have the model's
 * shape; else center crops, where the augmentation changes the size of pictures.
 * @throws DataError when neither is possible, and for classes or columns that the training data lack
 */
export function validationFor<S extends AnyDataset>(
  samples: S,
  data: AnyDataset,
  steps: readonly Augmentation[],
  task: Task,
  options: AlignOptions,
): AlignedSamples<S> {
  const aligned = alignTargets(checkData(samples), task, namesOfData(data, task), options);
  checkVocabularies(aligned.data, data);
  // States are carried over windows of any length.
  if (streamsOf(data) !== undefined && streamsOf(samples) !== undefined) return aligned;
  return { ...aligned, data: sizedFor(aligned.data, data, steps) };
}

/** @throws DataError for a column of words with another vocabulary than the same column of the training data */
function checkVocabularies(validation: AnyDataset, data: AnyDataset): void {
  const own = columnsOf(validation);
  for (const [name, column] of Object.entries(columnsOf(data))) {
    if (!isOfKind(column, tokens) || own[name] === undefined || !isOfKind(own[name], tokens)) continue;
    const [words, given] = [column, own[name]].map(columnNames);
    if (words !== undefined && given !== undefined) checkSameWords(validation.name, name, given, words);
  }
}

/** The shapes of rows of fixed size, by column. */
const shapesOf = (data: AnyDataset): ReadonlyMap<string, Shape> =>
  new Map(
    Object.entries(columnsOf(data)).flatMap(([name, { values }]) =>
      isRagged(values) ? [] : [[name, elementShape(values)] as const],
    ),
  );

function sizedFor<S extends AnyDataset>(validation: S, data: AnyDataset, steps: readonly Augmentation[]): S {
  const own = shapesOf(validation);
  let fitting = validation;
  for (const [name, shape] of shapesOf(data)) {
    const got = own.get(name);
    if (got === undefined) continue;
    const { kind, options } = columnsOf(data)[name];
    const wanted = kind.name === "picture" ? augmentedShape(steps, shape) : shape;
    if (sameShape(got, wanted)) continue;
    if (!sameShape(got, shape))
      throw new DataError(
        `validation data must be like the training data: ${validation.name} has inputs ${formatShape(got)}, ` +
          `${data.name} has ${formatShape(shape)}`,
      );
    // What belongs to another picture is cut with that one.
    if ("of" in options && options.of !== undefined) continue;
    const [, height, width] = got;
    if (wanted[1] <= height && wanted[2] <= width) {
      fitting = centerCropped(fitting, wanted, name);
      continue;
    }
    throw new DataError(
      `validation data ${validation.name} have pictures of ${height}×${width}, augment makes ${wanted[1]}×${wanted[2]} of those ` +
        "that are trained on; give validation data of that size",
    );
  }
  return fitting;
}
