/** The CPU engine: graphs to kernels, kernels to WebAssembly, and programs that run them on all cores. */
import { availableThreads, sharesMemory } from "#platform";
import { OptionError } from "../../array/index.ts";
import type { Engine } from "../engine.ts";
import { type Artifact, compileGraph, keyOf } from "./artifact.ts";
import { debugLevel } from "./debug.ts";
import type { LoweringOptions } from "./lower/context.ts";
import { canLower } from "./lower/lower.ts";
import { WasmProgram } from "./program.ts";
import { Crew } from "./threads/crew.ts";
import { hasRelaxedSimd } from "./wasm/probe.ts";
import { wasmTarget } from "./wasm/target.ts";

export interface WasmOptions extends Partial<LoweringOptions> {
  /**
   * How many threads compute a step; the results have the same bits. Default: as many as can run at once, at most 8. Where
   * threads cannot share memory it is one, whatever is asked for.
   */
  readonly threads?: number;
  /** Use fused multiply-adds (relaxed SIMD). Default: where the host has them. */
  readonly relaxed?: boolean;
  /** How much is checked and said when a program is compiled: 0, the default, to 4; see `debug.ts`. Default: FOVEA_DEBUG. */
  readonly debug?: number;
}

/** Programs that were compiled last are kept, in case the same graph comes again with other variables. */
const KEPT = 32;

/** An engine that compiles whole steps to WebAssembly. @throws OptionError for options that this host cannot meet */
export function createWasmEngine(given: WasmOptions = {}): Engine {
  const {
    threads: wanted = Math.min(8, availableThreads()),
    relaxed = hasRelaxedSimd(),
    debug = debugLevel(),
    ...lowering
  } = given;
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new OptionError(`threads must be an integer of at least 1, got ${wanted}`);
  const threads = sharesMemory() ? wanted : 1;
  if (relaxed && !hasRelaxedSimd()) throw new OptionError("relaxed: this host's WebAssembly has no fused multiply-add");
  const options = { ...wasmTarget(relaxed), ...lowering, threads, relaxed, debug };
  const artifacts = new Map<string, Artifact>();
  let crew: Crew | undefined;
  const share = (): Crew => {
    crew ??= new Crew(threads);
    return crew;
  };
  return {
    name: "wasm",
    description: `whole steps compiled to WebAssembly SIMD${relaxed ? " with fused multiply-add" : ""}, ${threads} thread${threads > 1 ? "s" : ""}`,
    arithmetic: relaxed ? "wasm fused" : "wasm",
    lacks: ({ name, expand }) => (expand !== undefined || canLower(name) ? undefined : "no kernel for it yet"),
    compile: (graph) => {
      const key = keyOf(graph);
      const artifact = artifacts.get(key) ?? compileGraph(graph, options);
      artifacts.delete(key);
      artifacts.set(key, artifact);
      if (artifacts.size > KEPT) artifacts.delete(artifacts.keys().next().value!);
      return new WasmProgram(graph, artifact, artifact.isThreaded ? share() : undefined);
    },
  };
}
