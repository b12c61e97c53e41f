/** The types of the arrays of a batch, known in advance. */
import { describeGiven, lengthName, OptionError } from "../../array/index.ts";
import type { TensorType } from "../../graph/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { augmentedShape, augmentedType, mixesLabels } from "../augment/augment-batch.ts";
import { type AugmentPass, augmentPasses } from "../augment/passes.ts";
import type { Augmentation } from "../augment/step.ts";
import { checkIsDataset } from "../batches.ts";
import type { AnyDataset, Columns } from "../dataset.ts";
import { elementShape, valuesDType } from "./column.ts";
import { isRagged } from "./ragged.ts";
import { columnsOf } from "./table.ts";

/** Options of `batchTypes`. */
export interface BatchTypesOptions {
  /** Samples in the batch. */
  readonly size: number;
  /** The padded length of each column's rows, by name; one of `batchLengths`. Default: the greatest. */
  readonly lengths?: Readonly<Record<string, number>> | undefined;
  /** The steps of augmentation. Default: none. */
  readonly augment?: readonly Augmentation[] | undefined;
}

/** Types by array name. */
export type BatchTypes = Readonly<Record<string, TensorType>>;

/** The lengths that batches are padded to, ascending, by name of each column of variable length. */
export function batchLengths(data: AnyDataset): Readonly<Record<string, readonly number[]>> {
  const found = Object.entries(columnsOf(checkIsDataset(data))).flatMap(([name, { values }]) =>
    isRagged(values) ? [[name, values.lengths] as const] : [],
  );
  return Object.fromEntries(found);
}

const optionNames = namesOf<BatchTypesOptions>({ size: true, lengths: true, augment: true });

/**
 * The types of the arrays of a batch, by name: what a program is compiled for.
 * @example batchTypes(sst, { size: 64, lengths: { text: 25 } }) // { text: i32 [64,25], "text.length": i32 [64], label: i32 [64] }
 * @throws OptionError for invalid options, ShapeError for steps that do not suit the data
 */
export function batchTypes(data: AnyDataset, options: BatchTypesOptions): BatchTypes {
  checkNames("batchTypes", optionNames, options);
  const { size, lengths = {}, augment = [] } = options;
  if (!Number.isInteger(size) || size < 0)
    throw new OptionError(`batchTypes: size must be an integer of at least 0, got ${describeGiven(size)}`);
  const columns = columnsOf(checkIsDataset(data));
  const passes = augmentPasses(data, augment);
  const known = batchLengths(data);
  checkNames("batchTypes: lengths", Object.keys(known), lengths);
  const types: Record<string, TensorType> = {};
  for (const [name, { values }] of Object.entries(columns)) {
    const [dtype, shape] = [valuesDType(values), elementShape(values)];
    if (!isRagged(values)) {
      types[name] = { shape: [size, ...shape], dtype };
      continue;
    }
    const length = lengths[name] ?? values.lengths[values.lengths.length - 1];
    if (!values.lengths.includes(length))
      throw new OptionError(
        `batchTypes: column ${name} is padded to ${values.lengths.join(", ")}, not to ${describeGiven(length)}`,
      );
    types[name] = { shape: [size, length, ...shape], dtype };
    types[lengthName(name)] = { shape: [size], dtype: "i32" };
  }
  for (const pass of passes) Object.assign(types, augmentedTypesOf(pass, columns, augment, size));
  return types;
}

/** The types of a pass's arrays that the steps change. */
function augmentedTypesOf(
  { images, masks, labels }: AugmentPass,
  columns: Columns,
  steps: readonly Augmentation[],
  size: number,
): BatchTypes {
  const { values } = columns[images];
  const [channels, height, width] = augmentedShape(steps, elementShape(values));
  return {
    [images]: { shape: [size, channels, height, width], dtype: augmentedType(steps, valuesDType(values)) },
    ...(masks && { [masks]: { shape: [size, height, width], dtype: valuesDType(columns[masks].values) } }),
    ...(labels && mixesLabels(steps) && { [labels.name]: { shape: [size, labels.classes], dtype: "f32" as const } }),
  };
}
