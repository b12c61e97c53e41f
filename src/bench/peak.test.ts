/** The loops of multiply-adds: what they consist of, and that they run. How fast they are is no test. */
import { describe, expect, it } from "vitest";
import { CapabilityError } from "../array/index.ts";
import { printAssembly } from "../engines/cpu/x64/assembler/index.ts";
import { avx2, avx512 } from "../engines/cpu/x64/code/index.ts";
import { createWasmEngine, createX64Engine, type Engine, hasRelaxedSimd } from "../engines/index.ts";
import { peaks } from "./peak.ts";
import { peakCode } from "./peak-x64.ts";

describe("the multiply-adds of machine code", () => {
  it("are independent sums in registers, gone round four times", () => {
    expect(printAssembly(peakCode(avx512, 2))).toMatchInlineSnapshot(`
      "  vxorps xmm0, xmm0, xmm0
        vxorps xmm1, xmm1, xmm1
        vbroadcastss zmm2, [constant 0]
        vbroadcastss zmm3, [constant 1]
      again: (at a multiple of 32 bytes)
        vfmadd231ps zmm0, zmm2, zmm3
        vfmadd231ps zmm1, zmm2, zmm3
        vfmadd231ps zmm0, zmm2, zmm3
        vfmadd231ps zmm1, zmm2, zmm3
        vfmadd231ps zmm0, zmm2, zmm3
        vfmadd231ps zmm1, zmm2, zmm3
        vfmadd231ps zmm0, zmm2, zmm3
        vfmadd231ps zmm1, zmm2, zmm3
        sub rdi, 1
        jne again
        vzeroupper
        ret
      constant 0: (at a multiple of 64 bytes)
        bytes 00 00 00 3f
      constant 1:
        bytes 00 00 80 3f"
    `);
  });

  it.each([avx512, avx2])("are as many as are counted with $name", (target) => {
    const chains = 13;
    const sums = peakCode(target, chains).flatMap((item) =>
      item.kind === "instruction" && item.mnemonic === "vfmadd231ps" ? [item] : [],
    );
    expect(sums).toHaveLength(4 * chains);
    expect(new Set(sums.map(({ operands }) => operands[0])).size).toBe(chains);
    expect(sums.every(({ width }) => width === target.width)).toBe(true);
  });
});

describe("peaks", () => {
  const lanes: Readonly<Record<string, number>> = { "x64 avx512": 16, "x64 avx2": 8, "wasm fused": 4, wasm: 4 };

  it.each(peaks())("$title: runs, and counts two operations a lane", ({ createLoop, arithmetic }) => {
    const { flops, run } = createLoop(8);
    run();
    expect(flops).toBe(20_000 * 4 * 8 * 2 * lanes[arithmetic]);
  });

  it("are there for every engine that compiles", () => {
    const creators: readonly (() => Engine)[] = [
      () => createX64Engine({ instructions: "avx512" }),
      () => createX64Engine({ instructions: "avx2" }),
      ...[...new Set([false, hasRelaxedSimd()])].map((relaxed) => () => createWasmEngine({ relaxed })),
    ];
    const engines = creators.flatMap((create) => {
      try {
        return [create().arithmetic];
      } catch (error) {
        if (error instanceof CapabilityError) return [];
        throw error;
      }
    });
    expect(peaks().map(({ arithmetic }) => arithmetic)).toEqual(expect.arrayContaining(engines));
  });
});
