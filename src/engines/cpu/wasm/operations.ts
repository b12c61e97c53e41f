/** Which WebAssembly instruction an operation of the loop language is, by the operands' lane and width. */
import type { Operation } from "../loops/index.ts";
import type { Mnemonic } from "./instructions.ts";

type Column = "f32" | "i32" | "f32x4" | "i32x4" | "mask" | "maskx4";

/** One instruction after the operands. What needs more than that is in `emit.ts`. */
export const simple: Readonly<Partial<Record<Operation, Readonly<Partial<Record<Column, Mnemonic>>>>>> = {
  add: { f32: "f32.add", i32: "i32.add", f32x4: "f32x4.add", i32x4: "i32x4.add" },
  sub: { f32: "f32.sub", i32: "i32.sub", f32x4: "f32x4.sub", i32x4: "i32x4.sub" },
  mul: { f32: "f32.mul", i32: "i32.mul", f32x4: "f32x4.mul", i32x4: "i32x4.mul" },
  div: { f32: "f32.div", f32x4: "f32x4.div" },
  min: { f32: "f32.min", f32x4: "f32x4.min", i32x4: "i32x4.min_s" },
  max: { f32: "f32.max", f32x4: "f32x4.max", i32x4: "i32x4.max_s" },
  neg: { f32: "f32.neg", f32x4: "f32x4.neg", i32x4: "i32x4.neg" },
  abs: { f32: "f32.abs", f32x4: "f32x4.abs", i32x4: "i32x4.abs" },
  sqrt: { f32: "f32.sqrt", f32x4: "f32x4.sqrt" },
  floor: { f32: "f32.floor", f32x4: "f32x4.floor" },
  ceil: { f32: "f32.ceil", f32x4: "f32x4.ceil" },
  nearest: { f32: "f32.nearest", f32x4: "f32x4.nearest" },
  eq: { f32: "f32.eq", i32: "i32.eq", f32x4: "f32x4.eq", i32x4: "i32x4.eq" },
  ne: { f32: "f32.ne", i32: "i32.ne", f32x4: "f32x4.ne", i32x4: "i32x4.ne" },
  lt: { f32: "f32.lt", i32: "i32.lt_s", f32x4: "f32x4.lt", i32x4: "i32x4.lt_s" },
  le: { f32: "f32.le", i32: "i32.le_s", f32x4: "f32x4.le", i32x4: "i32x4.le_s" },
  gt: { f32: "f32.gt", i32: "i32.gt_s", f32x4: "f32x4.gt", i32x4: "i32x4.gt_s" },
  ge: { f32: "f32.ge", i32: "i32.ge_s", f32x4: "f32x4.ge", i32x4: "i32x4.ge_s" },
  and: { i32: "i32.and", mask: "i32.and", i32x4: "v128.and", maskx4: "v128.and" },
  or: { i32: "i32.or", mask: "i32.or", i32x4: "v128.or", maskx4: "v128.or" },
  xor: { i32: "i32.xor", mask: "i32.xor", i32x4: "v128.xor", maskx4: "v128.xor" },
  not: { mask: "i32.eqz", maskx4: "v128.not" },
  shl: { i32: "i32.shl", i32x4: "i32x4.shl" },
  shr: { i32: "i32.shr_u", i32x4: "i32x4.shr_u" },
  toInteger: { f32: "i32.trunc_sat_f32_s", f32x4: "i32x4.trunc_sat_f32x4_s" },
  toFloat: { i32: "f32.convert_i32_s", i32x4: "f32x4.convert_i32x4_s" },
  bitsToFloat: { i32: "f32.reinterpret_i32" },
  floatToBits: { f32: "i32.reinterpret_f32" },
};
