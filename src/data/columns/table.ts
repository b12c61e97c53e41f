/** Data sets of named columns; and the columns of any data set. */
import { checkObject, DataError, describeGiven, NdArray, type Shape } from "../../array/index.ts";
import { quoted } from "../../formats/index.ts";
import { checkParts } from "../check-parts.ts";
import type { AnyDataset, Columns, DataTable, Samples } from "../dataset.ts";
import { classes, multiLabel } from "./classes.ts";
import { type Column, elementShape, isOfKind, rowCount, valuesDType } from "./column.ts";
import { numbers } from "./numbers.ts";
import { picture } from "./picture.ts";
import { tokens } from "./tokens.ts";

/** Whether a data set is one of named columns. */
export const isDataTable = (data: unknown): data is DataTable =>
  typeof data === "object" && data !== null && "columns" in data && !("images" in data);

/** Whether a value has the properties of a data set. */
export const isDataset = (data: unknown): data is AnyDataset =>
  isDataTable(data) ||
  (typeof data === "object" && data !== null && "images" in data && "labels" in data && "classes" in data);

const isColumn = (column: unknown): column is Column =>
  typeof column === "object" && column !== null && "kind" in column && "values" in column && "options" in column;

/**
 * A data set of named columns.
 * @param name for people: `pets/train`
 * @param columns by name, which batches have their arrays under: `picture`, `mask`, `boxes`, `points`, `classes`,
 *   `multiLabel`, `numbers`, `tokens` and `waveform` make them; all have the same number of rows
 * @example
 * const pets = dataset("pets", { image: picture(images), label: classes(labels, ["cat", "dog"]) });
 * @throws DataError for columns with different numbers of rows, for values that do not suit a column's kind, and for columns
 *   that do not match
 */
export function dataset<C extends Columns>(name: string, columns: C): DataTable<C> {
  if (typeof name !== "string" || name === "")
    throw new DataError(`dataset: expects a name, a text that is not empty, got ${describeGiven(name)}`);
  checkObject(`the columns of data set ${name}, { image: picture(…), label: classes(…) }`, columns);
  return checkTable(Object.freeze({ name, columns: Object.freeze({ ...columns }) }));
}

/** Columns whose values have been checked, or are rows of checked ones. */
const sound = new WeakSet<Column>();

/** Rows of a checked column need no check. */
export function markSound(column: Column, from: Column): Column {
  if (sound.has(from)) sound.add(column);
  return column;
}

/** Checks a data set and returns it; values are checked once. @throws DataError for invalid data */
export function checkTable<T extends DataTable>(table: T): T {
  const { name, columns } = checkIsTable(table);
  const where = `data set ${name}`;
  for (const [key, column] of Object.entries(columns)) {
    if (sound.has(column)) continue;
    column.kind.check(`${where}: column ${key}`, column);
    sound.add(column);
  }
  checkPictureColumns(where, columns);
  checkPointLabels(where, columns);
  return table;
}

/** @throws DataError unless it has columns, of one length */
export function checkIsTable<T extends DataTable>(table: T): T {
  checkObject("a data set, dataset(name, columns)", table);
  checkObject("the columns of a data set, { image: picture(…), label: classes(…) }", table.columns);
  const where = `data set ${table.name}`;
  const entries = Object.entries(table.columns);
  if (entries.length === 0) throw new DataError(`${where}: has no columns; give at least one`);
  for (const [key, column] of entries) {
    if (!isColumn(column))
      throw new DataError(
        `${where}: column ${key} must be made by a kind of column, such as picture(images), got ${describeGiven(column)}`,
      );
    if (key === "" || /[.]length$/.test(key))
      throw new DataError(`${where}: a column must not be called ${quoted(key)}; NAME.length is for lengths of rows`);
  }
  const [[first, { values }], ...rest] = entries;
  const count = rowCount(values);
  const other = rest.find(([, column]) => rowCount(column.values) !== count);
  if (other !== undefined)
    throw new DataError(
      `${where}: column ${first} has ${count} rows, column ${other[0]} has ${rowCount(other[1].values)}; ` +
        "all columns must have a row for each sample",
    );
  return table;
}

/** The picture column that a column names, if any. */
const namedPicture = ({ options }: Column): string | undefined => (options as { of?: string }).of;

/** The names of the picture columns that do not follow another. */
export const mainPictures = (columns: Columns): string[] =>
  Object.keys(columns).filter(
    (name) => columns[name].kind.augment === "images" && namedPicture(columns[name]) === undefined,
  );

/** The picture column that a column follows: itself, the one it names, or the only one. */
export function pictureFor(columns: Columns, name: string): string | undefined {
  const column = columns[name];
  if (typeof column.kind.augment !== "string" || column.kind.augment === "labels") return undefined;
  const mains = mainPictures(columns);
  return namedPicture(column) ?? (mains.includes(name) ? name : mains.length === 1 ? mains[0] : undefined);
}

/** @throws DataError for columns that follow missing pictures, or pictures of another size */
function checkPictureColumns(where: string, columns: Columns): void {
  const mains = mainPictures(columns);
  for (const [name, column] of Object.entries(columns)) {
    const { kind, values } = column;
    if (typeof kind.augment !== "string" || kind.augment === "labels" || mains.includes(name)) continue;
    const main = pictureFor(columns, name);
    if (main !== undefined && !mains.includes(main))
      throw new DataError(
        `${where}: column ${name} is of ${quoted(main)}, which is not a picture column of its own; there are ${mains.join(", ") || "none"}`,
      );
    if (main === undefined && mains.length > 1)
      throw new DataError(
        `${where}: column ${name} must say which pictures it belongs to, ${mains.join(" or ")}: { of: "${mains[0]}" }`,
      );
    if (main === undefined || kind.augment === "boxes" || kind.augment === "keyPoints") continue;
    const [own, others] = [sizeFor(elementShape(values)), sizeFor(elementShape(columns[main].values))];
    if (own !== others)
      throw new DataError(
        `${where}: column ${name} has ${kind.noun} of ${own}, column ${main} has pictures of ${others}; sizes must be equal`,
      );
  }
}

