/**
 * A whole step as one function: every kernel in order, and a barrier where one thread needs what others have written. The
 * same code runs on every thread.
 */
import { beginningAt, endingAt, type Repeat } from "../loops/index.ts";
import { hasBarrierBefore, type Ordered } from "../step/index.ts";
import { Code, unsigned, VOID, type WasmFunction } from "./encode.ts";

/** The first page holds what threads agree about: two cells of the barrier, a cache line apart. */
const ARRIVED = 0;
const GENERATION = 64;

/** How often a waiting thread looks before it goes to sleep: a tenth of a millisecond or two. */
const SPINS = 50_000;

/** `step(thread, threads)`: calls the kernels, which are the module's first functions, and the barrier, the next one. */
export function emitStep(kernels: readonly Ordered[], withBarriers: boolean): WasmFunction[] {
  const barrier = kernels.length;
  const code = new Code();
  const depthOf = (repeat: Repeat, i: number): number => kernels[i].within!.indexOf(repeat);
  kernels.forEach(({ isSerial }, i) => {
    // Iterations are counted down in a local for each depth.
    for (const repeat of beginningAt(kernels, i))
      code
        .i32(repeat.count)
        .put("local.set", ...unsigned(2 + depthOf(repeat, i)))
        .put("loop", VOID);
    if (withBarriers && hasBarrierBefore(kernels, i))
      code
        .put("local.get", 0)
        .put("local.get", 1)
        .put("call", ...unsigned(barrier));
    if (isSerial) code.put("local.get", 0).put("i32.eqz").put("if", VOID).i32(0).i32(1);
    else code.put("local.get", 0).put("local.get", 1);
    code.put("call", ...unsigned(i));
    if (isSerial) code.put("end");
    for (const repeat of endingAt(kernels, i)) {
      const counter = unsigned(2 + depthOf(repeat, i));
      code
        .put("local.get", ...counter)
        .i32(1)
        .put("i32.sub")
        .put("local.tee", ...counter)
        .put("br_if", 0)
        .put("end");
    }
  });
  if (withBarriers)
    code
      .put("local.get", 0)
      .put("local.get", 1)
      .put("call", ...unsigned(barrier));
  const depth = Math.max(0, ...kernels.map(({ within }) => within?.length ?? 0));
  const step: WasmFunction = {
    name: "step",
    parameters: ["i32", "i32"],
    locals: new Array(depth).fill("i32"),
    code: code.bytes,
  };
  return withBarriers ? [emitBarrier(), step] : [step];
}

/**
 *     generation = GENERATION
 *     if (ARRIVED++ = threads − 1) { ARRIVED = 0; GENERATION = generation + 1; wake all }
 *     else until GENERATION ≠ generation: spin, then sleep
 */
function emitBarrier(): WasmFunction {
  const [GENERATION_NOW, LOOKS] = [2, 3];
  const code = new Code();
  const atomic = (
    mnemonic:
      | "i32.atomic.load"
      | "i32.atomic.store"
      | "i32.atomic.rmw.add"
      | "memory.atomic.notify"
      | "memory.atomic.wait32",
    cell: number,
  ) => code.memory(mnemonic, 2, cell);
  code.i32(0);
  atomic("i32.atomic.load", GENERATION).put("local.set", GENERATION_NOW);
  code.i32(0).i32(1);
  atomic("i32.atomic.rmw.add", ARRIVED).put("local.get", 1).i32(1).put("i32.sub").put("i32.eq").put("if", VOID);
  code.i32(0).i32(0);
  atomic("i32.atomic.store", ARRIVED);
  code.i32(0).put("local.get", GENERATION_NOW).i32(1).put("i32.add");
  atomic("i32.atomic.store", GENERATION);
  code.i32(0).i32(-1);
  atomic("memory.atomic.notify", GENERATION).put("drop").put("return").put("end");
  code.put("loop", VOID);
  code.i32(0);
  atomic("i32.atomic.load", GENERATION)
    .put("local.get", GENERATION_NOW)
    .put("i32.ne")
    .put("if", VOID)
    .put("return")
    .put("end");
  code.put("local.get", LOOKS).i32(1).put("i32.add").put("local.set", LOOKS);
  code.put("local.get", LOOKS).i32(SPINS).put("i32.lt_s").put("br_if", 0);
  code.i32(0).put("local.get", GENERATION_NOW).put("i64.const", 0x7f);
  atomic("memory.atomic.wait32", GENERATION).put("drop").put("br", 0).put("end");
  return { name: "barrier", parameters: ["i32", "i32"], locals: ["i32", "i32"], code: code.bytes };
}
