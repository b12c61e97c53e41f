/**
 * The multiply-add of WebAssembly: a loop over vectors that stay in registers, independent of each other, x ← x · a + b,
 * once with two instructions and once, where the host has it, with one.
 */
import { Code, encodeModule, hasRelaxedSimd, unsigned } from "../engines/cpu/wasm/index.ts";
import type { Peak, PeakLoop } from "./peak.ts";

const UNROLLED = 4;
const ITERATIONS = 20_000;
const LANES = 4;
const VOID = 0x40;

/** Parameters come first among a function's locals. */
const COUNTER = 0;
const A = 1;
const B = 2;
const FIRST = 3;

function putVector(code: Code, value: number): Code {
  const element = [...new Uint8Array(Float32Array.of(value).buffer)];
  return code.put("v128.const", ...element, ...element, ...element, ...element);
}

function multiplyAdd(code: Code, chain: number, relaxed: boolean): void {
  const local = FIRST + chain;
  code.put("local.get", local).put("local.get", A);
  if (relaxed) code.put("local.get", B).put("f32x4.relaxed_madd");
  else code.put("f32x4.mul").put("local.get", B).put("f32x4.add");
  code.put("local.set", local);
}

/** All results are stored at the end, so that no computation can be removed. */
function loopCode(chains: number, relaxed: boolean): number[] {
  const code = new Code();
  putVector(code, 0.5).put("local.set", A);
  putVector(code, 1).put("local.set", B);
  code.put("loop", VOID);
  for (let i = 0; i < UNROLLED * chains; i++) multiplyAdd(code, i % chains, relaxed);
  code
    .put("local.get", COUNTER)
    .i32(-1)
    .put("i32.add")
    .put("local.tee", COUNTER)
    .put("br_if", ...unsigned(0))
    .put("end");
  for (let i = 0; i < chains; i++) {
    code
      .i32(16 * i)
      .put("local.get", FIRST + i)
      .memory("v128.store", 2, 0);
  }
  return code.bytes;
}

export function createWasmPeakLoop(chains: number, relaxed: boolean): PeakLoop {
  const locals = Array.from({ length: chains + 2 }, () => "v128" as const);
  const functions = [{ name: "peak", parameters: ["i32"] as const, locals, code: loopCode(chains, relaxed) }];
  const module = new WebAssembly.Module(encodeModule(functions, { pages: 1, shared: false }));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const loop = exports.peak as (iterations: number) => void;
  return { flops: 2 * LANES * chains * UNROLLED * ITERATIONS, run: () => loop(ITERATIONS) };
}

/** The instructions: a multiplication and an addition everywhere, one fused instruction where the host has relaxed SIMD. */
export const wasmPeaks = (): Peak[] => [
  ...(hasRelaxedSimd() ? [peakOf("f32x4.relaxed_madd", "wasm fused", true)] : []),
  peakOf("f32x4.mul, f32x4.add", "wasm", false),
];

const peakOf = (instructions: string, arithmetic: string, relaxed: boolean): Peak => ({
  title: `WebAssembly: ${instructions}`,
  by: "wasm peak",
  arithmetic,
  createLoop: (chains) => createWasmPeakLoop(chains, relaxed),
});
