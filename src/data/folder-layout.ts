/**
 * What the paths of pictures say about them: `CLASS/…` or `train|validation|test/CLASS/…`, with folders around all of it
 * or inside of classes.
 */

export const parts = ["train", "validation", "test"] as const;
export type Part = (typeof parts)[number];

/** What folders of parts are called. */
const partNames: Readonly<Record<string, Part>> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  test: "test",
  testing: "test",
};

export interface FolderLayout {
  /** Sorted by name; the same for all parts. */
  readonly classes: readonly string[];
  /** Of each part, the numbers of the pictures of each class. Only parts that have pictures are there. */
  readonly members: ReadonlyMap<Part, readonly (readonly number[])[]>;
  /** Numbers of the pictures that are in no class. */
  readonly outside: readonly number[];
  /** Whether the folders say which part a picture belongs to. */
  readonly hasParts: boolean;
}

/** Sorts pictures by their paths, of which none is there twice; `undefined` stands for one that does not count. */
export function layOut(paths: readonly (string | undefined)[]): FolderLayout {
  const folders = withoutCommon(paths.map((path) => path?.split("/").slice(0, -1)));
  const hasParts = folders.some((names) => names !== undefined && names.length > 1 && partNames[names[0]] === "train");
  const outside: number[] = [];
  const found = new Map<Part, Map<string, number[]>>();
  for (const [i, names] of folders.entries()) {
    if (names === undefined) continue;
    const part = hasParts ? partNames[names[0]] : "train";
    const name = names[hasParts ? 1 : 0];
    if (part === undefined || name === undefined) outside.push(i);
    else {
      const classes = found.get(part) ?? found.set(part, new Map()).get(part)!;
      (classes.get(name) ?? classes.set(name, []).get(name)!).push(i);
    }
  }
  const classes = [...new Set([...found.values()].flatMap((names) => [...names.keys()]))].sort(byCodeUnits);
  const members = new Map(
    parts.flatMap((part) => {
      const names = found.get(part);
      return names === undefined ? [] : [[part, classes.map((name) => names.get(name) ?? [])] as const];
    }),
  );
  return { classes, members, outside, hasParts };
}

/** No machine's language changes the order. */
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Folders around all pictures say nothing, unless it is `train`. */
function withoutCommon(folders: readonly (readonly string[] | undefined)[]): (readonly string[] | undefined)[] {
  const all = folders.filter((names) => names !== undefined);
  const [first] = all;
  const isCommon = (depth: number): boolean =>
    all.every((names) => names.length > depth + 1 && names[depth] === first[depth]) &&
    partNames[first[depth]] === undefined;
  let depth = 0;
  while (all.length > 0 && isCommon(depth)) depth++;
  return folders.map((names) => names?.slice(depth));
}
