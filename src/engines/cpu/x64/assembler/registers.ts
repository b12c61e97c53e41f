/** Short ways to write machine code down: registers, memory, immediates, labels and instructions. */
import type { Immediate, Instruction, Label, Memory, Operand, Register, RegisterClass, Width } from "./assembly.ts";
import type { Mnemonic } from "./instructions.ts";

/** How many registers of a class the processor has, with AVX-512. */
export const registerCounts: Readonly<Record<RegisterClass, number>> = { general: 16, vector: 32, mask: 8 };

const registersOf = (kind: RegisterClass): readonly Register[] =>
  Array.from({ length: registerCounts[kind] }, (_, number) => ({ kind: "register", class: kind, number }));

const shared: Readonly<Record<RegisterClass, readonly Register[]>> = {
  general: registersOf("general"),
  vector: registersOf("vector"),
  mask: registersOf("mask"),
};

/** The register of a class and number: one object for each that the processor has. */
export const register = (kind: RegisterClass, number: number): Register =>
  shared[kind][number] ?? { kind: "register", class: kind, number };

export const general = (number: number): Register => register("general", number);
export const vector = (number: number): Register => register("vector", number);
export const mask = (number: number): Register => register("mask", number);

export const [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15] = shared.general;

export type MemoryOptions = Pick<Memory, "index" | "scale" | "broadcast" | "within">;

export const memory = (base: Register | Label, displacement = 0, options?: MemoryOptions): Memory => ({
  kind: "memory",
  base,
  displacement,
  ...options,
});

export const immediate = (value: number | bigint): Immediate => ({ kind: "immediate", value });

export const label = (name: string, alignment?: Label["alignment"]): Label =>
  alignment === undefined ? { kind: "label", name } : { kind: "label", name, alignment };

export type InstructionOptions = Pick<Instruction, "mask" | "zeroing">;

/** For what has no width of its own, such as jumps, 64 stands. */
export const instruction = (
  mnemonic: Mnemonic,
  width: Width = 64,
  operands: readonly Operand[] = [],
  options?: InstructionOptions,
): Instruction => ({ kind: "instruction", mnemonic, operands, width, ...options });

/** An instruction without mask. Numbers are immediates. */
export const op = (mnemonic: Mnemonic, width: Width, ...operands: readonly (Operand | number)[]): Instruction =>
  instruction(
    mnemonic,
    width,
    operands.map((operand) => (typeof operand === "number" ? immediate(operand) : operand)),
  );

/** The numbers of rsp and rbp, which encodings of addresses treat apart. */
export const [RSP, RBP] = [4, 5];
