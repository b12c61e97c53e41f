/**
 * What a column of a data set is: values of a kind, and the kind's options. A kind is a record in one file: which values it
 * takes and how they are checked, what fills rows up that are shorter than others, what augmentation does to them, how a
 * row is shown, and what the column is in words. Adding a kind of data touches that file and the table in `catalog.ts`.
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

/** The values of a column: in memory, of one shape or of different lengths; or fetched when they are needed. */
export type ColumnValues = NdArray | Ragged | PictureRows;

/** One column of a data set. */
export interface Column<O extends object = object> {
  /** The record of its kind, by which columns are told apart: `isOfKind(column, tokens)`. */
  readonly kind: ColumnKind<O>;
  /** One row for each sample. */
  readonly values: ColumnValues;
  /** The options of the kind, with nothing left out: normalization, vocabulary, names of classes. */
  readonly options: O;
}

/** As what augmentation carries a column along. */
export type CarriedAs = "images" | "masks" | "boxes" | "keyPoints" | "labels";

/** For columns that augmentation leaves as they are, and why. */
export interface NotAugmented {
  /** Why, in words. */
  readonly none: string;
}

/** A kind of column. */
export interface ColumnKind<O extends object = object> {
  /** Its unique name: `picture`, `tokens`. */
  readonly name: string;
  /** What its values are called in messages: `pictures`. */
  readonly noun: string;
  /** What its options take, and their defaults. */
  readonly schema: Schema;
  /** What stands behind the end of rows that are shorter than the batch is long. */
  readonly padding: number;
  /** What augmentation does to it. */
  readonly augment: CarriedAs | NotAugmented;
  /**
   * Sees to it that values are sound. Of rows that are fetched only shape and type are known.
   * @param where what messages begin with, such as `data set pets: column image`
   * @throws DataError for values that are not what the kind takes
   */
  check(where: string, column: Column<O>): void;
  /** A row for people: a text, or a picture. `row` is one row of a batch, without its padding. */
  show(row: NdArray, options: O): string | BytePicture;
  /** What a column is, in words: `pictures u8 [3,32,32]`. */
  describe(column: Column<O>): string;
}

/** Makes columns of one kind. */
export interface ColumnFactory<S extends Schema> {
  /** @throws OptionError for options that the kind does not take, DataError for values that are none */
  (
    values: ColumnValues,
    ...options: Record<never, never> extends GivenOf<S> ? [options?: GivenOf<S>] : [options: GivenOf<S>]
  ): Column<ValuesOf<S>>;
  /** The kind's record. */
  readonly kind: ColumnKind<ValuesOf<S>>;
}

/** What has the record of a kind: what makes columns of it. */
interface ColumnFactoryOf<O extends object> {
  /** The kind's record. */
  readonly kind: ColumnKind<O>;
}

/** Whether a column is one that the factory makes. */
export const isOfKind = <O extends object>(
  column: Column,
  factory: Pick<ColumnFactoryOf<O>, "kind">,
): column is Column<O> => (column.kind as ColumnKind<O>) === factory.kind;

/** What a check of values is told. */
export interface Checked<O> {
  /** The options of the kind. */
  readonly options: O;
  /** The data set's number of the row that element `i` of the values lies in. */
  readonly rowOf: (i: number) => number;
  /** The shape of one row; of rows of different lengths, of one element. */
  readonly shape: Shape;
  /** Whether rows differ in length. */
  readonly isRagged: boolean;
}