/** @throws DataError for labels of points that are not there, or are not as many */
function checkPointLabels(where: string, columns: Columns): void {
  for (const [name, column] of Object.entries(columns)) {
    if (!isOfKind(column, multiLabel) || column.options.of === undefined) continue;
    const { of, classes } = column.options;
    const points = columns[of]?.kind.augment === "keyPoints" ? elementShape(columns[of].values)[0] : undefined;
    if (points !== classes.length)
      throw new DataError(
        `${where}: column ${name} is of ${quoted(of)}, which must be a column of ${classes.length} points, one for each class`,
      );
  }
}

/** Height and width, in words. */
const sizeFor = (shape: Shape): string => shape.slice(-2).join("×");

/**
 * The columns of any data set, by name. Of a data set of inputs, labels and classes these are `images` (pictures, where they
 * have four axes; tokens, where they are integers; else numbers) and `labels`.
 * @throws DataError unless it is a data set
 */
export function columnsOf(data: AnyDataset): Columns {
  if (isDataTable(data)) return checkIsTable(data).columns;
  const { images, labels, classes: names, normalization } = checkParts(data, "images", "labels", "classes");
  const { kind } = images.shape.length === 4 ? picture : valuesDType(images) === "i32" ? tokens : numbers;
  return Object.freeze({
    images: Object.freeze({ kind, values: images, options: { normalization } }),
    labels: Object.freeze({ kind: classes.kind, values: labels, options: { classes: names } }),
  });
}

/** The classes of a data set: those of its first column with a class for each row. */
export interface ClassColumn {
  /** The column's name. */
  readonly name: string;
  /** `i32` [n]. */
  readonly labels: NdArray;
  /** The names of the classes. */
  readonly classes: readonly string[];
}

/** The first column with a class for each row, if there is one. */
export function classColumn(data: AnyDataset): ClassColumn | undefined {
  if (!isDataTable(data)) return { name: "labels", ...labelsIn(data) };
  const found = Object.keys(data.columns).find((name) => hasClasses(data.columns[name]));
  return found === undefined ? undefined : classColumnOf(data, found);
}

const labelsIn = (data: Samples): Pick<Samples, "labels" | "classes"> => {
  const { labels, classes: names } = checkParts(data, "labels", "classes");
  return { labels, classes: names };
};

const hasClasses = (column: Column): boolean =>
  isOfKind(column, classes) && column.values instanceof NdArray && column.values.shape.length === 1;

const classColumnOf = ({ columns }: DataTable, name: string): ClassColumn => ({
  name,
  labels: columns[name].values as NdArray,
  classes: (columns[name].options as { classes: readonly string[] }).classes,
});

/**
 * The classes of a column, or of the first that has some.
 * @throws DataError where there is no such column
 */
export function namedClasses(where: string, data: AnyDataset, name: string | undefined): ClassColumn {
  const found = classColumn(data);
  const columns = columnsOf(data);
  const names = Object.keys(columns).filter((key) => hasClasses(columns[key]));
  if (found === undefined || (name !== undefined && !names.includes(name)))
    throw new DataError(
      `${where}: data set ${data.name} has no column${name === undefined ? "" : ` ${quoted(name)}`} with a class for each row; ` +
        `there ${names.length === 0 ? "is none: classes(labels, names) makes one" : `are ${names.join(", ")}`}`,
    );
  return isDataTable(data) && name !== undefined ? classColumnOf(data, name) : found;
}

/** A column whose pixels, elements or indicators have classes with names. */
export interface ElementColumn {
  readonly name: string;
  readonly column: Column;
  readonly classes: readonly string[];
}

/** The named column, or where no column has a class for each row the first, if its pixels, elements or indicators have named classes. */
export function elementColumn(data: AnyDataset, name: string | undefined): ElementColumn | undefined {
  if (!isDataTable(data) || (name === undefined && classColumn(data) !== undefined)) return undefined;
  for (const [key, column] of Object.entries(data.columns)) {
    const { classes: names } = column.options as { classes?: readonly string[] };
    if (names === undefined || hasClasses(column) || (name !== undefined && name !== key)) continue;
    return { name: key, column, classes: names };
  }
  return undefined;
}

/** A data set with a column replaced or added. */
export function withColumn<D extends AnyDataset>(data: D, name: string, column: Column): D {
  const table: AnyDataset = data;
  if (!isDataTable(table))
    throw new DataError(`data set ${data.name}: has no columns to change; dataset(…) makes some`);
  return Object.freeze({ ...table, columns: Object.freeze({ ...table.columns, [name]: column }) }) as AnyDataset as D;
}

/** A data set with other labels in a column of classes. */
export function withLabels<D extends AnyDataset>(data: D, { name, labels, classes: names }: ClassColumn): D {
  if (!isDataTable(data)) return { ...(data as Samples), labels, classes: names } as AnyDataset as D;
  const column = data.columns[name];
  const changed = Object.freeze({ ...column, values: labels, options: Object.freeze({ classes: names }) });
  return withColumn(data, name, markSound(changed, column));
}

/** A description of a data set: its name and columns. */
export const describeDataset = (data: AnyDataset): string =>
  `${data.name}: ${Object.entries(columnsOf(data))
    .map(([name, column]) => `${name}, ${column.kind.describe(column)}`)
    .join("; ")}`;
