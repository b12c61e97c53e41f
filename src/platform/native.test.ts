import { constants } from "node:buffer";
import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
import * as browser from "./browser.ts";
import { nativeHost } from "./native.ts";
import type { NativeFunction, NativeHostSearch } from "./types.ts";

const found = nativeHost();
const require = createRequire(import.meta.url);

/** What a search finds where `load` is what comes of loading koffi. */
async function searchWith(load: () => unknown): Promise<NativeHostSearch> {
  vi.resetModules();
  vi.doMock("node:module", () => ({ createRequire: () => load }));
  try {
    return (await import("./native.ts")).nativeHost();
  } finally {
    vi.doUnmock("node:module");
  }
}

/** Koffi, with one function of the C library replaced. */
function koffiWith(name: string, replacement: (real: NativeFunction, ...values: number[]) => number): unknown {
  const koffi = require("koffi");
  const load = (): unknown => {
    const library = koffi.load(null);
    const func = (wanted: string, ...signature: unknown[]): NativeFunction => {
      const real: NativeFunction = library.func(wanted, ...signature);
      return wanted === name ? (...values) => replacement(real, ...values) : real;
    };
    return { func, symbol: (wanted: string) => library.symbol(wanted) };
  };
  return { ...koffi, load, errno: () => koffi.os.errno.EACCES };
}
const machine = `${process.platform} ${process.arch}`;
const isLinux = found.found && found.host.system === "linux";

describe("without a way to run machine code", () => {
  it("a page says so", () => {
    expect(browser.nativeHost()).toEqual({ found: false, reason: "a page cannot run machine code" });
  });

  it.each([
    ["platform", "freebsd", "freebsd x64"],
    ["arch", "arm64", "linux arm64"],
  ] as const)("Node says so where the %s is %s", async (property, value, name) => {
    const known = { platform: "linux", arch: "x64" };
    for (const [key, now] of Object.entries({ ...known, [property]: value }))
      vi.spyOn(process, key as "arch", "get").mockReturnValue(now as never);
    vi.resetModules();
    const { nativeHost: search } = await import("./native.ts");
    const reason = `this machine is ${name}; there is machine code for linux x64, darwin x64, win32 x64`;
    expect(search()).toEqual({ found: false, reason });
    vi.restoreAllMocks();
  });

  it.runIf(machine === "linux x64")("Node says so where koffi is missing, or does not load", async () => {
    const missing = Object.assign(new Error("Cannot find module 'koffi'\nRequire stack:"), {
      code: "MODULE_NOT_FOUND",
    });
    const search = (error: Error) =>
      searchWith(() => {
        throw error;
      });
    expect(await search(missing)).toEqual({
      found: false,
      reason: "the package koffi is not installed (npm install koffi)",
    });
    expect(await search(new Error("Cannot find the native Koffi module\nsecond line"))).toEqual({
      found: false,
      reason: "the package koffi is installed but does not load: Cannot find the native Koffi module",
    });
  });

  it.runIf(isLinux)("Node says so where pages cannot be made executable", async () => {
    const EXECUTABLE = 4;
    const koffi = koffiWith("mprotect", (real, ...values) => (values[2] & EXECUTABLE ? -1 : real(...values)));
    expect(await searchWith(() => koffi)).toEqual({
      found: false,
      reason: "this system refuses executable pages (mprotect: EACCES)",
    });
  });

  it.runIf(isLinux)("a thread that cannot be started is an error with the reason", async () => {
    const EAGAIN = 11;
    const search = await searchWith(() => koffiWith("pthread_create", () => EAGAIN));
    const start = () => search.found && search.host.startThread(0, 0);
    expect(start).toThrow("this system refuses another thread (pthread_create: EAGAIN)");
  });
});

if (!found.found || !isLinux) {
  it.skip(`runs machine code: not on ${machine}, ${found.found ? "this is written for Linux" : found.reason}`, () => {});
} else {
  const { host } = found;

  describe("memory", () => {
    it("holds zeros, and what is written to it", () => {
      const memory = host.mapMemory(10_000);
      expect(memory.bytes).toBe(12_288);
      expect(memory.address % 4096).toBe(0);
      const whole = memory.view(Uint8Array, 0, memory.bytes);
      expect(whole.every((byte) => byte === 0)).toBe(true);
      memory.view(Float32Array, 4096, 2)[1] = 1.5;
      expect(memory.view(Float32Array, 4100, 1)[0]).toBe(1.5);
      memory.release();
    });

    it("is there for no bytes too", () => {
      const memory = host.mapMemory(0);
      expect(memory.view(Int32Array, 4096, 0).length).toBe(0);
      memory.release();
    });

    it("reaches beyond 4 GiB without costing anything", () => {
      const memory = host.mapMemory(6 * 2 ** 30);
      const before = process.memoryUsage.rss();
      const far = memory.view(Int32Array, 5 * 2 ** 30, 16);
      far.set([1, 2, 3]);
      expect(memory.view(Int32Array, 5 * 2 ** 30 + 4, 2)).toEqual(Int32Array.of(2, 3));
      expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 28);
      memory.release();
    });

    it("has no view of what is not in it", () => {
      const memory = host.mapMemory(4096);
      expect(() => memory.view(Uint8Array, 4000, 97)).toThrow("bytes 4000 to 4097 of a memory of 4096");
      expect(() => memory.view(Int32Array, -4, 2)).toThrow(RangeError);
      memory.release();
    });

    it.runIf(constants.MAX_LENGTH < 2 ** 40)("has no view of more than Node's arrays hold", () => {
      const memory = host.mapMemory(2 * constants.MAX_LENGTH);
      expect(() => memory.view(Uint8Array, 0, constants.MAX_LENGTH + 1)).toThrow(
        "more than this Node has in one array",
      );
      memory.release();
    });

    it("is refused with the reason", () => {
      expect(() => host.mapMemory(2 ** 48)).toThrow(
        "this system refuses 281474976710656 bytes of memory (mmap: ENOMEM)",
      );
    });

    it("is found by the names of functions too", () => {
      expect(host.addressOf("sched_yield")).toBeGreaterThan(4096);
      expect(() => host.addressOf("fovea_has_not_this")).toThrow("this system has no fovea_has_not_this");
    });
  });

  describe("code", () => {
    it("is called with four integers", () => {
      // rdi − rsi + rdx · rcx: mov rax, rdi; sub rax, rsi; imul rdx, rcx; add rax, rdx; ret.
      const code = host.loadCode(
        Uint8Array.of(0x48, 0x89, 0xf8, 0x48, 0x29, 0xf0, 0x48, 0x0f, 0xaf, 0xd1, 0x48, 0x01, 0xd0, 0xc3),
      );
      const f = host.callable(code.address);
      expect(f(2 ** 40, 5, -3, 7)).toBe(2 ** 40 - 26);
      code.release();
    });
  });

  describe("a thread", () => {
    it("runs code with its argument beside this one", async () => {
      const memory = host.mapMemory(4096);
      // mov dword [rdi], 42; xor eax, eax; ret.
      const code = host.loadCode(Uint8Array.of(0xc7, 0x07, 0x2a, 0x00, 0x00, 0x00, 0x31, 0xc0, 0xc3));
      host.startThread(code.address, memory.address);
      const cell = memory.view(Int32Array, 0, 1);
      for (let i = 0; i < 1000 && Atomics.load(cell, 0) === 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 1));
      expect(cell[0]).toBe(42);
    });
  });
}
