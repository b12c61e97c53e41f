import { describe, expect, it } from "vitest";
import type { NativeHost } from "#platform";
import { StateError } from "../../../array/index.ts";
import { at, constant, KernelBuilder, scalar } from "../loops/builder.ts";
import type { Buffer } from "../loops/ir.ts";
import { wasmBackend } from "../wasm/backend.ts";
import { x64Backend } from "../x64/backend.ts";
import { avx2 } from "../x64/code/target.ts";
import type { StepPlan } from "./backend.ts";
import { planMemory } from "./plan.ts";

const x: Buffer = { name: "x", lane: "f32", length: 8 };

/** A step that stores one element, in memory from `start` on. */
function storing(position: number, lanes: number, start: number): StepPlan {
  const b = new KernelBuilder(lanes);
  b.store(x, at(position), constant(1, scalar("f32")));
  const memory = planMemory([{ buffer: x, first: 0, last: 0 }], start);
  return { kernels: [{ kernel: b.finish("one"), isSerial: true }], memory, isThreaded: false };
}

describe.each([
  wasmBackend({ threads: 1, relaxed: false }),
  x64Backend({ host: {} as NativeHost, target: avx2, threads: 1, start: 0 }),
])("the backend $name", (backend) => {
  const emit = (position: number, start = backend.start) =>
    backend.emit(storing(position, backend.target.lanes, start));

  it("makes no code of a kernel that may leave its buffers", () => {
    expect(() => emit(8)).toThrow(StateError);
    expect(() => emit(8)).toThrow("kernel one: x[8] reaches from 8 to 8 of 8 elements");
  });

  it("nor of one whose buffers lie where they must not", () => {
    expect(() => emit(7, backend.start - 64)).toThrow(
      `the buffer x of 8 elements lies from byte ${backend.start - 64} on`,
    );
  });
});
