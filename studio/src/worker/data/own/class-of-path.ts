/** The class of a picture: the folder that it lies in. */

/** Longer names are cut: they stand in rows and columns of tables. */
const LONGEST_NAME = 40;

/** Files that systems put beside pictures. */
const ignored = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

/** The parts of a path, without those that lead elsewhere. */
const partsOf = (path: string): string[] =>
  path
    .replace(/\p{Cc}/gu, "")
    .split(/[/\\]/)
    .filter((part) => !["", ".", ".."].includes(part));

/** Whether a file is none of the person's. */
export const isIgnored = (path: string): boolean => partsOf(path).some((part) => ignored.test(part));

/** @param loose the class of files that lie in no folder */
export function classOfPath(path: string, loose: string): string {
  const folder = partsOf(path).at(-2)?.trim() ?? "";
  return (folder === "" ? loose : folder).slice(0, LONGEST_NAME);
}

/** A path as messages have it: cut at the front, since the end tells more. */
export function shownPath(path: string): string {
  const all = partsOf(path).join("/");
  return all.length > 60 ? `…${all.slice(-60)}` : all;
}
