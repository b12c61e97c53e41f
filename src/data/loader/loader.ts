/**
 * Batches in the order of a run, fetched and augmented ahead of it on other threads. What a batch holds depends on its
 * plan and the seed alone, never on the number of threads.
 */
import { availableThreads } from "#platform";
import { checkList, checkOptions, describeGiven, OptionError } from "../../array/index.ts";
import type { Augmentation } from "../augment/index.ts";
import { checkIsDataset, range } from "../batches.ts";
import type { Samples } from "../dataset.ts";
import { type BatchPlan, type LoaderSetting, labelsOf, type PreparedBatch, prepareBatch } from "./loader-messages.ts";
import { canRunThreads, LoaderPool } from "./loader-pool.ts";

export type { BatchPlan, PreparedBatch };

/** Options of `Loader`. */
export interface LoaderOptions {
  /** What is done to pictures and labels, in this order. Default: nothing. */
  readonly augment?: readonly Augmentation[] | undefined;
  /** Of the augmentation. Default 0. */
  readonly seed?: number | undefined;
  /**
   * How many threads prepare batches ahead of those that are asked for; 0 prepares each when it is asked for. Where pictures
   * are in memory and stay as they are, there is nothing to prepare, and no thread is started. Default: 1 if there are
   * threads, else 0.
   */
  readonly workers?: number | undefined;
}

const MOST_WORKERS = 64;

/** @throws OptionError unless it can be a number of threads */
export function checkWorkers(workers: number | undefined): void {
  if (workers === undefined || (Number.isInteger(workers) && workers >= 0 && workers <= MOST_WORKERS)) return;
  throw new OptionError(`workers must be an integer from 0 to ${MOST_WORKERS}, got ${workers}`);
}

function workersFor({ images }: Samples, augment: readonly Augmentation[], wanted: number | undefined): number {
  const isWork = augment.length > 0 || ("source" in images && images.source !== undefined);
  if (!isWork) return 0;
  return wanted ?? (canRunThreads && availableThreads() > 1 ? 1 : 0);
}

/** Prepares batches in the order of their plans, on other threads where there is something to prepare. */
export class Loader {
  readonly #plans: Iterator<BatchPlan>;
  readonly #prepare: (plan: BatchPlan) => Promise<PreparedBatch>;
  readonly #pool: LoaderPool | undefined;
  readonly #ahead: number;
  readonly #queue: Promise<PreparedBatch>[] = [];
  #waited = 0;

  /**
   * @param plans the batches, in order; those that are ahead are asked for early
   * @throws OptionError for a number of workers that is none
   */
  constructor(data: Samples, plans: Iterable<BatchPlan>, options: LoaderOptions = {}) {
    checkIsDataset(data);
    checkOptions("Loader", options);
    const { augment = [], seed = 0, workers } = options;
    checkList("Loader", "steps of augmentation, such as flip()", augment);
    checkWorkers(workers);
    if (typeof plans?.[Symbol.iterator] !== "function")
      throw new OptionError(`Loader: expects a list of plans, { epoch, rows }, got ${describeGiven(plans)}`);
    const setting = { augment, seed, classes: data.classes.length };
    const count = workersFor(data, augment, workers);
    this.#plans = plans[Symbol.iterator]();
    this.#pool = count === 0 ? undefined : new LoaderPool(data, count, setting);
    this.#prepare = prepareWith(data, setting, this.#pool, workers === undefined);
    // One batch for every thread to work on, and one that is ready.
    this.#ahead = count === 0 ? 0 : count + 1;
  }

  /** The time in which batches were waited for so far, in milliseconds. */
  get waited(): number {
    return this.#waited;
  }

  /** The next batch; undefined when there are no more. */
  async next(): Promise<PreparedBatch | undefined> {
    const start = performance.now();
    this.#fill(this.#ahead + 1);
    const batch = await this.#queue.shift();
    this.#fill(this.#ahead);
    this.#waited += performance.now() - start;
    return batch;
  }

  /** Ends the threads. Batches that are on their way never come. */
  stop(): void {
    this.#pool?.stop();
    this.#queue.length = 0;
  }

  #fill(length: number): void {
    while (this.#queue.length < length) {
      const { done, value } = this.#plans.next();
      if (done) return;
      const batch = this.#prepare(value);
      // Reported to the caller that awaits this batch, not as an unhandled rejection.
      batch.catch(() => {});
      this.#queue.push(batch);
    }
  }
}

/** On the calling thread, or on the pool's; where nobody asked for threads, it does not matter if they do not run. */
function prepareWith(
  data: Samples,
  setting: Omit<LoaderSetting, "source">,
  pool: LoaderPool | undefined,
  isOptional: boolean,
): (plan: BatchPlan) => Promise<PreparedBatch> {
  const here = (plan: BatchPlan): Promise<PreparedBatch> =>
    prepareBatch(data.images, labelsOf(data, plan), plan, setting);
  if (pool === undefined) return here;
  return (plan) =>
    pool.prepare(plan).catch((error) => {
      if (isOptional && pool.isBroken) return here(plan);
      throw error;
    });
}

/** The plans of batches of `size` samples each, the last with what is left, in the given order of samples. */
export function* plansOf(order: Int32Array, size: number, epoch = 0): Generator<BatchPlan> {
  for (let from = 0; from < order.length; from += size) yield { epoch, rows: order.slice(from, from + size) };
}

/** The batches of the plans, prepared ahead; the threads end with the loop. @throws OptionError for a number of workers that is none */
export async function* preparedBatches(
  data: Samples,
  plans: Iterable<BatchPlan>,
  options: LoaderOptions,
): AsyncGenerator<PreparedBatch, void> {
  const loader = new Loader(data, plans, options);
  try {
    for (let next = await loader.next(); next !== undefined; next = await loader.next()) yield next;
  } finally {
    loader.stop();
  }
}

/** A data set once, from its first sample to its last. */
export const batchesInOrder = (
  data: Samples,
  size: number,
  workers: number | undefined,
): AsyncGenerator<PreparedBatch, void> => preparedBatches(data, plansOf(range(0, data.labels.size), size), { workers });
