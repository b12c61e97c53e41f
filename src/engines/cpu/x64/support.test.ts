import { afterEach, describe, expect, it, vi } from "vitest";
import type { NativeHost, NativeHostSearch } from "#platform";
import { avx2, avx512 } from "./code/target.ts";
import type { ProcessorFeatures } from "./cpuid.ts";
import { demandedSupport, findX64Support } from "./support.ts";

const here = vi.hoisted(() => ({
  search: { found: false, reason: "nothing" } as NativeHostSearch,
  features: { avx2: false, avx512: false } as ProcessorFeatures,
}));
vi.mock("#platform", async (original) => ({ ...(await original<object>()), nativeHost: () => here.search }));
vi.mock("./cpuid.ts", () => ({ processorFeatures: () => here.features }));

const host = { system: "linux" } as NativeHost;
const machine = (features: ProcessorFeatures): void => {
  here.search = { found: true, host };
  here.features = features;
};
const both = { avx2: true, avx512: true };
const older = { avx2: true, avx512: false };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("machine code", () => {
  it("has the best instructions that there are", () => {
    machine(both);
    expect(findX64Support()).toEqual({ found: true, host, target: avx512 });
    machine(older);
    expect(findX64Support()).toEqual({ found: true, host, target: avx2 });
  });

  it("has those that are demanded", () => {
    machine(both);
    expect(findX64Support("avx2")).toEqual({ found: true, host, target: avx2 });
    vi.stubEnv("FOVEA_X64", "avx2");
    expect(findX64Support()).toEqual({ found: true, host, target: avx2 });
    expect(findX64Support("avx512")).toEqual({ found: true, host, target: avx512 });
  });

  it.each([
    [older, "avx512", "the processor, or the operating system, has no AVX-512"],
    [{ avx2: false, avx512: false }, "avx2", "the processor, or the operating system, has no AVX2"],
    [{ avx2: false, avx512: false }, undefined, "the processor, or the operating system, has no AVX2 with FMA"],
    [both, "off", "FOVEA_X64 is off"],
  ] as const)("is not there with %j when %s is demanded", (features, demand, reason) => {
    machine(features);
    expect(findX64Support(demand)).toEqual({ found: false, reason });
  });

  it("is not there where the platform cannot run it", () => {
    here.search = { found: false, reason: "the package koffi is not installed (npm install koffi)" };
    for (const demand of [undefined, "avx2"] as const) expect(findX64Support(demand)).toEqual(here.search);
  });

  it("is asked for by an environment variable, which must be right", () => {
    for (const demand of ["avx512", "avx2", "off"]) {
      vi.stubEnv("FOVEA_X64", demand);
      expect(demandedSupport()).toBe(demand);
    }
    vi.stubEnv("FOVEA_X64", "");
    expect(demandedSupport()).toBeUndefined();
    vi.stubEnv("FOVEA_X64", "AVX2");
    expect(demandedSupport).toThrow("FOVEA_X64 must be one of avx512, avx2, off, got 'AVX2'");
  });
});
