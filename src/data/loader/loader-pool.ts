/** Threads that prepare batches for a loader. */
import { type ModuleThread, startModule } from "#platform";
import { CapabilityError, lengthName } from "../../array/index.ts";
import { isRagged } from "../columns/ragged.ts";
import { takeBatch } from "../columns/take.ts";
import type { Batch, Columns } from "../dataset.ts";
import type { RowsSource } from "../pictures/picture-rows.ts";
import {
  type AugmentSetting,
  type BatchPlan,
  type FromThread,
  type LoaderSetting,
  receive,
  restoreError,
  send,
  type ToThread,
  transferables,
} from "./loader-messages.ts";

/** The threads' module, beside this one and with the same extension. */
const [extension] = /\.[jt]s(?=$|\?)/.exec(import.meta.url) ?? [".js"];
const moduleUrl = new URL(`./loader-worker${extension}`, import.meta.url);

/** Whether threads can run the module: TypeScript would have to be compiled first. */
export const canRunThreads = moduleUrl.pathname.endsWith(".js");

interface Due {
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: Error) => void;
}

/** One thread and its pending batches. */
class Worker {
  readonly #thread: ModuleThread;
  readonly #due = new Map<number, Due>();
  failure: CapabilityError | undefined;

  constructor(setting: LoaderSetting) {
    this.#thread = startModule(moduleUrl, {
      onMessage: (message) => this.#settle(message as FromThread),
      onFailure: (reason) => this.#fail(reason),
    });
    this.#thread.post({ kind: "start", setting } satisfies ToThread);
  }

  order(message: Extract<ToThread, { kind: "prepare" }>): Promise<Batch> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure);
      this.#due.set(message.number, { resolve, reject });
      // A waiting caller must keep the process alive.
      this.#thread.hold(true);
      this.#thread.post(message, transferables(message.held));
    });
  }

  stop(): void {
    this.#thread.stop();
    this.#due.clear();
  }

  #settle(message: FromThread): void {
    const due = this.#due.get(message.number);
    this.#due.delete(message.number);
    if (this.#due.size === 0) this.#thread.hold(false);
    if ("error" in message) due?.reject(restoreError(message.error));
    else due?.resolve(receive(message.batch));
  }

  #fail(reason: string): void {
    this.failure = new CapabilityError(
      `a thread that prepares batches does not run (${reason}); workers: 0 prepares them on the calling thread`,
    );
    for (const { reject } of this.#due.values()) reject(this.failure);
    this.#due.clear();
  }
}

/** The sources of the columns that other threads can fetch. */
export function sourcesOf(columns: Columns): Readonly<Record<string, RowsSource>> {
  const found = Object.entries(columns).flatMap(([name, { values }]) =>
    "source" in values && values.source !== undefined ? [[name, values.source] as const] : [],
  );
  return Object.fromEntries(found);
}

/** The names of the arrays of a batch. */
const arrayNames = (columns: Columns): string[] =>
  Object.entries(columns).flatMap(([name, { values }]) => (isRagged(values) ? [name, lengthName(name)] : [name]));

export class LoaderPool {
  /** The columns that threads cannot fetch. */
  readonly #held: Columns;
  readonly #workers: readonly Worker[];
  #number = 0;

  constructor(columns: Columns, count: number, augmenting: AugmentSetting) {
    const sources = sourcesOf(columns);
    this.#held = Object.fromEntries(Object.entries(columns).filter(([name]) => !Object.hasOwn(sources, name)));
    const setting: LoaderSetting = { ...augmenting, sources, names: arrayNames(columns) };
    this.#workers = Array.from({ length: count }, () => new Worker(setting));
  }

  get isBroken(): boolean {
    return this.#workers.some(({ failure }) => failure !== undefined);
  }

  /** Threads take turns. Rows in memory are taken here, which is quick, and transferred to the thread. */
  async prepare(plan: BatchPlan): Promise<Batch> {
    const number = this.#number++;
    const worker = this.#workers[number % this.#workers.length];
    const held = send(await takeBatch(this.#held, plan.rows));
    return worker.order({ kind: "prepare", number, plan, held });
  }

  stop(): void {
    for (const worker of this.#workers) worker.stop();
  }
}
