/**
 * What machine code is made of before it is bytes: instructions over registers, memory and labels. Instruction selection
 * writes it with virtual registers, register allocation replaces them, and the encoder turns it into bytes.
 */
import type { Mnemonic } from "./instructions.ts";

export type RegisterClass = "general" | "vector" | "mask";

/** Numbered as the processor's manual does: rax is general 0, xmm0, ymm0 and zmm0 are vector 0. From `VIRTUAL` on they are virtual. */
export interface Register {
  readonly kind: "register";
  readonly class: RegisterClass;
  readonly number: number;
}

export const VIRTUAL = 64;

/**
 * [base + index · scale + displacement]; `broadcast` puts one element into all lanes (EVEX). With a label as its base the
 * address is relative to the next instruction, and there is no index.
 */
export interface Memory {
  readonly kind: "memory";
  readonly base: Register | Label;
  readonly index?: Register;
  readonly scale?: 1 | 2 | 4 | 8;
  readonly displacement: number;
  readonly broadcast?: boolean;
  /** What it lies in, which may lie elsewhere where the code is used again. */
  readonly within?: object;
}

export interface Immediate {
  readonly kind: "immediate";
  readonly value: number | bigint;
}

/** A place in the code that jumps and memory operands refer to. */
export interface Label {
  readonly kind: "label";
  readonly name: string;
  /** Bytes: the label is moved up to a multiple of them, over instructions that do nothing. */
  readonly alignment?: 16 | 32 | 64;
}

/** Constants between instructions. */
export interface Data {
  readonly kind: "data";
  readonly bytes: Uint8Array;
}

/** 32 bits that wait for a label's place: its distance from the end of the instruction. */
export interface Reference {
  readonly at: number;
  readonly end: number;
  readonly label: string;
  readonly displacement: number;
}

/** Instructions that are bytes already, but for what they refer to outside. */
export interface Code {
  readonly kind: "code";
  readonly bytes: Uint8Array;
  readonly references: readonly Reference[];
}

export type Operand = Register | Memory | Immediate | Label;

/** How wide the operation is: 32 and 64 for general registers; 32 for one float in a vector register; 128, 256, 512. */
export type Width = 32 | 64 | 128 | 256 | 512;

export interface Instruction {
  readonly kind: "instruction";
  readonly mnemonic: Mnemonic;
  /** As in Intel's manual: the destination first. */
  readonly operands: readonly Operand[];
  readonly width: Width;
  /** EVEX: lanes whose bit is not set keep their value, or become zero. */
  readonly mask?: Register;
  readonly zeroing?: boolean;
}

/** A sequence of instructions, with labels and constants between them. */
export type Assembly = readonly (Instruction | Label | Data | Code)[];
