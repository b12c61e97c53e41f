/**
 * How well boxes of several classes are found, as COCO measures it: average precision (`average-precision.ts`) of each class
 * over all pictures, where a found box is a hit if it overlaps a true one enough (`detection-matches.ts`), and its means over
 * classes and over overlaps of 0.5, 0.55, … 0.95. Of each picture and class the 100 boxes with the highest scores count.
 * Source: Lin et al. 2014, "Microsoft COCO: Common Objects in Context"; cocodataset.org, "Detection Evaluate", and its
 * evaluation code. Classes that are not to be found anywhere are left out of the means.
 */
import {
  checkArray,
  checkList,
  checkObject,
  DataError,
  isFloat,
  type NdArray,
  ShapeError,
  sameShape,
} from "../../array/index.ts";
import { formatType } from "../../graph/index.ts";
import { integer, readOptions, withDefault } from "../../options/index.ts";
import { atLeastOne } from "../checks.ts";
import { averagePrecision } from "./average-precision.ts";
import { meanPresent } from "./class-metrics.ts";
import { type AreaRange, type FoundBox, ignoredAt, judge, overlapsOf, type TrueBox } from "./detection-matches.ts";
import { areaOf, boxesOf } from "./overlap.ts";

/** The true boxes of a picture. */
export interface TrueBoxes {
  /** Floats [k, 4]: left, top, right, bottom, in pixels. */
  readonly boxes: NdArray;
  /** The class of each, `i32` [k]. */
  readonly classes: NdArray;
  /** Above 0 for crowds, boxes around many objects, which need not be found and may be found often, [k]. Default: none. */
  readonly crowd?: NdArray | undefined;
  /** Above 0 for boxes that need not be found, such as difficult ones, [k]. Default: none. */
  readonly ignored?: NdArray | undefined;
  /** The area of each object in pixels, [k], as of its mask. Default: that of the box. */
  readonly areas?: NdArray | undefined;
}

/** The boxes that were found in a picture. */
export interface FoundBoxes {
  /** Floats [k, 4]: left, top, right, bottom, in pixels. */
  readonly boxes: NdArray;
  /** The class of each, `i32` [k]. */
  readonly classes: NdArray;
  /** The score of each, floats [k]; those of a class are compared in all pictures. */
  readonly scores: NdArray;
}

/** A picture with what is there and what was found. */
export interface DetectionPicture {
  /** What is to be found. */
  readonly truth: TrueBoxes;
  /** What was found. */
  readonly found: FoundBoxes;
}

/** Mean average precisions, 0 … 1; NaN where there is nothing to be found. */
export interface DetectionShares {
  /** COCO's AP: the mean over overlaps of 0.5, 0.55, … 0.95. */
  readonly map: number;
  /** At an overlap of 0.5, as Pascal VOC measured. */
  readonly ap50: number;
  /** At an overlap of 0.75. */
  readonly ap75: number;
}

/** The figures of boxes that were found. */
export interface DetectionMetrics extends DetectionShares {
  /** `map` of objects of up to 32² pixels. */
  readonly small: number;
  /** `map` of objects of 32² to 96² pixels. */
  readonly medium: number;
  /** `map` of objects of 96² pixels and more. */
  readonly large: number;
  /** Of each class, with the number of boxes to be found. */
  readonly perClass: readonly (DetectionShares & { readonly support: number })[];
}

/** Options of `detectionMetrics`. */
export interface DetectionOptions {
  /** How many found boxes of each picture and class count. Default 100. */
  readonly most?: number | undefined;
}

const schema = { most: withDefault(integer(1), 100) };

/** 0.5, 0.55, … 0.95. */
const THRESHOLDS = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

const RANGES = {
  all: [0, Infinity],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, Infinity],
} as const satisfies Record<string, AreaRange>;

/** The boxes of one class in one picture. */
interface Case {
  readonly truth: readonly TrueBox[];
  readonly found: readonly FoundBox[];
  readonly overlaps: readonly (readonly number[])[];
}

/**
 * COCO's figures of the boxes that were found.
 * @param pictures with their true and found boxes; found boxes in pictures without true ones are misses
 * @param classes their number
 * @throws ShapeError for arrays that do not fit, DataError for a class that does not exist, or NaN as a score, OptionError
 * @example detectionMetrics([{ truth: { boxes, classes }, found: { boxes: guesses, classes: kinds, scores } }], 3).ap50
 */
export function detectionMetrics(
  pictures: readonly DetectionPicture[],
  classes: number,
  options: DetectionOptions = {},
): DetectionMetrics {
  const where = "detectionMetrics";
  checkList(where, "pictures, { truth, found }", pictures);
  atLeastOne(where, "classes", classes);
  const { most } = readOptions(where, schema, options);
  const byClass = casesOf(where, pictures, classes, most);
  const figures = byClass.map((cases) => (range: AreaRange) => precisionsOf(cases, range));
  const inAll = figures.map((of) => of(RANGES.all));
  const mapIn = (range: AreaRange): number => meanPresent(figures.flatMap((of) => of(range)));
  return {
    ...sharesOf(inAll),
    small: mapIn(RANGES.small),
    medium: mapIn(RANGES.medium),
    large: mapIn(RANGES.large),
    perClass: inAll.map((precisions, k) => ({
      ...sharesOf([precisions]),
      support: supportOf(byClass[k], RANGES.all),
    })),
  };
}

