/**
 * The most multiply-adds that WebAssembly reaches here: a loop over vectors that stay in registers, independent of each
 * other, x ← x · a + b. What kernels reach is quoted as a share of this.
 */
import { Code, encodeModule, unsigned } from "../../engines/cpu/wasm/encode.ts";
import { hasRelaxedSimd } from "../../engines/cpu/wasm/probe.ts";
import { type Contestant, repeat } from "./contest.ts";

/** Vectors in flight: enough to hide the latency of an instruction, and few enough for 16 registers. */
const CHAINS = [8, 10, 12, 13] as const;
const UNROLLED = 4;
const ITERATIONS = 20_000;
const LANES = 4;
const VOID = 0x40;

/** Parameters come first among a function's locals. */
const COUNTER = 0;
const A = 1;
const B = 2;
const FIRST = 3;

export interface PeakLoop {
  readonly chains: number;
  readonly flops: number;
  readonly run: () => void;
}

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

/** Everything is stored at the end, so that nothing may be left out. */
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

export function createPeakLoop(chains: number, relaxed: boolean): PeakLoop {
  const locals = Array.from({ length: chains + 2 }, () => "v128" as const);
  const functions = [{ name: "peak", parameters: ["i32"] as const, locals, code: loopCode(chains, relaxed) }];
  const module = new WebAssembly.Module(encodeModule(functions, { pages: 1, shared: false }));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const loop = exports.peak as (iterations: number) => void;
  return { chains, flops: 2 * LANES * chains * UNROLLED * ITERATIONS, run: () => loop(ITERATIONS) };
}

/** The instruction pairs there are: both roundings everywhere, one rounding where the host has relaxed SIMD. */
export const peakModes = (): { readonly title: string; readonly relaxed: boolean }[] => [
  { title: "f32x4.mul, f32x4.add", relaxed: false },
  ...(hasRelaxedSimd() ? [{ title: "f32x4.relaxed_madd", relaxed: true }] : []),
];

const asContestant = (by: string, { flops, run }: PeakLoop): Contestant => ({
  by,
  threads: 1,
  amount: flops,
  run: (milliseconds) => repeat(run, milliseconds),
});

const TRIAL_MS = 120;

/** The loop with the best number of chains, found by trying each. */
export async function findPeak(by: string, relaxed: boolean): Promise<Contestant> {
  let best: { readonly rate: number; readonly loop: PeakLoop } | undefined;
  for (const chains of CHAINS) {
    const loop = createPeakLoop(chains, relaxed);
    const rate = loop.flops / Math.min(...(await repeat(loop.run, TRIAL_MS)));
    if (best === undefined || rate > best.rate) best = { rate, loop };
  }
  return asContestant(by, best!.loop);
}
