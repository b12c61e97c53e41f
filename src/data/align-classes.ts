/**
 * Matches classes by name. Labels are renumbered to the order of the model's classes; classes unknown to the model are
 * refused, or left out on request.
 */
import { DataError, describeGiven, NdArray, OptionError } from "../array/index.ts";
import { quoted } from "../formats/index.ts";
import { type OptionalKind, optional, readOptions, text, withDefault, word } from "../options/index.ts";
import { checkDataset, subset } from "./batches.ts";
import { renumber, rowsWith } from "./columns/renumber.ts";
import { type ClassColumn, classColumn, elementColumn, namedClasses, withColumn, withLabels } from "./columns/table.ts";
import type { AnyDataset, Samples } from "./dataset.ts";

/** What to do with samples of classes unknown to the model. */
export type UnknownClasses = "refuse" | "leave out";

/** How to treat classes unknown to the model. */
export interface AlignOptions {
  /**
   * Samples of classes unknown to the model: `refuse` them with an error, or `leave out`, counted in `leftOut`. Default
   * `refuse`.
   */
  readonly unknownClasses?: UnknownClasses | undefined;
}

/** Options of `alignClasses`. */
export interface AlignClassesOptions extends AlignOptions {
  /**
   * The column of classes. Default: the first with a class for each row, else the first whose pixels, elements or indicators
   * have named classes. There no rows are left out: labels that do not match become unknown.
   */
  readonly column?: string | undefined;
}

/** How the classes of a data set match those of a model. */
export interface ClassMatch {
  /** The class names, in the model's order: which labels, scores and class metrics refer to. */
  readonly classes: readonly string[];
  /** Classes of the model that the data set lacks. */
  readonly missing: readonly string[];
  /** Classes unknown to the model, and the number of their samples, which are not used. */
  readonly leftOut: readonly { readonly name: string; readonly samples: number }[];
}

/** A data set with a model's classes, and how the classes match. */
export interface AlignedSamples<S extends AnyDataset> extends ClassMatch {
  /** The data set with the model's classes and labels; the given one where all names agree in order. */
  readonly data: S;
  /** The index of each sample in the given data set; absent if none was left out. */
  readonly rows?: Int32Array | undefined;
}

export const unknownClassesKind: OptionalKind<UnknownClasses> = withDefault(
  word<UnknownClasses>("refuse", "leave out"),
  "refuse",
);

const alignOptions = { unknownClasses: unknownClassesKind, column: optional(text()) };

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, k) => name === b[k]);

/**
 * The data set with its labels in the order of a model's classes, matched by name.
 * @param classes the model's classes; `undefined` if it has none, which leaves the data unchanged
 * @example
 * const { data, missing, leftOut } = alignClasses(test, model.classes, { unknownClasses: "leave out" });
 * @throws DataError for a class unknown to the model, unless it is to be left out, and when no sample remains
 */
export function alignClasses<D extends AnyDataset>(
  data: D,
  classes: readonly string[] | undefined,
  options: AlignClassesOptions = {},
): AlignedSamples<D> {
  const { unknownClasses, column } = readOptions("alignClasses", alignOptions, options);
  if (classes !== undefined && !Array.isArray(classes))
    throw new OptionError(`alignClasses: expects a list of class names, got ${describeGiven(classes)}`);
  const elements = elementColumn(checkDataset(data), column);
  const isUnlabeled = classes === undefined && elements === undefined && classColumn(data) === undefined;
  if (isUnlabeled) return { data, classes: [], missing: [], leftOut: [] };
  const named = { name: data.name, classes: elements?.classes ?? namedClasses("alignClasses", data, column).classes };
  if (classes === undefined || sameNames(named.classes, classes))
    return { data, classes: named.classes, missing: [], leftOut: [] };
  const target = named.classes.map((name) => classes.indexOf(name));
  const unknown = named.classes.filter((_, k) => target[k] < 0);
  if (unknown.length > 0 && unknownClasses === "refuse") throw unknownError(named, unknown, classes);
  const missing = classes.filter((name) => !named.classes.includes(name));
  if (elements !== undefined && unknown.length === named.classes.length)
    throw new DataError(
      `data set ${data.name}: the model knows none of its classes; ${describeClasses(named, classes)}`,
    );
  if (elements === undefined)
    return { classes, missing, ...alignRows(data, namedClasses("alignClasses", data, column), target, classes) };
  const where = `data set ${data.name}: column ${elements.name}`;
  const leftOut = unknown.map((name) => ({
    name,
    samples: rowsWith(where, elements.column, named.classes.indexOf(name)),
  }));
  const aligned = withColumn(data, elements.name, renumber(where, elements.column, target, classes));
  return { data: aligned, classes, missing, leftOut };
}

/** Leaves out rows of unknown classes. */
function alignRows<D extends AnyDataset>(
  data: D,
  own: ClassColumn,
  target: readonly number[],
  classes: readonly string[],
): Pick<AlignedSamples<D>, "data" | "leftOut" | "rows"> {
  const unknown = own.classes.filter((_, k) => target[k] < 0);
  const leftOut = unknown.map((name) => ({ name, samples: countLabels(own, name) }));
  const rows = rowsOf(own, target);
  if (rows.length === 0 && own.labels.size > 0)
    throw new DataError(
      `data set ${data.name}: the model knows none of its classes; ${describeClasses({ classes: own.classes }, classes)}`,
    );
  const kept = rows.length === own.labels.size ? data : subset(data, rows);
  const labels = new NdArray(
    Int32Array.from(rows, (row) => target[own.labels.data[row]]),
    [rows.length],
    "i32",
  );
  const aligned = withLabels(kept, { name: own.name, labels, classes });
  return { data: aligned, leftOut, ...(kept !== data && { rows }) };
}

/** The samples of known classes. */
const rowsOf = ({ labels }: ClassColumn, target: readonly number[]): Int32Array =>
  Int32Array.from(labels.data.keys()).filter((row) => target[labels.data[row]] >= 0);

function countLabels({ labels, classes }: ClassColumn, name: string): number {
  const label = classes.indexOf(name);
  return Int32Array.from(labels.data).filter((one) => one === label).length;
}

/** The maximum number of names in a message. */
const LISTED = 20;

/** Names for a message: the first ones, and the total. */
const listNames = (names: readonly string[]): string =>
  names.slice(0, LISTED).map(quoted).join(", ") + (names.length > LISTED ? `, … (${names.length} in all)` : "");

const describeClasses = (data: Pick<Samples, "classes">, classes: readonly string[]): string =>
  `the data have ${listNames(data.classes)}, the model ${listNames(classes)}`;

function unknownError(
  data: Pick<Samples, "name" | "classes">,
  unknown: readonly string[],
  classes: readonly string[],
): DataError {
  return new DataError(
    `data set ${data.name}: the model does not know ${unknown.length === 1 ? "its class" : "its classes"} ` +
      `${listNames(unknown)}; ${describeClasses(data, classes)}; ` +
      "classes are matched by name: rename those of the data, or leave unknown ones out with unknownClasses: 'leave out'",
  );
}

/** @throws DataError unless the data have exactly these classes in this order */
export function checkSameOrder(data: Pick<Samples, "name" | "classes">, classes: readonly string[] | undefined): void {
  if (classes === undefined || sameNames(data.classes, classes)) return;
  throw new DataError(
    `data set ${data.name}: its classes are not the predictor's, in the predictor's order; ` +
      `${describeClasses(data, classes)}; bring the data into that order first: alignClasses(data, predictor.classes)`,
  );
}