/** @param precisions of each class, at each threshold */
const sharesOf = (precisions: readonly (readonly number[])[]): DetectionShares => ({
  map: meanPresent(precisions.flat()),
  ap50: meanPresent(precisions.map((at) => at[THRESHOLDS.indexOf(0.5)])),
  ap75: meanPresent(precisions.map((at) => at[THRESHOLDS.indexOf(0.75)])),
});

const supportOf = (cases: readonly Case[], range: AreaRange): number =>
  cases.reduce((sum, { truth }) => sum + ignoredAt(truth, range).filter((isIgnored) => !isIgnored).length, 0);

/** The average precision at each threshold. */
function precisionsOf(cases: readonly Case[], range: AreaRange): number[] {
  const support = supportOf(cases, range);
  return THRESHOLDS.map((threshold) => {
    const judged = cases.flatMap(({ found, truth, overlaps }) =>
      judge(found, truth, overlaps, threshold, range).map((verdict, i) => ({ verdict, score: found[i].score })),
    );
    const counted = judged.filter(({ verdict }) => verdict !== "ignored").sort(byScore);
    return averagePrecision(
      counted.map(({ verdict }) => verdict === "hit"),
      support,
    );
  });
}

/** Descending; equal ones keep their order. */
const byScore = (a: { readonly score: number }, b: { readonly score: number }): number =>
  a.score === b.score ? 0 : b.score > a.score ? 1 : -1;

/** For each class its boxes in each picture. */
function casesOf(where: string, pictures: readonly DetectionPicture[], classes: number, most: number): Case[][] {
  const byClass: Case[][] = Array.from({ length: classes }, () => []);
  pictures.forEach((picture, i) => {
    const at = `${where}: picture ${i}`;
    checkObject(`${at}: { truth, found }`, picture);
    const truth = readTruth(`${at}: truth`, picture.truth, classes);
    const found = readFound(`${at}: found`, picture.found, classes);
    byClass.forEach((cases, k) => {
      const own = truth.filter((_, j) => picture.truth.classes.data[j] === k);
      const guesses = found
        .filter((_, j) => picture.found.classes.data[j] === k)
        .sort(byScore)
        .slice(0, most);
      if (own.length + guesses.length > 0)
        cases.push({ truth: own, found: guesses, overlaps: overlapsOf(guesses, own) });
    });
  });
  return byClass;
}

function readTruth(where: string, given: TrueBoxes, classes: number): TrueBox[] {
  checkObject(`${where}: { boxes, classes }`, given);
  const boxes = boxesOf(where, given.boxes);
  checkClasses(where, given.classes, boxes.length, classes);
  const { crowd, ignored, areas } = given;
  for (const [name, array] of Object.entries({ crowd, ignored, areas }))
    if (array !== undefined) checkLength(where, name, array, boxes.length);
  return boxes.map((box, i) => ({
    box,
    area: areas?.data[i] ?? areaOf(box),
    isCrowd: (crowd?.data[i] ?? 0) > 0,
    isIgnored: (ignored?.data[i] ?? 0) > 0,
  }));
}

function readFound(where: string, given: FoundBoxes, classes: number): FoundBox[] {
  checkObject(`${where}: { boxes, classes, scores }`, given);
  const boxes = boxesOf(where, given.boxes);
  checkClasses(where, given.classes, boxes.length, classes);
  checkLength(where, "scores", given.scores, boxes.length);
  if (!isFloat(given.scores.dtype))
    throw new ShapeError(`${where}: scores must be floats, got ${formatType(given.scores)}`);
  return boxes.map((box, i) => {
    const score = given.scores.data[i];
    if (Number.isNaN(score)) throw new DataError(`${where}: the score of box ${i} is NaN; leave such boxes out`);
    return { box, score };
  });
}

function checkLength(where: string, name: string, array: unknown, count: number): asserts array is NdArray {
  checkArray(where, name, array);
  if (!sameShape(array.shape, [count]))
    throw new ShapeError(`${where}: ${name} must have a number for each of ${count} boxes, got ${formatType(array)}`);
}

function checkClasses(where: string, array: unknown, count: number, classes: number): void {
  checkLength(where, "classes", array, count);
  if (array.dtype !== "i32") throw new ShapeError(`${where}: classes must be i32, got ${formatType(array)}`);
  const wrong = array.data.findIndex((k) => k < 0 || k >= classes);
  if (wrong < 0) return;
  throw new DataError(
    `${where}: box ${wrong} is of class ${array.data[wrong]}; there are ${classes} classes, 0 to ${classes - 1}`,
  );
}
