/**
 * Ctrl-C, a request to terminate and a terminal that hangs up ask the run to stop after its step. Once more, the first two
 * end the process at once; a hang-up is often reported twice, by the shell and by the system, and does not.
 */
import { FoveaError } from "../array/index.ts";
import type { Output } from "./io.ts";

export const EXIT_INTERRUPTED = 130;

/** The run stopped because it was asked to, and its checkpoint is written. */
export class Interrupted extends FoveaError {
  override readonly name = "Interrupted";
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function onInterrupt(output: Output): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted && name === "SIGHUP") return;
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    output.log("stopping after this step; once more to quit without a checkpoint");
    controller.abort();
  };
  for (const name of signals) process.on(name, handle);
  const release = (): void => {
    for (const name of signals) process.off(name, handle);
  };
  return { signal: controller.signal, release };
}
