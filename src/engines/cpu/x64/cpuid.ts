/**
 * What the processor and the operating system offer, asked by machine code. Sources: Intel 64 and IA-32 Architectures
 * Software Developer's Manual, volume 1, chapters 14.5 and 15.2 (detection of AVX2, FMA and AVX-512), volume 2, CPUID, XGETBV.
 */
import type { NativeHost } from "#platform";
import { type Assembly, encode, memory, op, r8, rax, rbx, rcx, rdi, rdx, rsi } from "./assembler/index.ts";

export interface ProcessorFeatures {
  /** AVX2, FMA and BMI, and registers of 256 bits that survive a change of threads. */
  readonly avx2: boolean;
  /** AVX-512 F, DQ, BW and VL, and registers of 512 bits that survive. */
  readonly avx512: boolean;
}

/** The registers after CPUID, and XCR0 where it can be read. */
export interface ProcessorReport {
  readonly highestLeaf: number;
  readonly leaf1: { readonly ecx: number };
  readonly leaf7: { readonly ebx: number };
  /** Which registers the operating system keeps. */
  readonly xcr0: number;
}

const bits = (...numbers: number[]): number => numbers.reduce((sum, number) => sum | (1 << number), 0);
const hasAll = (value: number, wanted: number): boolean => (value & wanted) === wanted;

const OSXSAVE = bits(27);
/** Of leaf 1, ecx: FMA, AVX. */
const FMA_AVX = bits(12, 28);
/** Of leaf 7, ebx: BMI1, AVX2, BMI2. */
const AVX2_BMI = bits(3, 5, 8);
/** Of leaf 7, ebx: AVX-512 F, DQ, BW, VL. */
const AVX512 = bits(16, 17, 30, 31);
/** Of XCR0: xmm, ymm; masks, the upper halves of zmm0 to zmm15, zmm16 to zmm31. */
const YMM = bits(1, 2);
const ZMM = bits(5, 6, 7);

export function featuresIn({ highestLeaf, leaf1, leaf7, xcr0 }: ProcessorReport): ProcessorFeatures {
  const avx2 =
    highestLeaf >= 7 && hasAll(leaf1.ecx, OSXSAVE | FMA_AVX) && hasAll(leaf7.ebx, AVX2_BMI) && hasAll(xcr0, YMM);
  return { avx2, avx512: avx2 && hasAll(leaf7.ebx, AVX512) && hasAll(xcr0, ZMM) };
}

/** `void cpuid(int leaf, int subleaf, uint32 registers[4])`: eax, ebx, ecx, edx. */
const cpuid: Assembly = [
  op("push", 64, rbx),
  op("mov", 32, rax, rdi),
  op("mov", 32, rcx, rsi),
  op("mov", 64, r8, rdx),
  op("cpuid", 64),
  ...[rax, rbx, rcx, rdx].map((register, i) => op("mov", 32, memory(r8, 4 * i), register)),
  op("pop", 64, rbx),
  op("ret", 64),
];

/** `uint64 xgetbv(int register)`. */
const xgetbv: Assembly = [
  op("mov", 32, rcx, rdi),
  op("xgetbv", 64),
  op("shl", 64, rdx, 32),
  op("or", 64, rax, rdx),
  op("ret", 64),
];

/** Loads a function, uses it and gives it back. */
function withCode<T>(host: NativeHost, code: Assembly, use: (f: (...values: number[]) => number) => T): T {
  const loaded = host.loadCode(encode(code));
  try {
    return use(host.callable(loaded.address));
  } finally {
    loaded.release();
  }
}

function report(host: NativeHost): ProcessorReport {
  const out = host.mapMemory(16);
  const [eax, ebx, ecx] = [0, 1, 2];
  try {
    return withCode(host, cpuid, (ask) => {
      const leaf = (number: number): number[] => {
        ask(number, 0, out.address, 0);
        return [...out.view(Int32Array, 0, 4)];
      };
      const highestLeaf = leaf(0)[eax];
      const leaf1 = { ecx: leaf(1)[ecx] };
      const leaf7 = { ebx: highestLeaf >= 7 ? leaf(7)[ebx] : 0 };
      // Without OSXSAVE the instruction does not exist.
      const xcr0 = hasAll(leaf1.ecx, OSXSAVE) ? withCode(host, xgetbv, (read) => read(0, 0, 0, 0)) : 0;
      return { highestLeaf, leaf1, leaf7, xcr0 };
    });
  } finally {
    out.release();
  }
}

let known: ProcessorFeatures | undefined;

/** Asked once. */
export function processorFeatures(host: NativeHost): ProcessorFeatures {
  known ??= featuresIn(report(host));
  return known;
}
