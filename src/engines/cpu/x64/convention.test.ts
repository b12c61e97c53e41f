/** Calls between conventions, by a caller that looks whether what Windows wants kept was kept. */
import { describe, expect, it } from "vitest";
import { nativeHost } from "#platform";
import { fakeHost } from "../../../../tests/support/x64-systems.ts";
import type { Assembly } from "./assembler/assembly.ts";
import { encode } from "./assembler/encode.ts";
import { memory, op, r8, r9, r10, r11, rax, rcx, rdi, rdx, rsi, rsp, vector } from "./assembler/registers.ts";
import { systemVHost } from "./convention.ts";

const found = nativeHost();

/** 1000 a + 100 b + 10 c + d, and then everything changed that System V lets a function change. */
const greedy: Assembly = [
  op("imul", 64, rax, rdi, 10),
  op("add", 64, rax, rsi),
  op("imul", 64, rax, rax, 10),
  op("add", 64, rax, rdx),
  op("imul", 64, rax, rax, 10),
  op("add", 64, rax, rcx),
  ...[rcx, rdx, rsi, rdi, r8, r9, r10, r11].map((register) => op("mov", 64, register, -1)),
  ...Array.from({ length: 16 }, (_, i) => op("vpcmpeqd", 256, vector(i), vector(i), vector(i))),
  op("vzeroupper", 64),
  op("ret", 64),
];

/** *argument = 42, and then everything changed. */
const threadOf: Assembly = [op("mov", 32, memory(rdi), 42), ...greedy];

if (!found.found || found.host.system !== "linux") {
  it.skip(`is called as other systems call: not here, ${found.found ? "Linux is needed" : found.reason}`, () => {});
} else {
  const { host } = found;
  const load = (code: Assembly): number => host.loadCode(encode(code)).address;

  describe("a function of System V called as Windows calls", () => {
    it("gets its arguments, and the caller's registers are kept", () => {
      const windows = fakeHost(host, "windows");
      const f = systemVHost(windows).callable(load(greedy));
      expect(f(1, 2, 3, 4)).toBe(1234);
      expect(f(-(2 ** 40), 0, 0, 5)).toBe(-1000 * 2 ** 40 + 5);
      expect(windows.recorded().violations).toBe(0);
    });

    it("finds the stack as it must be: a return address beyond a multiple of 16", () => {
      const stack = load([op("mov", 64, rax, rsp), op("and", 64, rax, 15), op("ret", 64)]);
      expect(systemVHost(fakeHost(host, "windows")).callable(stack)(0, 0, 0, 0)).toBe(8);
    });

    it("would not keep them of itself, which the caller would see", () => {
      const windows = fakeHost(host, "windows");
      windows.callable(load(greedy), 5)(1, 2, 3, 4, 5);
      // rdi, rsi, and two words of each of ten vectors.
      expect(windows.recorded().violations).toBe(22);
    });

    it("is what a thread executes, and the end of one", async () => {
      const windows = fakeHost(host, "windows");
      const entrance = systemVHost(windows);
      const page = host.mapMemory(4096);
      const cell = page.view(Int32Array, 0, 1);
      const code = load(threadOf);
      entrance.startThread(code, page.address);
      for (let i = 0; i < 1000 && Atomics.load(cell, 0) === 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 1));
      expect(cell[0]).toBe(42);
      cell[0] = 0;
      entrance.onThreadEnd(code, page.address);
      const [[end, argument]] = windows.atEnd;
      windows.callable(end, 5)(argument, 0, 0, 0, 0);
      expect(cell[0]).toBe(42);
      expect(windows.recorded().violations).toBe(0);
    });
  });

  it("one host has one entrance, and where C calls as System V says it is its own", () => {
    const windows = fakeHost(host, "windows");
    expect(systemVHost(windows)).toBe(systemVHost(windows));
    expect(systemVHost(windows)).not.toBe(windows);
    for (const other of [host, fakeHost(host, "macos")]) expect(systemVHost(other)).toBe(other);
  });
}
