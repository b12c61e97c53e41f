/**
 * Which instruction an operation of the loop language is, by the operands' lane and width. What needs several is in
 * `sequences.ts`.
 */
import type { Operation, shuffles } from "../../loops/index.ts";
import type { Mnemonic } from "../assembler/index.ts";
import type { X64Target } from "../code/index.ts";

interface BinaryRow {
  /** For one float, a vector of floats, one integer, a vector of integers. */
  readonly f32?: Mnemonic;
  readonly f32s?: Mnemonic;
  readonly i32?: Mnemonic;
  readonly i32s?: Mnemonic;
  readonly commutes?: boolean;
}

interface Shuffled {
  readonly mnemonic: Mnemonic;
  readonly mode?: number;
}

/** dst = a op b. For one integer: dst op= b. */
export const binary: Readonly<Partial<Record<Operation, BinaryRow>>> = {
  add: { f32: "vaddss", f32s: "vaddps", i32: "add", i32s: "vpaddd", commutes: true },
  sub: { f32: "vsubss", f32s: "vsubps", i32: "sub", i32s: "vpsubd" },
  mul: { f32: "vmulss", f32s: "vmulps", i32: "imul", i32s: "vpmulld", commutes: true },
  div: { f32: "vdivss", f32s: "vdivps" },
  min: { i32s: "vpminsd", commutes: true },
  max: { i32s: "vpmaxsd", commutes: true },
  and: { i32: "and", i32s: "vandps", commutes: true },
  or: { i32: "or", i32s: "vorps", commutes: true },
  xor: { i32: "xor", i32s: "vxorps", commutes: true },
};

/** dst = op a, lane by lane; one float is the first of four. The number is an immediate. */
export const unary: Readonly<
  Partial<Record<Operation, { readonly avx512: Mnemonic; readonly avx2: Mnemonic; readonly mode?: number }>>
> = {
  sqrt: { avx512: "vsqrtps", avx2: "vsqrtps" },
  floor: { avx512: "vrndscaleps", avx2: "vroundps", mode: 9 },
  ceil: { avx512: "vrndscaleps", avx2: "vroundps", mode: 10 },
  nearest: { avx512: "vrndscaleps", avx2: "vroundps", mode: 8 },
};

/** Of two vectors, see `../loops/shuffles.ts`. The number is an immediate. */
export const shuffled: Readonly<Record<keyof typeof shuffles, Readonly<Record<X64Target["name"], Shuffled>>>> = {
  interleaveLow: { avx512: { mnemonic: "vunpcklps" }, avx2: { mnemonic: "vunpcklps" } },
  interleaveHigh: { avx512: { mnemonic: "vunpckhps" }, avx2: { mnemonic: "vunpckhps" } },
  evenFours: { avx512: { mnemonic: "vshuff32x4", mode: 0x88 }, avx2: { mnemonic: "vperm2f128", mode: 0x20 } },
  oddFours: { avx512: { mnemonic: "vshuff32x4", mode: 0xdd }, avx2: { mnemonic: "vperm2f128", mode: 0x31 } },
};

/** Of masks: as mask registers, as vectors with all bits of a lane set or clear, and as 0 or 1 in a general register. */
export const logic: Readonly<
  Partial<Record<Operation, { readonly mask: Mnemonic; readonly vector: Mnemonic; readonly general: Mnemonic }>>
> = {
  and: { mask: "kandw", vector: "vandps", general: "and" },
  or: { mask: "korw", vector: "vorps", general: "or" },
  xor: { mask: "kxorw", vector: "vxorps", general: "xor" },
};

interface Comparison {
  /** The predicate of vcmpps: ordered, except that `ne` holds for what is not a number. */
  readonly floats: number;
  /** The predicate of vpcmpd. */
  readonly integers: number;
  /** With one of AVX2's two comparisons of integers: operands in the other order, result inverted. */
  readonly vector: { readonly mnemonic: "vpcmpeqd" | "vpcmpgtd"; readonly swaps: boolean; readonly inverts: boolean };
  /** Of integers in general registers. */
  readonly set: Mnemonic;
  readonly move: Mnemonic;
  readonly jump: Mnemonic;
  readonly jumpUnless: Mnemonic;
}

const [EQUAL, GREATER] = ["vpcmpeqd", "vpcmpgtd"] as const;

export const comparisons: Readonly<Partial<Record<Operation, Comparison>>> = {
  eq: {
    floats: 0,
    integers: 0,
    vector: { mnemonic: EQUAL, swaps: false, inverts: false },
    set: "sete",
    move: "cmove",
    jump: "je",
    jumpUnless: "jne",
  },
  ne: {
    floats: 4,
    integers: 4,
    vector: { mnemonic: EQUAL, swaps: false, inverts: true },
    set: "setne",
    move: "cmovne",
    jump: "jne",
    jumpUnless: "je",
  },
  lt: {
    floats: 0x11,
    integers: 1,
    vector: { mnemonic: GREATER, swaps: true, inverts: false },
    set: "setl",
    move: "cmovl",
    jump: "jl",
    jumpUnless: "jge",
  },
  le: {
    floats: 0x12,
    integers: 2,
    vector: { mnemonic: GREATER, swaps: false, inverts: true },
    set: "setle",
    move: "cmovle",
    jump: "jle",
    jumpUnless: "jg",
  },
  gt: {
    floats: 0x1e,
    integers: 6,
    vector: { mnemonic: GREATER, swaps: false, inverts: false },
    set: "setg",
    move: "cmovg",
    jump: "jg",
    jumpUnless: "jle",
  },
  ge: {
    floats: 0x1d,
    integers: 5,
    vector: { mnemonic: GREATER, swaps: true, inverts: true },
    set: "setge",
    move: "cmovge",
    jump: "jge",
    jumpUnless: "jl",
  },
};
/** Ordered: neither is NaN. */
export const ORDERED = 7;
export const AT_LEAST = 0x1d;
