/** The CPU engine: graphs to kernels, kernels to code by one of the backends, and programs that run it on all cores. */
import { availableThreads } from "#platform";
import { CapabilityError, describeGiven, OptionError } from "../../array/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import type { SyncEngine } from "../engine.ts";
import { type Artifact, artifactKey, compileGraph } from "./artifact.ts";
import { ArtifactCache } from "./artifact-cache.ts";
import { debugLevel } from "./debug.ts";
import { knownLacks } from "./lacks.ts";
import type { LoweringOptions } from "./lower/context/index.ts";
import { canLower } from "./lower/index.ts";
import { Arenas } from "./memory/index.ts";
import { CpuProgram } from "./program.ts";
import type { Backend } from "./step/index.ts";
import { hasRelaxedSimd, wasmBackend } from "./wasm/index.ts";
import { findX64Support, type InstructionSet, x64Backend } from "./x64/index.ts";

export interface CpuOptions extends Partial<LoweringOptions> {
  /**
   * The most threads that compute a step, 1 to 256; the results have the same bits. A step runs on one of them while that is
   * faster, as it is where other processes take the processors. Default: as many as can run at once, at most 8. Where
   * threads cannot share memory it is one, whatever is asked for.
   */
  readonly threads?: number;
  /** How much is checked and said when a program is compiled: 0, the default, to 4; see `debug.ts`. Default: FOVEA_DEBUG. */
  readonly debug?: number;
}

/** Options of `createWasmEngine`. */
export interface WasmOptions extends CpuOptions {
  /** Use fused multiply-adds (relaxed SIMD). Default: where the host has them. */
  readonly relaxed?: boolean;
}

const cpuOptions = {
  threads: true,
  debug: true,
  lanes: true,
  tiles: true,
  tuning: true,
  samplesInnermost: true,
  winograd: true,
} satisfies Record<keyof CpuOptions, true>;
const wasmOptionNames = namesOf<WasmOptions>({ ...cpuOptions, relaxed: true });
const x64OptionNames = namesOf<X64Options>({ ...cpuOptions, instructions: true, start: true });

/**
 * The engine that compiles whole steps to WebAssembly SIMD: everywhere, with nothing installed.
 * @throws OptionError for options that this host cannot meet
 */
export function createWasmEngine(options: WasmOptions = {}): SyncEngine {
  checkNames("createWasmEngine", wasmOptionNames, options);
  const { threads, relaxed = hasRelaxedSimd(), ...others } = options;
  return engineOf(wasmBackend({ threads: threadCount(threads), relaxed }), others);
}

/** Options of `createX64Engine`. */
export interface X64Options extends CpuOptions {
  /** Default: what FOVEA_X64 demands, or the best that the processor has. */
  readonly instructions?: InstructionSet;
  /** Buffers lie from this byte of a program's memory on, a multiple of 64. Default 0; for tests. */
  readonly start?: number;
}

/**
 * The engine that compiles whole steps to machine code, for x86-64 processors with AVX2 or AVX-512, through the optional
 * package koffi: on Linux, and with the reservation that its description names on macOS and Windows.
 * @throws CapabilityError if machine code cannot be run here, with the reason
 */
export function createX64Engine(options: X64Options = {}): SyncEngine {
  checkNames("createX64Engine", x64OptionNames, options);
  const { threads, instructions, start = 0, ...others } = options;
  const support = findX64Support(instructions);
  if (!support.found)
    throw new CapabilityError(`the engine x64 cannot be used: ${support.reason}; the engine wasm runs everywhere`);
  const { host, target } = support;
  return engineOf(x64Backend({ host, target, threads: threadCount(threads), start }), others);
}

/** More than processors have, and few enough that their stacks and heaps fit into a machine's memory. */
export const MOST_THREADS = 256;

function threadCount(wanted = Math.min(8, availableThreads())): number {
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_THREADS) return wanted;
  throw new OptionError(`threads must be an integer from 1 to ${MOST_THREADS}, got ${describeGiven(wanted)}`);
}

function engineOf(backend: Backend, { debug = debugLevel(), ...lowering }: Omit<CpuOptions, "threads">): SyncEngine {
  const options = { ...backend.target, ...lowering, debug };
  const artifacts = new ArtifactCache();
  const arenas = new Arenas<Artifact>(backend);
  return {
    name: backend.name,
    description: `whole steps compiled to ${backend.description}, ${backend.threads} thread${backend.threads > 1 ? "s" : ""}`,
    arithmetic: backend.arithmetic,
    lacks: (op) =>
      op.expand !== undefined || canLower(op)
        ? undefined
        : (knownLacks.get(op) ?? "no kernel, and its record has no `expand`"),
    compile: (graph) => {
      const arena = arenas.of(graph);
      const { variables } = arena;
      const key = artifactKey(graph, variables);
      const artifact = arena.add(key, (before) =>
        artifacts.get(`${before.id} ${key}`, () => compileGraph(graph, backend, options, { variables, before })),
      );
      return new CpuProgram(graph, artifact, arena);
    },
  };
}
