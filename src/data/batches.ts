/** Operations on data sets: check, split, shuffle, batch. All randomness depends on a seed alone. */
import {
  DataError,
  type DType,
  describeGiven,
  firstDuplicate,
  NdArray,
  OptionError,
  Random,
  type Shape,
} from "../array/index.ts";
import { quoted } from "../formats/index.ts";
import { flag, optional, readOptions, text, withDefault } from "../options/index.ts";
import { checkParts, isRows } from "./check-parts.ts";
import { rowCount } from "./columns/column.ts";
import { checkIsTable, checkTable, classColumn, columnsOf, isDataTable } from "./columns/table.ts";
import { firstRows, loadColumn, mapColumns, takeColumn } from "./columns/take.ts";
import type { AnyDataset, Columns, Dataset, DataTable, PictureRows, Samples } from "./dataset.ts";
import { selectPictures } from "./pictures/picture-rows.ts";
import { rowRange, sliceRows, takeRows } from "./rows.ts";
import {
  absentClasses,
  countAside,
  membersOf,
  rowsInTurns,
  sizesOf,
  splitAtRandom,
  splitByClass,
  splitTogether,
} from "./split.ts";

export { rowRange, sliceRows, takeRows };

/** The number of samples of a data set. */
export function sampleCount(data: Pick<Samples, "labels"> | DataTable): number {
  if (!isDataTable(data)) return checkParts(data, "labels").labels.size;
  return rowCount(Object.values(checkIsTable(data).columns)[0].values);
}

/** The number of streams that the rows are windows of; `undefined` where rows are independent. */
export const streamsOf = (data: AnyDataset): number | undefined => (isDataTable(data) ? data.streams : undefined);

/** Data with inputs [count, …]. */
interface WithInputs {
  readonly images: { readonly shape: Shape };
}

/** The shape of one input: [channels, height, width] of pictures. */
export const inputShape = (data: WithInputs): Shape => checkParts(data, "images").images.shape.slice(1);

const pictureTypes: readonly DType[] = ["u8", "f32"];
const inputTypes: readonly DType[] = [...pictureTypes, "i32"];

/**
 * Checks that a value is a data set: columns; or inputs and labels in arrays, and class names. Returns it.
 * @throws DataError for anything else
 */
export const checkIsDataset = <D extends AnyDataset>(data: D): D => {
  if (isDataTable(data)) checkIsTable(data);
  else checkParts(data as Samples, "images", "labels", "classes");
  return data;
};

/**
 * Checks a data set and returns it.
 * @throws DataError unless columns agree in number, class names differ, and every label is the number of a class
 */
export function checkDataset<D extends AnyDataset>(data: D): D {
  if (isDataTable(data)) checkTable(data);
  else checkLabeled(data as Samples);
  return data;
}

function checkLabeled(data: Samples): void {
  const { name, images, labels, classes } = checkIsDataset(data);
  const fail = (what: string): never => {
    throw new DataError(`data set ${name}: ${what}`);
  };
  const types = images.shape.length === 4 ? pictureTypes : inputTypes;
  if (!types.includes(images.dtype)) fail(`${nounOf(data)} must be ${types.join(" or ")}, got ${images.dtype}`);
  if (images.shape.length < 2) fail(`inputs must be [count, …], of one axis at least each, got [${images.shape}]`);
  if (labels.dtype !== "i32" || labels.shape.length !== 1)
    fail(`labels must be i32 [count], got ${labels.dtype} [${labels.shape}]`);
  if (images.shape[0] !== labels.size) fail(`${images.shape[0]} ${nounOf(data)}, but ${labels.size} labels`);
  const twice = firstDuplicate(classes);
  if (twice !== undefined)
    fail(`has the class ${quoted(twice)} twice; classes are told apart by their names, so each must have its own`);
  const wrong = labels.data.findIndex((label) => label < 0 || label >= classes.length);
  if (wrong >= 0)
    fail(`label ${wrong} is ${labels.data[wrong]}; there are ${classes.length} classes, 0 to ${classes.length - 1}`);
}

