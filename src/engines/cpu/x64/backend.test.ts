/** What the backend says for people; what it computes is compared in the contract tests. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { NativeHost } from "#platform";
import { f32 } from "../../../graph/index.ts";
import { matmul } from "../../../ops/index.ts";
import { compile } from "../../compile.ts";
import { createWasmEngine, createX64Engine } from "../engine.ts";
import { at, KernelBuilder } from "../loops/builder.ts";
import type { Buffer } from "../loops/ir.ts";
import { planMemory } from "../step/plan.ts";
import { x64Backend } from "./backend.ts";
import { avx2 } from "./code/target.ts";
import { findX64Support } from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the description of a step", () => {
  it("has the code of every kernel under its name", () => {
    const backend = x64Backend({ host: {} as NativeHost, target: avx2, threads: 1, start: 0 });
    const x: Buffer = { name: "x", lane: "f32", length: 8 };
    const kernels = ["first", "second"].map((name) => {
      const b = new KernelBuilder(avx2.lanes);
      b.store(x, at(0), b.load(x, at(0), avx2.lanes));
      return { kernel: b.finish(name), isSerial: true };
    });
    const memory = planMemory([{ buffer: x, first: 0, last: 1 }], 0);
    const code = "  mov rax, [rsp]\n  vmovups ymm0, [rax]\n  vmovups [rax], ymm0";
    const note = "0 spilled, used 0 times in innermost loops";
    expect(backend.describe?.({ kernels, memory, isThreaded: false })).toBe(
      `first: ${note}\n${code}\nsecond: ${note}\n${code}`,
    );
  });

  const wordsWith = (create: typeof createX64Engine, debug: number): string => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    compile((a, b) => matmul(a, b), [f32(4, 4), f32(4, 16)], { engine: create({ threads: 1, debug }) });
    return said.mock.calls.flat().join("\n");
  };
  const spills = /^0 matmul: 0 spilled/m;

  it.skipIf(!findX64Support().found)("is what a debug level of 3 says, and of 2 does not", () => {
    expect(wordsWith(createX64Engine, 3)).toMatch(spills);
    vi.restoreAllMocks();
    expect(wordsWith(createX64Engine, 2)).not.toMatch(spills);
  });

  it("is for engines that have one", () => {
    expect(wordsWith(createWasmEngine, 3)).toContain("kernel 0 matmul");
  });
});
