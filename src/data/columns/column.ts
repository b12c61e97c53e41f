/**
 * A column of a data set: values of a kind, and the kind's options. A kind is a record in one file: which values it takes
 * and how they are checked, the padding of shorter rows, how augmentation treats them, how a row is shown, and a
 * description. Adding a kind of data touches that file and the table in `catalog.ts`.
 */
import {
  DataError,
  type DType,
  describeGiven,
  formatShape,
  NdArray,
  type Shape,
  type TypedArray,
} from "../../array/index.ts";
import type { BytePicture } from "../../image/index.ts";
import { type GivenOf, readOptions, type Schema, type ValuesOf } from "../../options/index.ts";
import { isRows } from "../check-parts.ts";
import type { PictureRows } from "../dataset.ts";
import { sliceRows } from "../rows.ts";
import { checkOffsets, isRagged, type Ragged, raggedCount } from "./ragged.ts";

/** The values of a column: in memory, of one shape or of different lengths; or fetched when needed. */
export type ColumnValues = NdArray | Ragged | PictureRows;

/** One column of a data set. */
export interface Column<O extends object = object> {
  /** The record of its kind, by which columns are told apart: `isOfKind(column, tokens)`. */
  readonly kind: ColumnKind<O>;
  /** The values, one row for each sample. */
  readonly values: ColumnValues;
  /** The options of the kind, with defaults filled in: normalization, vocabulary, class names. */
  readonly options: O;
}

/** The role of a column in augmentation. */
export type CarriedAs = "images" | "masks" | "boxes" | "keyPoints" | "labels";

/** For columns that augmentation does not change, and why. */
export interface NotAugmented {
  /** Why, in words. */
  readonly none: string;
}

/** A kind of column. */
export interface ColumnKind<O extends object = object> {
  /** Its unique name: `picture`, `tokens`. */
  readonly name: string;
  /** The noun for its values in messages: `pictures`. */
  readonly noun: string;
  /** What its options take, and their defaults. */
  readonly schema: Schema;
  /** The padding of rows that are shorter than the batch. */
  readonly padding: number;
  /** Its role in augmentation. */
  readonly augment: CarriedAs | NotAugmented;
  /**
   * Checks values. Of fetched rows only shape and type are known.
   * @param where the beginning of messages, such as `data set pets: column image`
   * @throws DataError for values that do not suit the kind
   */
  check(where: string, column: Column<O>): void;
  /** Shows a row as text or picture. `row` is one row of a batch, without padding. */
  show(row: NdArray, options: O): string | BytePicture;
  /** A description of a column: `pictures u8 [3,32,32]`. */
  describe(column: Column<O>): string;
}

/** Makes columns of one kind. */
export interface ColumnFactory<S extends Schema> {
  /** @throws OptionError for invalid options, DataError for invalid values */
  (
    values: ColumnValues,
    ...options: Record<never, never> extends GivenOf<S> ? [options?: GivenOf<S>] : [options: GivenOf<S>]
  ): Column<ValuesOf<S>>;
  /** The kind's record. */
  readonly kind: ColumnKind<ValuesOf<S>>;
}

/** An object with the record of a kind: a factory of its columns. */
interface ColumnFactoryOf<O extends object> {
  /** The kind's record. */
  readonly kind: ColumnKind<O>;
}

/** Whether a column is of the factory's kind. */
export const isOfKind = <O extends object>(
  column: Column,
  factory: Pick<ColumnFactoryOf<O>, "kind">,
): column is Column<O> => (column.kind as ColumnKind<O>) === factory.kind;

/** The context of a check of values. */
export interface Checked<O> {
  /** The options of the kind. */
  readonly options: O;
  /** The index of the row that contains element `i` of the values. */
  readonly rowOf: (i: number) => number;
  /** The shape of one row; of one element for rows of variable length. */
  readonly shape: Shape;
  /** Whether rows differ in length. */
  readonly isRagged: boolean;
}

/** The definition of a kind. */
export interface ColumnDefinition<S extends Schema> {
  /** The unique name of the kind. */
  readonly kind: string;
  /** The noun for its values in messages. */
  readonly noun: string;
  /** What its options take, and their defaults. */
  readonly options: S;
  /** The accepted element types. */
  readonly dtypes: readonly DType[];
  /** The accepted values, in words: `[n, channels, height, width]`. */
  readonly expects: string;
  /** Whether rows may have this shape; that of one element for rows of variable length. */
  readonly fits: (shape: Shape, isRagged: boolean) => boolean;
  /** What is wrong with values in memory, if anything, in words that complete "column x: …". */
  readonly problem?: (data: TypedArray, checked: Checked<ValuesOf<S>>) => string | undefined;
  /** The padding of shorter rows. Default 0. */
  readonly padding?: number;
  /** The role in augmentation, or why there is none: `none("words do not move")`. */
  readonly augment: CarriedAs | NotAugmented;
  /** A row for people: a text, or a picture. */
  readonly show: (row: NdArray, options: ValuesOf<S>) => string | BytePicture;
  /** Details for descriptions, beside noun, type and shape. */
  readonly details?: (options: ValuesOf<S>) => string;
}

