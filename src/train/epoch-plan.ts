/** Divides the samples of an epoch into steps, and decides what happens to an incomplete last batch. */
import { type FoveaError, ShapeError } from "../array/index.ts";

/**
 * What happens to an incomplete batch at the end of an epoch: `keep` trains on it, `merge` adds it to the batch before,
 * `drop` skips it. The order, and so the samples concerned, changes with each epoch.
 */
export type LastBatch = "keep" | "merge" | "drop";

export interface EpochPlan {
  readonly batch: number;
  readonly steps: number;
  /** The number of samples used; the last step takes the rest. */
  readonly used: number;
  /** What happens to a smaller last batch; `keep` where there is none. */
  readonly lastBatch: LastBatch;
  /** The notice about the last batch, unless the caller chose. */
  readonly notice?: string | undefined;
}

/** Why a network cannot take a step of `size` samples, if it cannot. */
export type Refusal = (size: number) => FoveaError | undefined;

const plans: Readonly<Record<LastBatch, (count: number, batch: number) => { steps: number; used: number }>> = {
  keep: (count, batch) => ({ steps: Math.ceil(count / batch), used: count }),
  merge: (count, batch) => ({ steps: Math.floor(count / batch), used: count }),
  drop: (count, batch) => ({ steps: Math.floor(count / batch), used: count - (count % batch) }),
};

/**
 * Divides an epoch of `count` samples into batches, at most as large as the data. A last batch of a single sample that the
 * network cannot take is merged, unless the caller chose otherwise.
 * @throws ShapeError for a last batch that the network cannot take
 */
export function planEpoch(count: number, batch: number, choice: LastBatch | undefined, refusal: Refusal): EpochPlan {
  const rest = count % batch;
  const planned = (lastBatch: LastBatch): EpochPlan => ({ batch, lastBatch, ...plans[lastBatch](count, batch) });
  if (rest === 0) return planned("keep");
  const size = { keep: rest, merge: batch + rest, drop: batch }[choice ?? "keep"];
  const problem = refusal(size);
  if (problem === undefined) return planned(choice ?? "keep");
  if (choice === undefined && rest === 1 && refusal(batch + 1) === undefined)
    return { ...planned("merge"), notice: mergedNotice(count, batch) };
  throw new ShapeError(
    `fit: ${count} samples in batches of ${batch} leave ${rest} for the last one, which the network cannot take: ` +
      `${problem.message}; choose another batch, or what becomes of the last one: lastBatch: 'merge' or 'drop'`,
    { cause: problem },
  );
}

const mergedNotice = (count: number, batch: number): string =>
  `${count} samples in batches of ${batch} leave one for the last batch, which batch normalization cannot train on; it is ` +
  `merged with the batch before, which has ${batch + 1} (lastBatch: 'drop' leaves it out)`;

/** The samples of each step, as slices of the epoch's order. */
export const placesOf = ({ batch, steps, used }: EpochPlan, step: number): [from: number, to: number] => [
  step * batch,
  step === steps - 1 ? used : (step + 1) * batch,
];
