/** Threads in Node that run a module of the library. The contract is in `types.ts`. */
import { parentPort, Worker } from "node:worker_threads";
import type { Platform } from "./types.ts";

export const startModule: Platform["startModule"] = (url, { onMessage, onFailure }) => {
  const worker = new Worker(url);
  let isStopped = false;
  worker.on("message", onMessage);
  worker.on("error", (error) => onFailure(String((error as Error)?.message ?? error)));
  worker.on("exit", (code) => isStopped || onFailure(`it ended with code ${code}`));
  // After the listeners: the first one for messages makes the process wait again.
  worker.unref();
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as ArrayBuffer[]),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    stop: () => {
      isStopped = true;
      void worker.terminate();
    },
  };
};

export const serveThread: Platform["serveThread"] = (answer) => {
  const port = parentPort;
  port?.on("message", (message) =>
    answer(message, (reply, transfer = []) => port.postMessage(reply, transfer as ArrayBuffer[])),
  );
};
