/** The module worker that trains: takes settings, posts what came of them. */
import { type Outcome, type Settings, type Start, train } from "./training.ts";

export type Reply = (Outcome & Threads) | { readonly error: string };

export interface Threads {
  /** How many threads the engine started beside this one. */
  readonly started: number;
  /** How often it woke one. */
  readonly woken: number;
}

const threads = { started: 0, woken: 0 };

globalThis.Worker = class extends Worker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    threads.started++;
  }

  override postMessage(message: { readonly kind?: string }): void {
    if (message.kind === "run") threads.woken++;
    super.postMessage(message);
  }
};

addEventListener("message", async ({ data }: MessageEvent<{ start: Start; settings: Settings }>) => {
  try {
    const reply: Reply = { ...(await train(data.start, data.settings)), ...threads };
    postMessage(reply);
  } catch (error) {
    const reply: Reply = { error: String(error instanceof Error ? error.stack : error) };
    postMessage(reply);
  }
});
