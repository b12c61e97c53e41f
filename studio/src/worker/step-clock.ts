/** How long steps take: a mean over the last ones. */
const STEPS = 20;

export class StepClock {
  #times: number[] = [];

  tick(): void {
    this.#times.push(performance.now());
    if (this.#times.length > STEPS) this.#times.shift();
  }

  /** Forgets, after something other than steps. The last mean stays until there is another. */
  reset(): void {
    this.#last = this.milliseconds;
    this.#times = [];
  }

  #last = 0;

  /** Of one step; 0 before there are two. */
  get milliseconds(): number {
    const times = this.#times;
    return times.length < 2 ? this.#last : (times[times.length - 1] - times[0]) / (times.length - 1);
  }
}
