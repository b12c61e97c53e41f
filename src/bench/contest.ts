/** Measuring side by side: contestants take turns, so that what disturbs the machine disturbs all of them. */
import type { Rounds } from "./statistics.ts";

/** A runner of one job. */
export interface Contestant {
  readonly by: string;
  readonly threads: number;
  /** What one run comes to, in the unit of the job, where that is not the job's own amount. */
  readonly amount?: number;
  /** The contestant that it is compared with, where that is not the lead. */
  readonly against?: string | undefined;
  /** Runs for about so long, once at least, and gives each run's time in milliseconds. */
  readonly run: (milliseconds: number) => Promise<readonly number[]>;
}

export interface Outcome {
  readonly contestant: Contestant;
  readonly rounds: Rounds;
  /** Why it gave up, if it did; what it had measured until then does not count. */
  readonly failure?: string;
}

const ROUNDS = 10;
/** Every so many rounds everybody takes part: three times at least, however slow. */
const FULL_ROUND = 4;
/** How long a contestant runs unmeasured at first: code is compiled, caches and branch predictors are filled. */
const WARM_UP_MS = 100;
/** In shares: one whose warm-up takes longer is not run again, and the warm-up is its measurement. */
const TOO_SLOW = 4;

class Entry implements Outcome {
  readonly contestant: Contestant;
  rounds: (readonly number[])[] = [];
  failure: string | undefined;
  used = 0;

  constructor(contestant: Contestant) {
    this.contestant = contestant;
  }

  async run(milliseconds: number): Promise<readonly number[]> {
    try {
      return await this.contestant.run(milliseconds);
    } catch (error) {
      this.failure = (error as Error).message;
      return [];
    }
  }

  async warmUp(share: number): Promise<void> {
    const times = await this.run(WARM_UP_MS);
    if (total(times) <= TOO_SLOW * Math.max(share, WARM_UP_MS)) return;
    this.rounds.push(times);
    this.used = Infinity;
  }

  async takeTurn(round: number, share: number): Promise<void> {
    if (this.used === Infinity || this.failure !== undefined) return;
    const isDue = this.used <= (share * round) / ROUNDS || round % FULL_ROUND === 0;
    const times = isDue ? await this.run(share / ROUNDS) : [];
    this.rounds.push(times);
    this.used += total(times);
  }
}

/**
 * Lets every contestant warm up, and then run in turns, every second round in the opposite order. Each has a share of
 * so many milliseconds, a slice in each round, and misses turns when it has used more. `beforeRound` may wait.
 */
export async function compete(
  contestants: readonly Contestant[],
  share: number,
  beforeRound: () => Promise<void> = async () => undefined,
): Promise<Outcome[]> {
  const entries = contestants.map((contestant) => new Entry(contestant));
  for (const entry of entries) await entry.warmUp(share);
  for (let round = 0; round < ROUNDS; round++) {
    await beforeRound();
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) await entry.takeTurn(round, share);
  }
  return entries;
}

const total = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0);

/** Runs again and again for about so long, once at least. */
export async function repeat(run: () => unknown, milliseconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  let start = performance.now();
  do {
    await run();
    const now = performance.now();
    times.push(now - start);
    start = now;
  } while (start < end);
  return times;
}
