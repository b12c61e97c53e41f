/** Annotations in YOLO's text files, beside pictures. */
import { checkPath, DataError, FoveaError } from "../../array/index.ts";
import { readYolo, readYoloNames, readYoloYaml, type YoloObject } from "../../formats/index.ts";
import { fillPolygon } from "../../image/index.ts";
import { type AnnotatedOptions, type AnnotatedSet, annotatedSet, checkAnnotated, checkTake } from "./annotated-set.ts";
import type { FoundObject, FoundPicture, PictureSize } from "./annotations.ts";
import { type FileTree, isPicturePath, openFileTree, readTreeText, withoutEnding } from "./file-tree.ts";
import { Findings } from "./findings.ts";
import type { AnnotatedColumns } from "./targets.ts";
import { partOfFolders } from "./voc.ts";

/** What YOLO's labels have. */
type YoloTake = "boxes" | "mask";

/** Options of `yoloSet`. */
export interface YoloOptions<T extends YoloTake = YoloTake> extends AnnotatedOptions {
  /** What is taken: `boxes`, or `mask`, of labels with outlines. Default `boxes`. */
  readonly take?: T | undefined;
}

/**
 * Pictures with labels in YOLO's text: a folder or archive with pictures in a folder `images` and their labels in `labels`,
 * `images/train/a.jpg` and `labels/train/a.txt`, or `train/images/…`; or side by side. Folders called like parts are parts. The
 * classes' names are in `data.yaml`, or any other YAML file with `names`, or in `classes.txt`, `obj.names` or another file
 * `….names`, unless `classes` gives them. Columns: `image`; `boxes` and `labels`, ragged; or `mask`. A picture without a file of
 * labels has no objects.
 * @throws DataError if there are no names of classes, or no picture can be read; with `strict` FormatError for labels that
 *   cannot be read; OptionError for invalid options
 */
export async function yoloSet<T extends YoloTake = "boxes">(
  path: string,
  options: YoloOptions<T> = {},
): Promise<AnnotatedSet<AnnotatedColumns<T>>> {
  checkPath("yoloSet", path);
  checkAnnotated("yoloSet", options, ["take"]);
  const { take = "boxes" as T, ...reading } = options;
  checkTake("yoloSet", take, "boxes", "mask");
  const tree = await openFileTree(path);
  const classes = reading.classes ?? (await readNames(tree, path));
  const findings = new Findings();
  const known = new Set(tree.paths);
  const pictures: FoundPicture[] = [];
  for (const picture of tree.paths.filter(isPicturePath)) {
    const labels = labelsPath(picture);
    const lines = known.has(labels) ? await readLabels(tree, labels, findings, reading.strict) : [];
    if (lines === undefined) continue;
    const objects = (size: PictureSize): FoundObject[] =>
      lines.map((line) => objectOf(line, labels, size, classes.length));
    pictures.push({ path: picture, name: picture, part: partOfFolders(picture), objects });
  }
  return annotatedSet(tree, { pictures, classes, joints: [] }, take, reading, findings);
}

/** The file of labels of a picture: in `labels` for its last folder `images`. */
const labelsPath = (picture: string): string =>
  `${withoutEnding(picture).replace(/(^|.*\/)images\//, "$1labels/")}.txt`;

async function readLabels(
  tree: FileTree,
  path: string,
  findings: Findings,
  strict = false,
): Promise<YoloObject[] | undefined> {
  try {
    return readYolo(await readTreeText(tree, path), path);
  } catch (error) {
    if (!(error instanceof FoveaError) || strict) throw error;
    return void findings.add("damagedFile", error.message);
  }
}

async function readNames(tree: FileTree, path: string): Promise<readonly string[]> {
  for (const file of tree.paths.filter((name) => /\.ya?ml$/i.test(name))) {
    const text = await readTreeText(tree, file);
    if (/^names\s*:/m.test(text)) return readYoloYaml(text, file);
  }
  const [list] = tree.paths.filter((name) => /(^|\/)classes\.txt$|\.names$/i.test(name));
  if (list !== undefined) return readYoloNames(await readTreeText(tree, list));
  throw new DataError(
    `${path}: has no names of classes; expected data.yaml, classes.txt or a file .names, or give classes`,
  );
}

function objectOf(
  { line, label, box, polygon }: YoloObject,
  labels: string,
  { width, height }: PictureSize,
  classes: number,
): FoundObject {
  const inPixels = (share: number, i: number): number => share * (i % 2 === 0 ? width : height);
  return {
    place: `${labels}: line ${line}`,
    label: label >= 0 && label < classes ? label : undefined,
    box: box.map(inPixels),
    paint: polygon && ((plane, value) => fillPolygon(plane, width, height, polygon.map(inPixels), value)),
  };
}
