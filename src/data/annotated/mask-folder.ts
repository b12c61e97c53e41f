/** Folders of pictures and of masks, which are pictures whose pixels are classes. */
import { checkPath, DataError, OptionError } from "../../array/index.ts";
import { integers, type Kind, optional, readOptions, text, withDefault } from "../../options/index.ts";
import { type AnnotatedOptions, type AnnotatedSet, annotatedSet, checkAnnotated } from "./annotated-set.ts";
import type { FoundPicture } from "./annotations.ts";
import { type FileTree, isPicturePath, openFileTree, withoutEnding } from "./file-tree.ts";
import { Findings } from "./findings.ts";
import { type MaskColors, maskReader } from "./mask-file.ts";
import type { AnnotatedColumns } from "./targets.ts";
import { partOfFolders } from "./voc.ts";

/** Options of `maskFolder`. */
export interface MaskFolderOptions extends AnnotatedOptions {
  /** The names of the classes: class k is the number k of a mask, or the k-th of `maskColors`. */
  readonly classes?: readonly string[] | undefined;
  /** The color of each class, for masks in color; `readMaskColors` reads them from a text. Default: masks have numbers. */
  readonly maskColors?: MaskColors | undefined;
  /** The numbers in masks that stand for unknown, beside 255. Default: none. */
  readonly ignore?: readonly number[] | undefined;
  /** The folder of the masks, within the path. Default: folders by their names. */
  readonly masks?: string | undefined;
}

const colorsKind: Kind<MaskColors> = {
  expects: "a color [red, green, blue] of 0 to 255 for each class, all different, by name",
  read: (value) => {
    const colors = typeof value === "object" && value !== null ? Object.values(value) : [];
    const isColor = (color: unknown): boolean =>
      Array.isArray(color) &&
      color.length === 3 &&
      color.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
    const isTable = colors.length > 0 && colors.every(isColor) && new Set(colors.map(String)).size === colors.length;
    return isTable ? (value as MaskColors) : undefined;
  },
};

const ownOptions = { maskColors: optional(colorsKind), ignore: withDefault(integers(0), []), masks: optional(text()) };

/**
 * Pictures with masks: a folder or archive in which each picture has a mask of the same name, in another folder. Folders of
 * masks are called `masks`, `labels`, `annotations` or `SegmentationClass`, beside `images` or `JPEGImages`, or as those of the
 * pictures with `annot`, `_masks`, `_labels` or the like behind; names of masks may end with `_mask`, `_label` or `_L`. Folders
 * called like parts are parts: `train/a.jpg` and `trainannot/a.png`, `images/val/a.jpg` and `masks/val/a.png`. Pixels of masks
 * are the numbers of classes, as gray levels or as indices of a palette, or colors with the option `maskColors`. Other
 * numbers and colors are unknown, and reported. Columns: `image`; `mask`, where 255 is unknown.
 * @throws DataError if no picture has a mask, or none can be read, and with `strict` for a picture whose mask is missing or has
 *   another size; OptionError for invalid options
 */
export async function maskFolder(
  path: string,
  options: MaskFolderOptions,
): Promise<AnnotatedSet<AnnotatedColumns<"mask">>> {
  checkPath("maskFolder", path);
  checkAnnotated("maskFolder", options, Object.keys(ownOptions));
  const { maskColors: givenColors, ignore: givenIgnore, masks: givenMasks, ...reading } = options;
  const given = { maskColors: givenColors, ignore: givenIgnore, masks: givenMasks };
  const { maskColors: colors, ignore, masks } = readOptions("maskFolder", ownOptions, given);
  const classes = classesOf(reading.classes, colors);
  const tree = await openFileTree(path);
  const findings = new Findings();
  const read = maskReader({ classes, colors, ignore }, findings);
  const pairs = pairFiles(tree, masks);
  const alone = pairs.find(({ mask }) => mask === undefined);
  if (pairs.every(({ mask }) => mask === undefined))
    throw new DataError(`${path}: no picture has a mask; expected a/NAME.jpg and a_masks/NAME.png, or give masks`);
  if (alone !== undefined && options.strict)
    throw new DataError(`${path}: ${alone.picture} has no mask; without strict it is left out`);
  const pictures = pairs.flatMap(({ picture, mask }): FoundPicture[] => {
    if (mask === undefined) {
      findings.add("noMask", picture);
      return [];
    }
    const readOwn: FoundPicture["mask"] = async (size) => read(await tree.read(mask), mask, size);
    return [{ path: picture, name: picture, part: partOfFolders(picture), mask: readOwn }];
  });
  return annotatedSet(tree, { pictures, classes, joints: [] }, "mask", reading, findings);
}

/** @throws OptionError where there are no classes, or one has no color */
function classesOf(given: readonly string[] | undefined, colors: MaskColors | undefined): readonly string[] {
  const classes = given ?? Object.keys(colors ?? {});
  if (classes.length === 0)
    throw new OptionError("maskFolder: give classes, the names of what masks have, or maskColors");
  const bare = colors && classes.find((name) => !Object.hasOwn(colors, name));
  if (bare !== undefined) throw new OptionError(`maskFolder: class ${bare} has no color in maskColors`);
  return classes;
}

/** A picture and its mask. */
interface FilePair {
  readonly picture: string;
  readonly mask: string | undefined;
}

/** What folders and files of masks end with, or are called. */
const MASK_FOLDER = /(^|[-_. ]?)(annot|annotations?|masks?|labels?|gt|segmentation(class|s)?)$/i;
const MASK_FILE = /_(mask|label|labels|seg|gt|l)$/i;
/** Names of folders of pictures, which folders of masks lack. */
const PICTURE_FOLDER = /^(jpeg)?images?$|^pictures$/i;

/** Masks and pictures with the same path, but for the words that tell them apart. */
function pairFiles({ paths }: FileTree, masks: string | undefined): FilePair[] {
  const files = paths.filter(isPicturePath);
  const inside = masks === undefined ? undefined : `${masks.replace(/^(\.?\/)+|\/+$/g, "")}/`;
  const isMask = (path: string): boolean =>
    inside === undefined ? foldersOf(path).some((name) => MASK_FOLDER.test(name)) : path.startsWith(inside);
  const byKey = new Map<string, string>();
  for (const path of files)
    if (isMask(path)) byKey.set(keyOf(inside === undefined ? path : path.slice(inside.length), MASK_FILE), path);
  return files.flatMap((picture) => {
    if (isMask(picture)) return [];
    const key = keyOf(picture);
    return [{ picture, mask: byKey.get(key) ?? byKey.get(key.slice(key.lastIndexOf("/") + 1)) }];
  });
}

const foldersOf = (path: string): string[] => path.split("/").slice(0, -1);

/** A path without the words for pictures and masks. */
function keyOf(path: string, ending = /$^/): string {
  const folders = foldersOf(path)
    .map((name) => name.replace(MASK_FOLDER, "").replace(PICTURE_FOLDER, ""))
    .filter((name) => name !== "");
  return [...folders, withoutEnding(path.slice(path.lastIndexOf("/") + 1)).replace(ending, "")].join("/");
}
