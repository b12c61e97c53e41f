/** Measures the works of a section, one after the other, with all contestants that can do them. */
import { type Contestant, compete, type Outcome } from "./contest.ts";
import { type AbsentEvent, asEvent, type BenchEvent } from "./events.ts";
import { figuresOf, type Marked, type Reference } from "./figures.ts";
import type { Work } from "./jobs.ts";
import { findPeak, peaks } from "./peak.ts";
import { copyContestant, nameOf, type Player } from "./players.ts";
import type { Section } from "./sections.ts";
import { spreadOf } from "./statistics.ts";

/** A contestant is left out if a run is likely to take longer than this many of its shares of time. */
const PATIENCE = 10;

export class Measurement {
  readonly #players: readonly Player[];
  /** Milliseconds for each contestant in each job. */
  readonly #share: number;
  readonly #beforeRound: () => Promise<void>;
  /** By the engines that it is the peak of. */
  readonly #peaks = new Map<string, Promise<Contestant>>();
  /** The time of each contestant in the section's last job. */
  #paces = new Map<Player, { readonly milliseconds: number; readonly amount: number }>();

  constructor(players: readonly Player[], share: number, beforeRound: () => Promise<void>) {
    this.#players = players;
    this.#share = share;
    this.#beforeRound = beforeRound;
  }

  async *of(section: Section): AsyncGenerator<BenchEvent> {
    const { title, unit } = section;
    const references = await this.#references(section);
    yield { event: "section", title, unit, reference: section.reference, lead: this.#engines[0]?.by };
    this.#paces = new Map();
    for (const work of section.works()) yield* this.#work(work, section, references);
  }

  get #engines(): readonly Player[] {
    return this.#players.filter(({ arithmetic }) => arithmetic !== undefined);
  }

  /** What each engine's figures are shares of, by the engine's name. */
  async #references({ reference }: Section): Promise<ReadonlyMap<string, Contestant>> {
    const found = new Map<string, Contestant>();
    const copy = reference === "copy" ? copyContestant() : undefined;
    for (const { by, arithmetic } of reference === undefined ? [] : this.#engines) {
      const mark = copy ?? (await this.#peakOf(arithmetic!));
      if (mark !== undefined) found.set(by, mark);
    }
    return found;
  }

  #peakOf(arithmetic: string): Promise<Contestant> | undefined {
    const peak = peaks().find((one) => one.arithmetic === arithmetic);
    if (peak !== undefined && !this.#peaks.has(arithmetic)) this.#peaks.set(arithmetic, findPeak(peak, peak.by));
    return this.#peaks.get(arithmetic);
  }

  async *#work(work: Work, section: Section, references: ReadonlyMap<string, Contestant>): AsyncGenerator<BenchEvent> {
    yield { event: "work", work: work.title };
    const { ready, absent } = await this.#assemble(work);
    const contestants = [...ready.keys(), ...new Set(references.values())];
    const outcomes = await compete(contestants, this.#share, this.#beforeRound);
    const finished = outcomes.filter(({ failure }) => failure === undefined);
    for (const { contestant, rounds } of finished) {
      const player = ready.get(contestant);
      if (player) this.#paces.set(player, { milliseconds: spreadOf(rounds).best, amount: work.amount });
    }
    const marks = [...references].flatMap(([by, mark]): [string, Reference][] => {
      const outcome = finished.find(({ contestant }) => contestant === mark);
      return outcome === undefined ? [] : [[by, { outcome, eachThread: section.reference === "peak" }]];
    });
    const marked: Marked = {
      ...{ work: work.title, amount: work.amount, isRate: section.unit !== "ms" },
      ...{ lead: this.#engines[0]?.by, references: new Map(marks) },
    };
    yield* figuresOf(finished, marked).map(asEvent);
    yield* [...absent, ...failures(outcomes, work)];
  }

  /** The contestants that can do it, ready to run, and those that cannot. */
  async #assemble(work: Work): Promise<{ ready: Map<Contestant, Player>; absent: AbsentEvent[] }> {
    const ready = new Map<Contestant, Player>();
    const absent: AbsentEvent[] = [];
    for (const player of this.#players.filter(({ does }) => does(work.job))) {
      try {
        ready.set(await this.#prepare(player, work), player);
      } catch (error) {
        absent.push({ event: "absent", by: nameOf(player), work: work.title, reason: (error as Error).message });
      }
    }
    return { ready, absent };
  }

  /** @throws Error that says why the player does not take part */
  async #prepare(player: Player, { job, amount }: Work): Promise<Contestant> {
    const pace = this.#paces.get(player);
    // For less than a share, time need not grow with the amount.
    if (pace !== undefined && pace.milliseconds > this.#share) {
      const expected = (pace.milliseconds * amount) / pace.amount;
      if (expected > PATIENCE * this.#share)
        throw new Error(`takes about ${(expected / 1000).toFixed(0)} s a run, which --seconds does not allow`);
    }
    return player.prepare(job);
  }
}

const failures = (outcomes: readonly Outcome[], { title }: Work): AbsentEvent[] =>
  outcomes.flatMap(({ contestant, failure: reason }) =>
    reason === undefined ? [] : [{ event: "absent", by: nameOf(contestant), work: title, reason }],
  );
