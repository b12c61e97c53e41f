/**
 * Whether a step is worth dividing among threads. On a quiet machine it is; where other processes take the processors, each
 * barrier waits for a thread that is not running, and one thread is several times as fast. The results have the same bits,
 * so the choice is free, and it is made by the clock: now and then the other way is tried for a few steps, as often as its
 * cost allows.
 *
 * A stay is a run of steps in one way; a short one is a visit. What a visit took beyond the other way's time is its cost, and
 * it is not repeated before that is a small part of the time since. A long stay that ends may have met one slow step, so it
 * is tried again at once.
 *
 * Programs of similar sizes over one memory, such as the steps for batches of several lengths, share what they find: times are
 * counted in proportion to the work.
 */

/** One way to run a step. */
interface Way {
  /** The time a step takes, averaged over recent ones; infinite until it was tried. */
  mean: number;
  /** The clock from which on it is tried again, and from which on if the present way has become slower than it was. */
  next: number;
  early: number;
  /** Steps of the last stay, and what they took beyond the other way's time. */
  steps: number;
  cost: number;
}

/** Steps before a stay may end, by how many times as long as the other way's they take; 0 where that was never tried. */
const leastSteps = (ratio: number): number => {
  if (ratio > 1.5) return 1;
  return ratio === 0 || ratio > 1 ? 3 : 8;
};
/** A visit has fewer steps. */
const LONG_STEPS = 32;
/** Of the last step in an average over many: one slow step in hundreds does not end a stay, one in ten does. */
const WEIGHT = 1 / 16;
/** The time between visits as a multiple of their cost; where there is evidence for the other way, less. */
const RARE = 100;
const OFTEN = 30;

const way = (): Way => ({ mean: Number.POSITIVE_INFINITY, next: 0, early: 0, steps: 0, cost: 0 });

export class Pace {
  #now: Way = way();
  #other: Way = way();
  #isDivided = true;
  /** The time that steps have taken in all. */
  #clock = 0;

  /** Whether to divide the next step. */
  get isDivided(): boolean {
    return this.#isDivided;
  }

  /** @param time what the last step took, in any unit */
  record(time: number): void {
    const [now, other] = [this.#now, this.#other];
    this.#clock += time;
    now.steps++;
    now.cost += time - other.mean;
    now.mean = now.steps === 1 ? time : now.mean + (time - now.mean) * Math.max(WEIGHT, 1 / now.steps);
    const isSlower = now.mean > other.mean;
    if (now.steps < leastSteps(now.mean / other.mean)) return;
    if (this.#clock >= (isSlower ? other.early : other.next)) this.#change();
  }

  #change(): void {
    const [left, taken] = [this.#now, this.#other];
    const cost = left.steps < LONG_STEPS ? Math.max(0, left.cost) : 0;
    left.early = this.#clock + OFTEN * cost;
    left.next = this.#clock + RARE * cost;
    // After a visit that did not pay the stay before it goes on.
    if (cost === 0) {
      taken.steps = 0;
      taken.cost = 0;
    }
    this.#now = taken;
    this.#other = left;
    this.#isDivided = !this.#isDivided;
  }
}
