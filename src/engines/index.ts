export * from "./compile.ts";
export { createWasmEngine, type WasmOptions } from "./cpu/engine.ts";
export * from "./engine.ts";
export { createInterpreter, type InterpreterOptions, interpret } from "./interpreter/interpreter.ts";
