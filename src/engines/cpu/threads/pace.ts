/**
 * Whether a step is worth dividing among threads. On a quiet machine it is; where other processes take the processors, each
 * barrier waits for a thread that is not running, and one thread is several times as fast. The results have the same bits,
 * so the choice is free, and it is made by the clock: now and then the other way is tried for a few steps, as often as its
 * cost allows.
 *
 * A stay is a run of steps in one way; a short one is a visit. What a visit took beyond the other way's time is its cost, and
 * it is not repeated before that is a small part of the time since. A long stay that ends may have met one slow step, so it
 * is tried again at once.
 */

/** One way to run a step. */
interface Way {
  /** Milliseconds a step takes, averaged over recent ones; infinite until it was tried. */
  mean: number;
  /** The clock from which on it is tried again, and from which on if the present way has become slower than it was. */
  next: number;
  early: number;
}

/** Steps before a stay may end: because the other way is faster or unknown, or for another trial of it. */
const LEAST_STEPS = 3;
const LEAST_STEPS_BETWEEN_TRIALS = 8;
/** A visit has fewer steps. */
const LONG_STEPS = 32;
/** Of the last step in an average over many. */
const WEIGHT = 1 / 8;
/** The time between visits as a multiple of their cost; where there is evidence for the other way, less. */
const RARE = 100;
const OFTEN = 30;

const way = (): Way => ({ mean: Number.POSITIVE_INFINITY, next: 0, early: 0 });

export class Pace {
  #now: Way = way();
  #other: Way = way();
  #isDivided = true;
  /** The program's first step, which fills caches, does not count. */
  #isFirst = true;
  /** The time that steps have taken in all. */
  #clock = 0;
  /** Of the present stay. */
  #steps = 0;
  #cost = 0;

  /** Whether to divide the next step. */
  get isDivided(): boolean {
    return this.#isDivided;
  }

  /** @param milliseconds what the last step took */
  record(milliseconds: number): void {
    const [now, other] = [this.#now, this.#other];
    if (this.#isFirst) {
      this.#isFirst = false;
      return;
    }
    this.#clock += milliseconds;
    this.#steps++;
    this.#cost += milliseconds - other.mean;
    now.mean =
      this.#steps === 1 ? milliseconds : now.mean + (milliseconds - now.mean) * Math.max(WEIGHT, 1 / this.#steps);
    const isSlower = now.mean > other.mean;
    const isSettled = !isSlower && Number.isFinite(other.mean);
    if (this.#steps < (isSettled ? LEAST_STEPS_BETWEEN_TRIALS : LEAST_STEPS)) return;
    if (this.#clock >= (isSlower ? other.early : other.next)) this.#change();
  }

  #change(): void {
    const left = this.#now;
    const cost = this.#steps < LONG_STEPS ? Math.max(0, this.#cost) : 0;
    left.early = this.#clock + OFTEN * cost;
    left.next = this.#clock + RARE * cost;
    this.#now = this.#other;
    this.#other = left;
    this.#isDivided = !this.#isDivided;
    this.#steps = 0;
    this.#cost = 0;
  }
}
