/**
 * Machine code as bytes: the legacy, VEX and EVEX encodings, and jumps to labels. Jumps back are short where they can
 * be; jumps ahead have 32 bits, so one pass is enough.
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2, "Instruction Format":
 * 2.2.1 REX, 2.3.5 VEX, 2.7 EVEX; tables 2-1 to 2-3 for ModRM and SIB; NOP for the recommended paddings.
 */
import type {
  Assembly,
  Code,
  Data,
  Immediate,
  Instruction,
  Label,
  Memory,
  Operand,
  Reference,
  Register,
  Width,
} from "./assembly.ts";
import { type Form, lengthOf, unitOf, wOf } from "./forms.ts";
import { formFor, signedValue } from "./match.ts";
import { printInstruction } from "./print.ts";
import { RBP, RSP, registerCounts } from "./registers.ts";

/** Aligned labels are so from the first byte on: the code itself must begin at a multiple of the greatest alignment. */
export const encode = (assembly: Assembly): Uint8Array<ArrayBuffer> => encoderOf(assembly).finish();

/** A displacement from the beginning of something that may move. */
export interface Move {
  readonly at: number;
  readonly within: object;
  readonly displacement: number;
}

/** Part of the code, which may refer to labels of other parts. Aligned labels are so from its first byte on. */
export const encodePart = (assembly: Assembly): Code & { readonly moves: readonly Move[] } =>
  encoderOf(assembly).part();

function encoderOf(assembly: Assembly): Encoder {
  const encoder = new Encoder();
  for (const item of assembly) {
    if (item.kind === "label") encoder.label(item);
    else if (item.kind === "data") encoder.data(item);
    else if (item.kind === "code") encoder.code(item);
    else encoder.instruction(item);
  }
  return encoder;
}

/** No instruction is longer. */
const LONGEST = 15;
const SHORT_JUMP_BYTES = 2;

const prefixBytes: readonly number[] = [0, 0x66, 0xf3, 0xf2];
const escapes: readonly (readonly number[])[] = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]];

/** NOP with ModRM, SIB and displacements of 0, the longest first. */
const paddings: readonly (readonly number[])[] = [
  [0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0],
  [0x0f, 0x1f, 0x80, 0, 0, 0, 0],
  [0x0f, 0x1f, 0x44, 0, 0],
  [0x0f, 0x1f, 0x40, 0],
  [0x0f, 0x1f, 0],
  [0x90],
];

class Encoder {
  #bytes = new Uint8Array(4096);
  #size = 0;
  readonly #places = new Map<string, number>();
  readonly #references: Reference[] = [];
  readonly #moves: Move[] = [];
  // The operands of the present instruction, by the fields where they go.
  #reg = 0;
  #vvvv = 0;
  #rm = 0;
  #low = 0;
  #half = 0;
  #memory: Memory | undefined;
  #immediate: Immediate | undefined;
  #target: string | undefined;
  /** Where 32 bits of it wait for a label's place. */
  #hole = 0;

  readonly #isNear = (name: string): boolean => {
    const place = this.#places.get(name);
    return place !== undefined && place - (this.#size + SHORT_JUMP_BYTES) >= -128;
  };

  label({ name, alignment }: Label): void {
    if (this.#places.has(name)) throw new Error(`the label ${name} is placed twice`);
    let missing = alignment === undefined ? 0 : -this.#size & (alignment - 1);
    while (missing > 0) {
      const padding = paddings.find(({ length }) => length <= missing)!;
      this.#reserve(padding.length);
      for (const byte of padding) this.#byte(byte);
      missing -= padding.length;
    }
    this.#places.set(name, this.#size);
  }

  data({ bytes }: Data): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  code({ bytes, references }: Code): void {
    const start = this.#size;
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, start);
    this.#size += bytes.length;
    for (const { at, end, label, displacement } of references)
      this.#references.push({ at: start + at, end: start + end, label, displacement });
  }

