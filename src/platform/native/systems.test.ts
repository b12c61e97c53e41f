/** What each system is asked for, by a koffi that only writes down what is called. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { NativeHost, NativeHostSearch } from "../types.ts";

type Call = readonly [name: string, ...values: number[]];
type Answers = Readonly<Record<string, (...values: number[]) => number>>;

const ADDRESS = 0x7000_0000;
const FUNCTION = 0x1234;

/** A koffi whose functions answer as told, else with what means success, and its calls. */
function fakeKoffi(answers: Answers, missing: readonly string[] = []) {
  const calls: Call[] = [];
  const loaded: (string | null)[] = [];
  const types: string[] = [];
  const pages = new Map<bigint, ArrayBuffer>();
  const lookUp = (path: string | null, name: string): void => {
    if (missing.includes(name)) throw new Error(`Cannot find symbol '${name}' in ${path}`);
  };
  const koffi = {
    load: (path: string | null) => {
      loaded.push(path);
      return {
        func: (name: string, result: string, parameters: readonly string[]) => {
          lookUp(path, name);
          types.push(`${result} ${name}(${parameters.join()})`);
          return (...values: number[]) => {
            calls.push([name, ...values]);
            return answers[name]?.(...values) ?? 0;
          };
        },
        symbol: (name: string) => {
          lookUp(path, name);
          return BigInt(FUNCTION);
        },
      };
    },
    proto: (result: string, parameters: readonly string[]) => `${result}(${parameters.join()})`,
    decode: () => (a: number, b: number) => a + b,
    view: (address: bigint, bytes: number) => {
      const page = pages.get(address) ?? new ArrayBuffer(bytes);
      pages.set(address, page);
      return page;
    },
    errno: () => 13,
    os: { errno: { EACCES: 13, EAGAIN: 35 } },
  };
  return { koffi, calls, loaded, types, pages };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.doUnmock("node:module");
  vi.doUnmock("node:worker_threads");
});

async function searchOn(platform: string, koffi: unknown, isMainThread = true): Promise<NativeHostSearch> {
  vi.spyOn(process, "platform", "get").mockReturnValue(platform as NodeJS.Platform);
  vi.spyOn(process, "arch", "get").mockReturnValue("x64");
  vi.resetModules();
  vi.doMock("node:module", () => ({ createRequire: () => () => koffi }));
  vi.doMock("node:worker_threads", () => ({ isMainThread }));
  return (await import("../native.ts")).nativeHost();
}

async function hostOn(platform: string, fake: ReturnType<typeof fakeKoffi>, isMainThread = true): Promise<NativeHost> {
  const search = await searchOn(platform, fake.koffi, isMainThread);
  if (!search.found) throw new Error(search.reason);
  fake.calls.length = 0;
  return search.host;
}

const mapping: Answers = { mmap: () => ADDRESS };
const SIZE = 3 * 4096;

describe("macOS", () => {
  it("has a reservation", async () => {
    const fake = fakeKoffi(mapping);
    const host = await hostOn("darwin", fake);
    expect([host.system, host.reservation]).toEqual(["macos", "untested on macOS"]);
    expect(fake.loaded).toEqual([null]);
  });

  it("maps memory with untouchable pages around, and gives it back", async () => {
    const fake = fakeKoffi(mapping);
    const memory = (await hostOn("darwin", fake)).mapMemory(10_000);
    expect([memory.address, memory.bytes, memory.mapping]).toEqual([
      ADDRESS + 4096,
      SIZE,
      { address: ADDRESS, bytes: SIZE + 8192 },
    ]);
    memory.release();
    // PROT_NONE, MAP_PRIVATE | MAP_ANON; PROT_READ | PROT_WRITE.
    expect(fake.calls).toEqual([
      ["mmap", 0, SIZE + 8192, 0, 0x1002, -1, 0],
      ["mprotect", ADDRESS + 4096, SIZE, 3],
      ["munmap", ADDRESS, SIZE + 8192],
    ]);
    expect(fake.types).toContain("int64_t mmap(int64_t,int64_t,int64_t,int64_t,int64_t,int64_t)");
  });

  it("writes code first and lets it be executed then", async () => {
    const fake = fakeKoffi(mapping);
    (await hostOn("darwin", fake)).loadCode(Uint8Array.of(0xc3));
    expect(fake.calls.at(-1)).toEqual(["mprotect", ADDRESS + 4096, 4096, 5]);
  });

  it("starts detached threads without signals", async () => {
    const fake = fakeKoffi(mapping);
    (await hostOn("darwin", fake)).startThread(77, 78);
    expect(fake.calls.slice(2)).toEqual([
      ["pthread_attr_init", ADDRESS + 256],
      ["pthread_attr_setdetachstate", ADDRESS + 256, 2],
      ["pthread_attr_setstacksize", ADDRESS + 256, 2 ** 20],
      ["pthread_sigmask", 3, ADDRESS, ADDRESS + 128],
      ["pthread_create", ADDRESS + 384, ADDRESS + 256, 77, 78],
      ["pthread_sigmask", 3, ADDRESS + 128, 0],
      ["pthread_attr_destroy", ADDRESS + 256],
      ["munmap", ADDRESS, 4096],
    ]);
    expect(new Uint8Array(fake.pages.get(BigInt(ADDRESS))!)).toEqual(new Uint8Array(128).fill(0xff));
  });

  it("calls a function at the end of a thread, but of the first", async () => {
    for (const isMainThread of [true, false]) {
      const fake = fakeKoffi(mapping);
      (await hostOn("darwin", fake, isMainThread)).onThreadEnd(77, 78);
      expect(fake.calls).toEqual(isMainThread ? [] : [["_tlv_atexit", 77, 78]]);
    }
  });

  it.each([
    ["mmap", { mmap: () => -1 }, "4096 bytes of memory (mmap: EACCES)"],
    [
      "mprotect",
      { ...mapping, mprotect: (...values: number[]) => (values[2] === 5 ? -1 : 0) },
      "executable pages (mprotect: EACCES)",
    ],
  ])("is not used where %s fails", async (_, answers: Answers, what) => {
    expect(await searchOn("darwin", fakeKoffi(answers).koffi)).toEqual({
      found: false,
      reason: `this system refuses ${what}`,
    });
  });

  it("says why there are no more threads", async () => {
    const host = await hostOn("darwin", fakeKoffi({ ...mapping, pthread_create: () => 35 }));
    expect(() => host.startThread(0, 0)).toThrow("this system refuses another thread (pthread_create: EAGAIN)");
  });
});

