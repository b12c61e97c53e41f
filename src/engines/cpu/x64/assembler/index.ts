/** Machine code of x86-64: instructions as data, to bytes, from bytes and as text. */
export {
  type Assembly,
  type Code,
  type Data,
  type Immediate,
  type Instruction,
  type Label,
  type Memory,
  type Operand,
  type Register,
  type RegisterClass,
  VIRTUAL,
  type Width,
} from "./assembly.ts";
export { encode, encodePart, type Move } from "./encode.ts";
export type { Mnemonic } from "./instructions.ts";
export { printAssembly } from "./print.ts";
export {
  immediate,
  instruction,
  label,
  memory,
  op,
  RSP,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  vector,
} from "./registers.ts";
