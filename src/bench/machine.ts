/** The machine that is measured. */
import { availableParallelism, cpus, loadavg } from "node:os";
import { hasRelaxedSimd } from "../engines/cpu/wasm/index.ts";
import { findX64Support, titleOf } from "../engines/cpu/x64/index.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  readonly relaxedSimd: boolean;
  /** The instruction set of machine code, if it can be run. */
  readonly machineCode?: string;
  /** The load average of the minute before the measurement. */
  readonly load: number;
  readonly fovea: string;
}

function machineCode(): string | undefined {
  const support = findX64Support();
  return support.found ? titleOf(support.target) : undefined;
}

/** @param version of Fovea */
export const describeMachine = (version: string): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  platform: `${process.platform} ${process.arch}`,
  node: process.versions.node,
  v8: process.versions.v8,
  relaxedSimd: hasRelaxedSimd(),
  machineCode: machineCode(),
  load: Math.round(loadavg()[0] * 100) / 100,
  fovea: version,
});

export const machineLine = ({ cpu, cores, platform, node, v8, relaxedSimd, machineCode, load }: Machine): string =>
  [
    `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}`,
    `${platform}`,
    `Node ${node}, V8 ${v8}, ${relaxedSimd ? "with" : "without"} relaxed SIMD`,
    machineCode === undefined ? "no machine code" : `machine code with ${machineCode}`,
    `load ${load} before`,
  ].join("; ");
