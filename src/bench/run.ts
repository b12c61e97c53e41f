/** The benchmark as a stream of events: sections, figures, and contestants that were left out. */
import { chainLengths, compileTitles, measureChain, measureCompileTimes } from "./compile-time.ts";
import { compete } from "./contest.ts";
import { asEvent, type BenchEvent } from "./events.ts";
import { figuresOf } from "./figures.ts";
import { describeMachine } from "./machine.ts";
import { Measurement } from "./measurement.ts";
import { NetFiles } from "./nets.ts";
import { findPeak, peaks } from "./peak.ts";
import { startPeers } from "./peers.ts";
import { foveaPlayers, interpreterPlayer, peerPlayer } from "./players.ts";
import { quietMoments } from "./quiet.ts";
import { sections, type Topic } from "./sections.ts";
import { spreadOf } from "./statistics.ts";

export interface BenchOptions {
  /** The version of Fovea that is measured. */
  readonly version: string;
  readonly topics: readonly Topic[];
  readonly engine: string;
  /** Numbers of threads, smallest first. */
  readonly threads: readonly number[];
  /** Measuring time for each contestant in each job, in seconds. */
  readonly seconds: number;
  readonly peers: boolean;
  /** The longest total wait for moments when other processes are idle, in seconds. */
  readonly patience: number;
}

export async function* runBench(options: BenchOptions): AsyncGenerator<BenchEvent> {
  const { topics, threads, engine } = options;
  const chosen = sections.filter(({ topic }) => topics.includes(topic));
  const jobs = chosen.flatMap(({ works }) => works().map(({ job }) => job.kind));
  const machine = describeMachine(options.version);
  const fovea = await foveaPlayers(engine, threads);
  const engines = [...new Set(fovea.players.map(({ by }) => by))];
  const found = await startPeers(options.peers ? jobs : [], engines, threads);
  const files = new NetFiles();
  try {
    const names = found.peers.map(({ name, version }) => `${name} ${version}`);
    yield { event: "machine", machine, peers: [...new Set(names)] };
    for (const { by, reason } of [...fovea.missing, ...found.missing]) yield { event: "absent", by, reason };
    if (topics.includes("peak")) yield* measurePeaks(options);
    const players = [...fovea.players, ...found.peers.map((peer) => peerPlayer(peer, files))];
    if (engine !== "interpreter") players.push(await interpreterPlayer());
    const measurement = new Measurement(players, 1000 * options.seconds, quietMoments(1000 * options.patience));
    for (const section of chosen) yield* measurement.of(section);
    if (topics.includes("lenet")) yield* measureCompiling(engines);
    if (topics.includes("residual")) yield* measureChains(engines);
  } finally {
    for (const peer of found.peers) peer.stop();
    files.remove();
  }
}

async function* measurePeaks({ seconds }: BenchOptions): AsyncGenerator<BenchEvent> {
  yield { event: "section", title: "Multiply-adds in registers, one thread", unit: "GFLOP/s" };
  for (const peak of peaks()) {
    const outcomes = await compete([await findPeak(peak, "peak")], 1000 * seconds);
    yield* figuresOf(outcomes, { work: peak.title, amount: 0, isRate: true }).map(asEvent);
  }
}

const COMPILED_BATCH = 128;

async function* measureCompiling(engines: readonly string[]): AsyncGenerator<BenchEvent> {
  yield { event: "section", title: `LeNet-5, batch ${COMPILED_BATCH}, from function to program`, unit: "ms" };
  for (const by of engines) {
    const times = await measureCompileTimes({ engine: by, batch: COMPILED_BATCH });
    for (const [i, rounds] of times.entries()) {
      const milliseconds = spreadOf(rounds);
      yield asEvent({ work: compileTitles[i], by, threads: 1, runs: rounds.length, milliseconds });
    }
  }
}

const CHAIN_BATCH = 8;

async function* measureChains(engines: readonly string[]): AsyncGenerator<BenchEvent> {
  yield { event: "section", title: "Chain of residual blocks, a training step from function to program", unit: "ms" };
  for (const convolutions of chainLengths)
    for (const by of engines) {
      const rounds = await measureChain({ engine: by, batch: CHAIN_BATCH, convolutions });
      const work = `${convolutions} convolutions`;
      yield asEvent({ work, by, threads: 1, runs: rounds.length, milliseconds: spreadOf(rounds) });
    }
}
