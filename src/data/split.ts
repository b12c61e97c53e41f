/**
 * Which samples are set aside: at random among all, or of every class in its share. Every class that has samples keeps at
 * least one of them to train on. Everything depends on a seed alone.
 */
import { OptionError, Random } from "../array/index.ts";

/** Numbers of samples. */
export interface Split {
  readonly kept: Int32Array;
  readonly aside: Int32Array;
}

/** The samples that are split. */
export interface Labeled {
  /** Of each sample, from 0 to `classes` − 1. */
  readonly labels: ArrayLike<number>;
  /** How many classes there are. */
  readonly classes: number;
}

/**
 * How many samples `amount` stands for.
 * @param amount a share below 1, or a number of samples
 * @throws OptionError unless some samples can be set aside, and of each class one is left
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

/** Whether a share below 1, or a number of samples, can be set aside. */
export function canSetAside(labeled: Labeled, amount: number): boolean {
  const count = absoluteCount(amount, labeled.labels.length);
  return Number.isInteger(count) && count >= 1 && count <= mostAside(labeled);
}

const absoluteCount = (amount: number, total: number): number => (amount < 1 ? Math.round(total * amount) : amount);

/** How many samples can be set aside when every class keeps one. */
const mostAside = (labeled: Labeled): number =>
  labeled.labels.length - sizesOf(labeled).filter((size) => size > 0).length;

/** How many samples each class has. */
export function sizesOf({ labels, classes }: Labeled): number[] {
  const sizes = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) sizes[labels[i]]++;
  return sizes;
}

/** Numbers of samples, given by class: the first of each, the second of each, … */
export function rowsInTurns(classes: readonly (readonly number[])[]): Int32Array {
  const longest = Math.max(...classes.map(({ length }) => length));
  const rows: number[] = [];
  for (let i = 0; i < longest; i++) for (const members of classes) if (i < members.length) rows.push(members[i]);
  return Int32Array.from(rows);
}

/** The numbers of the samples of each class. */
export function membersOf({ labels, classes }: Labeled): number[][] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]].push(i);
  return members;
}

/** `count` of the samples at random. */
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

/**
 * `count` of the samples, of each class the share that it has of all: rounded down, and those with the largest remainders
 * get one more until the count is reached. Both parts keep the order of the samples.
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

/** How many of each class add up to `count`, less than all of any. */
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

/** A sentence on the classes that a part has nothing of, if there are any; `counts` is of each class. */
export function absentClasses(
  part: string,
  classes: readonly string[],
  counts: readonly number[],
  things = "samples",
): string[] {
  const missing = classes.filter((_, label) => counts[label] === 0);
  return missing.length === 0 ? [] : [`${part} has no ${things} of ${missing.join(", ")}`];
}