/** What the samples of a data set are, for messages. */
export const nounOf = ({ images }: WithInputs): string => (images.shape.length === 4 ? "pictures" : "inputs");

/** Pictures by index, wherever they are stored. @throws OptionError for data without pictures, and for invalid indices */
export async function takePictures(images: NdArray | PictureRows, rows: Int32Array): Promise<NdArray> {
  const isInMemory = images instanceof NdArray;
  if (!isInMemory && !isRows(images))
    throw new OptionError(`takePictures: expects the images of a data set, got ${describeGiven(images)}`);
  const count = images.shape[0];
  const wrong = rows instanceof Int32Array ? rows.find((row) => !(row >= 0 && row < count)) : rows;
  if (!(rows instanceof Int32Array) || wrong !== undefined)
    throw new OptionError(`takePictures: expects an Int32Array of numbers below ${count}, got ${describeGiven(wrong)}`);
  return isInMemory ? takeRows(images, rows) : images.take(rows);
}

/** The data set with all of its rows in memory. */
export async function loadSamples<D extends AnyDataset>(data: D): Promise<LoadedOf<D>> {
  const given: AnyDataset = checkIsDataset(data);
  if (!isDataTable(given)) {
    const { images } = given;
    const held = images instanceof NdArray ? images : await images.take(rowRange(0, sampleCount(given)));
    return { ...given, images: held } as unknown as LoadedOf<D>;
  }
  const entries = Object.entries(given.columns);
  const columns = await Promise.all(entries.map(async ([name, column]) => [name, await loadColumn(column)] as const));
  return withColumns(given, Object.fromEntries(columns)) as unknown as LoadedOf<D>;
}

/** A data set whose rows are all in memory. */
export type LoadedOf<D extends AnyDataset> = D extends DataTable ? D : Dataset;

const withColumns = (data: DataTable, columns: Columns, name = data.name): DataTable =>
  Object.freeze({ ...data, name, columns: Object.freeze(columns) });

/** Some rows of windows are no streams any more. */
const withRows = (data: DataTable, columns: Columns, name = data.name): DataTable =>
  withColumns({ ...data, streams: undefined }, columns, name);

/** @throws OptionError unless it is a list of sample indices */
function checkRowNumbers<D extends AnyDataset>(data: D, rows: ArrayLike<number>): D {
  const isList = Array.isArray(rows) || ArrayBuffer.isView(rows);
  const count = sampleCount(data);
  const wrong = isList
    ? Array.from(rows).find((row) => !(Number.isInteger(row) && row >= 0 && row < count))
    : undefined;
  if (isList && wrong === undefined) return data;
  throw new OptionError(
    `subset: expects a list of numbers of samples, 0 to ${count - 1}, got ${describeGiven(isList ? wrong : rows)}`,
  );
}

/** The samples of a data set with the given indices, in that order. Rows that are not in memory are not fetched. */
export function subset<D extends AnyDataset>(data: D, rows: ArrayLike<number>, name = data?.name): D {
  const given: AnyDataset = checkRowNumbers(checkIsDataset(data), rows);
  if (isDataTable(given))
    return withRows(
      given,
      mapColumns(given.columns, (column) => takeColumn(column, rows)),
      name,
    ) as AnyDataset as D;
  const { images, labels } = given;
  const taken = images instanceof NdArray ? takeRows(images, rows) : selectPictures(images, rows);
  return { ...given, name, images: taken, labels: takeRows(labels, rows) } as AnyDataset as D;
}

/** The first `count` samples, or all if there are fewer, as for Infinity. @throws OptionError for no such count */
export function firstSamples<D extends AnyDataset>(data: D, count: number): D {
  const given: AnyDataset = checkIsDataset(data);
  if (!(Number.isInteger(count) || count === Infinity) || count < 0)
    throw new OptionError(`firstSamples: count must be an integer of at least 0, got ${describeGiven(count)}`);
  const most = Math.min(count, sampleCount(given));
  if (isDataTable(given))
    return withRows(
      given,
      mapColumns(given.columns, (column) => firstRows(column, most)),
    ) as AnyDataset as D;
  if (!(given.images instanceof NdArray)) return subset(data, rowRange(0, most));
  const [images, labels] = [sliceRows(given.images, 0, most), sliceRows(given.labels, 0, most)];
  return { ...given, images, labels } as AnyDataset as D;
}

