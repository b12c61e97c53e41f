/** The contestants: Fovea on its engines, the peaks of the machine, and the peers that are installed. */
import { type Engine, engineNames, openEngine } from "../engines/index.ts";
import { memoryCopy } from "./chains.ts";
import { type Contestant, repeat } from "./contest.ts";
import type { Job, PeerJob } from "./jobs.ts";
import type { NetFiles } from "./nets.ts";
import type { Peer, PeerOrder } from "./peers.ts";
import { programFor } from "./programs.ts";

export interface Player {
  readonly by: string;
  readonly threads: number;
  /** Of Fovea's engines: see `Engine`. */
  readonly arithmetic?: string;
  readonly does: (job: Job) => boolean;
  /** @throws Error that says why it cannot do this job */
  readonly prepare: (job: Job) => Promise<Contestant>;
}

const INTERPRETER = "interpreter";

/** The engines that a name stands for, best first: `auto` stands for all compiled engines. */
const enginesOf = (name: string): readonly string[] =>
  name === "auto" ? engineNames.filter((engine) => !["auto", INTERPRETER].includes(engine)) : [name];

function enginePlayer(engine: Engine, threads: number, does: Player["does"] = () => true): Player {
  const { name: by, arithmetic } = engine;
  const prepare = async (job: Job): Promise<Contestant> => {
    const run = programFor(job, engine);
    // The first run prepares the weights, as peers do when they load a network.
    if (job.kind === "net") await run();
    return { by, threads, run: (milliseconds) => repeat(run, milliseconds) };
  };
  return { by, threads, arithmetic, does, prepare };
}

/** A contestant that does not take part. */
export interface Absence {
  readonly by: string;
  readonly reason: string;
}

/** Fovea's engines with each number of threads; the best engine comes first. */
export async function foveaPlayers(
  name: string,
  threadCounts: readonly number[],
): Promise<{ readonly players: readonly Player[]; readonly missing: readonly Absence[] }> {
  const players: Player[] = [];
  const missing = new Map<string, Absence>();
  for (const by of enginesOf(name)) {
    for (const threads of threadCounts) {
      try {
        players.push(enginePlayer(await openEngine(by, { threads }), threads));
      } catch (error) {
        const { message: reason } = error as Error;
        if (!missing.has(reason)) missing.set(reason, { by: nameOf({ by, threads }), reason });
      }
    }
  }
  return { players, missing: [...missing.values()] };
}

/** The interpreter, to show what compiling gains. It takes part only in the steps of LeNet-5. */
export const interpreterPlayer = async (): Promise<Player> =>
  enginePlayer(await openEngine(INTERPRETER), 1, ({ kind }) => kind === "lenet");

export const peerPlayer = (peer: Peer, files: NetFiles): Player => ({
  by: peer.name,
  threads: peer.threads,
  does: ({ kind }) => peer.jobs.includes(kind),
  prepare: async (job) => {
    const order = await orderOf(job as PeerJob, files);
    await peer.prepare(order);
    const { name: by, threads, against } = peer;
    return { by, threads, against, run: (milliseconds) => peer.run(order, milliseconds) };
  },
});

const orderOf = async (job: PeerJob, files: NetFiles): Promise<PeerOrder> =>
  job.kind === "net" ? { ...job, file: await files.pathOf(job) } : job;

export function copyContestant(): Contestant {
  const { bytes, run } = memoryCopy();
  return { by: "memory copy", threads: 1, amount: bytes, run: (milliseconds) => repeat(run, milliseconds) };
}

/** The name of a contestant in a sentence. */
export const nameOf = ({ by, threads }: Pick<Player, "by" | "threads">): string =>
  threads === 1 ? by : `${by}, ${threadsText(threads)}`;

export const threadsText = (threads: number): string => `${threads} ${threads === 1 ? "thread" : "threads"}`;
