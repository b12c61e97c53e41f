/** Which samples are set aside: at random among all, or of every class in its share. Everything depends on a seed alone. */
import { OptionError, Random } from "../array/index.ts";

/** Numbers of samples. */
export interface Split {
  readonly kept: Int32Array;
  readonly aside: Int32Array;
}

/** @throws OptionError unless some samples can be set aside, and some are left */
export function countAside(total: number, amount: number, name = "validation"): number {
  const count = amount < 1 ? Math.round(total * amount) : amount;
  if (Number.isInteger(count) && count >= 1 && count < total) return count;
  throw new OptionError(
    `${name}: ${amount} of ${total} samples cannot be set aside; give a share below 1, or a count below ${total}`,
  );
}

/** `count` of the samples at random. */
export function splitAtRandom(total: number, count: number, seed: number): Split {
  const order = new Random(seed, "hold out").permutation(total);
  return { kept: order.subarray(count), aside: order.subarray(0, count) };
}

/**
 * `count` of the samples, of each class the share that it has of all: rounded down, and those with the largest remainders
 * get one more until the count is reached. Both parts keep the order of the samples.
 */
export function splitByClass(labels: ArrayLike<number>, classes: number, count: number, seed: number): Split {
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]].push(i);
  const exact = members.map(({ length }) => (count * length) / labels.length);
  const quotas = exact.map(Math.floor);
  const missing = count - quotas.reduce((sum, quota) => sum + quota, 0);
  const byRemainder = exact.map((share, label) => ({ label, rest: share - quotas[label] }));
  for (const { label } of byRemainder.sort((a, b) => b.rest - a.rest || a.label - b.label).slice(0, missing))
    quotas[label]++;
  const isAside = new Uint8Array(labels.length);
  members.forEach((rows, label) => {
    const order = new Random(seed, "hold out by class", label).permutation(rows.length);
    for (const i of order.subarray(0, quotas[label])) isAside[rows[i]] = 1;
  });
  const where = (value: number): Int32Array => Int32Array.from(isAside.keys()).filter((row) => isAside[row] === value);
  return { kept: where(0), aside: where(1) };
}
