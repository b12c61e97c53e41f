/** A question to the worker that takes a while: parts of the answer as they come, how far it is, and how it ended. */
import { proxy } from "comlink";
import { untrack } from "svelte";
import { run } from "../../../state/run.svelte.ts";

export type InquiryState = "idle" | "waiting" | "working" | "done" | "stopped" | "failed";

/** A question as progress bars and sections see it. */
export type AnyInquiry = Pick<
  Inquiry<unknown>,
  "value" | "state" | "share" | "secondsLeft" | "problem" | "isBusy" | "stop"
>;

/** All questions of the page follow each other. */
let last: Promise<unknown> = Promise.resolve();

export class Inquiry<T> {
  /** What is known so far. */
  value = $state.raw<T | undefined>();
  state = $state<InquiryState>("idle");
  /** From 0 to 1. */
  share = $state(0);
  secondsLeft = $state<number | undefined>();
  problem = $state<string | undefined>();
  /** Only the last question counts. */
  #turn = 0;

  get isBusy(): boolean {
    return this.state === "waiting" || this.state === "working";
  }

  /**
   * Asks when the questions before it are answered; a question of its own that is still open ends.
   * @param find calls back with parts, through `onPart`, which crosses threads
   */
  ask(find: (onPart: (part: T | undefined, share: number) => void) => Promise<T | undefined>): Promise<void> {
    const turn = ++this.#turn;
    const isCurrent = (): boolean => turn === this.#turn;
    untrack(() => {
      if (this.state === "working") void run.session.stopLooking();
    });
    Object.assign(this, { state: "waiting", share: 0, secondsLeft: undefined, problem: undefined });
    const next = last.then(async () => {
      if (!isCurrent()) return;
      this.state = "working";
      const start = performance.now();
      const onPart = (part: T | undefined, share: number): void => {
        if (!isCurrent()) return;
        if (part !== undefined) this.value = part;
        this.progress(share, start);
      };
      try {
        const found = await find(proxy(onPart));
        if (!isCurrent()) return;
        if (found !== undefined) this.value = found as T;
        this.state = "done";
      } catch (error) {
        if (!isCurrent()) return;
        const { name, message } = error as Error;
        this.state = name === "Stopped" ? "stopped" : "failed";
        if (this.state === "failed") this.problem = message;
      }
    });
    last = next;
    return next;
  }

  progress(share: number, start: number): void {
    this.share = share;
    const seconds = (performance.now() - start) / 1000;
    this.secondsLeft = share > 0.02 ? (seconds / share) * (1 - share) : undefined;
  }

  /** Ends the work; what was found so far stays. */
  stop(): void {
    if (this.state === "working") void run.session.stopLooking();
    else if (this.state === "waiting") {
      this.#turn++;
      this.state = "stopped";
    }
  }

  /** Forgets question and answer. */
  clear(): void {
    if (this.state === "working") void run.session.stopLooking();
    this.#turn++;
    Object.assign(this, { state: "idle", share: 0, value: undefined, problem: undefined });
  }
}
