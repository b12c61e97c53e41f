/** Who takes part: Fovea on its engines, the machine itself as the mark to reach, and the peers that are installed. */
import { type Engine, selectEngine } from "../../engines/index.ts";
import { memoryCopy } from "./chains.ts";
import { type Contestant, repeat } from "./contest.ts";
import type { Job, PeerJob } from "./jobs.ts";
import type { Peer } from "./peers.ts";
import { programFor } from "./programs.ts";

export interface Player {
  readonly by: string;
  readonly threads: number;
  readonly does: (job: Job) => boolean;
  /** @throws Error that says why it cannot do this job */
  readonly prepare: (job: Job) => Promise<Contestant>;
}

/** What Fovea is called in tables. */
export const FOVEA = "Fovea";

function enginePlayer(by: string, engine: Engine, threads: number, does: Player["does"] = () => true): Player {
  const prepare = async (job: Job): Promise<Contestant> => {
    const run = programFor(job, engine);
    return { by, threads, run: (milliseconds) => repeat(run, milliseconds) };
  };
  return { by, threads, does, prepare };
}

/** Somebody who does not take part. */
export interface Absence {
  readonly by: string;
  readonly reason: string;
}

export function foveaPlayers(
  engine: string,
  threadCounts: readonly number[],
): { readonly players: readonly Player[]; readonly missing: readonly Absence[] } {
  const players: Player[] = [];
  const missing: Absence[] = [];
  for (const threads of threadCounts) {
    try {
      players.push(enginePlayer(FOVEA, selectEngine(engine, { threads }), threads));
    } catch (error) {
      missing.push({ by: nameOf({ by: FOVEA, threads }), reason: (error as Error).message });
    }
  }
  return { players, missing };
}

/** The meaning of every op, taken literally: what compiling is worth. It takes part in whole steps only. */
export const interpreterPlayer = (): Player =>
  enginePlayer("interpreter", selectEngine("interpreter"), 1, ({ kind }) => kind === "lenet");

export const peerPlayer = (peer: Peer): Player => ({
  by: peer.name,
  threads: peer.threads,
  does: ({ kind }) => peer.jobs.includes(kind),
  prepare: async (job) => {
    await peer.prepare(job as PeerJob);
    return { by: peer.name, threads: peer.threads, run: (milliseconds) => peer.run(job as PeerJob, milliseconds) };
  },
});

export function copyContestant(): Contestant {
  const { bytes, run } = memoryCopy();
  return { by: "memory copy", threads: 1, amount: bytes, run: (milliseconds) => repeat(run, milliseconds) };
}

/** How somebody is called in a sentence. */
export const nameOf = ({ by, threads }: Pick<Player, "by" | "threads">): string =>
  threads === 1 ? by : `${by}, ${threadsText(threads)}`;

export const threadsText = (threads: number): string => `${threads} ${threads === 1 ? "thread" : "threads"}`;
