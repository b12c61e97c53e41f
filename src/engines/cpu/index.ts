/** The CPU engine: a compiler from graphs to code, and programs that run it. */
export {
  type CpuOptions,
  createWasmEngine,
  createX64Engine,
  MOST_THREADS,
  type WasmOptions,
  type X64Options,
} from "./engine.ts";
export { knownLacks } from "./lacks.ts";
