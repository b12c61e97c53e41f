/**
 * COCO's JSON: pictures, categories, and annotations with boxes, outlines, key points or captions. What is checked here is the
 * form; whether boxes lie in their pictures, and pictures exist, is for those who use them.
 * Source: the data format of cocodataset.org, "Object detection", "Keypoint detection", "Image captioning".
 */
import { FormatError } from "../array/index.ts";
import type { Fail } from "./fail.ts";
import { describeJson, isRecord, parseObject } from "./json.ts";

/** A picture in COCO's list. */
export interface CocoImage {
  /** What annotations name it by. */
  readonly id: number;
  /** The name of its file, perhaps with folders before it. */
  readonly file: string;
  /** In pixels; undefined where the file does not say. */
  readonly width: number | undefined;
  /** In pixels; undefined where the file does not say. */
  readonly height: number | undefined;
}

/** Where an object is: polygons of numbers x, y, x, y, …; or the run lengths of a mask, compressed as a text or not. */
export type CocoOutline =
  | { readonly polygons: readonly (readonly number[])[] }
  | { readonly size: readonly [height: number, width: number]; readonly counts: readonly number[] | string };

/** An annotation. */
export interface CocoAnnotation {
  /** The id of its picture. */
  readonly image: number;
  /** The number of the category; undefined for captions. */
  readonly category: number | undefined;
  /** Left, top, width, height. */
  readonly box: readonly number[] | undefined;
  /** Where the object is, more exactly. */
  readonly outline: CocoOutline | undefined;
  /** x, y, and 0 not labeled, 1 hidden, 2 visible, of one point after the other. */
  readonly points: readonly number[] | undefined;
  /** A sentence about the picture. */
  readonly caption: string | undefined;
  /** Whether it stands for a group of objects. */
  readonly isCrowd: boolean;
}

/** A category. */
export interface CocoCategory {
  /** What annotations name it by. */
  readonly id: number;
  /** As people call it. */
  readonly name: string;
  /** The names of its key points. */
  readonly points: readonly string[];
}

/** The contents of a file. */
export interface CocoFile {
  /** The pictures, each with an id of its own. */
  readonly images: readonly CocoImage[];
  /** What is said of the pictures. */
  readonly annotations: readonly CocoAnnotation[];
  /** The classes of objects. */
  readonly categories: readonly CocoCategory[];
}

/**
 * The contents of a file in COCO's JSON.
 * @param name the file's name in messages
 * @throws FormatError for other forms, with the place in the file
 */
export function readCoco(bytes: Uint8Array, name = "the COCO file"): CocoFile {
  const fail: Fail = (problem) => new FormatError(`${name}: ${problem}`);
  const file = parseObject(bytes, fail);
  const images = listOf(file.get("images"), "images", fail).map(readImage(fail));
  const categories = listOf(file.get("categories") ?? [], "categories", fail).map(readCategory(fail));
  checkIds("images", images, fail);
  checkIds("categories", categories, fail);
  const annotations = listOf(file.get("annotations"), "annotations", fail).map(readAnnotation(fail));
  return { images, annotations, categories };
}

type Given = Readonly<Record<string, unknown>>;

const isNumber = (value: unknown): value is number => typeof value === "number";
const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);
const isText = (value: unknown): value is string => typeof value === "string";

function listOf(value: unknown, where: string, fail: Fail): Given[] {
  if (!Array.isArray(value)) throw fail(`${where} is ${describeJson(value)}, expected a list of objects`);
  const wrong = value.findIndex((item) => !isRecord(item));
  if (wrong >= 0) throw fail(`${where}[${wrong}] is ${describeJson(value[wrong])}, expected an object`);
  return value as Given[];
}

/** A value of a kind. @throws what `fail` makes of another, or of a missing one unless it `mayLack` */
function take<T>(
  from: Given,
  key: string,
  is: (value: unknown) => value is T,
  what: string,
  where: string,
  fail: Fail,
): T {
  const value = Object.hasOwn(from, key) ? from[key] : undefined;
  if (is(value)) return value;
  throw fail(`${where}.${key} is ${describeJson(value)}, expected ${what}`);
}

/** A value of a kind that may be missing, or null. */
function takeOptional<T>(...[from, key, is, what, where, fail]: Parameters<typeof take<T>>): T | undefined {
  const isMissing = !Object.hasOwn(from, key) || from[key] === null || from[key] === undefined;
  return isMissing ? undefined : take(from, key, is, what, where, fail);
}

const readImage =
  (fail: Fail) =>
  (image: Given, i: number): CocoImage => {
    const where = `images[${i}]`;
    return {
      id: take(image, "id", isNumber, "a number", where, fail),
      file: take(image, "file_name", isText, "a text", where, fail),
      width: takeOptional(image, "width", isNumber, "a number", where, fail),
      height: takeOptional(image, "height", isNumber, "a number", where, fail),
    };
  };

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

const readCategory =
  (fail: Fail) =>
  (category: Given, i: number): CocoCategory => {
    const where = `categories[${i}]`;
    return {
      id: take(category, "id", isNumber, "a number", where, fail),
      name: take(category, "name", isText, "a text", where, fail),
      points: takeOptional(category, "keypoints", isTexts, "a list of names", where, fail) ?? [],
    };
  };

const isBox = (value: unknown): value is readonly number[] => isNumbers(value) && value.length === 4;
const isTriples = (value: unknown): value is readonly number[] => isNumbers(value) && value.length % 3 === 0;

const readAnnotation =
  (fail: Fail) =>
  (annotation: Given, i: number): CocoAnnotation => {
    const where = `annotations[${i}]`;
    const isSegmentation = (value: unknown): value is object => typeof value === "object" && value !== null;
    const segmentation = takeOptional(
      annotation,
      "segmentation",
      isSegmentation,
      "polygons or run lengths",
      where,
      fail,
    );
    return {
      image: take(annotation, "image_id", isNumber, "a number", where, fail),
      category: takeOptional(annotation, "category_id", isNumber, "a number", where, fail),
      box: takeOptional(annotation, "bbox", isBox, "a list of 4 numbers", where, fail),
      outline: segmentation && readOutline(segmentation, `${where}.segmentation`, fail),
      points: takeOptional(annotation, "keypoints", isTriples, "a list of numbers x, y, v", where, fail),
      caption: takeOptional(annotation, "caption", isText, "a text", where, fail),
      isCrowd: annotation.iscrowd === 1 || annotation.iscrowd === true,
    };
  };

function readOutline(value: object, where: string, fail: Fail): CocoOutline {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((polygon) => !(isNumbers(polygon) && polygon.length % 2 === 0));
    if (wrong >= 0)
      throw fail(`${where}[${wrong}] is ${describeJson(value[wrong])}, expected a list of numbers x, y, x, y, …`);
    return { polygons: value };
  }
  const isSize = (size: unknown): size is readonly [number, number] => isNumbers(size) && size.length === 2;
  const isRuns = (counts: unknown): counts is readonly number[] | string => isNumbers(counts) || isText(counts);
  const runs = value as Given;
  return {
    size: take(runs, "size", isSize, "[height, width]", where, fail),
    counts: take(runs, "counts", isRuns, "a list of numbers or a text", where, fail),
  };
}

function checkIds(what: string, items: readonly { readonly id: number }[], fail: Fail): void {
  const seen = new Set<number>();
  for (const [i, { id }] of items.entries()) {
    if (seen.has(id)) throw fail(`${what}[${i}].id is ${id}, which another has; ids must be different`);
    seen.add(id);
  }
}
