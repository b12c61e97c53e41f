/** Key points in a table: a line for each picture, with two columns for each point. */
import { checkPath, DataError, FormatError } from "../../array/index.ts";
import { quoted } from "../../formats/index.ts";
import { readRecords, type TextRecords } from "../texts/records.ts";
import { type AnnotatedOptions, type AnnotatedSet, annotatedSet, checkAnnotated } from "./annotated-set.ts";
import type { FoundObject } from "./annotations.ts";
import { openFileTree, pictureFinder } from "./file-tree.ts";
import { Findings } from "./findings.ts";
import { namesOfJoints } from "./joint-names.ts";
import type { AnnotatedColumns } from "./targets.ts";
import { partOfFolders } from "./voc.ts";

/** Options of `pointTableSet`. */
export interface PointTableOptions extends AnnotatedOptions {
  /** The folder or archive of the pictures. */
  readonly pictures: string;
  /** The column with the names of the pictures' files. Default: `file`, `filename`, `image`, `picture`, `path`, or the first. */
  readonly file?: string | undefined;
  /** The names of the points, for a table whose columns are called 0, 1, 2, …. Default: numbers. */
  readonly joints?: readonly string[] | undefined;
}

/**
 * Pictures with key points from CSV, TSV or JSON Lines: a column with the name of the picture's file, and for each point `NAME_x`, `NAME_y`
 * and, if there is one, `NAME_v` (0 not labeled, 1 hidden, 2 visible); also `NAME.x` or `NAME x`. Where the columns are called
 * 0, 1, 2, …, they are x and y in turns. A field that is empty or NaN is a point that is not labeled. Folders called like parts are parts.
 * Columns: `image`, `points` and `visible`.
 * @param path of the table
 * @throws FormatError for a field that is no number, with the line; DataError for a table without points, or if no picture can be
 *   read; OptionError for invalid options
 */
export async function pointTableSet(
  path: string,
  options: PointTableOptions,
): Promise<AnnotatedSet<AnnotatedColumns<"points">>> {
  checkPath("pointTableSet", path);
  checkAnnotated("pointTableSet", options, ["pictures", "file", "joints"]);
  checkPath("pointTableSet: pictures", options.pictures);
  const { pictures, file, joints: given, ...reading } = options;
  const records = await readRecords(path);
  const key = file ?? FILE_COLUMNS.find((name) => records.names.includes(name)) ?? records.names[0];
  const points = pointColumns(records.names.filter((name) => name !== key));
  if (points.length === 0)
    throw new DataError(`${path}: has no columns NAME_x and NAME_y; there are ${records.names.map(quoted).join(", ")}`);
  const read = (name: string): number[] => numbersOf(records, name, path);
  const columns = points.map(({ x, y, v }) => ({
    xs: read(x),
    ys: read(y),
    seen: v === undefined ? undefined : read(v),
  }));
  const tree = await openFileTree(pictures);
  const find = pictureFinder(tree);
  const found = records.column(key).map((name, row) => {
    const listed = columns.map(({ xs, ys, seen }) =>
      labeled([xs[row], ys[row], seen === undefined ? VISIBLE : seen[row]]),
    );
    const object: FoundObject = { place: `line ${records.lines[row]}`, label: undefined, points: listed };
    const picture = find(name);
    return { path: picture, name, part: partOfFolders(picture ?? name), objects: () => [object] };
  });
  const joints = namesOfJoints(
    path,
    points.map(({ name }) => name),
    given,
  );
  return annotatedSet(tree, { pictures: found, classes: [], joints }, "points", reading, new Findings());
}

/** As COCO has it. */
const VISIBLE = 2;
const FILE_COLUMNS = ["file", "filename", "image", "picture", "path"];

type Triple = readonly [x: number, y: number, seen: number];

/** Points without a place are not labeled. */
const labeled = ([x, y, seen]: Triple): Triple => (Number.isNaN(x + y + seen) ? [0, 0, 0] : [x, y, seen]);

/** The columns of a point. */
interface PointColumns {
  readonly name: string;
  readonly x: string;
  readonly y: string;
  readonly v: string | undefined;
}

function pointColumns(names: readonly string[]): PointColumns[] {
  if (names.length % 2 === 0 && names.every((name, i) => name === String(i)))
    return Array.from({ length: names.length / 2 }, (_, i) => ({
      name: String(i),
      x: names[2 * i],
      y: names[2 * i + 1],
      v: undefined,
    }));
  return names.flatMap((x) => {
    const [, name, between] = /^(.+)([_. ])x$/.exec(x) ?? [];
    if (name === undefined || !names.includes(`${name}${between}y`)) return [];
    const v = `${name}${between}v`;
    return [{ name, x, y: `${name}${between}y`, v: names.includes(v) ? v : undefined }];
  });
}

/** The numbers of a column; NaN for empty fields. @throws FormatError for other texts */
const numbersOf = (records: TextRecords, name: string, path: string): number[] =>
  records.column(name).map((text, row) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isNaN(value) || /^(nan)?$/i.test(text.trim())) return value;
    throw new FormatError(`${path}: line ${records.lines[row]}: ${quoted(name)} is ${quoted(text)}, expected a number`);
  });
