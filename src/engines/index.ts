export * from "./compile.ts";
export * from "./engine.ts";
export { createInterpreter, type InterpreterOptions, interpret } from "./interpreter/interpreter.ts";
