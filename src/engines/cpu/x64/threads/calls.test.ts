/** Threads on systems whose functions are called at addresses, faked by functions that write over all that they may. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { NativeHostSearch } from "#platform";
import { type FakeHost, fakeHost } from "../../../../../tests/support/x64-systems.ts";
import { CapabilityError, type NdArray, Random, zeros } from "../../../../array/index.ts";
import { f32 } from "../../../../graph/index.ts";
import { matmul, relu } from "../../../../ops/index.ts";
import { compile, selectEngine } from "../../../index.ts";
import { createX64Engine } from "../../engine.ts";
import type { Assembly } from "../assembler/assembly.ts";
import { encode } from "../assembler/encode.ts";
import { memory, op, rdi, rsi } from "../assembler/registers.ts";
import { systemVHost } from "../convention.ts";
import { findX64Support } from "../support.ts";
import { leave } from "./belongings.ts";
import { callsOf } from "./calls.ts";
import { NativeCrew } from "./crew.ts";

const here = vi.hoisted(() => ({ search: undefined as NativeHostSearch | undefined }));
vi.mock("#platform", async (original) => {
  const real = await original<{ nativeHost: () => NativeHostSearch }>();
  return { ...real, nativeHost: () => here.search ?? real.nativeHost() };
});
afterEach(() => {
  vi.unstubAllEnvs();
  here.search = undefined;
});

/** arena[thread] += 1. */
const step: Assembly = [op("add", 32, memory(rdi, 0, { index: rsi, scale: 4 }), 1), op("ret", 64)];
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const uniform = (shape: readonly number[], seed: number): NdArray => {
  const values = zeros(shape);
  const random = new Random(seed, "systems");
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-1, 1);
  return values;
};

/** Three products, one after the other, on so many threads. */
async function products(threads: number): Promise<Float32Array> {
  // Enough work to be divided among threads.
  const side = 200;
  const [x, y] = [uniform([side, side], 1), uniform([side, side], 2)];
  const run = compile((a, b) => ({ c: matmul(relu(matmul(matmul(a, b), a)), b) }), [f32(side, side), f32(side, side)], {
    engine: createX64Engine({ threads }),
  });
  const { c } = await run(x, y);
  return c.data as Float32Array;
}

const support = findX64Support();
if (!support.found || support.host.system !== "linux") {
  it.skip(`threads wait by functions: not here, ${support.found ? "Linux is needed" : support.reason}`, () => {});
} else {
  const { host } = support;

  describe.each(["macos", "windows"] as const)("on a fake of %s", (system) => {
    it.each([1, 2, 3])("a crew of %i runs every step on every thread, awake and asleep", async (size) => {
      const fake = fakeHost(host, system);
      const crew = new NativeCrew(systemVHost(fake), size);
      const code = host.loadCode(encode(step));
      const arena = host.mapMemory(4096);
      const cells = arena.view(Int32Array, 0, 8);
      const steps = 100;
      for (let i = 1; i <= steps; i++) {
        if (i % 20 === 0) await pause(5);
        crew.run(code.address, arena.address);
        expect([...cells]).toEqual([...new Array(size).fill(i), ...new Array(8 - size).fill(0)]);
      }
      const { violations, waits, wakes } = fake.recorded();
      expect(violations).toBe(0);
      expect([waits > 0, wakes > 0]).toEqual([size > 1, size > 1]);
      crew.end();
    });

    it("threads sleep until there is something to do", async () => {
      const fake = fakeHost(host, system);
      const crew = new NativeCrew(systemVHost(fake), 3);
      await pause(30);
      // Once each. If the system did not find the cell as it is said to be, there would be thousands of attempts.
      expect(fake.recorded()).toMatchObject({ violations: 0, waits: 2 });
      crew.end();
    });

    it("the engine computes the same bits as in Linux, on any number of threads", async () => {
      const expected = await products(1);
      const fake: FakeHost = fakeHost(host, system);
      here.search = { found: true, host: fake };
      // With many threads, some wait longer than they spin.
      for (const threads of [1, 2, 3, 8]) expect(await products(threads)).toEqual(expected);
      expect(createX64Engine().description).toContain(`(a fake of ${system})`);
      expect(fake.recorded()).toMatchObject({ violations: 0, threads: 1 + 2 + 7 });
    });

    it("what a thread has taken is given back when it ends", async () => {
      const fake = fakeHost(host, system);
      const entrance = systemVHost(fake);
      const crew = new NativeCrew(entrance, 2);
      const taken = host.mapMemory(4096).mapping;
      const list = host.mapMemory((16 + 4080) * 16);
      const entries = list.view(BigInt64Array, 0, 2 * (16 + 4080));
      entries.set([BigInt(crew.control), 2n]);
      entries.set([BigInt(taken.address), BigInt(taken.bytes)], 2 * 16);
      entrance.callable(host.loadCode(encode(leave(callsOf(entrance)))).address)(list.address, 0, 0, 0);
      expect(fake.recorded()).toMatchObject({ violations: 0, freed: [taken.address] });
    });
  });

  it("the engine is there, but where it is not tested it is chosen by who asks for it only", () => {
    here.search = { found: true, host: fakeHost(host, "windows") };
    expect([selectEngine().name, selectEngine("x64").name]).toEqual(["wasm", "x64"]);
    vi.stubEnv("FOVEA_X64", "avx2");
    expect(selectEngine().arithmetic).toBe("x64 avx2");
  });

  it("is not used where the system lacks a function", () => {
    const reason = "this system has no WaitOnAddress";
    const fake = fakeHost(host, "windows");
    const addressOf = (name: string): number => {
      if (name === "WaitOnAddress") throw new CapabilityError(reason);
      return fake.addressOf(name);
    };
    here.search = { found: true, host: { ...fake, addressOf } };
    expect(findX64Support()).toEqual({ found: false, reason });
  });
}
