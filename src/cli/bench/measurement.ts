/** Measuring the works of a section, one after the other, with everybody who does them. */
import { hasRelaxedSimd } from "../../engines/cpu/wasm/probe.ts";
import { type Contestant, compete, type Outcome } from "./contest.ts";
import { type AbsentEvent, asEvent, type BenchEvent } from "./events.ts";
import { figuresOf, type Marked } from "./figures.ts";
import type { Work } from "./jobs.ts";
import { findPeak } from "./peak.ts";
import { copyContestant, nameOf, type Player } from "./players.ts";
import type { Section } from "./sections.ts";
import { spreadOf } from "./statistics.ts";

/** Somebody whose run is likely to take longer than this many of its shares is left out. */
const PATIENCE = 10;

export class Measurement {
  readonly #players: readonly Player[];
  /** Milliseconds for each contestant in each job. */
  readonly #share: number;
  readonly #beforeRound: () => Promise<void>;
  #peak: Promise<Contestant> | undefined;
  /** How long everybody took for the section's last job. */
  #paces = new Map<Player, { readonly milliseconds: number; readonly amount: number }>();

  constructor(players: readonly Player[], share: number, beforeRound: () => Promise<void>) {
    this.#players = players;
    this.#share = share;
    this.#beforeRound = beforeRound;
  }

  async *of(section: Section): AsyncGenerator<BenchEvent> {
    const { title, unit } = section;
    const reference = await this.#reference(section);
    yield { event: "section", title, unit, reference: reference?.by };
    this.#paces = new Map();
    for (const work of section.works()) yield* this.#work(work, section, reference);
  }

  async #reference({ reference }: Section): Promise<Contestant | undefined> {
    if (reference === "copy") return copyContestant();
    if (reference === "peak") this.#peak ??= findPeak("peak", hasRelaxedSimd());
    return reference && this.#peak;
  }

  async *#work(work: Work, section: Section, reference?: Contestant): AsyncGenerator<BenchEvent> {
    yield { event: "work", work: work.title };
    const { ready, absent } = await this.#assemble(work);
    const contestants = [...(reference ? [reference] : []), ...ready.keys()];
    const outcomes = await compete(contestants, this.#share, this.#beforeRound);
    const finished = outcomes.filter(({ failure }) => failure === undefined);
    for (const { contestant, rounds } of finished) {
      const player = ready.get(contestant);
      if (player) this.#paces.set(player, { milliseconds: spreadOf(rounds).best, amount: work.amount });
    }
    yield* figuresOf(finished, markedBy(work, section, reference && outcomes[0])).map(asEvent);
    yield* [...absent, ...failures(outcomes, work)];
  }

  /** Everybody who does it, ready to run, and those who cannot. */
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
    // Below a share it is not clear that time grows with the amount.
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

const markedBy = ({ title, amount }: Work, section: Section, reference?: Outcome): Marked => ({
  work: title,
  amount,
  isRate: section.unit !== "ms",
  reference: reference && { outcome: reference, eachThread: section.reference === "peak" },
});
