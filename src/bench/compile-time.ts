/**
 * The time from a function to a program, in a new thread where nothing has been compiled before, including the compiler
 * itself.
 */
import { Worker } from "node:worker_threads";
import type { NetJob } from "./jobs.ts";
import type { Rounds } from "./statistics.ts";

/** What is timed, in this order. */
export const compileTitles = [
  "compile the first program",
  "its first step",
  "compile a second one of the same shapes",
  "the second one's first step",
] as const;

/** Chains of residual blocks, whose compilation must take no longer for each convolution where there are many. */
export const chainLengths = [41, 321] as const;

/** Programs of a network by name, each from function to program. */
export const compiledNets: readonly (NetJob & { readonly title: string })[] = [
  { title: "a prediction, batch 1", kind: "net", name: "resnet50", batch: 1, input: [3, 224, 224] },
  { title: "a training step, batch 8", kind: "netStep", name: "resnet50", batch: 8, input: [3, 224, 224] },
];

/** What a thread has to compile. */
export interface Order {
  readonly engine: string;
  readonly batch: number;
  /** Those of a chain of residual blocks, of which the training step is compiled. Default: LeNet-5, compiled twice and run. */
  readonly convolutions?: number;
  /** A network by name, of which a program is compiled. */
  readonly net?: NetJob;
}

const REPETITIONS = 5;

/** The times of each of `compileTitles`, each time in a new thread. */
export async function measureCompileTimes(order: Order): Promise<Rounds[]> {
  const taken: number[][] = [];
  for (let i = 0; i < REPETITIONS; i++) taken.push(await inFreshThread(order));
  return compileTitles.map((_, k) => taken.map((times) => [times[k]]));
}

/** The times from function to program for a chain of residual blocks or a network, each in a new thread. */
export async function measureProgram(order: Order): Promise<Rounds> {
  const taken: number[][] = [];
  for (let i = 0; i < REPETITIONS; i++) taken.push(await inFreshThread(order));
  return taken;
}

const inFreshThread = (order: Order): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./compile-time-thread.js", import.meta.url), { workerData: order });
    worker.once("message", resolve).once("error", reject);
  });