/**
 * The samples of a data set with classes taking turns, so that the first few are of all classes; unchanged without classes.
 */
export function inTurns<D extends AnyDataset>(data: D): D {
  const found = classColumn(checkDataset(data));
  if (found === undefined) return data;
  return subset(data, rowsInTurns(membersOf({ labels: found.labels.data, classes: found.classes.length })));
}

/** Options of `holdOut`. */
export interface HoldOutOptions {
  /**
   * Whether to stratify by class, using the first column with a class for each row. Default: samples are chosen among all,
   * as they are if there are no classes.
   */
  readonly stratified?: boolean | undefined;
  /**
   * A column of numbers, [n]: samples of the same number stay together, such as sentences on one picture; not with
   * `stratified`. Default: samples are on their own.
   */
  readonly together?: string | undefined;
}

/** A data set split in two. */
export interface HeldOut<S extends AnyDataset> {
  /** The samples left for training. */
  readonly train: S;
  /** The samples held out. */
  readonly validation: S;
  /** A sentence on the classes that `validation` has no samples of, if there are any. */
  readonly notices: readonly string[];
}

const holdOutOptions = { stratified: withDefault(flag(), false), together: optional(text()) };

/**
 * Holds out part of a data set for validation. Every class keeps at least one training sample.
 * @param amount a share below 1, or a number of samples
 * @param seed of the random choice; the same seed holds out the same samples
 * @throws OptionError when no sample would be held out, or too few are left for every class; DataError for invalid labels
 */
export function holdOut<D extends AnyDataset>(
  data: D,
  amount: number,
  seed: number,
  options: HoldOutOptions = {},
): HeldOut<D> {
  const { stratified, together } = readOptions("holdOut", holdOutOptions, options);
  const { name } = checkDataset(data);
  const found = classColumn(data);
  const classes = found?.classes ?? ["all"];
  const labeled = { labels: found?.labels.data ?? new Int32Array(sampleCount(data)), classes: classes.length };
  const count = countAside(labeled, amount);
  const { kept, aside } =
    together === undefined
      ? (stratified ? splitByClass : splitAtRandom)(labeled, count, seed)
      : splitTogether(groupsOf(data, together, stratified), count, seed);
  const [train, validation] = [subset(data, kept, name), subset(data, aside, `${name} (held out)`)];
  const counts = sizesOf({ ...labeled, labels: Int32Array.from(aside, (row) => labeled.labels[row]) });
  return { train, validation, notices: absentClasses(validation.name, classes, counts) };
}

/** The number of each sample's group. @throws OptionError for a column that has none */
function groupsOf(data: AnyDataset, column: string, stratified: boolean): ArrayLike<number> {
  if (stratified) throw new OptionError("holdOut: stratified and together are two ways to choose; give one of them");
  const values = columnsOf(data)[column]?.values;
  if (values instanceof NdArray && values.shape.length === 1) return values.data;
  throw new OptionError(`holdOut: together '${column}' is no column of one number a sample of data set ${data.name}`);
}

/**
 * The order of the samples in an epoch: different in each epoch, the same in every run with this seed. The batches of `fit`
 * are consecutive slices of it.
 * @example
 * const order = epochOrder(sampleCount(train), 1, epoch);
 * const first = subset(train, order.slice(0, 64));
 */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  for (const [name, value] of Object.entries({ count, epoch }))
    if (!(Number.isInteger(value) && value >= 0))
      throw new OptionError(`epochOrder: ${name} must be an integer of at least 0, got ${describeGiven(value)}`);
  return new Random(seed, "shuffle", epoch).permutation(count);
}
