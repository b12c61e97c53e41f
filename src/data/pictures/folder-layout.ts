/**
 * The classes and parts of pictures, from their paths: `CLASS/…` or `train|validation|test/CLASS/…`, with folders around all
 * of it or inside of classes. Ambiguous names are errors, or at least reported.
 */
import { type Part, partOf, parts, partWithin } from "../part-names.ts";

export interface FolderLayout {
  /** Sorted by name; the same for all parts. */
  readonly classes: readonly string[];
  /** For each part with pictures, the indices of the pictures of each class. */
  readonly members: ReadonlyMap<Part, readonly (readonly number[])[]>;
  /** Indices of the pictures without a class. */
  readonly outside: readonly number[];
  /** The names of the parts' folders; empty if there are none. */
  readonly folders: ReadonlyMap<Part, string>;
  /** Folders beside classes and parts without a picture. */
  readonly vacant: readonly string[];
  /** Notices about ambiguous names. */
  readonly remarks: readonly string[];
  /** Why the layout is not understood, and what to change. */
  readonly problem?: string | undefined;
}

/** The names of the folders that contain a picture; undefined for an ignored picture. */
type Folders = readonly string[] | undefined;

/**
 * Sorts pictures by their paths, which are distinct; `undefined` stands for an ignored picture.
 * @param empty folders without pictures
 * @param things what the files are, if not pictures
 */
export function layOut(
  paths: readonly (string | undefined)[],
  empty: readonly string[] = [],
  things = "pictures",
): FolderLayout {
  const { common, folders } = withoutCommon(paths.map((path) => path?.split("/").slice(0, -1)));
  const around = common.filter((name) => (partOf(name) ?? "train") !== "train");
  const remarks = around.map((name) => `all ${things} lie in ${name}; here they are ${things} to train on`);
  const { named, problem, ...found } = findParts(folders, things);
  const above = new Set(common.map((_, depth) => common.slice(0, depth).join("/")));
  for (const name of ["", ...named.values()]) above.add([...common, ...(name === "" ? [] : [name])].join("/"));
  const vacant = empty.filter((folder) => above.has(folder.split("/").slice(0, -1).join("/")));
  const outside: number[] = [];
  const members = new Map<Part, Map<string, number[]>>();
  for (const [i, names] of folders.entries()) {
    if (names === undefined) continue;
    const hasParts = named.size > 0;
    const part = hasParts ? parts.find((part) => named.get(part) === names[0]) : "train";
    const name = names[hasParts ? 1 : 0];
    if (part === undefined || name === undefined) outside.push(i);
    else {
      const classes = members.get(part) ?? members.set(part, new Map()).get(part)!;
      (classes.get(name) ?? classes.set(name, []).get(name)!).push(i);
    }
  }
  const classes = [...new Set([...members.values()].flatMap((names) => [...names.keys()]))].sort(byCodeUnits);
  const sorted = parts.flatMap((part) => {
    const names = members.get(part);
    return names === undefined ? [] : [[part, classes.map((name) => names.get(name) ?? [])] as const];
  });
  const said = { vacant, remarks: [...remarks, ...found.remarks], problem };
  return { classes, members: new Map(sorted), outside, folders: named, ...said };
}

/** Independent of the locale. */
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Folders around all pictures carry no information. */
function withoutCommon(folders: readonly Folders[]): { common: readonly string[]; folders: readonly Folders[] } {
  const all = folders.filter((names) => names !== undefined);
  const [first = []] = all;
  const isCommon = (depth: number): boolean =>
    all.every((names) => names.length > depth + 1 && names[depth] === first[depth]);
  let depth = 0;
  while (all.length > 0 && isCommon(depth)) depth++;
  return { common: first.slice(0, depth), folders: folders.map((names) => names?.slice(depth)) };
}

interface FoundParts {
  /** The folder of each part. */
  readonly named: ReadonlyMap<Part, string>;
  readonly remarks: readonly string[];
  readonly problem?: string;
}

/** Folders of parts: with names of parts, containing folders of classes, and a training part among them. */
function findParts(folders: readonly Folders[], things: string): FoundParts {
  const inside = foldersInside(folders);
  const read = partReader(inside);
  const called = [...inside].filter(([name]) => read(name) !== undefined);
  const candidates = called.filter(([, classes]) => classes.size > 0).map(([name]) => name);
  const none = { named: new Map<Part, string>() };
  const twice = parts.find((part) => candidates.filter((name) => read(name) === part).length > 1);
  if (!candidates.some((name) => read(name) === "train")) {
    const problem = withoutTraining(inside, candidates, things) ?? partsInClasses(inside);
    const remarks = soundingLikeParts(inside).map((name) => `${name} is taken for a class, as there are no parts`);
    return { ...none, problem, remarks };
  }
  if (twice !== undefined) {
    const names = candidates.filter((name) => read(name) === twice).join(" and ");
    return { ...none, remarks: [], problem: `${names} are both called as the part ${twice} is; merge or rename them` };
  }
  return { named: new Map(candidates.map((name) => [read(name)!, name])), remarks: [] };
}

/** How names are read: also by words within them, if that gives a training part and another part with the same classes. */
function partReader(inside: ReadonlyMap<string, Set<string>>): typeof partOf {
  const named = (isMeant: (part: Part | undefined) => boolean) =>
    [...inside].filter(([name]) => isMeant(partWithin(name)));
  const train = named((part) => part === "train");
  const others = named((part) => part !== "train" && part !== undefined);
  const isShared = train.some(([, a]) => others.some(([, b]) => [...a].some((name) => b.has(name))));
  return isShared && !train.some(([name]) => partOf(name) === "train") ? partWithin : partOf;
}

/** Names of parts, and names with words for several parts. */
function soundingLikeParts(inside: ReadonlyMap<string, Set<string>>): string[] {
  const names = [...inside.keys()].filter((name) => partWithin(name) !== undefined);
  const isDivided = new Set(names.map(partWithin)).size > 1;
  return names.filter((name) => isDivided || partOf(name) !== undefined);
}

/** The top folders, each with the names of its subfolders. */
function foldersInside(folders: readonly Folders[]): Map<string, Set<string>> {
  const inside = new Map<string, Set<string>>();
  for (const [top, next] of folders.filter((names) => names !== undefined)) {
    if (top === undefined) continue;
    const names = inside.get(top) ?? inside.set(top, new Set()).get(top)!;
    if (next !== undefined) names.add(next);
  }
  return inside;
}

/** `test` is a part, not a class, in `test/cat` beside `cat`, or beside `val/cat` alone. */
function withoutTraining(
  inside: ReadonlyMap<string, Set<string>>,
  candidates: readonly string[],
  things: string,
): string | undefined {
  const others = [...inside.keys()].filter((name) => !candidates.includes(name));
  const part = candidates.find((name) => others.length === 0 || others.some((other) => inside.get(name)!.has(other)));
  return (
    part &&
    `${part} has folders of classes in it, and there is no folder train beside it; put the ${things} to train on into train/CLASS`
  );
}

/** `cat/train` and `cat/test`: test pictures must not be trained on. */
function partsInClasses(inside: ReadonlyMap<string, Set<string>>): string | undefined {
  for (const [name, folders] of inside) {
    const found = [...folders].filter((folder) => partOf(folder) !== undefined);
    if (new Set(found.map(partOf)).size < 2) continue;
    return `the class ${name} has folders ${found.join(" and ")} in it; parts go around classes, as in ${found[0]}/${name}`;
  }
  return undefined;
}
