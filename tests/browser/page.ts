/** What the page offers to the test, as `globalThis.fovea`. */

import * as image from "fovea/image";
import * as platform from "#platform";
import { look, type Seen } from "./looking.ts";
import { decode, encode, grid } from "./pictures.ts";
import { type Outcome, prepare, type Settings, type Start, sha256, train } from "./training.ts";
import type { Reply, Threads } from "./worker.ts";

async function fetchBytes(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const fetchStart = async (): Promise<Start> => ({
  digits: await fetchBytes("/digits.safetensors"),
  model: await fetchBytes("/model.safetensors"),
});

async function trainInWorker(settings: Settings): Promise<Outcome & Threads> {
  const start = await fetchStart();
  const worker = new Worker("/tests/browser/worker.ts", { type: "module" });
  const reply = await new Promise<Reply>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message ?? "the worker does not load" });
    worker.postMessage({ start, settings });
  });
  worker.terminate();
  if ("error" in reply) throw new Error(reply.error);
  return reply;
}

/** Whether the digits and weights that are drawn here have the bytes of those that Node drew. */
async function drawsTheSame(): Promise<{ digits: boolean; model: boolean }> {
  const [here, there] = [await prepare(), await fetchStart()];
  const agree = async (name: keyof Start): Promise<boolean> =>
    (await sha256(here[name])) === (await sha256(there[name]));
  return { digits: await agree("digits"), model: await agree("model") };
}

export const page = {
  trainInWorker,
  trainOnPage: async (settings: Settings): Promise<Outcome> => train(await fetchStart(), settings),
  drawsTheSame,
  look: async (): Promise<Seen> => look(await fetchBytes("/network.safetensors")),
  decode,
  encode,
  grid,
  /** What a module exports. */
  load: async (path: string): Promise<string[]> => Object.keys(await import(path)),
  platform,
  image,
};

export type Page = typeof page;

Object.assign(globalThis, { fovea: page });
