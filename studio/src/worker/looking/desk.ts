/** Long work, one piece at a time: a new one ends the last. */
import type { OpenRun } from "../open-run.ts";

/** What work fails with that was stopped. */
export class Stopped extends Error {
  constructor() {
    super("stopped");
    this.name = "Stopped";
  }
}

export class Desk {
  #stop = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  stop(): void {
    this.#stop.abort();
  }

  /** @param task calls `check` where it may end, which throws when the work was stopped */
  work<T>(task: (check: () => void) => Promise<T>): Promise<T> {
    this.stop();
    const own = new AbortController();
    this.#stop = own;
    const check = (): void => {
      if (own.signal.aborted) throw new Stopped();
    };
    const next = this.#last.then(() => {
      check();
      return task(check);
    });
    this.#last = next.catch(() => undefined);
    return next;
  }
}

const desks = new WeakMap<OpenRun, Desk>();

export function deskOf(run: OpenRun): Desk {
  const desk = desks.get(run) ?? new Desk();
  desks.set(run, desk);
  return desk;
}
