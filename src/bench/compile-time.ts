/**
 * The time from a function to a program, in a new thread where nothing has been compiled before, including the compiler
 * itself.
 */
import { Worker } from "node:worker_threads";
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

/** What a thread has to compile. */
export interface Order {
  readonly engine: string;
  readonly batch: number;
  /** Those of a chain of residual blocks, of which the training step is compiled. Default: LeNet-5, compiled twice and run. */
  readonly convolutions?: number;
}

const REPETITIONS = 5;

/** The times of each of `compileTitles`, each time in a new thread. */
export async function measureCompileTimes(order: Order): Promise<Rounds[]> {
  const taken: number[][] = [];
  for (let i = 0; i < REPETITIONS; i++) taken.push(await inFreshThread(order));
  return compileTitles.map((_, k) => taken.map((times) => [times[k]]));
}

/** The times from function to program for a chain of residual blocks, each in a new thread. */
export async function measureChain(order: Required<Order>): Promise<Rounds> {
  const taken: number[][] = [];
  for (let i = 0; i < REPETITIONS; i++) taken.push(await inFreshThread(order));
  return taken;
}

const inFreshThread = (order: Order): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./compile-time-thread.js", import.meta.url), { workerData: order });
    worker.once("message", resolve).once("error", reject);
  });
