import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nativeHost } from "#platform";
import { featuresIn, type ProcessorReport, processorFeatures } from "./cpuid.ts";

/** A processor with AVX-512, and a system that keeps its registers. */
const all: ProcessorReport = {
  highestLeaf: 0x10,
  leaf1: { ecx: (1 << 12) | (1 << 27) | (1 << 28) },
  leaf7: { ebx: (1 << 3) | (1 << 5) | (1 << 8) | (1 << 16) | (1 << 17) | (1 << 30) | (1 << 31) },
  xcr0: 0xe7,
};
const without = (value: number, bit: number): number => value & ~(1 << bit);

describe("features", () => {
  it("are there when the processor and the system have everything", () => {
    expect(featuresIn(all)).toEqual({ avx2: true, avx512: true });
  });

  it.each([
    ["OSXSAVE", { leaf1: { ecx: without(all.leaf1.ecx, 27) } }],
    ["AVX", { leaf1: { ecx: without(all.leaf1.ecx, 28) } }],
    ["FMA", { leaf1: { ecx: without(all.leaf1.ecx, 12) } }],
    ["AVX2", { leaf7: { ebx: without(all.leaf7.ebx, 5) } }],
    ["BMI2", { leaf7: { ebx: without(all.leaf7.ebx, 8) } }],
    ["leaf 7", { highestLeaf: 6 }],
    ["ymm registers that are kept", { xcr0: 0xe3 }],
  ])("are none without %s", (_, missing) => {
    expect(featuresIn({ ...all, ...missing })).toEqual({ avx2: false, avx512: false });
  });

  it.each([
    ["AVX-512 F", { leaf7: { ebx: without(all.leaf7.ebx, 16) } }],
    ["AVX-512 DQ", { leaf7: { ebx: without(all.leaf7.ebx, 17) } }],
    ["AVX-512 BW", { leaf7: { ebx: without(all.leaf7.ebx, 30) } }],
    ["AVX-512 VL", { leaf7: { ebx: without(all.leaf7.ebx, 31) } }],
    ["zmm registers that are kept", { xcr0: 0x67 }],
  ])("are those of AVX2 without %s", (_, missing) => {
    expect(featuresIn({ ...all, ...missing })).toEqual({ avx2: true, avx512: false });
  });
});

const found = nativeHost();
if (!found.found || found.host.system !== "linux") {
  it.skip(`asks the processor: not here, ${found.found ? "only Linux says what is right" : found.reason}`, () => {});
} else {
  it("finds what the system says of the processor", () => {
    const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1].trim().split(" "));
    const has = (...names: string[]): boolean => names.every((name) => flags.has(name));
    const avx2 = has("avx2", "fma", "bmi1", "bmi2");
    const avx512 = avx2 && has("avx512f", "avx512dq", "avx512bw", "avx512vl");
    expect(processorFeatures(found.host)).toEqual({ avx2, avx512 });
  });
}
