export type { EngineOptions } from "./choice.ts";
export * from "./compile.ts";
export { createWasmEngine, createX64Engine, type WasmOptions, type X64Options } from "./cpu/index.ts";
export { hasRelaxedSimd } from "./cpu/wasm/index.ts";
export * from "./engine.ts";
export { createInterpreter, type InterpreterOptions, interpret } from "./interpreter/interpreter.ts";
export {
  type EngineChoice,
  type EngineName,
  engineKind,
  engineNames,
  openChoice,
  openEngine,
  selectEngine,
} from "./table.ts";
