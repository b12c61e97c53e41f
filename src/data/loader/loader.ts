/**
 * Batches in the order of a run, fetched and augmented ahead on other threads. A batch depends on its plan and the seed
 * alone, never on the number of threads.
 */
import { availableThreads } from "#platform";
import { checkList, checkOptions, describeGiven, OptionError } from "../../array/index.ts";
import type { Augmentation } from "../augment/index.ts";
import { augmentPasses } from "../augment/passes.ts";
import { checkIsDataset, rowRange, sampleCount } from "../batches.ts";
import type { Column } from "../columns/column.ts";
import { columnsOf } from "../columns/table.ts";
import { takeBatch } from "../columns/take.ts";
import type { AnyDataset, Batch, Columns, Samples } from "../dataset.ts";
import { type AugmentSetting, augmented, type BatchOf, type BatchPlan, type PreparedBatch } from "./loader-messages.ts";
import { canRunThreads, LoaderPool, sourcesOf } from "./loader-pool.ts";

export type { BatchOf, BatchPlan, PreparedBatch };

/** Options of `Loader`. */
export interface LoaderOptions {
  /** Steps of augmentation, in order. Default: none. */
  readonly augment?: readonly Augmentation[] | undefined;
  /** Seed of the augmentation. Default 0. */
  readonly seed?: number | undefined;
  /**
   * Threads that prepare batches ahead; with 0 each batch is prepared on demand. If rows are in memory and not augmented, no
   * thread is started. Default: 1 if threads are available, else 0.
   */
  readonly workers?: number | undefined;
  /** The columns that are needed: others may be missing in batches, and are not fetched. Default: all. */
  readonly columns?: readonly string[] | undefined;
}

const MOST_WORKERS = 64;

/** @throws OptionError unless it is a valid number of threads */
export function checkWorkers(workers: number | undefined): void {
  if (workers === undefined || (Number.isInteger(workers) && workers >= 0 && workers <= MOST_WORKERS)) return;
  throw new OptionError(`workers must be an integer from 0 to ${MOST_WORKERS}, got ${workers}`);
}

/**
 * The columns that batches are made of. Augmentation takes all that it knows how to change along: what it draws depends on
 * which there are.
 * @throws OptionError for a column that there is none of
 */
function neededColumns(
  columns: Columns,
  needed: readonly string[] | undefined,
  augment: readonly Augmentation[],
): Columns {
  if (needed === undefined) return columns;
  const stranger = needed.find((name) => !Object.hasOwn(columns, name));
  if (stranger !== undefined)
    throw new OptionError(
      `Loader: there is no column '${stranger}', the columns are ${Object.keys(columns).join(", ")}`,
    );
  const goesAlong = ({ kind }: Column): boolean => augment.length > 0 && typeof kind.augment === "string";
  return Object.fromEntries(
    Object.entries(columns).filter(([name, column]) => needed.includes(name) || goesAlong(column)),
  );
}

function workersFor(columns: Columns, augment: readonly Augmentation[], wanted: number | undefined): number {
  const isWork = augment.length > 0 || Object.keys(sourcesOf(columns)).length > 0;
  if (!isWork) return 0;
  return wanted ?? (canRunThreads && availableThreads() > 1 ? 1 : 0);
}

/** Prepares batches in the order of their plans, on other threads if they need preparation. */
export class Loader<D extends AnyDataset = Samples> {
  readonly #plans: Iterator<BatchPlan>;
  readonly #prepare: (plan: BatchPlan) => Promise<BatchOf<D>>;
  readonly #pool: LoaderPool | undefined;
  readonly #ahead: number;
  readonly #queue: Promise<BatchOf<D>>[] = [];
  #waited = 0;

