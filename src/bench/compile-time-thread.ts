/** The thread in which `compile-time.ts` has a program compiled for the first time. */
import { parentPort, workerData } from "node:worker_threads";
import { openEngine } from "../engines/index.ts";
import type { Order } from "./compile-time.ts";
import { lenetStep, residualChainStep } from "./programs.ts";

async function measure({ engine: name, batch, convolutions }: Order): Promise<number[]> {
  const engine = await openEngine(name, { threads: 1 });
  const times: number[] = [];
  if (convolutions !== undefined) {
    times.push(await residualChainStep(convolutions, batch, engine));
    return times;
  }
  for (let i = 0; i < 2; i++) {
    const start = performance.now();
    const step = lenetStep(batch, engine);
    const compiled = performance.now();
    await step();
    times.push(compiled - start, performance.now() - compiled);
  }
  return times;
}

parentPort?.postMessage(await measure(workerData as Order));
