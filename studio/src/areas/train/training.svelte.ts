/** What the area shows besides the run: the answers to held-out pictures, and what was opened of them. */
import { run } from "../../state/run.svelte.ts";
import type { Answers, Opened, Snapshot } from "../../worker/api.ts";
import { type Answered, answered, type Cell } from "./answered.ts";
import type { PictureOf } from "./pictures.ts";

/** Held-out pictures that are answered. */
const COUNT = 1000;
/** At least so long from one refreshing to the next while steps are taken, and no more than this share of the time. */
const LEAST_MILLISECONDS = 600;
const MOST_SHARE = 0.08;

class Training {
  answers = $state.raw<Answers | undefined>();
  /** The cell of the confusion matrix whose pictures are shown. */
  cell = $state.raw<Cell | undefined>();
  /** The picture that is shown with its label. */
  picture = $state.raw<PictureOf | undefined>();
  #isBusy = false;
  #next = 0;
  /** What the answers belong to. */
  #seen = "";

  /** The held-out pictures with their answers, the worst first. */
  readonly worstFirst: readonly Answered[] = $derived(
    this.answers === undefined ? [] : answered(this.answers).sort((a, b) => a.right - b.right),
  );

  /** Asks for new answers where the network is another one. While steps are taken, now and then and after each epoch. */
  look(opened: Opened, snapshot: Snapshot): void {
    const isMoving = snapshot.state === "training" && snapshot.moment.step > 0;
    if (this.#isBusy || snapshot.state === "compiling" || (isMoving && performance.now() < this.#next)) return;
    const key = keyOf(opened, snapshot);
    if (key === this.#seen) return;
    this.#isBusy = true;
    this.#seen = key;
    void this.#ask(opened).finally(() => {
      this.#isBusy = false;
      // What has come meanwhile and does not come again.
      if (run.opened !== undefined && run.snapshot !== undefined) this.look(run.opened, run.snapshot);
    });
  }

  async #ask(opened: Opened): Promise<void> {
    const start = performance.now();
    try {
      const answers = await run.session.answers(COUNT);
      if (run.opened === opened) this.answers = answers;
    } catch {
      // The run was opened anew meanwhile; its own snapshot asks again.
    }
    const taken = performance.now() - start;
    this.#next = performance.now() + Math.max(LEAST_MILLISECONDS, taken / MOST_SHARE);
  }

  /** Gives a picture another label. */
  relabel = async ({ part, row }: PictureOf, label: number): Promise<void> => run.relabel(part, row, label);
}

/** Runs by number. */
const numbers = new WeakMap<Opened, number>();
let runs = 0;

function keyOf(opened: Opened, { moment, relabeled }: Snapshot): string {
  if (!numbers.has(opened)) numbers.set(opened, ++runs);
  return JSON.stringify([numbers.get(opened), moment, relabeled]);
}

export const training = new Training();
