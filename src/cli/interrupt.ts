/**
 * SIGINT, SIGTERM and SIGHUP stop a run after the current step, or a server. The second SIGINT or SIGTERM ends the process at once; a
 * second SIGHUP does not, since shell and system often send one each.
 */
import { FoveaError } from "../array/index.ts";
import type { Output } from "./io.ts";

export const EXIT_INTERRUPTED = 130;

/** The run was stopped by a signal, and its checkpoint is written. */
export class Interrupted extends FoveaError {
  override readonly name = "Interrupted";
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const NOTICE = "stopping after this step; once more to quit without a checkpoint";

/** @param notice what is said at the first signal. Default: that of a training run */
export function onInterrupt(output: Output, notice = NOTICE): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted && name === "SIGHUP") return;
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    output.log(notice);
    controller.abort();
  };
  for (const name of signals) process.on(name, handle);
  const release = (): void => {
    for (const name of signals) process.off(name, handle);
  };
  return { signal: controller.signal, release };
}
