/** Kernels that share a body: the code is copied with other displacements, and leaves the bits that its own code would. */
import { describe, expect, it } from "vitest";
import { apply, KernelBuilder, times } from "../loops/builder.ts";
import type { Buffer, Kernel } from "../loops/ir.ts";
import { encode } from "./assembler/encode.ts";
import { avx2, ConstantPool } from "./code/index.ts";
import { SharedCode } from "./shared-code.ts";
import { emitStep } from "./step.ts";
import { findX64Support } from "./support.ts";

const LENGTH = 40;
const buffers = Array.from({ length: 6 }, (_, i): Buffer => ({ name: `b${i}`, lane: "f32", length: LENGTH }));
const [x, y] = buffers;

const b = new KernelBuilder(avx2.lanes);
b.loop(LENGTH / avx2.lanes, (i) => {
  const place = times(i, avx2.lanes);
  const value = b.load(x, place, avx2.lanes);
  b.store(y, place, apply("add", value, b.load(y, place, avx2.lanes)));
});
const original = b.finish("add");

const overBuffers = (from: number, to: number): Kernel => ({
  ...original,
  over: new Map([
    [x, buffers[from]],
    [y, buffers[to]],
  ]),
});

const kernels = [original, overBuffers(2, 3), overBuffers(3, 1)].map((kernel) => ({ kernel, isSerial: false }));
/** With bodies of their own. */
const apart = kernels.map(({ kernel, isSerial }) => ({ kernel: { ...kernel, body: [...kernel.body] }, isSerial }));

const support = findX64Support("avx2");

describe("the code of kernels that share a body", () => {
  it.skipIf(!support.found)("does what code of their own does", () => {
    if (!support.found) return;
    const { host, target } = support;
    const addressOf = (buffer: Buffer): number => 4096 * buffers.indexOf(buffer);
    const [shared, own] = [kernels, apart].map((some) => {
      const { assembly } = emitStep(some, { target, addressOf, isThreaded: false });
      const arena = host.mapMemory(4096 * buffers.length);
      const elements = arena.view(Float32Array, 0, 1024 * buffers.length).map((_, i) => i % 1000);
      arena.view(Float32Array, 0, elements.length).set(elements);
      const code = host.loadCode(encode(assembly));
      host.callable(code.address)(arena.address, 0, 1, 0);
      const after = arena.view(Float32Array, 0, elements.length).slice();
      code.release();
      arena.release();
      return {
        copies: assembly.filter(({ kind }) => kind === "code").length,
        changed: after.map((n, i) => n - elements[i]),
      };
    });
    expect([shared.copies, own.copies]).toEqual([kernels.length, 0]);
    expect(shared.changed.some((n) => n !== 0)).toBe(true);
    expect(shared.changed).toEqual(own.changed);
  });

  it("is made anew for one thread, and for buffers that it does not reach", () => {
    const far = new Set([buffers[2], buffers[3]]);
    const code = new SharedCode([...kernels, { ...kernels[0], isSerial: true }], {
      target: avx2,
      addressOf: (buffer) => 4096 * buffers.indexOf(buffer) + (far.has(buffer) ? 2 ** 31 : 0),
      constants: new ConstantPool(avx2),
    });
    const near = { kernel: overBuffers(4, 5), isSerial: false };
    const [first, copy, alone, away] = [kernels[0], near, { ...kernels[0], isSerial: true }, kernels[1]].map(
      (kernel, i) => code.of(kernel, `kernel ${i}`).spills,
    );
    expect(copy).toBe(first);
    for (const other of [alone, away]) expect(other).not.toBe(first);
  });
});
