/** From the times of a contest to figures: rates, shares of what the machine can do, and who is how many times as fast. */
import type { Outcome } from "./contest.ts";
import { FOVEA } from "./players.ts";
import { mapSpread, ratioOf, type Spread, spreadOf } from "./statistics.ts";

export interface Figure {
  readonly work: string;
  readonly by: string;
  readonly threads: number;
  readonly runs: number;
  readonly milliseconds: Spread;
  /** In the unit of the section, when that is one of speed. */
  readonly rate?: Spread;
  /** The rate as a share of the reference's. */
  readonly share?: Spread;
  /** How many times as fast Fovea is, with as many threads; of Fovea itself, how many times as fast as with one. */
  readonly ratio?: Spread;
}

export interface Marked {
  readonly work: string;
  readonly amount: number;
  /** Whether figures are amounts by time, rather than times. */
  readonly isRate: boolean;
  /** What the shares are of; each thread has its own multiply-adds, but all have one memory. */
  readonly reference?: { readonly outcome: Outcome; readonly eachThread: boolean };
}

export const figuresOf = (outcomes: readonly Outcome[], marked: Marked): Figure[] =>
  outcomes.map((outcome) => figureOf(outcome, outcomes, marked));

function figureOf(outcome: Outcome, all: readonly Outcome[], { work, amount, isRate, reference }: Marked): Figure {
  const { contestant, rounds } = outcome;
  const own = contestant.amount ?? amount;
  const milliseconds = spreadOf(rounds);
  return {
    work,
    by: contestant.by,
    threads: contestant.threads,
    runs: rounds.flat().length,
    milliseconds,
    ...(isRate && { rate: mapSpread(milliseconds, (ms) => own / ms / 1e6) }),
    ...(reference && contestant.by === FOVEA && { share: shareOf(outcome, own, reference) }),
    ...ratioFor(outcome, all),
  };
}

function shareOf({ contestant, rounds }: Outcome, amount: number, reference: NonNullable<Marked["reference"]>): Spread {
  const { outcome, eachThread } = reference;
  const factor = amount / outcome.contestant.amount! / (eachThread ? contestant.threads : 1);
  return mapSpread(ratioOf(outcome.rounds, rounds), (times) => times * factor);
}

function ratioFor(outcome: Outcome, all: readonly Outcome[]): { ratio?: Spread } {
  const { by, threads, amount } = outcome.contestant;
  if (amount !== undefined) return {};
  const fovea = all.filter(({ contestant }) => contestant.by === FOVEA);
  if (by !== FOVEA) {
    const against = fovea.findLast(({ contestant }) => contestant.threads <= threads) ?? fovea[0];
    return against === undefined ? {} : { ratio: ratioOf(outcome.rounds, against.rounds) };
  }
  const single = fovea.find(({ contestant }) => contestant.threads === 1);
  return threads === 1 || single === undefined ? {} : { ratio: ratioOf(single.rounds, outcome.rounds) };
}
