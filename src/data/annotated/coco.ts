/** Annotations in COCO's JSON, with the pictures in a folder or an archive. */
import { readFile } from "#platform";
import { checkPath, FormatError } from "../../array/index.ts";
import {
  type CocoAnnotation,
  type CocoCategory,
  type CocoOutline,
  decodeRunLengths,
  parseRunLengths,
  readCoco,
} from "../../formats/index.ts";
import { fillPolygon } from "../../image/index.ts";
import { type AnnotatedOptions, type AnnotatedSet, annotatedSet, checkAnnotated, checkTake } from "./annotated-set.ts";
import type { Annotations, FoundObject, PictureSize } from "./annotations.ts";
import { openFileTree, pictureFinder } from "./file-tree.ts";
import { Findings } from "./findings.ts";
import type { AnnotatedColumns, TargetName } from "./targets.ts";

/** Options of `cocoSet`. */
export interface CocoOptions<T extends TargetName = TargetName> extends AnnotatedOptions {
  /** The folder or archive of the pictures. */
  readonly pictures: string;
  /** What is taken: `boxes`, `mask`, `points` or `sentences`. */
  readonly take: T;
}

/**
 * Pictures with annotations in COCO's JSON, all of which are `train`. What `take` says becomes columns beside `image`: `boxes`
 * and `labels`, ragged, one for each object; `mask`, background and the classes of the outlines, later objects over earlier
 * ones, groups (`iscrowd`) unknown; `points` and `visible`, of the largest object that has any; `sentence`, a row for each
 * caption, and `pictures`, the number of its picture. Groups have no boxes. What is odd is reported.
 * @param path of the JSON file
 * @example const { train, report } = await cocoSet("instances_val2017.json", { pictures: "val2017", take: "boxes", size: [320, 320] });
 * @throws FormatError for a file of another form, with the place; DataError if no picture can be read; OptionError for invalid
 *   options
 */
export async function cocoSet<T extends TargetName>(
  path: string,
  options: CocoOptions<T>,
): Promise<AnnotatedSet<AnnotatedColumns<T>>> {
  checkPath("cocoSet", path);
  checkAnnotated("cocoSet", options, ["pictures", "take"]);
  checkPath("cocoSet: pictures", options.pictures);
  const { pictures, take, ...reading } = options;
  checkTake("cocoSet", take, "boxes", "mask", "points", "sentences");
  const findings = new Findings();
  const tree = await openFileTree(pictures);
  const file = readCoco(await readFile(path), path);
  const { images, annotations, categories } = file;
  const classes = reading.classes ?? categories.map(({ name }) => name);
  const joints = jointsOf(categories, path);
  const find = pictureFinder(tree);
  const ofImage = new Map<number, { annotation: CocoAnnotation; index: number }[]>(images.map(({ id }) => [id, []]));
  for (const [index, annotation] of annotations.entries()) {
    const list = ofImage.get(annotation.image);
    if (list === undefined) findings.add("strayAnnotation", `annotations[${index}], of picture ${annotation.image}`);
    else list.push({ annotation, index });
  }
  const labels = new Map(categories.map(({ id, name }) => [id, indexIn(classes, name)]));
  const found: Annotations = {
    ...{ classes, joints },
    pictures: images.map(({ id, file, width, height }) => {
      const own = ofImage.get(id)!;
      return {
        ...{ path: find(file), name: file, part: "train" as const },
        ...(width !== undefined && height !== undefined && { size: { width, height } }),
        objects: (size) => own.flatMap(({ annotation, index }) => objectOf(annotation, index, labels, size, take)),
        sentences: own.flatMap(({ annotation: { caption } }) => (caption === undefined ? [] : [caption])),
      };
    }),
  };
  return annotatedSet(tree, found, take, reading, findings);
}

export const indexIn = (names: readonly string[], name: string): number | undefined => {
  const index = names.indexOf(name);
  return index < 0 ? undefined : index;
};

/** The points of the only category that has any. @throws FormatError for several with other points */
function jointsOf(categories: readonly CocoCategory[], path: string): readonly string[] {
  const [first, ...others] = categories.filter(({ points }) => points.length > 0);
  const other = others.find(({ points }) => points.join() !== first.points.join());
  if (other !== undefined)
    throw new FormatError(
      `${path}: ${first.name} and ${other.name} have different key points; give a file of one of them`,
    );
  return first?.points ?? [];
}

/** The object of an annotation; none of a caption, and none with a box for a group. */
function objectOf(
  { category, box, outline, points, caption, isCrowd }: CocoAnnotation,
  index: number,
  labels: ReadonlyMap<number, number | undefined>,
  size: PictureSize,
  take: TargetName,
): FoundObject[] {
  if ((category === undefined && caption !== undefined) || (isCrowd && take !== "mask")) return [];
  const place = `annotations[${index}]`;
  const triples = points && Array.from({ length: points.length / 3 }, (_, i) => [points[3 * i], points[3 * i + 1], points[3 * i + 2]] as const); // biome-ignore format: one step
  return [
    {
      ...{ place, label: category === undefined ? undefined : labels.get(category) },
      box: box && [box[0], box[1], box[0] + box[2], box[1] + box[3]],
      points: triples,
      paint: outline && ((plane, value) => paintOutline(plane, outline, size, isCrowd ? UNKNOWN_CLASS : value, place)),
    },
  ];
}

/** In masks of bytes. */
const UNKNOWN_CLASS = 255;

/** @throws FormatError for run lengths of other sizes, or that are damaged, and for polygons that are not finite */
function paintOutline(
  plane: Uint8Array,
  outline: CocoOutline,
  { width, height }: PictureSize,
  value: number,
  place: string,
): void {
  const fail = (problem: string) => new FormatError(`${place}: ${problem}`);
  if ("polygons" in outline) {
    const wrong = outline.polygons.flat().find((corner) => !Number.isFinite(corner));
    if (wrong !== undefined) throw fail(`a corner is at ${wrong}`);
    for (const polygon of outline.polygons) fillPolygon(plane, width, height, polygon, value);
    return;
  }
  const [high, wide] = outline.size;
  if (high !== height || wide !== width) throw fail(`a mask of ${wide}×${high}, its picture is ${width}×${height}`);
  const { counts } = outline;
  const runs = typeof counts === "string" ? parseRunLengths(counts, fail) : counts;
  for (const [i, inside] of decodeRunLengths(runs, height, width, fail).entries()) if (inside === 1) plane[i] = value;
}
