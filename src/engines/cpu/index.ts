export { lifetimesOf } from "./artifact.ts";
export {
  type CpuOptions,
  createWasmEngine,
  createX64Engine,
  MOST_THREADS,
  type WasmOptions,
  type X64Options,
} from "./engine.ts";
