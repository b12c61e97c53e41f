/** The peers, each behind a small program in `bench/peers` that answers jobs line by line. */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { environment } from "#platform";
import type { Job, PeerJob } from "./jobs.ts";
import { LineProcess } from "./line-process.ts";

type JobKind = Job["kind"];

interface PeerKind {
  readonly name: string;
  /** Program and first arguments. */
  readonly command: () => readonly string[];
  readonly jobs: readonly JobKind[];
  /** Whether its number of threads can be set; otherwise it has one. */
  readonly threaded: boolean;
  /** The engine that it is compared with, where that is not the fastest one: the one that runs in the same places. */
  readonly against?: string;
}

const manifest = createRequire(import.meta.url).resolve("fovea/package.json");
const adapter = (file: string): string => join(dirname(manifest), "bench", "peers", file);
const python = (file: string) => (): string[] => [environment("FOVEA_PYTHON") ?? "python3", adapter(file)];
const node =
  (file: string, ...words: string[]) =>
  (): string[] => [process.execPath, adapter(file), ...words];

const peerKinds: readonly PeerKind[] = [
  {
    name: "PyTorch",
    command: python("pytorch.py"),
    jobs: [
      "conv",
      "matmul",
      "lenet",
      "recurrent",
      "language",
      "writing",
      "sentences",
      "residual",
      "net",
      "netStep",
      "pixels",
    ],
    threaded: true,
  },
  { name: "ONNX Runtime", command: node("onnxruntime.mjs"), jobs: ["conv", "matmul", "net"], threaded: true },
  {
    name: "ONNX Runtime Web",
    command: node("onnxruntime-web.mjs"),
    jobs: ["net"],
    threaded: true,
    against: "wasm",
  },
  { name: "TensorFlow.js wasm", command: node("tensorflowjs.mjs", "wasm"), jobs: ["conv", "matmul"], threaded: false },
  { name: "TensorFlow.js cpu", command: node("tensorflowjs.mjs", "cpu"), jobs: ["lenet"], threaded: false },
  { name: "ConvNetJS", command: node("convnetjs.mjs"), jobs: ["lenet"], threaded: false },
];

/** A job as a peer gets it: of a network, the ONNX file as well, for those that read one. */
export type PeerOrder = PeerJob & { readonly file?: string };

/** The first line of a peer. */
interface Greeting {
  readonly version?: string;
  readonly missing?: string;
}

interface Answer {
  readonly times?: readonly number[];
  readonly cannot?: string;
}

/** A peer that is running and waits for jobs. */
export class Peer {
  readonly name: string;
  readonly threads: number;
  readonly version: string;
  readonly jobs: readonly JobKind[];
  readonly against: string | undefined;
  readonly #process: LineProcess;

  constructor({ name, jobs, against }: PeerKind, threads: number, version: string, process: LineProcess) {
    this.name = name;
    this.against = against;
    this.threads = threads;
    this.version = version;
    this.jobs = jobs;
    this.#process = process;
  }

  /** @throws Error when the peer cannot do this */
  async prepare(job: PeerOrder): Promise<void> {
    await this.#ask({ job });
  }

  /** The time of each run, in milliseconds, as the peer measured it. */
  async run(job: PeerOrder, milliseconds: number): Promise<readonly number[]> {
    return (await this.#ask({ job, milliseconds })).times ?? [];
  }

  async #ask(request: { job: PeerOrder; milliseconds?: number }): Promise<Answer> {
    const answer = (await this.#process.ask(request)) as Answer;
    if (answer.cannot !== undefined) throw new Error(answer.cannot);
    return answer;
  }

  stop(): void {
    this.#process.stop();
  }
}

export interface Found {
  readonly peers: readonly Peer[];
  readonly missing: readonly { readonly by: string; readonly reason: string }[];
}

/** Starts every peer that can do one of the jobs and has an engine to be compared with, once for each number of threads. */
export async function startPeers(
  jobs: readonly JobKind[],
  engines: readonly string[],
  threadCounts: readonly number[],
): Promise<Found> {
  const wanted = peerKinds
    .filter(({ against }) => against === undefined || engines.includes(against))
    .filter((kind) => kind.jobs.some((job) => jobs.includes(job)))
    .flatMap((kind) => (kind.threaded ? threadCounts : [1]).map((threads) => ({ kind, threads })));
  const started = await Promise.all(wanted.map(({ kind, threads }) => startPeer(kind, threads)));
  const missing = new Map(started.flatMap((one) => (one instanceof Peer ? [] : [[one.by, one]])));
  return { peers: started.filter((one) => one instanceof Peer), missing: [...missing.values()] };
}

async function startPeer(kind: PeerKind, threads: number): Promise<Peer | { by: string; reason: string }> {
  const [program, ...words] = kind.command();
  const count = String(Math.min(threads, availableParallelism()));
  const process = new LineProcess(program, [...words, count], { OMP_NUM_THREADS: count });
  try {
    const { version, missing } = (await process.next()) as Greeting;
    if (missing === undefined) return new Peer(kind, threads, version ?? "", process);
    process.stop();
    return { by: kind.name, reason: missing };
  } catch (error) {
    return { by: kind.name, reason: (error as Error).message };
  }
}
