/** Machine code of small kernels as text, so that a change of selection or allocation shows; and what does not fit into registers. */
import { describe, expect, it } from "vitest";
import { f32, trace } from "../../../graph/index.ts";
import { matmul } from "../../../ops/index.ts";
import { apply, at, constant, indexValue, KernelBuilder, plus, scalar, times } from "../loops/builder.ts";
import type { Buffer, Kernel } from "../loops/ir.ts";
import { lower } from "../lower/lower.ts";
import { printAssembly } from "./assembler/print.ts";
import { ConstantPool } from "./code/constants.ts";
import { avx2, avx512, type X64Target } from "./code/target.ts";
import { describeKernel, emitKernel } from "./emit.ts";

const x: Buffer = { name: "x", lane: "f32", length: 1024 };
const y: Buffer = { name: "y", lane: "f32", length: 1024 };
const places = new Map([
  [x, 64],
  [y, 8192],
]);

const optionsFor = (target: X64Target) => ({
  target,
  addressOf: (buffer: Buffer) => places.get(buffer) ?? 0,
  isSerial: true,
  constants: new ConstantPool(target),
  label: "k",
});

function textOf(target: X64Target, build: (b: KernelBuilder) => void): string {
  const b = new KernelBuilder(target.lanes);
  build(b);
  return printAssembly(emitKernel(b.finish("k"), optionsFor(target)).assembly);
}

describe("machine code", () => {
  it("keeps sums in registers, multiplies in place and reads single uses from memory", () => {
    const text = textOf(avx512, (b) => {
      const sums = [0, 1].map(() => b.local(constant(0, { lane: "f32", lanes: 16 })));
      b.loop(8, (i) => {
        const column = b.local(b.load(x, times(i, 16), 16));
        for (const [r, sum] of sums.entries())
          b.set(sum, apply("fma", b.local(b.loadSplat(y, plus(i, 8 * r), 16)), column, sum));
      });
      for (const [r, sum] of sums.entries()) b.store(y, at(512 + 16 * r), sum);
    });
    expect(text).toBe(`  mov rax, [rsp]
  vxorps xmm0, xmm0, xmm0
  vxorps xmm1, xmm1, xmm1
  mov rcx, 8
  mov rdx, rax
  mov rbx, rax
k.1: (at a multiple of 32 bytes)
  vmovups zmm2, [rdx+64]
  vfmadd231ps zmm0, zmm2, [rbx+8192]{1to16}
  vfmadd231ps zmm1, zmm2, [rbx+8224]{1to16}
  add rdx, 64
  add rbx, 4
  sub rcx, 1
  jne k.1
  vmovups [rax+10240], zmm0
  vmovups [rax+10304], zmm1`);
  });

  it("decides without storing what was compared, and keeps constants in registers during loops", () => {
    const text = textOf(avx2, (b) =>
      b.loop(16, (i) => {
        const position = indexValue(plus(times(i, 2), -3));
        const isInside = apply(
          "and",
          apply("ge", position, constant(0, scalar("i32"))),
          apply("lt", position, constant(9, scalar("i32"))),
        );
        b.when(isInside, () =>
          b.store(y, times(i, 8), apply("max", b.load(x, times(i, 8), 8), constant(1.5, { lane: "f32", lanes: 8 }))),
        );
      }),
    );
    expect(text).toBe(`  mov rax, [rsp]
  vmovups ymm0, [constant 0]
  mov rcx, 0
k.1:
  imul edx, ecx, 2
  add edx, -3
  cmp edx, 9
  jae k.3
  vmaxps ymm1, ymm0, [rax+64]
  vmovups [rax+8192], ymm1
k.3:
  add rax, 32
  add rcx, 1
  cmp rcx, 16
  jl k.1`);
  });

  it("stores the first lanes of a vector at once", () => {
    const store = (target: X64Target) =>
      textOf(target, (b) => {
        const vector = b.local(b.load(x, at(0), target.lanes));
        for (let lane = 0; lane < 5; lane++) b.storeLane(y, at(7 + lane), vector, lane);
      });
    expect(store(avx512)).toBe(`  mov rax, [rsp]
  vmovups zmm0, [rax+64]
  mov ecx, 31
  kmovw k1, ecx
  vmovups [rax+8220]{k1}, zmm0`);
    expect(store(avx2)).toBe(`  mov rax, [rsp]
  vmovups ymm0, [constant 0]
  vmovups ymm1, [rax+64]
  vmaskmovps [rax+8220], ymm0, ymm1`);
  });
});

describe("registers", () => {
  const productFor = (target: X64Target, rows: number, vectors: number): Kernel => {
    const [n, m] = [2 * rows, 2 * vectors * target.lanes];
    const { graph } = trace((a, b) => matmul(a, b), [f32(n, 40), f32(40, m)]);
    const { steps } = lower(graph, { ...target, tiles: [{ rows, vectors }] });
    return steps.findLast(({ kernel }) => kernel.name.includes("matmul"))!.kernel;
  };

  it.each(
    [avx512, avx2].flatMap((target) =>
      target.tiles.map((tile) => ({ target, tile, name: `${target.name} ${tile.rows}x${tile.vectors}` })),
    ),
  )("suffice for the tile $name", ({ target, tile }) => {
    const { spills } = emitKernel(productFor(target, tile.rows, tile.vectors), optionsFor(target));
    expect(spills).toEqual({ values: 0, inInnermostLoops: 0 });
  });

  it("do not suffice for a larger tile, and the description says so", () => {
    const kernel = productFor(avx2, 8, 2);
    expect(emitKernel(kernel, optionsFor(avx2)).spills.inInnermostLoops).toBeGreaterThan(0);
    expect(describeKernel(kernel, optionsFor(avx2))).toMatch(
      /^0 matmul: [1-9]\d* spilled, used [1-9]\d* times in innermost loops\n/,
    );
  });

  it("that innermost loops need are not spilled before others", () => {
    const small = { ...avx512, registers: { general: 8, vector: 32, mask: 8 } };
    const { spills } = emitKernel(productFor(small, 4, 2), optionsFor(small));
    expect(spills.values).toBeGreaterThan(0);
    expect(spills.inInnermostLoops).toBe(0);
  });
});
