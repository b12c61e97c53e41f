/** A list of pictures with boxes or points in a plain JSON file beside them. */
import { checkPath, DataError, FormatError } from "../../array/index.ts";
import { describeJson, type Fail, isRecord, parseObject } from "../../formats/index.ts";
import { type Part, partWithin } from "../part-names.ts";
import { type AnnotatedOptions, type AnnotatedSet, annotatedSet, checkAnnotated, checkTake } from "./annotated-set.ts";
import type { FoundObject, FoundPicture } from "./annotations.ts";
import { openFileTree, pictureFinder } from "./file-tree.ts";
import { Findings } from "./findings.ts";
import { namesOfJoints } from "./joint-names.ts";
import type { AnnotatedColumns } from "./targets.ts";

/** What lists have. */
type ListTake = "boxes" | "points";

/** Options of `pictureListSet`. */
export interface PictureListOptions<T extends ListTake = ListTake> extends AnnotatedOptions {
  /** What is taken: `boxes` or `points`. */
  readonly take: T;
  /** The name of the JSON file. Default `annotations.json`. */
  readonly list?: string | undefined;
  /** The names of the points, for a list that has none: `faceNames`. Default: numbers. */
  readonly joints?: readonly string[] | undefined;
}

/**
 * Pictures that a JSON file beside them lists: `{ classes: [names], joints: [names], images: [{ file, split, width, height, boxes:
 * [[class, left, top, right, bottom], …], joints: [[x, y, labeled], …], points: [x, y, x, y, …] }] }`. `boxes`, in pixels along their edges, go with
 * `classes`; `joints` and `points` are two spellings of an object's points, with names or without. Everything but `images` and
 * `file` may be missing; `split` is the name of a part. Columns: `image`; `boxes` and `labels`, ragged; or `points` and
 * `visible`.
 * @param path of the folder or archive with the list and the pictures
 * @throws FormatError for a list of another form, with the place; DataError if no picture can be read; OptionError for invalid
 *   options
 */
export async function pictureListSet<T extends ListTake>(
  path: string,
  options: PictureListOptions<T>,
): Promise<AnnotatedSet<AnnotatedColumns<T>>> {
  checkPath("pictureListSet", path);
  checkAnnotated("pictureListSet", options, ["take", "list", "joints"]);
  const { take, list = "annotations.json", joints: given, ...reading } = options;
  checkTake("pictureListSet", take, "boxes", "points");
  const tree = await openFileTree(path);
  if (!tree.paths.includes(list)) throw new DataError(`${path}: has no ${list}, the list of its pictures; give list`);
  const fail: Fail = (problem) => new FormatError(`${path}: ${list}: ${problem}`);
  const file = parseObject(await tree.read(list), fail);
  const names = namesIn(file.get("classes"), "classes", fail) ?? [];
  const classes = reading.classes ?? names;
  const labels = names.map((name) => (classes.includes(name) ? classes.indexOf(name) : undefined));
  const find = pictureFinder(tree);
  const images = file.get("images");
  if (!Array.isArray(images)) throw fail(`images is ${describeJson(images)}, expected a list of objects`);
  const pictures = images.map((image: unknown, i) => readImage(image, i, labels, find, fail));
  const joints = namesOfJoints(path, namesIn(file.get("joints"), "joints", fail) ?? numberedJoints(pictures), given);
  if (take === "points") checkJoints(pictures, joints.length, fail);
  return annotatedSet(tree, { pictures, classes, joints }, take, reading, new Findings());
}

function namesIn(value: unknown, where: string, fail: Fail): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const isNames = Array.isArray(value) && value.every((name) => typeof name === "string");
  if (isNames && new Set(value).size === value.length) return value;
  throw fail(`${where} is ${describeJson(value)}, expected a list of names, all different`);
}

/** A picture of the list, whose objects do not depend on its size. */
interface ListedPicture extends FoundPicture {
  readonly listed: readonly FoundObject[];
}

function readImage(
  image: unknown,
  i: number,
  labels: readonly (number | undefined)[],
  find: (name: string) => string | undefined,
  fail: Fail,
): ListedPicture {
  const where = `images[${i}]`;
  if (!isRecord(image) || typeof image.file !== "string")
    throw fail(`${where} is ${describeJson(image)}, expected an object with a text \`file\``);
  const { file: name, split, width, height } = image;
  const boxes = rowsIn(image.boxes, 5, `${where}.boxes`, "[class, left, top, right, bottom]", fail);
  const listed = [
    ...boxes.map(([label, ...box], k): FoundObject => ({ place: `${where}.boxes[${k}]`, label: labels[label], box })),
    ...pointsIn(image, where, fail),
  ];
  const isSized = typeof width === "number" && typeof height === "number";
  return {
    path: find(name),
    name,
    part: partIn(split, where, fail),
    ...(isSized && { size: { width, height } }),
    listed,
    objects: () => listed,
  };
}

function partIn(split: unknown, where: string, fail: Fail): Part {
  const part = split === undefined ? "train" : typeof split === "string" ? partWithin(split) : undefined;
  if (part === undefined) throw fail(`${where}.split is ${describeJson(split)}, expected "train", "val" or "test"`);
  return part;
}

/** The object with the points of a picture, if it has any. */
function pointsIn(image: Readonly<Record<string, unknown>>, where: string, fail: Fail): FoundObject[] {
  if (image.joints !== undefined) {
    const rows = rowsIn(image.joints, 3, `${where}.joints`, "[x, y, labeled]", fail);
    return [{ place: where, label: undefined, points: rows.map(([x, y, seen]) => [x, y, seen === 0 ? 0 : 2]) }];
  }
  const { points } = image;
  if (points === undefined) return [];
  const isPairs = Array.isArray(points) && points.length % 2 === 0 && points.every((one) => typeof one === "number");
  if (!isPairs) throw fail(`${where}.points is ${describeJson(points)}, expected a list of numbers x, y, x, y, …`);
  const pairs = Array.from({ length: points.length / 2 }, (_, k) => [points[2 * k], points[2 * k + 1], 2] as const);
  return [{ place: where, label: undefined, points: pairs }];
}

function rowsIn(
  value: unknown,
  length: number,
  where: string,
  what: string,
  fail: Fail,
): readonly (readonly number[])[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fail(`${where} is ${describeJson(value)}, expected a list of ${what}`);
  const isRow = (row: unknown): boolean =>
    Array.isArray(row) && row.length === length && row.every((one) => typeof one === "number");
  const wrong = value.findIndex((row) => !isRow(row));
  if (wrong >= 0) throw fail(`${where}[${wrong}] is ${describeJson(value[wrong])}, expected ${what}`);
  return value as number[][];
}

const pointsOf = ({ listed }: ListedPicture) => listed.find(({ points }) => points)?.points;

const numberedJoints = (pictures: readonly ListedPicture[]): string[] => {
  const [first = []] = pictures.flatMap((picture) => (pointsOf(picture) ? [pointsOf(picture)!] : []));
  return first.map((_, i) => String(i));
};

function checkJoints(pictures: readonly ListedPicture[], count: number, fail: Fail): void {
  const wrong = pictures.findIndex((picture) => (pointsOf(picture)?.length ?? count) !== count);
  if (wrong >= 0)
    throw fail(`images[${wrong}] has ${pointsOf(pictures[wrong])!.length} points, expected ${count} as the others`);
}
