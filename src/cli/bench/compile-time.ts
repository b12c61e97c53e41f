/**
 * How long it takes from a function to a program, in a thread of its own, in which nothing has been compiled before, the
 * compiler included. This file is both that thread and the function that starts it.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { selectEngine } from "../../engines/index.ts";
import type { Rounds } from "./statistics.ts";

/** What is timed, in this order. */
export const compileTitles = [
  "compile the first program",
  "its first step",
  "compile a second one of the same shapes",
  "the second one's first step",
] as const;

interface Order {
  readonly engine: string;
  readonly batch: number;
}

async function measure({ engine: name, batch }: Order): Promise<number[]> {
  const { lenetStep } = await import("./programs.ts");
  const engine = selectEngine(name, { threads: 1 });
  const times: number[] = [];
  for (let i = 0; i < 2; i++) {
    const start = performance.now();
    const step = lenetStep(batch, engine);
    const compiled = performance.now();
    await step();
    times.push(compiled - start, performance.now() - compiled);
  }
  return times;
}

const REPETITIONS = 5;

/** The times of each of `compileTitles`, from threads that start afresh. */
export async function measureCompileTimes(order: Order): Promise<Rounds[]> {
  const taken: number[][] = [];
  for (let i = 0; i < REPETITIONS; i++) taken.push(await inFreshThread(order));
  return compileTitles.map((_, k) => taken.map((times) => [times[k]]));
}

const inFreshThread = (order: Order): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: order });
    worker.once("message", resolve).once("error", reject);
  });

if (!isMainThread && parentPort !== null) parentPort.postMessage(await measure(workerData as Order));
