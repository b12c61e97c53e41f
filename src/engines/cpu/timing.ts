/** A step kernel by kernel, with a clock beside it: what `FOVEA_DEBUG=2` says after some steps. Results are the same. */
import { inOrder, type Repeated } from "./loops/index.ts";
import type { StepCode } from "./step/index.ts";

/** Steps after which everything is compiled and in the caches, and the shortest times are reported. */
const STEPS = 20;

/** One kernel of a step as code of its own. */
export interface TimedKernel extends Repeated {
  readonly name: string;
  readonly code: StepCode;
  /** Floating-point operations of its multiply-adds. */
  readonly operations: number;
}

/** @param say gets the table, a line a kernel, the slowest first */
export const timed = (whole: StepCode, kernels: readonly TimedKernel[], say: (text: string) => void): StepCode => ({
  codeBytes: whole.codeBytes,
  instantiate: (memory) => {
    const parts = kernels.map(({ code, ...kernel }) => ({
      ...kernel,
      instance: code.instantiate(memory),
      least: Infinity,
    }));
    let steps = 0;
    return {
      run: (isDivided) => {
        const times = new Float64Array(parts.length);
        let threads = Infinity;
        inOrder(parts, (i) => {
          const start = performance.now();
          threads = Math.min(threads, parts[i].instance.run(isDivided));
          times[i] += performance.now() - start;
        });
        for (const [i, part] of parts.entries()) part.least = Math.min(part.least, times[i]);
        if (++steps === STEPS) say(tableOf(parts));
        return threads;
      },
    };
  },
});

function tableOf(parts: readonly (Omit<TimedKernel, "code"> & { readonly least: number })[]): string {
  const total = parts.reduce((sum, { least }) => sum + least, 0);
  const line = (name: string, ms: number, operations: number): string =>
    `${ms.toFixed(3).padStart(10)} ms ${((100 * ms) / total).toFixed(1).padStart(5)} % ${speed(operations, ms)}  ${name}`;
  const sorted = [...parts].sort((a, b) => b.least - a.least);
  const all = parts.reduce((sum, { operations }) => sum + operations, 0);
  return [
    ...sorted.map(({ name, least, operations }) => line(name, least, operations)),
    line("all kernels, one by one", total, all),
  ].join("\n");
}

const speed = (operations: number, ms: number): string => {
  const text = operations === 0 ? "" : `${(operations / ms / 1e6).toFixed(1)} GFLOP/s`;
  return text.padStart(15);
};
