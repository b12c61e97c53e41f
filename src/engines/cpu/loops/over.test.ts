import { describe, expect, it } from "vitest";
import { apply, at, computed, constant, KernelBuilder, scalar, times } from "./builder.ts";
import { checkKernel } from "./check.ts";
import { interpretKernel } from "./interpret.ts";
import type { Buffer, Kernel } from "./ir.ts";
import { printKernel } from "./print.ts";

const buffer = (name: string, length: number): Buffer => ({ name, lane: "f32", length });
const [x, y, u, v] = [buffer("x", 8), buffer("y", 8), buffer("u", 8), buffer("v", 8)];

/** y[i] = 2 x[i + 0], the last with a position that is computed. */
const doubling = (): Kernel => {
  const b = new KernelBuilder(4);
  b.loop(8, (i) => {
    const value = b.load(x, computed(times(i, 1), constant(0, scalar("i32"))));
    b.when(apply("lt", value, constant(100, scalar("f32"))), () => b.store(y, i, apply("add", value, b.load(x, i))));
  });
  b.store(y, at(0), constant(5, scalar("f32")));
  return b.finish("doubling");
};

const over = (...pairs: [Buffer, Buffer][]): Kernel => ({ ...doubling(), over: new Map(pairs) });
const check = (kernel: Kernel) => checkKernel(kernel, { lanes: 4 });

describe("a kernel over other buffers than its body names", () => {
  it("is printed, checked and run over them", () => {
    const kernel = over([x, u], [y, v]);
    expect(printKernel(kernel)).toBe(printKernel(doubling()).replaceAll(/\bx\b/g, "u").replaceAll(/\by\b/g, "v"));
    expect(check(kernel)).toEqual(new Set([u, v]));
    const memory = new Map([u, v].map((one) => [one, Float32Array.from({ length: 8 }, (_, i) => i)]));
    interpretKernel(kernel, (one) => memory.get(one)!);
    expect([...memory.get(v)!]).toEqual([5, 2, 4, 6, 8, 10, 12, 14]);
  });

  it("has its body checked once", () => {
    const [first, second] = [doubling(), { ...doubling(), over: new Map([[x, u]]) }];
    const checked = new Map([[second.body, new Set([x])]]);
    expect(checkKernel(second, { lanes: 4, checked })).toEqual(new Set([u]));
    checkKernel(first, { lanes: 4, checked });
    expect(checked.get(first.body)).toEqual(new Set([x, y]));
  });

  it.each([
    ["too short", over([x, buffer("short", 7)], [y, v]), "over short in place of x"],
    ["of another kind", over([x, { ...u, lane: "i32" }], [y, v]), "over u in place of x"],
    ["missing", over([x, u]), "over undefined in place of y"],
    ["the same for two", over([x, u], [y, u]), "kernel doubling: runs over u in place of y"],
  ])("is refused where one of them is %s", (_, kernel, message) => {
    expect(() => check(kernel)).toThrow(message);
  });
});