  instruction(instruction: Instruction): void {
    const form = formFor(instruction, this.#isNear);
    if (form === undefined)
      throw bad(instruction, `has no form for these operands, this mask and ${instruction.width} bits`);
    this.#reserve(LONGEST);
    this.#setFields(form, instruction);
    if (form.encoding === "legacy") this.#legacy(form, instruction);
    else if (form.encoding === "vex") this.#vex(form, instruction);
    else this.#evex(form, instruction);
    if (form.modrm !== undefined) this.#byte(form.modrm);
    else if (this.#memory !== undefined) this.#memoryOperand(this.#memory, form, instruction);
    else if (form.fields.includes("m")) this.#byte(0xc0 | ((this.#reg & 7) << 3) | (this.#rm & 7));
    this.#tail(form, instruction);
    if (this.#hole !== 0) this.#refer(instruction);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const [missing] = this.#resolve();
    if (missing !== undefined) throw new Error(`an instruction refers to ${missing.label}, which is placed nowhere`);
    return this.#bytes.slice(0, this.#size);
  }

  part(): Code & { readonly moves: readonly Move[] } {
    const references = this.#resolve();
    return { kind: "code", bytes: this.#bytes.slice(0, this.#size), references, moves: this.#moves };
  }

  /** @returns the references to labels that are not placed here */
  #resolve(): Reference[] {
    return this.#references.filter(({ at, end, label, displacement }) => {
      const place = this.#places.get(label);
      if (place !== undefined) this.#int32(at, place + displacement - end);
      return place === undefined;
    });
  }

  #reserve(bytes: number): void {
    if (this.#size + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length + bytes);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  #byte(value: number): void {
    this.#bytes[this.#size++] = value;
  }

  #int32(place: number, value: number): void {
    const bytes = this.#bytes;
    bytes[place] = value;
    bytes[place + 1] = value >> 8;
    bytes[place + 2] = value >> 16;
    bytes[place + 3] = value >> 24;
  }