const succeeding: Answers = {
  VirtualAlloc: (address) => (address === 0 ? ADDRESS : address),
  VirtualProtect: () => 1,
  VirtualFree: () => 1,
  FlushInstructionCache: () => 1,
  CreateThread: () => 0x50,
  CloseHandle: () => 1,
  FlsAlloc: () => 6,
  FlsSetValue: () => 1,
};

describe("Windows", () => {
  it("has a reservation, and functions in two libraries", async () => {
    const fake = fakeKoffi(succeeding);
    const host = await hostOn("win32", fake);
    expect([host.system, host.reservation]).toEqual(["windows", "tested under Wine, not on Windows"]);
    expect(fake.loaded).toEqual(["kernel32.dll", "api-ms-win-core-synch-l1-2-0.dll"]);
    expect(host.addressOf("WaitOnAddress")).toBe(FUNCTION);
  });

  it("reserves memory, opens what is inside, and gives all of it back", async () => {
    const fake = fakeKoffi(succeeding);
    (await hostOn("win32", fake)).mapMemory(10_000).release();
    // MEM_RESERVE, PAGE_NOACCESS; MEM_COMMIT, PAGE_READWRITE; MEM_RELEASE.
    expect(fake.calls).toEqual([
      ["VirtualAlloc", 0, SIZE + 8192, 0x2000, 1],
      ["VirtualAlloc", ADDRESS + 4096, SIZE, 0x1000, 4],
      ["VirtualFree", ADDRESS, 0, 0x8000],
    ]);
    expect(fake.types).toContain("int64_t VirtualAlloc(int64_t,int64_t,int64_t,int64_t)");
  });

  it("writes code first and lets it be executed then", async () => {
    const fake = fakeKoffi(succeeding);
    (await hostOn("win32", fake)).loadCode(Uint8Array.of(0xc3));
    expect(fake.calls.slice(2)).toEqual([
      ["VirtualProtect", ADDRESS + 4096, 4096, 0x20, ADDRESS],
      ["FlushInstructionCache", -1, ADDRESS + 4096, 4096],
    ]);
  });

  it("starts threads and lets go of them", async () => {
    const fake = fakeKoffi(succeeding);
    (await hostOn("win32", fake)).startThread(77, 78);
    expect(fake.calls).toEqual([
      ["CreateThread", 0, 2 ** 20, 77, 78, 0, 0],
      ["CloseHandle", 0x50],
    ]);
  });

  it("calls a function at the end of a thread, but of the first, or where there is no room for one more", async () => {
    const called = async (answers: Answers, isMainThread: boolean): Promise<Call[]> => {
      const fake = fakeKoffi(answers);
      (await hostOn("win32", fake, isMainThread)).onThreadEnd(77, 78);
      return fake.calls;
    };
    expect(await called(succeeding, true)).toEqual([]);
    expect(await called(succeeding, false)).toEqual([
      ["FlsAlloc", 77],
      ["FlsSetValue", 6, 78],
    ]);
    expect(await called({ ...succeeding, FlsAlloc: () => -1 }, false)).toEqual([["FlsAlloc", 77]]);
  });

  it.each([
    ["VirtualProtect", 1655, "executable pages (VirtualProtect: ERROR_DYNAMIC_CODE_BLOCKED)"],
    ["VirtualAlloc", 8, "memory (VirtualAlloc: ERROR_NOT_ENOUGH_MEMORY)"],
    ["FlushInstructionCache", 6, "executable pages (FlushInstructionCache: error 6)"],
  ])("is not used where %s fails", async (name, error, what) => {
    const answers = { ...succeeding, [name]: () => 0, GetLastError: () => error };
    expect(await searchOn("win32", fakeKoffi(answers).koffi)).toEqual({
      found: false,
      reason: `this system refuses ${what}`,
    });
  });

  it("gives back what it cannot open", async () => {
    const COMMIT = 0x1000;
    let isFull = false;
    const fake = fakeKoffi({
      ...succeeding,
      VirtualAlloc: (address, _, type) => (isFull && type === COMMIT ? 0 : address || ADDRESS),
      GetLastError: () => 1455,
    });
    const host = await hostOn("win32", fake);
    isFull = true;
    expect(() => host.mapMemory(4096)).toThrow("refuses 4096 bytes of memory (VirtualAlloc: ERROR_COMMITMENT_LIMIT)");
    expect(fake.calls.at(-1)).toEqual(["VirtualFree", ADDRESS, 0, 0x8000]);
  });

  it("says why there are no more threads, and which function is missing", async () => {
    const answers = { ...succeeding, CreateThread: () => 0, GetLastError: () => 164 };
    const host = await hostOn("win32", fakeKoffi(answers, ["WakeByAddressAll"]));
    expect(() => host.startThread(0, 0)).toThrow("another thread (CreateThread: ERROR_MAX_THRDS_REACHED)");
    expect(() => host.addressOf("WakeByAddressAll")).toThrow("this system has no WakeByAddressAll");
  });
});
