/** What is said of a folder of pictures: how many there are of what, what was skipped, and what may be a mistake. */
import { type Part, parts } from "./folder-layout.ts";
import type { SkippedFile } from "./picture-scan.ts";

/** What a folder of pictures turned out to be. */
export interface FolderReport {
  /** How many pictures of each class there are in each part. */
  readonly counts: Readonly<Partial<Record<Part, readonly number[]>>>;
  /** Pictures that are not in the data set, because they cannot be read or lead out of an archive. */
  readonly skipped: readonly SkippedFile[];
  /** Files that are no pictures by their names, and hidden ones. */
  readonly others: readonly string[];
  /** Sentences about what is unexpected but no error: classes of very different size, pictures in no class. */
  readonly notices: readonly string[];
}

export interface Findings {
  readonly classes: readonly string[];
  readonly counts: FolderReport["counts"];
  readonly skipped: readonly SkippedFile[];
  /** Pictures in no class. */
  readonly outside: readonly string[];
  /** Paths that an archive has again later on. */
  readonly repeated: readonly string[];
}

/** Above this, the largest class is set against the smallest. */
const IMBALANCE = 1.5;
/** How many files a notice names. */
const NAMED = 5;

export function noticesOf({ classes, counts, skipped, outside, repeated }: Findings): string[] {
  return [
    ...listed(skipped, "skipped, because", ({ path, reason }) => `${path}: ${reason}`),
    ...listed(outside, "skipped, because it is in no class", (path) => path),
    ...listed(repeated, "in the archive more than once; the last one counts", (path) => path),
    ...imbalance(classes, counts.train ?? []),
    ...parts.flatMap((part) => absent(part, classes, counts[part])),
  ];
}

function listed<T>(items: readonly T[], what: string, describe: (item: T) => string): string[] {
  if (items.length === 0) return [];
  const more = items.length > NAMED ? [`  and ${items.length - NAMED} more`] : [];
  const lines = [...items.slice(0, NAMED).map((item) => `  ${describe(item)}`), ...more];
  return [`${items.length} ${items.length === 1 ? "file" : "files"} ${what}\n${lines.join("\n")}`];
}

function imbalance(classes: readonly string[], counts: readonly number[]): string[] {
  const [most, least] = [Math.max(...counts), Math.min(...counts)];
  if (most <= IMBALANCE * least) return [];
  const name = (count: number): string => classes[counts.indexOf(count)];
  const times = (most / least).toFixed(1);
  return [
    `the classes differ in size: ${most} pictures of ${name(most)}, ${least} of ${name(least)}, ${times} times as many; ` +
      "accuracy will favour the large ones; weights of classes in the loss can make up for it",
  ];
}

function absent(part: Part, classes: readonly string[], counts: readonly number[] | undefined): string[] {
  const missing = classes.filter((_, label) => counts?.[label] === 0);
  return missing.length === 0 ? [] : [`${part} has no pictures of ${missing.join(", ")}`];
}
