/**
 * The debug dial of the CPU engine: what `FOVEA_DEBUG` says is written to the console when a program is compiled.
 *
 *   1  checks the graph after every pass; one line a program
 *   2  and a line a kernel, with its work and whether threads share it; after twenty steps, the time of each
 *   3  and the kernels in the loop language, and as machine code where they become that
 *   4  and the graph, before and after the passes
 */
import { environment } from "#platform";
import { type Graph, printGraph } from "../../graph/index.ts";
import { printKernel, timesOf } from "./loops/index.ts";
import type { StepKernel } from "./step/index.ts";

export const debugLevel = (): number => Number(environment("FOVEA_DEBUG") ?? 0) || 0;

export const say = (text: string): void => console.error(text);

export interface CompiledKernel extends StepKernel {
  readonly work: number;
}

export function reportCompilation(
  level: number,
  traced: Graph,
  optimized: Graph,
  kernels: readonly CompiledKernel[],
  { bytes, prepared }: { readonly bytes: number; readonly prepared: number },
): void {
  if (level < 1) return;
  if (level >= 4) say(`traced:\n${printGraph(traced)}\noptimized:\n${printGraph(optimized)}`);
  if (level >= 3) for (const { kernel } of kernels) say(printKernel(kernel));
  if (level >= 2) {
    for (const step of kernels) {
      const { kernel, work, isSerial } = step;
      const times = timesOf(step) > 1 ? `, ${timesOf(step)} times` : "";
      say(`${String(work).padStart(12)} ${isSerial ? "one thread " : "all threads"} ${kernel.name}${times}`);
    }
  }
  say(
    `compiled ${traced.nodes.length} nodes, ${optimized.nodes.length} after the passes, to ${kernels.length} kernels, and ${prepared} that run once, over ${bytes} bytes`,
  );
}
