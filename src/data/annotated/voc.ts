/** Annotations of Pascal VOC: XML files in a folder. */
import { checkPath, DataError, FoveaError } from "../../array/index.ts";
import { readVoc, type VocAnnotation } from "../../formats/index.ts";
import { type Part, partWithin } from "../part-names.ts";
import { type AnnotatedOptions, type AnnotatedSet, annotatedSet, checkAnnotated } from "./annotated-set.ts";
import type { FoundPicture } from "./annotations.ts";
import { indexIn } from "./coco.ts";
import { type FileTree, openFileTree, pictureFinder, readTreeText, withoutEnding } from "./file-tree.ts";
import { Findings } from "./findings.ts";
import type { AnnotatedColumns } from "./targets.ts";

/**
 * Pictures with annotations of Pascal VOC: a folder or archive with XML files (`Annotations`) and pictures (`JPEGImages`),
 * wherever they are in it. Parts are those of the lists `ImageSets/Main/train.txt`, `val.txt` and `test.txt`, where there are
 * any, else of folders called like parts; other pictures are `train`. Columns: `image`; `boxes` and `labels`, ragged. Pixels
 * of VOC count from 1 and boxes have their last ones, so the left edge is xmin − 1 and the right one xmax.
 * @throws DataError if there are no annotations, or no picture can be read; with `strict` FormatError for an annotation that
 *   cannot be read; OptionError for invalid options
 */
export async function vocSet(
  path: string,
  options: AnnotatedOptions = {},
): Promise<AnnotatedSet<AnnotatedColumns<"boxes">>> {
  checkPath("vocSet", path);
  checkAnnotated("vocSet", options);
  const tree = await openFileTree(path);
  const files = tree.paths.filter((file) => file.toLowerCase().endsWith(".xml"));
  if (files.length === 0) throw new DataError(`${path}: has no .xml files; expected annotations of Pascal VOC`);
  const findings = new Findings();
  const read: (VocAnnotation & { readonly xml: string })[] = [];
  for (const xml of files) {
    try {
      read.push({ ...readVoc(await tree.read(xml), xml), xml });
    } catch (error) {
      if (!(error instanceof FoveaError) || options.strict) throw error;
      findings.add("damagedFile", error.message);
    }
  }
  const names = new Set(read.flatMap(({ objects }) => objects.map(({ name }) => name)));
  const classes = options.classes ?? [...names].sort();
  const [find, partOf] = [pictureFinder(tree), await partsByList(tree)];
  const pictures = read.map(({ file, width, height, objects, xml }): FoundPicture => {
    const stem = withoutEnding(xml.slice(xml.lastIndexOf("/") + 1));
    return {
      path: pictureOf(find, file, stem),
      name: file ?? xml,
      part: partOf(stem) ?? partOfFolders(xml),
      ...(width !== undefined && height !== undefined && { size: { width, height } }),
      objects: () =>
        objects.map(({ name, box: [left, top, right, bottom] }, i) => ({
          place: `${xml}: object ${i}`,
          label: indexIn(classes, name),
          box: [left - 1, top - 1, right, bottom],
        })),
    };
  });
  return annotatedSet(tree, { pictures, classes, joints: [] }, "boxes", options, findings);
}

const ENDINGS = ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG", "bmp", "webp"] as const;

/** The picture of the annotation's name, else the one that is called as the annotation's file is. */
const pictureOf = (find: (name: string) => string | undefined, file: string | undefined, stem: string) =>
  (file && find(file)) ?? ENDINGS.map((ending) => find(`${stem}.${ending}`)).find((path) => path !== undefined);

/** The part that a folder of the path is called after; `train` for others. */
export const partOfFolders = (path: string): Part =>
  path.split("/").slice(0, -1).map(partWithin).find((part) => part !== undefined) ?? "train"; // biome-ignore format: one step

/** Lists of names, one a line, in files called as parts; a picture in several of them is in the last. */
async function partsByList(tree: FileTree): Promise<(stem: string) => Part | undefined> {
  const byStem = new Map<string, Part>();
  for (const path of tree.paths) {
    const [, name] = /(?:^|\/)ImageSets\/Main\/([^/_]+)\.txt$/.exec(path) ?? [];
    const part = name === undefined || name === "trainval" ? undefined : partWithin(name);
    if (part === undefined) continue;
    for (const line of (await readTreeText(tree, path)).split(/\r?\n/)) byStem.set(line.trim().split(/\s+/)[0], part);
  }
  return (stem) => byStem.get(stem);
}