/** For kinds that augmentation does not change: `augment: none("words do not move")`. */
export const none = (reason: string): NotAugmented => ({ none: reason });

const isColumnValues = (values: unknown): values is ColumnValues =>
  values instanceof NdArray || isRagged(values) || isRows(values);

/** The number of rows. */
export const rowCount = (values: ColumnValues): number =>
  isRagged(values) ? raggedCount(values) : (values.shape[0] ?? 0);

/** The element type of values. */
export const valuesDType = (values: ColumnValues): DType => (isRagged(values) ? values.values.dtype : values.dtype);

/** The shape of a row; of one element for rows of variable length. */
export const elementShape = (values: ColumnValues): Shape =>
  (isRagged(values) ? values.values.shape : values.shape).slice(1);

/** One row of values in memory, without padding. */
export function rowOf(values: ColumnValues, row: number): NdArray {
  if (values instanceof NdArray) return values.row(row);
  if (!isRagged(values)) throw new DataError("the rows of this column are not in memory; load them first");
  return sliceRows(values.values, values.offsets[row], values.offsets[row + 1]);
}

/** The shape of all values in words: `[60000,1,28,28]`, `[8544, 1 to 52]`. */
export function formatValuesShape(values: ColumnValues): string {
  if (!isRagged(values)) return formatShape(values.shape);
  return `[${[raggedCount(values), `up to ${values.lengths.at(-1)}`, ...elementShape(values)].join(",")}]`;
}

/** Defines a kind of column. */
export function defineColumn<S extends Schema>(definition: ColumnDefinition<S>): ColumnFactory<S> {
  const { kind: name, noun, options: schema, padding = 0, augment, show } = definition;
  const kind: ColumnKind<ValuesOf<S>> = Object.freeze({
    ...{ name, noun, schema, padding, augment, show },
    check: (where: string, column: Column<ValuesOf<S>>) => checkValues(definition, where, column),
    describe: ({ values, options }: Column<ValuesOf<S>>) => {
      const details = definition.details?.(options) ?? "";
      return `${noun} ${valuesDType(values)} ${formatValuesShape(values)}${details && `, ${details}`}`;
    },
  });
  const create = (values: ColumnValues, given: object = {}): Column<ValuesOf<S>> => {
    if (!isColumnValues(values))
      throw new DataError(
        `${name}: expects ${noun} as an NdArray ${definition.expects}, got ${describeGiven(values)}; ` +
          "ragged([…]) takes rows of different lengths",
      );
    return Object.freeze({ kind, values, options: Object.freeze(readOptions(name, schema, given)) });
  };
  return Object.assign(create, { kind });
}

function checkValues<S extends Schema>(
  definition: ColumnDefinition<S>,
  where: string,
  column: Column<ValuesOf<S>>,
): void {
  const { noun, dtypes, expects, fits, problem } = definition;
  const { values, options } = column;
  const shape = elementShape(values);
  const dtype = valuesDType(values);
  if (isRagged(values)) checkOffsets(values.values, values.offsets, where);
  const hasRows = isRagged(values) || values.shape.length > 0;
  if (!dtypes.includes(dtype) || !hasRows || !fits(shape, isRagged(values)))
    throw new DataError(
      `${where}: ${noun} must be ${dtypes.join(" or ")} ${expects}, got ${dtype} ${formatValuesShape(values)}`,
    );
  const array = isRagged(values) ? values.values : values;
  if (!(array instanceof NdArray)) return;
  const found = problem?.(array.data, { options, rowOf: rowFinder(values), shape, isRagged: isRagged(values) });
  if (found !== undefined) throw new DataError(`${where}: ${found}`);
}

/** The map from an element's index to the index of its row. */
function rowFinder(values: ColumnValues): (i: number) => number {
  const step = elementShape(values).reduce((product, length) => product * length, 1);
  if (!isRagged(values)) return (i) => Math.floor(i / step);
  return (i) => values.offsets.findLastIndex((offset) => offset * step <= i);
}
