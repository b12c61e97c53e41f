/** Steps as WebAssembly modules. */
export { wasmBackend } from "./backend.ts";
export { emitKernel } from "./emit.ts";
export { Code, encodeModule, unsigned } from "./encode.ts";
export { hasRelaxedSimd } from "./probe.ts";
export { wasmTarget } from "./target.ts";
