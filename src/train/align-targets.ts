/** Aligns data with a model: the classes of each of a task's targets, matched by name. */
import { DataError } from "../array/index.ts";
import {
  type AlignedSamples,
  type AlignOptions,
  type AnyDataset,
  alignClasses,
  columnNames,
  columnsOf,
  isOfKind,
  points,
  tokens,
} from "../data/index.ts";
import type { Model } from "../nn/index.ts";
import type { Task } from "./tasks/index.ts";
import { targetColumns } from "./wiring.ts";

/** The names of classes by target. */
export type TargetNames = Readonly<Record<string, readonly string[]>>;

/** The names that a model was saved with; class names belong to the only target. */
export function namesOfModel({ names = {}, classes }: Pick<Model, "names" | "classes">, task: Task): TargetNames {
  const roles = Object.keys(task.targets());
  const found = roles.flatMap((role) => {
    const list = names[role] ?? (roles.length === 1 ? classes : undefined);
    return list === undefined ? [] : [[role, list] as const];
  });
  return Object.fromEntries(found);
}

/** The names of the classes of a data set, by target. */
export function namesOfData(data: AnyDataset, task: Task): TargetNames {
  const columns = columnsOf(data);
  const found = Object.entries(targetColumns(task, data)).flatMap(([role, name]) => {
    const list = columnNames(columns[name]);
    return list === undefined ? [] : [[role, list] as const];
  });
  return Object.fromEntries(found);
}

/**
 * The data set with the labels of every target in the order of the given names; targets without names are not changed.
 * @returns also the classes of the first target with classes, and all classes that do not match
 * @throws DataError for unknown classes, unless they are to be left out, and for another vocabulary
 */
export function alignTargets<D extends AnyDataset>(
  data: D,
  task: Task,
  names: TargetNames,
  options: AlignOptions,
): AlignedSamples<D> {
  let aligned: AlignedSamples<D> = { data, classes: [], missing: [], leftOut: [] };
  for (const [role, column] of Object.entries(targetColumns(task, data))) {
    const own = columnNames(columnsOf(aligned.data)[column]);
    if (own === undefined) continue;
    const classes = names[role] ?? own;
    const given = columnsOf(data)[column];
    if (isOfKind(given, tokens)) checkSameWords(data.name, column, own, classes);
    else if (isOfKind(given, points)) checkSamePoints(data.name, column, own, classes);
    if (isOfKind(given, tokens) || isOfKind(given, points)) continue;
    aligned = joined(aligned, alignClasses(aligned.data, classes, { ...options, column }));
  }
  return aligned;
}

/** The composition of two matches. */
function joined<D extends AnyDataset>(first: AlignedSamples<D>, second: AlignedSamples<D>): AlignedSamples<D> {
  const { rows } = first;
  const kept = second.rows && rows ? second.rows.map((row) => rows[row]) : (second.rows ?? rows);
  return {
    data: second.data,
    classes: first.classes.length > 0 ? first.classes : second.classes,
    missing: [...first.missing, ...second.missing],
    leftOut: [...first.leftOut, ...second.leftOut],
    ...(kept && { rows: kept }),
  };
}

/** @throws DataError unless the words are the same in the same order: tokens are their numbers */
export function checkSameWords(set: string, column: string, own: readonly string[], words: readonly string[]): void {
  const at = firstDifference(own, words);
  if (at < 0) return;
  throw new DataError(
    `data set ${set}: column ${column} has another vocabulary than was trained with: token ${at} is ` +
      `${JSON.stringify(own[at]) ?? "none"}, expected ${JSON.stringify(words[at]) ?? "none"}; encode the texts with that vocabulary`,
  );
}

/** @throws DataError unless the points are the same in the same order: outputs are theirs by number */
function checkSamePoints(set: string, column: string, own: readonly string[], names: readonly string[]): void {
  const at = firstDifference(own, names);
  if (at < 0) return;
  throw new DataError(
    `data set ${set}: column ${column} has other points than were trained with: point ${at} is ` +
      `${JSON.stringify(own[at]) ?? "none"}, expected ${JSON.stringify(names[at]) ?? "none"}; give the same points in that order`,
  );
}

/** The first place where two lists differ; −1 if they are the same. */
const firstDifference = (a: readonly string[], b: readonly string[]): number =>
  Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, i) => a[i] !== b[i]);
