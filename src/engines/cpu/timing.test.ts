/** Timed steps on every backend: the bits are those of whole steps, and the table has a line for each kernel. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { array, CapabilityError } from "../../array/index.ts";
import { f32, Variable } from "../../graph/index.ts";
import { matmul, mul, softmax, sum } from "../../ops/index.ts";
import { compile } from "../compile.ts";
import type { Engine } from "../engine.ts";
import { type CpuOptions, createWasmEngine, createX64Engine } from "./engine.ts";
import type { StepCode } from "./step/backend.ts";
import { timed } from "./timing.ts";

const STEPS = 20;

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ["wasm", createWasmEngine],
  ["x64", createX64Engine],
] as const)("a timed step of the engine %s", (_, create) => {
  it("has the same bits, and tells every kernel's time once", async ({ skip }) => {
    const said: string[] = [];
    vi.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
    const engines = [0, 2].map((debug) => engineOr(skip, () => create({ threads: 1, debug } satisfies CpuOptions)));
    const [plain, clocked] = await Promise.all(engines.map(run));
    expect(clocked).toEqual(plain);
    const [table, ...others] = said.filter((text) => text.includes("all kernels, one by one"));
    expect(others).toEqual([]);
    const kernels = said.flatMap((text) => /^ *\d+ (?:one thread|all threads) +(.*)$/.exec(text)?.[1] ?? []);
    const lines = table
      .split("\n")
      .map((line) => /^ *[\d.]+ ms +[\d.]+ % +(?:[\d.]+ GFLOP.s {2})?(.*)$/.exec(line)?.[1]);
    expect(kernels.length).toBeGreaterThan(1);
    expect(lines.at(-1)).toBe("all kernels, one by one");
    expect(table).toMatch(/GFLOP\/s {2}\d+ matmul/);
    expect(lines.slice(0, -1).sort()).toEqual(kernels.sort());
  });
});

function engineOr(skip: (reason: string) => never, create: () => Engine): Engine {
  try {
    return create();
  } catch (error) {
    if (error instanceof CapabilityError) return skip(error.message);
    throw error;
  }
}

/** What a step with several kernels gives, and what it leaves, after a few more steps than the table waits for. */
async function run(engine: Engine): Promise<number[]> {
  const w = new Variable(
    "w",
    array([
      [0.5, -1, 2],
      [0.25, 3, -0.125],
    ]),
  );
  const step = compile(
    (x) => {
      const y = softmax(matmul(x, w.read()));
      w.assign(mul(w.read(), 0.75));
      return { y, total: sum(mul(y, y)) };
    },
    [f32(4, 2)],
    { engine },
  );
  const x = array([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ]);
  const results: number[] = [];
  for (let i = 0; i < STEPS + 2; i++) {
    const { y, total } = await step(x);
    results.push(...y.data, ...total.data);
  }
  return [...results, ...w.value.data];
}

describe("what a clock is put beside", () => {
  const code = (threads: number, diary: string[], name: string): StepCode => ({
    codeBytes: 0,
    instantiate: () => ({
      run: (isDivided) => {
        diary.push(name);
        return isDivided ? threads : 1;
      },
    }),
  });

  it("runs in order, on as many threads as every kernel", () => {
    const diary: string[] = [];
    const whole = code(4, diary, "whole");
    const parts = (second: number) => [
      { name: "a", operations: 0, code: code(4, diary, "a") },
      { name: "b", operations: 0, code: code(second, diary, "b") },
    ];
    const run = (second: number, isDivided: boolean): number =>
      timed(whole, parts(second), () => {})
        .instantiate({ bytes: 0, elements: () => new Float32Array(0) })
        .run(isDivided);
    expect([run(4, true), run(1, true), run(4, false)]).toEqual([4, 1, 1]);
    expect(diary.join("")).toBe("ababab");
  });
});
