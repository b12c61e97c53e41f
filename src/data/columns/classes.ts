/** Classes: one for each row, or one for each element of a row; and several at once. */
import { DataError, firstDuplicate, type NdArray, zeros } from "../../array/index.ts";
import { type Kind, optional, text } from "../../options/index.ts";
import { defineColumn } from "./column.ts";
import { isRagged, type Ragged } from "./ragged.ts";

/** Distinct names, by number. */
export const namesKind: Kind<readonly string[]> = {
  expects: "a list of names, all different",
  read: (value) => {
    const isList = Array.isArray(value) && value.every((name) => typeof name === "string");
    return isList && firstDuplicate(value) === undefined ? Object.freeze([...value]) : undefined;
  },
};

/** The label of elements that losses ignore. */
const IGNORED = -1;

const oneClass = defineColumn({
  kind: "class",
  noun: "labels",
  options: { classes: namesKind },
  dtypes: ["i32"],
  expects: "[n], or [n, length] of one class for each element of a sequence",
  fits: (shape, isRagged) => shape.length === 0 || (shape.length === 1 && !isRagged),
  problem: (data, { options: { classes }, shape, isRagged, rowOf }) => {
    const least = shape.length === 0 && !isRagged ? 0 : IGNORED;
    const wrong = data.findIndex((label) => label < least || label >= classes.length);
    if (wrong < 0) return undefined;
    return `the label of row ${rowOf(wrong)} is ${data[wrong]}; there are ${classes.length} classes, 0 to ${classes.length - 1}`;
  },
  padding: IGNORED,
  augment: "labels",
  show: (row, { classes }) => Array.from(row.data, (label) => classes[label] ?? "–").join(" "),
  details: ({ classes }) => `${classes.length} classes`,
});

/**
 * A column of classes.
 * @param labels `i32` [n], class numbers from 0; or, for each element of a sequence, [n, length] or `ragged`, where −1 is an
 *   element without a class
 * @param names of the classes: label k is `names[k]`
 * @throws OptionError for invalid names, DataError for invalid values
 */
export const classes = Object.assign(
  (labels: NdArray | Ragged, names: readonly string[]) => oneClass(labels, { classes: names }),
  { kind: oneClass.kind },
);

const several = defineColumn({
  kind: "multiLabel",
  noun: "labels",
  options: { classes: namesKind, of: optional(text()) },
  dtypes: ["f32"],
  expects: "[n, classes]",
  fits: (shape, isRagged) => !isRagged && shape.length === 1,
  problem: (data, { options: { classes }, shape, rowOf }) => {
    if (shape[0] !== classes.length)
      return `labels have ${shape[0]} numbers each, but there are ${classes.length} classes`;
    const wrong = data.findIndex((share) => !(share >= 0 && share <= 1));
    return wrong < 0 ? undefined : `row ${rowOf(wrong)} has the label ${data[wrong]}; labels are 0 … 1 for each class`;
  },
  augment: "labels",
  show: (row, { classes }) => classes.filter((_, k) => row.data[k] >= 0.5).join(", ") || "none",
  details: ({ classes }) => `any of ${classes.length} classes`,
});

/** Options of `multiLabel`. */
export interface MultiLabelOptions {
  /**
   * The column of points that the classes are about, one for each, such as whether it is visible: where a mirrored picture has
   * points exchanged, these are, too. Default: none.
   */
  readonly of?: string | undefined;
}

/**
 * A column of classes of which each row has any number.
 * @param labels `f32` [n, classes], 1 for the classes that a row has and 0 for others; or `ragged` lists of their numbers
 * @param names of the classes
 * @throws OptionError for invalid names, DataError for invalid values
 */
export const multiLabel = Object.assign(
  (labels: NdArray | Ragged, names: readonly string[], options: MultiLabelOptions = {}) =>
    several(isRagged(labels) ? indicators(labels, names?.length ?? 0) : labels, { ...options, classes: names }),
  { kind: several.kind },
);

/** 1 where a row's list has the class, 0 elsewhere. */
function indicators({ values, offsets }: Ragged, count: number): NdArray {
  const rows = offsets.length - 1;
  const labels = zeros([rows, Math.max(0, count)]);
  for (let row = 0; row < rows; row++)
    for (const label of values.data.subarray(offsets[row], offsets[row + 1])) {
      if (!(Number.isInteger(label) && label >= 0 && label < count))
        throw new DataError(
          `multiLabel: row ${row} has the class ${label}; there are ${count} classes, 0 to ${count - 1}`,
        );
      labels.data[row * count + label] = 1;
    }
  return labels;
}
