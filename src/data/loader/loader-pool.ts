/** Threads that prepare batches for a loader. */
import { type ModuleThread, startModule } from "#platform";
import { CapabilityError } from "../../array/index.ts";
import { takePictures } from "../batches.ts";
import type { Samples } from "../dataset.ts";
import {
  type BatchPlan,
  buffersOf,
  type FromThread,
  type LoaderSetting,
  labelsOf,
  type PreparedBatch,
  receive,
  restoreError,
  send,
  type ToThread,
} from "./loader-messages.ts";

/** The threads' module, beside this one and in the same language. */
const [extension] = /\.[jt]s(?=$|\?)/.exec(import.meta.url) ?? [".js"];
const moduleUrl = new URL(`./loader-worker${extension}`, import.meta.url);

/** Whether threads can run the module as it stands: TypeScript would have to be translated first. */
export const canRunThreads = moduleUrl.pathname.endsWith(".js");

interface Due {
  readonly resolve: (batch: PreparedBatch) => void;
  readonly reject: (error: Error) => void;
}

/** One thread, and the batches that it owes. */
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

  order(message: Extract<ToThread, { kind: "prepare" }>): Promise<PreparedBatch> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure);
      this.#due.set(message.number, { resolve, reject });
      // Nothing else may keep the process alive while the caller waits for a batch.
      this.#thread.hold(true);
      const moved = message.images === undefined ? [] : buffersOf(message.images);
      this.#thread.post(message, moved);
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
    else due?.resolve({ images: receive(message.images), labels: receive(message.labels) });
  }

  #fail(reason: string): void {
    this.failure = new CapabilityError(
      `a thread that prepares batches does not run (${reason}); workers: 0 prepares them on the calling thread`,
    );
    for (const { reject } of this.#due.values()) reject(this.failure);
    this.#due.clear();
  }
}

export class LoaderPool {
  readonly #data: Samples;
  readonly #workers: readonly Worker[];
  readonly #hasSource: boolean;
  #number = 0;

  constructor(data: Samples, count: number, setting: Omit<LoaderSetting, "source">) {
    const source = "source" in data.images ? data.images.source : undefined;
    this.#data = data;
    this.#hasSource = source !== undefined;
    this.#workers = Array.from({ length: count }, () => new Worker({ ...setting, source }));
  }

  get isBroken(): boolean {
    return this.#workers.some(({ failure }) => failure !== undefined);
  }

  /** Threads take turns. What lies in memory here is taken here, which is quick, and moves to the thread. */
  async prepare(plan: BatchPlan): Promise<PreparedBatch> {
    const number = this.#number++;
    const worker = this.#workers[number % this.#workers.length];
    const order = { kind: "prepare", number, plan, labels: send(labelsOf(this.#data, plan)) } as const;
    if (this.#hasSource) return worker.order(order);
    return worker.order({ ...order, images: send(await takePictures(this.#data.images, plan.rows)) });
  }

  stop(): void {
    for (const worker of this.#workers) worker.stop();
  }
}
