/** From measured times to figures: rates, shares of the peak, and ratios between contestants. */
import type { Outcome } from "./contest.ts";
import { mapSpread, ratioOf, type Spread, spreadOf } from "./statistics.ts";

export interface Figure {
  readonly work: string;
  readonly by: string;
  readonly threads: number;
  readonly runs: number;
  readonly milliseconds: Spread;
  /** In the unit of the section, if that is a rate. */
  readonly rate?: Spread;
  /** The rate as a share of the reference's. */
  readonly share?: Spread;
  /** How many times as fast `against` is, on the same number of threads; for the lead itself, as on one thread. */
  readonly ratio?: Spread;
  /** The engine of the ratio; absent for the lead itself. */
  readonly against?: string | undefined;
}

export interface Marked {
  readonly work: string;
  readonly amount: number;
  /** Whether figures are amounts per time rather than times. */
  readonly isRate: boolean;
  /** The engine that all others are compared with. */
  readonly lead?: string;
  /** What the figures of Fovea's engines are shares of, by the engines' names. */
  readonly references?: ReadonlyMap<string, Reference>;
}

export interface Reference {
  readonly outcome: Outcome;
  /** Whether each thread has its own, as with multiply-adds, or all share one, as with memory. */
  readonly eachThread: boolean;
}

export const figuresOf = (outcomes: readonly Outcome[], marked: Marked): Figure[] =>
  outcomes.map((outcome) => figureOf(outcome, outcomes, marked));

function figureOf(outcome: Outcome, all: readonly Outcome[], marked: Marked): Figure {
  const { work, amount, isRate, lead, references } = marked;
  const { contestant, rounds } = outcome;
  const reference = references?.get(contestant.by);
  const own = contestant.amount ?? amount;
  const milliseconds = spreadOf(rounds);
  return {
    work,
    by: contestant.by,
    threads: contestant.threads,
    runs: rounds.flat().length,
    milliseconds,
    ...(isRate && { rate: mapSpread(milliseconds, (ms) => own / ms / 1e6) }),
    ...(reference && { share: shareOf(outcome, own, reference) }),
    ...ratioFor(outcome, all, lead),
  };
}

function shareOf({ contestant, rounds }: Outcome, amount: number, { outcome, eachThread }: Reference): Spread {
  const factor = amount / outcome.contestant.amount! / (eachThread ? contestant.threads : 1);
  return mapSpread(ratioOf(outcome.rounds, rounds), (times) => times * factor);
}

function ratioFor(outcome: Outcome, all: readonly Outcome[], lead?: string): Pick<Figure, "ratio" | "against"> {
  const { by, threads, amount, against = lead } = outcome.contestant;
  if (amount !== undefined) return {};
  const leads = all.filter(({ contestant }) => contestant.by === against);
  if (by !== lead) {
    const rival = leads.findLast(({ contestant }) => contestant.threads <= threads) ?? leads[0];
    return rival === undefined ? {} : { ratio: ratioOf(outcome.rounds, rival.rounds), against };
  }
  const single = leads.find(({ contestant }) => contestant.threads === 1);
  return threads === 1 || single === undefined ? {} : { ratio: ratioOf(single.rounds, outcome.rounds) };
}