  /**
   * @param plans the batches, in order; read ahead
   * @throws OptionError for an invalid number of workers, DataError unless it is a data set, ShapeError for steps that do
   *   not suit it
   */
  constructor(data: D, plans: Iterable<BatchPlan>, options: LoaderOptions = {}) {
    checkIsDataset(data);
    checkOptions("Loader", options);
    const { augment = [], seed = 0, workers, columns: needed } = options;
    checkList("Loader", "steps of augmentation, such as flip()", augment);
    checkWorkers(workers);
    if (typeof plans?.[Symbol.iterator] !== "function")
      throw new OptionError(`Loader: expects a list of plans, { epoch, rows }, got ${describeGiven(plans)}`);
    const columns = neededColumns(columnsOf(data), needed, augment);
    const setting = { augment, passes: augmentPasses(data, augment), seed };
    const count = workersFor(columns, augment, workers);
    this.#plans = plans[Symbol.iterator]();
    this.#pool = count === 0 ? undefined : new LoaderPool(columns, count, setting);
    const prepare = prepareWith(columns, sampleCount(data), setting, this.#pool, workers === undefined);
    // The arrays of a batch have the names of the data set's columns.
    this.#prepare = prepare as (plan: BatchPlan) => Promise<BatchOf<D>>;
    // One batch in progress per thread, plus one ready.
    this.#ahead = count === 0 ? 0 : count + 1;
  }

  /** The total time spent waiting for batches, in milliseconds. */
  get waited(): number {
    return this.#waited;
  }

  /** The next batch; undefined when there are no more. */
  async next(): Promise<BatchOf<D> | undefined> {
    const start = performance.now();
    this.#fill(this.#ahead + 1);
    const batch = await this.#queue.shift();
    this.#fill(this.#ahead);
    this.#waited += performance.now() - start;
    return batch;
  }

  /** Ends the threads and discards pending batches. */
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

/** On the calling thread or on a pool; threads that cannot run are an error only if requested. */
function prepareWith(
  columns: Columns,
  count: number,
  setting: AugmentSetting,
  pool: LoaderPool | undefined,
  isOptional: boolean,
): (plan: BatchPlan) => Promise<Batch> {
  const here = async (plan: BatchPlan): Promise<Batch> => augmented(await takeBatch(columns, plan.rows), plan, setting);
  const prepare =
    pool &&
    ((plan: BatchPlan) =>
      pool.prepare(plan).catch((error) => {
        if (isOptional && pool.isBroken) return here(plan);
        throw error;
      }));
  return async (plan) => (prepare ?? here)(checkPlan(plan, count));
}

/** @throws OptionError unless it has valid sample indices */
function checkPlan(plan: BatchPlan, count: number): BatchPlan {
  const rows: unknown = plan?.rows;
  const wrong = rows instanceof Int32Array ? rows.find((row) => !(row >= 0 && row < count)) : rows;
  if (rows instanceof Int32Array && wrong === undefined) return plan;
  throw new OptionError(
    `Loader: the rows of a plan must be an Int32Array of numbers below ${count}, got ${describeGiven(wrong)}`,
  );
}

/** The plans of batches of `size` samples, the last with the rest, in the given order. */
export function* plansOf(order: Int32Array, size: number, epoch = 0): Generator<BatchPlan> {
  for (let from = 0; from < order.length; from += size) yield { epoch, rows: order.slice(from, from + size) };
}

/**
 * The batches of the plans, prepared ahead; the threads end with the loop. @throws OptionError for an invalid number of
 * workers
 */
export async function* preparedBatches<D extends AnyDataset>(
  data: D,
  plans: Iterable<BatchPlan>,
  options: LoaderOptions,
): AsyncGenerator<BatchOf<D>, void> {
  const loader = new Loader(data, plans, options);
  try {
    for (let next = await loader.next(); next !== undefined; next = await loader.next()) yield next;
  } finally {
    loader.stop();
  }
}

/** One pass over a data set, in order. */
export const batchesInOrder = <D extends AnyDataset>(
  data: D,
  size: number,
  options: Pick<LoaderOptions, "workers" | "columns">,
): AsyncGenerator<BatchOf<D>, void> => preparedBatches(data, plansOf(rowRange(0, sampleCount(data)), size), options);
