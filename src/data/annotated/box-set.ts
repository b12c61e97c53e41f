/** Pictures with boxes, whatever form their annotations have: the form is told by the files that are there. */
import { folderExists, joinPath } from "#platform";
import { checkPath, DataError, FormatError } from "../../array/index.ts";
import { parseObject } from "../../formats/index.ts";
import { type Part, partWithin } from "../part-names.ts";
import { type AnnotatedOptions, type AnnotatedSet, checkAnnotated } from "./annotated-set.ts";
import { cocoSet } from "./coco.ts";
import { type FileTree, openFileTree } from "./file-tree.ts";
import { pictureListSet } from "./picture-list.ts";
import type { AnnotatedColumns } from "./targets.ts";
import { partOfFolders, vocSet } from "./voc.ts";
import { yoloSet } from "./yolo.ts";

type BoxSet = AnnotatedSet<AnnotatedColumns<"boxes">>;

/**
 * Pictures with boxes in a folder or archive: COCO's JSON, one file or one for each part (`instances_val2017.json`,
 * `valid/….json`), in a folder only; Pascal VOC's XML; a list as `pictureListSet` reads it; or else YOLO's text files. Columns:
 * `image`; `boxes` and `labels`, ragged.
 * @example const { train, validation, test, classes } = await boxSet("cells", { size: [192, 256] });
 * @throws DataError if nothing of these is there, and what the readers throw: `cocoSet`, `vocSet`, `pictureListSet`, `yoloSet`
 */
export async function boxSet(path: string, options: AnnotatedOptions = {}): Promise<BoxSet> {
  checkPath("boxSet", path);
  checkAnnotated("boxSet", options);
  const tree = await openFileTree(path);
  const lists = await jsonFiles(tree);
  const coco = lists.filter(({ keys }) => keys.has("annotations"));
  if (coco.length > 0) return cocoParts(path, coco.map((list) => list.path), options); // biome-ignore format: one step
  const list = lists.find(({ keys }) => keys.has("images"));
  if (list !== undefined) return pictureListSet(path, { ...options, take: "boxes", list: list.path });
  if (tree.paths.some((file) => file.toLowerCase().endsWith(".xml"))) return vocSet(path, options);
  if (tree.paths.some((file) => /\.txt$/i.test(file))) return yoloSet(path, options);
  throw new DataError(
    `${path}: has no annotations of boxes; expected COCO's JSON, Pascal VOC's XML, YOLO's text files, or a list annotations.json`,
  );
}

/** JSON files with the names of what their objects have; others are none of ours. */
async function jsonFiles(tree: FileTree): Promise<{ readonly path: string; readonly keys: ReadonlySet<string> }[]> {
  const found = [];
  for (const path of tree.paths.filter((file) => file.toLowerCase().endsWith(".json"))) {
    const object = parseObject(await tree.read(path), (problem) => new FormatError(`${tree.name}: ${path} ${problem}`));
    found.push({ path, keys: new Set(object.keys()) });
  }
  return found;
}

const partOf = (file: string): Part => partWithin(file.slice(file.lastIndexOf("/") + 1)) ?? partOfFolders(file);

/** One file, or one for each part, whose classes are those of the training part. */
async function cocoParts(path: string, files: readonly string[], options: AnnotatedOptions): Promise<BoxSet> {
  if (!(await folderExists(path)))
    throw new DataError(`${path}: has annotations of COCO, which are read from folders; unpack it`);
  const read = (file: string, given: AnnotatedOptions): Promise<BoxSet> =>
    cocoSet(joinPath(path, file), { ...given, pictures: path, take: "boxes" });
  if (files.length === 1) return read(files[0], options);
  const byPart = new Map(files.map((file) => [partOf(file), file]));
  const train = byPart.get("train");
  if (byPart.size < files.length || train === undefined)
    throw new DataError(
      `${path}: has ${files.length} files of COCO's annotations, ${files.join(", ")}; expected one, or one for each part, called ` +
        "after train, val or test",
    );
  const set = await read(train, options);
  const others: Partial<Record<Part, BoxSet["train"]>> = {};
  for (const [part, file] of byPart)
    if (part !== "train") others[part] = (await read(file, { ...options, classes: set.classes })).train;
  return { ...set, ...others };
}
