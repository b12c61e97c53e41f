/**
 * How one form of an instruction is laid out in bytes, and a notation short enough for a table of them.
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2, "Instruction Format".
 *
 * Fields say where each operand goes, in the order of the operands, with the letters of the manual's column "Op/En":
 *   r  ModRM.reg          m  ModRM.rm, with SIB and displacement      v  VEX.vvvv
 *   o  the opcode's low three bits     i  immediate     s  the immediate's high half (VEX "is4")     d  jump distance
 * Kinds say what each operand may be, one word for each, one letter for each possibility:
 *   g  general register of the instruction's width     b, e, a  one of 8, 32, 64 bits whatever the width     c  cl
 *   v  vector register of the instruction's width (xmm for one float)     x, y  xmm, ymm whatever the width     k  mask
 *   m  memory     n  memory with a vector of indices
 *   s  byte, sign-extended to the width     u  byte     d  32 bits, sign-extended     q  64 bits
 *   h  label within reach of a byte     l  label
 */
import type { Width } from "./assembly.ts";

export type Encoding = "legacy" | "vex" | "evex";

/** Which opcodes: one byte, or after the escape bytes 0F, 0F 38, 0F 3A. */
export const opcodeMaps = { one: 0, "0f": 1, "0f38": 2, "0f3a": 3 } as const;
export type OpcodeMap = keyof typeof opcodeMaps;

/** The prefix that is part of the opcode, as VEX.pp numbers it. */
export const prefixes = { np: 0, "66": 1, f3: 2, f2: 3 } as const;
export type Prefix = keyof typeof prefixes;

/**
 * EVEX counts an 8-bit displacement in units of what the instruction reads: the whole vector, one element where it is
 * broadcast (`full`), the whole vector always (`whole`), or a number of bytes; `element` is one of the size that W says.
 */
export type Tuple = "full" | "whole" | "element" | 4 | 16 | 32;

/** A bit of the encoding is fixed, or tells the width. */
export type Bit = 0 | 1 | "width";

export interface FormOptions {
  /** The digit that stands in ModRM.reg. */
  readonly digit?: number;
  /** All of ModRM, where there are no operands. */
  readonly modrm?: number;
  /** For which widths it is; without a list the width means nothing. The decoder takes the first that fits. */
  readonly widths?: readonly Width[];
  readonly w?: Bit;
  /** VEX.L, EVEX.L'L. */
  readonly length?: Bit;
  readonly tuple?: Tuple;
  readonly lock?: boolean;
  /** EVEX: whether lanes can be masked off. Without a word, they can. */
  readonly mask?: "none" | "needed";
}

export interface Form extends FormOptions {
  readonly encoding: Encoding;
  readonly map: number;
  readonly prefix: number;
  readonly opcode: number;
  readonly fields: string;
  readonly kinds: readonly string[];
  /** The kinds as bits. */
  readonly accepts: readonly number[];
  readonly w: Bit;
  readonly length: Bit;
}

/** What an operand is, as bits that a form accepts or not. */
export const GENERAL = 1;
export const CL = 1 << 1;
export const VECTOR = 1 << 2;
export const MASK = 1 << 3;
export const MEMORY = 1 << 4;
export const INDEXED = 1 << 5;
export const SIGNED_BYTE = 1 << 6;
export const UNSIGNED_BYTE = 1 << 7;
export const SIGNED_32 = 1 << 8;
export const ANY_64 = 1 << 9;
export const NEAR = 1 << 10;
export const FAR = 1 << 11;

const kindBits: Readonly<Record<string, number>> = {
  g: GENERAL,
  b: GENERAL,
  e: GENERAL,
  a: GENERAL,
  c: CL,
  v: VECTOR,
  x: VECTOR,
  y: VECTOR,
  k: MASK,
  m: MEMORY,
  n: INDEXED,
  s: SIGNED_BYTE,
  u: UNSIGNED_BYTE,
  d: SIGNED_32,
  q: ANY_64,
  h: NEAR,
  l: FAR,
};

const words = (kinds: string): string[] => (kinds === "" ? [] : kinds.split(" "));

/** Prefix and map, opcode, fields, kinds. */
export type Layout = readonly [prefix: Prefix, map: OpcodeMap, opcode: number, fields: string, kinds: string];

function form(encoding: Encoding, [prefix, map, opcode, fields, kinds]: Layout, options: FormOptions): Form {
  const { digit, modrm, widths, w = 0, length = 0, tuple, lock, mask } = options;
  const named = words(kinds);
  const accepts = named.map((letters) => [...letters].reduce((bits, letter) => bits | kindBits[letter], 0));
  // All properties of all forms in one order: the encoder meets objects of one kind and finds their properties faster.
  return {
    ...{ encoding, prefix: prefixes[prefix], map: opcodeMaps[map], opcode, fields, kinds: named, accepts },
    ...{ digit, modrm, widths, w, length, tuple, lock, mask },
  };
}

const GENERAL_WIDTHS: readonly Width[] = [32, 64];
const VEX_WIDTHS: readonly Width[] = [128, 256];
const EVEX_WIDTHS: readonly Width[] = [128, 256, 512];

/** For a general register of either width. */
export const generalForm = (layout: Layout, options: FormOptions = {}): Form =>
  form("legacy", layout, { widths: GENERAL_WIDTHS, w: "width", ...options });

/** For what has no width of its own. */
export const legacy = (layout: Layout, options: FormOptions = {}): Form => form("legacy", layout, options);

export const vex = (layout: Layout, options: FormOptions = {}): Form =>
  form("vex", layout, { widths: VEX_WIDTHS, length: "width", ...options });

export const evex = (layout: Layout, options: FormOptions = {}): Form =>
  form("evex", layout, { widths: EVEX_WIDTHS, length: "width", tuple: "full", ...options });

/** The same opcode in both; VEX, which is shorter, comes first. */
export const both = (layout: Layout, options: FormOptions = {}): Form[] => {
  const widths = options.widths;
  const narrow = { ...options, ...(widths && { widths: widths.filter((width) => width < 512) }) };
  return [vex(layout, narrow), evex(layout, options)];
};

/** One float, and whatever else has VEX.L 0 whatever its width. */
export const scalarForms = (layout: Layout, options: FormOptions = {}): Form[] =>
  both(layout, { widths: [32], length: 0, tuple: "element", ...options });

/** Over masks: the mnemonic says how many bits. */
export const ofMasks = (layout: Layout, options: FormOptions = {}): Form =>
  form("vex", layout, { widths: undefined, length: 0, ...options });

/** A bit of the encoding for a width. */
export const wOf = ({ w }: Form, width: Width): number => (w === "width" ? Number(width === 64) : w);

export function lengthOf({ length }: Form, width: Width): number {
  if (length !== "width") return length;
  return width === 512 ? 2 : Number(width === 256);
}

/** Bytes that a displacement of 8 bits counts in. */
export function unitOf(
  { tuple, encoding }: Form,
  { width, w, broadcast }: { width: Width; w: number; broadcast: boolean },
): number {
  if (encoding !== "evex" || tuple === undefined) return 1;
  if (typeof tuple === "number") return tuple;
  return tuple === "element" || broadcast ? 4 << w : width >> 3;
}
