/** The page of the benchmark: a worker for each order, so that nothing of one is left when the next is measured. */
import type { Order, Times } from "./contest.ts";

async function measure(order: Order): Promise<Times> {
  const worker = new Worker("/bench/browser/contest.ts", { type: "module" });
  const reply = await new Promise<Times | { readonly error: string }>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message ?? "the worker does not load" });
    worker.postMessage(order);
  });
  worker.terminate();
  if ("error" in reply) throw new Error(reply.error);
  return reply;
}

export type Measure = typeof measure;

Object.assign(globalThis, { measure });
