/**
 * Whether a step is worth dividing among threads. On a quiet machine it is; where other processes take the processors, each
 * barrier waits for a thread that is not running, and one thread is several times as fast. The results have the same bits,
 * so the choice is free, and it is made by the clock: now and then the other way is tried for a few steps, as often as its
 * cost allows.
 *
 * Steps that are run one way without a change are a stay. What it cost is its time less what its steps would have taken the
 * other way; a stay is not repeated before that is a small part of the time that has passed since.
 */

/** One way to run a step. */
interface Way {
  /** Milliseconds a step takes, averaged over recent ones; infinite until it was tried. */
  mean: number;
  /** From when on it is tried again, and from when on if the present way turns out slower than it was. */
  next: number;
  early: number;
}

/** Steps of a trial; the first wakes threads or fills caches, and does not count. */
const TRIAL = 3;
/** Weight of the last step in an average over many. */
const WEIGHT = 1 / 8;
/** Trials take at most one part in so many of the time; where there is evidence for the other way, in fewer. */
const RARE = 100;
const OFTEN = 30;
/** The least time between a stay and the next trial, in steps. */
const LEAST_STEPS = 8;

const way = (): Way => ({ mean: Number.POSITIVE_INFINITY, next: 0, early: 0 });

export class Pace {
  #now: Way = way();
  #other: Way = way();
  #isDivided = true;
  /** The time that steps have taken in all. */
  #clock = 0;
  /** Of the present stay. */
  #steps = 0;
  #time = 0;

  /** Whether to divide the next step. */
  get isDivided(): boolean {
    return this.#isDivided;
  }

  /** @param milliseconds what the last step took */
  record(milliseconds: number): void {
    const [now, other] = [this.#now, this.#other];
    this.#clock += milliseconds;
    this.#time += milliseconds;
    this.#steps++;
    if (this.#steps === 1) return;
    if (this.#steps === 2) now.mean = milliseconds;
    else now.mean += (milliseconds - now.mean) * Math.max(WEIGHT, 1 / (this.#steps - 1));
    if (this.#steps < TRIAL) return;
    const isSlower = now.mean > other.mean;
    if (this.#clock >= (isSlower ? other.early : other.next)) this.#change();
  }

  #change(): void {
    const left = this.#now;
    const cost = Math.max(0, this.#time - this.#steps * this.#other.mean);
    left.early = this.#clock + OFTEN * cost;
    left.next = this.#clock + Math.max(LEAST_STEPS * left.mean, RARE * cost);
    this.#now = this.#other;
    this.#other = left;
    this.#isDivided = !this.#isDivided;
    this.#steps = 0;
    this.#time = 0;
  }
}
