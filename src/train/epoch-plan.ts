/** How the samples of an epoch are cut into steps, and what becomes of those left over at its end. */
import { type FoveaError, ShapeError } from "../array/index.ts";

/**
 * What becomes of samples that do not fill a batch at the end of an epoch: `keep` takes them as a smaller one, `merge` adds
 * them to the batch before, `drop` leaves them out; in the next epoch they are others.
 */
export type LastBatch = "keep" | "merge" | "drop";

export interface EpochPlan {
  readonly batch: number;
  readonly steps: number;
  /** How many samples are used; the last step takes all that are left of them. */
  readonly used: number;
  /** What was done with a last batch that is smaller; `keep` where there is none. */
  readonly lastBatch: LastBatch;
  /** What to tell of the last batch, where the choice was not the caller's. */
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
 * Cuts an epoch of `count` samples into batches, at most as large as the data. A last batch of one sample that the network
 * cannot take is merged, unless the caller has chosen.
 * @throws ShapeError for a last batch that the network cannot take otherwise
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

/** The samples of a step, from one place in the epoch's order to the next. */
export const placesOf = ({ batch, steps, used }: EpochPlan, step: number): [from: number, to: number] => [
  step * batch,
  step === steps - 1 ? used : (step + 1) * batch,
];
