/** The report on a folder of pictures: counts, skipped files, and possible mistakes. */

import { type Part, parts } from "../part-names.ts";
import { absentClasses } from "../split.ts";
import type { FolderLayout } from "./folder-layout.ts";
import type { SkippedFile } from "./picture-scan.ts";

/** The report on a folder of pictures. */
export interface FolderReport {
  /** How the pictures are split, by folder names or options. One sentence. */
  readonly split: string;
  /** The number of pictures of each class in each part. */
  readonly counts: Readonly<Partial<Record<Part, readonly number[]>>>;
  /** Skipped pictures, which cannot be read or lead out of an archive. */
  readonly skipped: readonly SkippedFile[];
  /** Files without a picture's extension, and hidden ones. */
  readonly others: readonly string[];
  /** Notices: classes of very different size, pictures without a class, folders without pictures, ambiguous names. */
  readonly notices: readonly string[];
}

export interface Findings {
  readonly classes: readonly string[];
  readonly counts: FolderReport["counts"];
  readonly skipped: readonly SkippedFile[];
  /** Pictures without a class. */
  readonly outside: readonly string[];
  /** Paths that occur again later in an archive. */
  readonly repeated: readonly string[];
  readonly layout: FolderLayout;
}

/** Above this ratio of largest to smallest class, a notice compares them. */
const IMBALANCE = 1.5;
/** The number of files named in a notice. */
const NAMED_FILES = 5;

export function noticesOf({ classes, counts, skipped, outside, repeated, layout }: Findings): string[] {
  return [
    ...layout.remarks,
    ...listItems(skipped, "skipped, because", ({ path, reason }) => `${path}: ${reason}`),
    ...listItems(outside, "skipped, because it is in no class", (path) => path),
    ...listItems(repeated, "in the archive more than once; the last one counts", (path) => path),
    ...listItems(layout.vacant, "without pictures that can be read", (path) => path, "folder"),
    ...imbalance(classes, counts.train ?? []),
    ...parts.flatMap((part) => absentClasses(part, classes, counts[part] ?? [], "pictures")),
  ];
}

export function listItems<T>(
  items: readonly T[],
  what: string,
  describe: (item: T) => string,
  noun = "file",
): string[] {
  if (items.length === 0) return [];
  const more = items.length > NAMED_FILES ? [`  and ${items.length - NAMED_FILES} more`] : [];
  const lines = [...items.slice(0, NAMED_FILES).map((item) => `  ${describe(item)}`), ...more];
  return [`${items.length} ${items.length === 1 ? noun : `${noun}s`} ${what}\n${lines.join("\n")}`];
}

export function imbalance(classes: readonly string[], counts: readonly number[], things = "pictures"): string[] {
  const [most, least] = [Math.max(...counts), Math.min(...counts)];
  if (most <= IMBALANCE * least) return [];
  const name = (count: number): string => classes[counts.indexOf(count)];
  const times = (most / least).toFixed(1);
  return [
    `the classes differ in size: ${most} ${things} of ${name(most)}, ${least} of ${name(least)}, ${times} times as many; ` +
      "accuracy will favor the large ones; weights of classes in the loss can make up for it",
  ];
}

const purposes: Readonly<Record<Part, string>> = { train: "train on", validation: "validate with", test: "test with" };

/** How pictures, or other things, are split: `folders` are those of the parts, `amounts` the options that hold some out. */
export function describeSplit(
  counts: FolderReport["counts"],
  folders: FolderLayout["folders"],
  amounts: Readonly<Partial<Record<Part, number>>>,
  things = "pictures",
): string {
  const sizes = parts.map((part) => ({ part, size: (counts[part] ?? []).reduce((sum, count) => sum + count, 0) }));
  const found = sizes.filter(({ size }) => size > 0);
  if (found.length === 1)
    return `all ${found[0].size} ${things} are to train on; the options validation and test set some aside`;
  const reasonOf = (part: Part): string => {
    if (folders.has(part)) return ` (folder ${folders.get(part)})`;
    return amounts[part] === undefined ? "" : ` (option ${part}: ${amounts[part]}, by class)`;
  };
  return found.map(({ part, size }) => `${size} ${things} to ${purposes[part]}${reasonOf(part)}`).join(", ");
}
