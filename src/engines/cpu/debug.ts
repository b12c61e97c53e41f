/**
 * The debug dial of the CPU engine: what `FOVEA_DEBUG` says is written to the console when a program is compiled.
 *
 *   1  checks graph and kernels after every pass; one line a program
 *   2  and a line a kernel, with its work and whether threads share it
 *   3  and the kernels in the loop language
 *   4  and the graph, before and after the passes
 */
import { environment } from "#platform";
import { type Graph, printGraph } from "../../graph/index.ts";
import { printKernel } from "./loops/print.ts";
import type { Step } from "./lower/context.ts";

export const debugLevel = (): number => Number(environment("FOVEA_DEBUG") ?? 0) || 0;

export interface CompiledStep {
  readonly step: Step;
  readonly work: number;
  readonly isSerial: boolean;
}

export function reportCompilation(
  level: number,
  traced: Graph,
  optimized: Graph,
  steps: readonly CompiledStep[],
  bytes: number,
): void {
  if (level < 1) return;
  const say = (text: string): void => console.error(text);
  if (level >= 4) say(`traced:\n${printGraph(traced)}\noptimized:\n${printGraph(optimized)}`);
  if (level >= 3) for (const { step } of steps) say(printKernel(step.kernel));
  if (level >= 2) {
    for (const { step, work, isSerial } of steps) {
      say(`${String(work).padStart(12)} ${isSerial ? "one thread " : "all threads"} ${step.kernel.name}`);
    }
  }
  say(
    `compiled ${traced.nodes.length} nodes, ${optimized.nodes.length} after the passes, to ${steps.length} kernels over ${bytes} bytes`,
  );
}