  #append32(value: number): void {
    this.#int32(this.#size, value);
    this.#size += 4;
  }

  /** Leaves 32 bits open for a label. */
  #open32(): void {
    this.#hole = this.#size;
    this.#size += 4;
  }

  #refer(instruction: Instruction): void {
    const base = this.#memory?.base;
    const label = base?.kind === "label" ? base.name : this.#target;
    if (label === undefined) throw bad(instruction, "refers to no label");
    const displacement = this.#memory?.displacement ?? 0;
    this.#references.push({ at: this.#hole, end: this.#size, label, displacement });
  }

  #setFields({ fields, digit = 0 }: Form, instruction: Instruction): void {
    this.#reg = digit;
    this.#vvvv = this.#rm = this.#low = this.#half = this.#hole = 0;
    this.#memory = this.#immediate = this.#target = undefined;
    const { operands } = instruction;
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i];
      if (operand.kind === "register") this.#setRegister(fields[i], numberOf(operand, instruction));
      else if (operand.kind === "memory") this.#memory = operand;
      else if (operand.kind === "immediate") this.#immediate = operand;
      else this.#target = operand.name;
    }
  }

  #setRegister(field: string, number: number): void {
    if (field === "r") this.#reg = number;
    else if (field === "v") this.#vvvv = number;
    else if (field === "m") this.#rm = number;
    else if (field === "o") this.#low = number;
    else if (field === "s") this.#half = number;
  }

  /** The base of the address or, without one, the register in ModRM.rm or in the opcode: what the bit B extends. */
  #base(instruction: Instruction): number {
    if (this.#memory === undefined) return this.#rm | this.#low;
    const { base } = this.#memory;
    return base.kind === "label" ? RBP : numberOf(base, instruction);
  }

  #index(instruction: Instruction): number {
    const index = this.#memory?.index;
    return index === undefined ? 0 : numberOf(index, instruction);
  }

  #legacy(form: Form, instruction: Instruction): void {
    if (form.lock) this.#byte(0xf0);
    if (form.prefix !== 0) this.#byte(prefixBytes[form.prefix]);
    const base = this.#base(instruction) >> 3;
    const index = this.#index(instruction) >> 3;
    const rex = (wOf(form, instruction.width) << 3) | ((this.#reg >> 3) << 2) | (index << 1) | base;
    if (rex !== 0 || hasNewByteRegister(form, instruction.operands)) this.#byte(0x40 | rex);
    for (const byte of escapes[form.map]) this.#byte(byte);
    this.#byte(form.opcode | (this.#low & 7));
  }

  /** R, X, B and vvvv are stored inverted. */
  #vex(form: Form, instruction: Instruction): void {
    const w = wOf(form, instruction.width);
    const base = this.#base(instruction) >> 3;
    const index = this.#index(instruction) >> 3;
    const r = ((this.#reg >> 3) ^ 1) << 7;
    const last = ((this.#vvvv ^ 15) << 3) | (lengthOf(form, instruction.width) << 2) | form.prefix;
    if (w === 0 && base === 0 && index === 0 && form.map === 1) {
      this.#byte(0xc5);
      this.#byte(r | last);
    } else {
      this.#byte(0xc4);
      this.#byte(r | ((index ^ 1) << 6) | ((base ^ 1) << 5) | form.map);
      this.#byte((w << 7) | last);
    }
    this.#byte(form.opcode);
  }

  /** R, X, B, R', V' and vvvv are stored inverted. X is bit 4 of a register in ModRM.rm, V' of a vector of indices. */
  #evex(form: Form, instruction: Instruction): void {
    const { width, mask, zeroing } = instruction;
    const base = this.#base(instruction);
    const index = this.#index(instruction);
    const x = this.#memory === undefined ? base >> 4 : (index >> 3) & 1;
    const highest = (this.#vvvv | index) >> 4;
    const first = (((this.#reg >> 3) & 1) << 7) | (x << 6) | (((base >> 3) & 1) << 5) | ((this.#reg >> 4) << 4);
    this.#byte(0x62);
    this.#byte((first ^ 0xf0) | form.map);
    this.#byte((wOf(form, width) << 7) | (((this.#vvvv & 15) ^ 15) << 3) | 4 | form.prefix);
    const lanes = mask === undefined ? 0 : maskNumber(mask, instruction);
    const broadcast = this.#memory?.broadcast ? 1 : 0;
    const vectorLength = lengthOf(form, width);
    this.#byte((zeroing ? 0x80 : 0) | (vectorLength << 5) | (broadcast << 4) | ((highest ^ 1) << 3) | lanes);
    this.#byte(form.opcode);
  }

  #memoryOperand(address: Memory, form: Form, instruction: Instruction): void {
    checkAddress(address, instruction);
    const { index, scale = 1, displacement, broadcast = false, within } = address;
    const base = this.#base(instruction) & 7;
    const reg = (this.#reg & 7) << 3;
    if (address.base.kind === "label") {
      this.#byte(reg | RBP);
      this.#open32();
      return;
    }
    const { width } = instruction;
    const units = displacement / unitOf(form, { width, w: wOf(form, width), broadcast });
    const fits = within === undefined && Number.isInteger(units) && units >= -128 && units < 128;
    // Without displacement, rbp's and r13's place means something else.
    const mod = displacement === 0 && base !== RBP && within === undefined ? 0 : fits ? 0x40 : 0x80;
    if (index === undefined && base !== RSP) this.#byte(mod | reg | base);
    else {
      this.#byte(mod | reg | RSP);
      const number = index === undefined ? RSP : this.#index(instruction) & 7;
      this.#byte((Math.log2(scale) << 6) | (number << 3) | base);
    }
    if (mod === 0x40) this.#byte(units);
    else if (mod === 0x80) {
      if (within !== undefined) this.#moves.push({ at: this.#size, within, displacement });
      this.#append32(displacement);
    }
  }

  /** What follows ModRM: an immediate, or the distance of a jump. */
  #tail({ kinds, fields }: Form, instruction: Instruction): void {
    if (fields.endsWith("s")) this.#byte(this.#half << 4);
    if (this.#target !== undefined) {
      if (kinds[0] === "h") this.#byte(this.#places.get(this.#target)! - (this.#size + 1));
      else this.#open32();
    }
    if (this.#immediate !== undefined)
      this.#number(this.#immediate, { kind: kinds[kinds.length - 1], width: instruction.width });
  }

  #number(immediate: Immediate, { kind, width }: { readonly kind: string; readonly width: Width }): void {
    if (kind === "q") {
      const value = BigInt(immediate.value);
      this.#append32(Number(BigInt.asIntN(32, value)));
      this.#append32(Number(BigInt.asIntN(32, value >> 32n)));
    } else if (kind === "d") this.#append32(signedValue(immediate, width));
    else this.#byte(signedValue(immediate, width));
  }
}

/** An error of who wrote the assembly, not of who uses the engine. */
const bad = (instruction: Instruction, what: string): Error => new Error(`${printInstruction(instruction)} ${what}`);

function numberOf(register: Register, instruction: Instruction): number {
  const { class: kind, number } = register;
  if (number >= 0 && number < registerCounts[kind]) return number;
  throw bad(instruction, `has the ${kind} register ${number}, and there are ${registerCounts[kind]}`);
}

function maskNumber(mask: Register, instruction: Instruction): number {
  if (mask.class === "mask" && mask.number !== 0) return numberOf(mask, instruction);
  throw bad(instruction, "is masked by what is none of k1 to k7");
}

function checkAddress({ base, index, scale = 1, displacement }: Memory, instruction: Instruction): void {
  if (base.kind === "label" ? index !== undefined : base.class !== "general")
    throw bad(instruction, "has an address whose base is no general register, nor a label without index");
  if (index?.class === "mask" || (index?.class === "general" && index.number === RSP))
    throw bad(instruction, "has an index that cannot be one");
  if (![1, 2, 4, 8].includes(scale)) throw bad(instruction, `scales its index by ${scale}`);
  if ((displacement | 0) !== displacement) throw bad(instruction, `has a displacement beyond 32 bits: ${displacement}`);
}

/** spl, bpl, sil and dil are bytes only after a REX prefix. */
function hasNewByteRegister({ kinds }: Form, operands: readonly Operand[]): boolean {
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (operand.kind === "register" && operand.number >= RSP && kinds[i].includes("b")) return true;
  }
  return false;
}
