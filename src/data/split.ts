/**
 * Chooses the samples to hold out: at random among all, or stratified by class. Every class with samples keeps at least one
 * for training. Depends on a seed alone.
 */
import { OptionError, Random } from "../array/index.ts";

/** The indices of samples. */
export interface Split {
  readonly kept: Int32Array;
  readonly aside: Int32Array;
}

/** The samples that are split. */
export interface Labeled {
  /** The label of each sample, from 0 to `classes` − 1. */
  readonly labels: ArrayLike<number>;
  /** The number of classes. */
  readonly classes: number;
}

/**
 * The number of samples `amount` stands for.
 * @param amount a share below 1, or a number of samples
 * @throws OptionError unless some samples can be held out, and one of each class is left
 */
export function countAside(labeled: Labeled, amount: number, name = "validation"): number {
  const total = labeled.labels.length;
  const count = absoluteCount(amount, total);
  const most = mostAside(labeled);
  const cannot = `${name}: ${amount} of ${total} samples cannot be set aside`;
  if (!(typeof amount === "number" && Number.isInteger(count) && count >= 1 && count < total))
    throw new OptionError(`${cannot}; give a share below 1, or a count below ${total}`);
  if (count > most)
    throw new OptionError(`${cannot}: every class keeps one to train on; give ${most === 0 ? "0" : `at most ${most}`}`);
  return count;
}

/** Whether an amount is a share below 1 or a number of samples. */
export function canSetAside(labeled: Labeled, amount: number): boolean {
  const count = absoluteCount(amount, labeled.labels.length);
  return Number.isInteger(count) && count >= 1 && count <= mostAside(labeled);
}

const absoluteCount = (amount: number, total: number): number => (amount < 1 ? Math.round(total * amount) : amount);

/** The number of samples that can be held out when every class keeps one. */
const mostAside = (labeled: Labeled): number =>
  labeled.labels.length - sizesOf(labeled).filter((size) => size > 0).length;

/** The number of samples of each class. */
export function sizesOf({ labels, classes }: Labeled): number[] {
  const sizes = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) sizes[labels[i]]++;
  return sizes;
}

/** Interleaves the samples of classes: the first of each, the second of each, … */
export function rowsInTurns(classes: readonly (readonly number[])[]): Int32Array {
  const longest = Math.max(...classes.map(({ length }) => length));
  const rows: number[] = [];
  for (let i = 0; i < longest; i++) for (const members of classes) if (i < members.length) rows.push(members[i]);
  return Int32Array.from(rows);
}

/** The indices of the samples of each class. */
export function membersOf({ labels, classes }: Labeled): number[][] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]].push(i);
  return members;
}

/** Chooses `count` samples at random. */
export function splitAtRandom({ labels, classes }: Labeled, count: number, seed: number): Split {
  const left = sizesOf({ labels, classes });
  const kept: number[] = [];
  const aside: number[] = [];
  for (const row of new Random(seed, "hold out").permutation(labels.length)) {
    const isTaken = aside.length < count && left[labels[row]] > 1;
    if (isTaken) left[labels[row]]--;
    (isTaken ? aside : kept).push(row);
  }
  return { kept: Int32Array.from(kept), aside: Int32Array.from(aside) };
}

/** Chooses whole groups at random until at least `count` samples are aside. @throws OptionError if none is left */
export function splitTogether(groups: ArrayLike<number>, count: number, seed: number): Split {
  const members = new Map<number, number[]>();
  for (let row = 0; row < groups.length; row++) {
    const own = members.get(groups[row]);
    if (own === undefined) members.set(groups[row], [row]);
    else own.push(row);
  }
  const all = [...members.values()];
  const aside: number[] = [];
  const chosen = new Set<number>();
  for (const group of new Random(seed, "hold out").permutation(all.length)) {
    if (aside.length >= count) break;
    chosen.add(group);
    aside.push(...all[group]);
  }
  if (chosen.size === all.length)
    throw new OptionError(
      `holdOut: ${count} of ${groups.length} samples cannot be set aside, since those that stay together are ` +
        `${all.length} ${all.length === 1 ? "group" : "groups"} only; give a smaller number`,
    );
  const kept = all.flatMap((rows, group) => (chosen.has(group) ? [] : rows));
  return { kept: Int32Array.from(kept), aside: Int32Array.from(aside).sort() };
}

/**
 * Chooses `count` samples, stratified by class: proportional shares are rounded down, and the classes with the largest
 * remainders get one more until the count is reached. Both parts keep the order of the samples.
 */
export function splitByClass({ labels, classes }: Labeled, count: number, seed: number): Split {
  const members = membersOf({ labels, classes });
  const quotas = quotasOf(
    members.map(({ length }) => length),
    count,
  );
  const isAside = new Uint8Array(labels.length);
  members.forEach((rows, label) => {
    const order = new Random(seed, "hold out by class", label).permutation(rows.length);
    for (const i of order.subarray(0, quotas[label])) isAside[rows[i]] = 1;
  });
  const where = (value: number): Int32Array => Int32Array.from(isAside.keys()).filter((row) => isAside[row] === value);
  return { kept: where(0), aside: where(1) };
}

/** The number for each class, summing to `count`, less than all of any. */
function quotasOf(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (count * size) / total);
  const quotas = exact.map(Math.floor);
  for (let missing = count - quotas.reduce((sum, quota) => sum + quota, 0); missing > 0; ) {
    const open = quotas.flatMap((quota, label) =>
      quota < sizes[label] - 1 ? [{ label, rest: exact[label] - quota }] : [],
    );
    const chosen = open.sort((a, b) => b.rest - a.rest || a.label - b.label).slice(0, missing);
    for (const { label } of chosen) quotas[label]++;
    missing -= chosen.length;
  }
  return quotas;
}

/** A sentence on the classes that a part lacks, if any; `counts` is by class. */
export function absentClasses(
  part: string,
  classes: readonly string[],
  counts: readonly number[],
  things = "samples",
): string[] {
  const missing = classes.filter((_, label) => counts[label] === 0);
  return missing.length === 0 ? [] : [`${part} has no ${things} of ${missing.join(", ")}`];
}
