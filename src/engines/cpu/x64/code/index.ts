/** Code over virtual registers: what selection writes and allocation reads; the target that it is for. */
export {
  CodeBuilder,
  frame,
  type LoopMark,
  type Source,
  slot,
  type VirtualCode,
  type VirtualItem,
  VirtualRegister,
} from "./code.ts";
export { ConstantPool } from "./constants.ts";
export { avx2, avx512, type X64Target } from "./target.ts";