/** What there is to know of a kind. */
export interface ColumnDefinition<S extends Schema> {
  /** The unique name of the kind. */
  readonly kind: string;
  /** What its values are called in messages. */
  readonly noun: string;
  /** What its options take, and their defaults. */
  readonly options: S;
  /** The element types that it takes. */
  readonly dtypes: readonly DType[];
  /** The values that it takes, in words: `[n, channels, height, width]`. */
  readonly expects: string;
  /** Whether rows may have this shape; of rows of different lengths it is the shape of one element. */
  readonly fits: (shape: Shape, isRagged: boolean) => boolean;
  /** What is wrong with values in memory, if something is, in words that complete "column x: …". */
  readonly problem?: (data: TypedArray, checked: Checked<ValuesOf<S>>) => string | undefined;
  /** What stands behind the end of shorter rows. Default 0. */
  readonly padding?: number;
  /** As what augmentation carries it along, or why it does not: `none("words do not move")`. */
  readonly augment: CarriedAs | NotAugmented;
  /** A row for people: a text, or a picture. */
  readonly show: (row: NdArray, options: ValuesOf<S>) => string | BytePicture;
  /** What a column is beside its noun, type and shape. */
  readonly details?: (options: ValuesOf<S>) => string;
}

/** For kinds that augmentation leaves as they are: `augment: none("words do not move")`. */
export const none = (reason: string): NotAugmented => ({ none: reason });

const isColumnValues = (values: unknown): values is ColumnValues =>
  values instanceof NdArray || isRagged(values) || isRows(values);

/** How many rows there are. */
export const rowCount = (values: ColumnValues): number =>
  isRagged(values) ? raggedCount(values) : (values.shape[0] ?? 0);

/** The element type of values. */
export const dtypeOf = (values: ColumnValues): DType => (isRagged(values) ? values.values.dtype : values.dtype);

/** The shape of a row; of rows of different lengths, of one element. */
export const elementShape = (values: ColumnValues): Shape =>
  (isRagged(values) ? values.values.shape : values.shape).slice(1);

/** One row of values in memory, without padding. */
export function rowOf(values: ColumnValues, row: number): NdArray {
  if (values instanceof NdArray) return values.row(row);
  if (!isRagged(values)) throw new DataError("the rows of this column are not in memory; load them first");
  return sliceRows(values.values, values.offsets[row], values.offsets[row + 1]);
}

/** The shape of all values in words: `[60000,1,28,28]`, `[8544, 1 to 52]`. */
export function describeShape(values: ColumnValues): string {
  if (!isRagged(values)) return formatShape(values.shape);
  return `[${[raggedCount(values), `up to ${values.lengths.at(-1)}`, ...elementShape(values)].join(",")}]`;
}

/** Makes a kind of column from what there is to know of it. */
export function defineColumn<S extends Schema>(definition: ColumnDefinition<S>): ColumnFactory<S> {
  const { kind: name, noun, options: schema, padding = 0, augment, show } = definition;
  const kind: ColumnKind<ValuesOf<S>> = Object.freeze({
    ...{ name, noun, schema, padding, augment, show },
    check: (where: string, column: Column<ValuesOf<S>>) => checkValues(definition, where, column),
    describe: ({ values, options }: Column<ValuesOf<S>>) => {
      const details = definition.details?.(options) ?? "";
      return `${noun} ${dtypeOf(values)} ${describeShape(values)}${details && `, ${details}`}`;
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
  const dtype = dtypeOf(values);
  if (isRagged(values)) checkOffsets(values.values, values.offsets, where);
  const hasRows = isRagged(values) || values.shape.length > 0;
  if (!dtypes.includes(dtype) || !hasRows || !fits(shape, isRagged(values)))
    throw new DataError(
      `${where}: ${noun} must be ${dtypes.join(" or ")} ${expects}, got ${dtype} ${describeShape(values)}`,
    );
  const array = isRagged(values) ? values.values : values;
  if (!(array instanceof NdArray)) return;
  const found = problem?.(array.data, { options, rowOf: rowFinder(values), shape, isRagged: isRagged(values) });
  if (found !== undefined) throw new DataError(`${where}: ${found}`);
}

/** From the place of an element to the number of its row. */
function rowFinder(values: ColumnValues): (i: number) => number {
  const step = elementShape(values).reduce((product, length) => product * length, 1);
  if (!isRagged(values)) return (i) => Math.floor(i / step);
  return (i) => values.offsets.findLastIndex((offset) => offset * step <= i);
}
