import { describe, expect, it } from "vitest";
import type { Assembly, Operand, Width } from "../assembler/assembly.ts";
import { encode } from "../assembler/encode.ts";
import type { Mnemonic } from "../assembler/instructions.ts";
import { immediate, instruction, memory, r8, rax, rcx, rdi, rdx, rsi } from "../assembler/registers.ts";
import { findX64Support } from "../support.ts";
import { NativeCrew, nativeCrewOf } from "./crew.ts";
import { control } from "./thread.ts";

const found = findX64Support();
const op = (mnemonic: Mnemonic, width: Width, ...operands: Operand[]) => instruction(mnemonic, width, operands);

/** arena[thread] += thread + 1; arena[16 + thread] = threads; adds 1 to the cell behind rcx. */
const step: Assembly = [
  op("lea", 64, rax, memory(rsi, 1)),
  op("add", 32, memory(rdi, 0, { index: rsi, scale: 4 }), rax),
  op("mov", 32, memory(rdi, 64, { index: rsi, scale: 4 }), rdx),
  op("mov", 32, r8, immediate(1)),
  op("lock xadd", 32, memory(rcx), r8),
  op("ret", 64),
];

/** The number of threads that sleep, of the control block at rdi. */
const countSleepers: Assembly = [op("mov", 32, rax, memory(rdi, control.sleepers)), op("ret", 64)];

if (!found.found) {
  it.skip(`threads run machine code: not here, ${found.reason}`, () => {});
} else {
  const { host } = found;
  const code = host.loadCode(encode(step));

  describe.each([1, 2, 3, 8])("a crew of %i", (size) => {
    it("runs every step on every thread, once, before it returns", () => {
      const crew = new NativeCrew(host, size);
      const arena = host.mapMemory(4096);
      const cells = arena.view(Int32Array, 0, 64);
      const steps = 1000;
      const late: string[] = [];
      for (let i = 1; i <= steps; i++) {
        crew.run(code.address, arena.address);
        // No `expect` for each cell: the crew would spin for as long as that takes.
        for (let thread = 0; thread < size; thread++)
          if (cells[thread] !== i * (thread + 1)) late.push(`thread ${thread} in step ${i}: ${cells[thread]}`);
      }
      expect(late).toEqual([]);
      expect([...cells.subarray(16, 16 + size + 1)]).toEqual([...new Array(size).fill(size), 0]);
      expect([...cells.subarray(size, 16)]).toEqual(new Array(16 - size).fill(0));
      crew.end();
      arena.release();
    });
  });

  it("wakes threads that sleep", async () => {
    const crew = new NativeCrew(host, 3);
    const arena = host.mapMemory(4096);
    const cells = arena.view(Int32Array, 0, 64);
    const sleepers = host.callable(host.loadCode(encode(countSleepers)).address, 1);
    for (let i = 1; i <= 5; i++) {
      await expect.poll(() => sleepers(crew.control), { timeout: 10_000 }).toBe(2);
      crew.run(code.address, arena.address);
      expect([...cells.subarray(0, 3)]).toEqual([i, 2 * i, 3 * i]);
    }
    crew.end();
    arena.release();
  });

  it("is shared by all who want as many threads", () => {
    expect(nativeCrewOf(host, 2)).toBe(nativeCrewOf(host, 2));
    expect(nativeCrewOf(host, 2)).not.toBe(nativeCrewOf(host, 3));
  });
}
