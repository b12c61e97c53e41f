/** The highest rate of multiply-adds with each instruction set: the rates of kernels are given as shares of it. */
import { type Contestant, repeat } from "./contest.ts";
import { wasmPeaks } from "./peak-wasm.ts";
import { x64Peaks } from "./peak-x64.ts";

/** A loop of multiply-adds in registers. */
export interface PeakLoop {
  readonly flops: number;
  readonly run: () => void;
}

/** The multiply-add of a set of instructions. */
export interface Peak {
  /** Its name as a row, with its instructions, and as a column. */
  readonly title: string;
  readonly by: string;
  /** The names of the engines that use it. */
  readonly arithmetic: string;
  /** @param chains the number of results in flight at once */
  readonly createLoop: (chains: number) => PeakLoop;
}

/** The peaks that can be measured here, widest vectors first. */
export const peaks = (): readonly Peak[] => [...x64Peaks(), ...wasmPeaks()];

/** Vectors in flight: enough to hide the latency of an instruction, and few enough for 16 registers. */
const CHAINS = [8, 10, 12, 13] as const;
const TRIAL_MS = 120;

/** The loop with the best number of chains, found by trying each. */
export async function findPeak({ createLoop }: Pick<Peak, "createLoop">, by: string): Promise<Contestant> {
  let best: { readonly rate: number; readonly loop: PeakLoop } | undefined;
  for (const chains of CHAINS) {
    const loop = createLoop(chains);
    const rate = loop.flops / Math.min(...(await repeat(loop.run, TRIAL_MS)));
    if (best === undefined || rate > best.rate) best = { rate, loop };
  }
  const { flops, run } = best!.loop;
  return { by, threads: 1, amount: flops, run: (milliseconds) => repeat(run, milliseconds) };
}
