/**
 * Bytes as machine code again, by the same table as the encoder: for tests, and to look at what was emitted. Labels are
 * named after the place that they stand at. Code only: constants in between would be read as instructions.
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2, "Instruction Format".
 */
import type { Instruction, Label, Memory, Operand, RegisterClass, Width } from "./assembly.ts";
import { type Encoding, type Form, lengthOf, unitOf, wOf } from "./forms.ts";
import { formsOf, type Mnemonic, mnemonics } from "./instructions.ts";
import { immediate, label, mask, memory, RBP, RSP, register } from "./registers.ts";

/** What stands before the operands. Registers' extensions are bits 3 and 4 of their numbers. */
interface Head {
  readonly encoding: Encoding;
  readonly map: number;
  readonly prefix: number;
  readonly lock: boolean;
  readonly opcode: number;
  readonly w: number;
  readonly length: number;
  readonly reg: number;
  readonly index: number;
  readonly base: number;
  /** EVEX: bit 4 of a register in ModRM.rm. */
  readonly high: number;
  readonly vvvv: number;
  readonly mask: number;
  readonly zeroing: boolean;
  readonly broadcast: boolean;
}

interface FormRow {
  readonly mnemonic: Mnemonic;
  readonly form: Form;
}

type Key = Pick<Head, "encoding" | "map" | "prefix" | "opcode"> & { readonly lock?: boolean };

function opcodeKey({ encoding, map, prefix, opcode, lock = false }: Key): string {
  return [encoding, map, prefix, opcode, lock].join();
}

const rowsByOpcode = new Map<string, FormRow[]>();
for (const mnemonic of mnemonics)
  for (const form of formsOf(mnemonic)) {
    const key = opcodeKey(form);
    rowsByOpcode.set(key, [...(rowsByOpcode.get(key) ?? []), { mnemonic, form }]);
  }

/** One instruction, and where the next one begins. */
export interface Decoded {
  readonly instruction: Instruction;
  readonly end: number;
}

/** All of the code, with labels where its jumps go. */
export function decode(bytes: Uint8Array): (Instruction | Label)[] {
  const starts = new Map<number, Instruction>();
  for (let at = 0; at < bytes.length; ) {
    const { instruction, end } = decodeInstruction(bytes, at);
    starts.set(at, instruction);
    at = end;
  }
  const targets = new Set([...starts.values()].flatMap(({ operands }) => operands.flatMap(targetsOf)));
  const labelsAt = (at: number): Label[] => (targets.has(labelName(at)) ? [label(labelName(at))] : []);
  const code = [...starts].flatMap(([at, instruction]) => [...labelsAt(at), instruction]);
  return [...code, ...labelsAt(bytes.length)];
}

const labelName = (place: number): string => `at ${place}`;

function targetsOf(operand: Operand): string[] {
  if (operand.kind === "label") return [operand.name];
  return operand.kind === "memory" && operand.base.kind === "label" ? [operand.base.name] : [];
}

export const decodeInstruction = (bytes: Uint8Array, at = 0): Decoded => new Decoder(bytes, at).decode();

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = at;
    this.#at = at;
  }

  decode(): Decoded {
    const head = this.#head();
    const { mnemonic, form, width } = this.#row(head);
    const operands = this.#operands(form, { head, width });
    const instruction: Instruction = { kind: "instruction", mnemonic, operands, width };
    const masked = head.mask === 0 ? {} : { mask: mask(head.mask), ...(head.zeroing && { zeroing: true }) };
    return { instruction: { ...instruction, ...masked }, end: this.#at };
  }

  /** Where the next bytes lie. */
  #take(count: number): number {
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new Error(`the code ends within the instruction at ${this.#start}`);
    return this.#at - count;
  }

  #byte(): number {
    return this.#bytes[this.#take(1)];
  }

  #int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  #head(): Head {
    const first = this.#bytes[this.#at];
    if (first === 0x62) return this.#evex();
    return first === 0xc4 || first === 0xc5 ? this.#vex() : this.#legacy();
  }

  #legacy(): Head {
    let [lock, prefix, rex] = [false, 0, 0];
    let byte = this.#byte();
    if (byte === 0xf0) [lock, byte] = [true, this.#byte()];
    const named = [0, 0x66, 0xf3, 0xf2].indexOf(byte);
    if (named > 0) [prefix, byte] = [named, this.#byte()];
    if (byte >> 4 === 4) [rex, byte] = [byte & 15, this.#byte()];
    let map = 0;
    if (byte === 0x0f) {
      byte = this.#byte();
      map = byte === 0x38 ? 2 : byte === 0x3a ? 3 : 1;
      if (map > 1) byte = this.#byte();
    }
    const extension = { w: rex >> 3, reg: (rex & 4) << 1, index: (rex & 2) << 2, base: (rex & 1) << 3 };
    return { ...noExtension, ...extension, encoding: "legacy", map, prefix, lock, opcode: byte };
  }

  #vex(): Head {
    const long = this.#byte() === 0xc4;
    const second = this.#byte() ^ 0xe0;
    const last = long ? this.#byte() : second ^ 0xe0;
    return {
      ...noExtension,
      encoding: "vex",
      map: long ? second & 31 : 1,
      prefix: last & 3,
      opcode: this.#byte(),
      w: long ? last >> 7 : 0,
      length: (last >> 2) & 1,
      reg: (second >> 4) & 8,
      index: long ? (second >> 3) & 8 : 0,
      base: long ? (second >> 2) & 8 : 0,
      vvvv: ((last >> 3) & 15) ^ 15,
    };
  }

  #evex(): Head {
    this.#take(1);
    const [first, second, third] = [this.#byte() ^ 0xf0, this.#byte(), this.#byte() ^ 8];
    return {
      ...noExtension,
      encoding: "evex",
      map: first & 7,
      prefix: second & 3,
      opcode: this.#byte(),
      w: second >> 7,
      length: (third >> 5) & 3,
      reg: ((first >> 4) & 8) | (first & 16),
      index: ((first >> 3) & 8) | ((third << 1) & 16),
      base: (first >> 2) & 8,
      high: (first >> 2) & 16,
      vvvv: (((second >> 3) & 15) ^ 15) | ((third << 1) & 16),
      mask: third & 7,
      zeroing: third >> 7 === 1,
      broadcast: ((third >> 4) & 1) === 1,
    };
  }

  #row(head: Head): FormRow & { readonly width: Width } {
    const modrm = this.#bytes[this.#at];
    for (const opcode of [head.opcode, head.opcode & ~7])
      for (const row of rowsByOpcode.get(opcodeKey({ ...head, opcode })) ?? []) {
        if (opcode !== head.opcode && !row.form.fields.includes("o")) continue;
        const width = widthOf(row.form, head);
        if (width !== undefined && fitsModrm(row.form, modrm)) return { ...row, width };
      }
    throw new Error(`no instruction is known for the bytes at ${this.#start}: ${this.#excerpt()}`);
  }

  #excerpt(): string {
    const bytes = this.#bytes.subarray(this.#start, this.#start + 8);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  }

  #operands(form: Form, { head, width }: { readonly head: Head; readonly width: Width }): Operand[] {
    const { fields, kinds } = form;
    const hasModrm = form.modrm !== undefined || fields.includes("m");
    const modrm = hasModrm ? this.#byte() : 0;
    const unit = unitOf(form, { width, w: head.w, broadcast: head.broadcast });
    const kindOfMemory = kinds[fields.indexOf("m")];
    const address = isAddress(form, modrm) ? this.#memory(head, { modrm, unit, kind: kindOfMemory }) : undefined;
    const operands = [...fields].map((field, i): Operand => {
      if (field === "m" && address !== undefined) return address;
      if (field === "i") return this.#immediate(kinds[i]);
      if (field === "s") return register("vector", this.#byte() >> 4);
      if (field === "d") return this.#target(kinds[i] === "h" ? this.#signedByte() : this.#int32());
      return register(classOf(kinds[i]), numberIn(field, head, modrm));
    });
    // Only now it is known where the instruction ends.
    return operands.map((operand) =>
      operand === address && address.base === NEXT
        ? { ...address, base: this.#target(address.displacement), displacement: 0 }
        : operand,
    );
  }

  #signedByte(): number {
    return (this.#byte() << 24) >> 24;
  }

  #immediate(kind: string): Operand {
    if (kind === "c") return register("general", 1);
    if (kind === "u") return immediate(this.#byte());
    if (kind === "s") return immediate(this.#signedByte());
    if (kind === "d") return immediate(this.#int32());
    const value = this.#view.getBigInt64(this.#take(8), true);
    return immediate(Number.isSafeInteger(Number(value)) ? Number(value) : value);
  }

  #target(distance: number): Label {
    return label(labelName(this.#at + distance));
  }

  #memory(head: Head, { modrm, unit, kind }: { modrm: number; unit: number; kind: string }): Memory {
    const mod = modrm >> 6;
    const options = head.broadcast ? { broadcast: true } : {};
    if (mod === 0 && (modrm & 7) === RBP) return memory(NEXT, this.#int32(), options);
    const sib = (modrm & 7) === RSP ? this.#byte() : undefined;
    const base = ((sib ?? modrm) & 7) | head.base;
    if (mod === 0 && (base & 7) === RBP) throw new Error(`the address at ${this.#start} has no base`);
    const displacement = mod === 0 ? 0 : mod === 1 ? unit * this.#signedByte() : this.#int32();
    return memory(register("general", base), displacement, { ...indexOf(sib, head, kind), ...options });
  }
}

/** The base of addresses that are relative to the next instruction, until it is known where that is. */
const NEXT = label("the next instruction");

/** An instruction without what prefixes add. */
const noExtension = {
  lock: false,
  w: 0,
  length: 0,
  reg: 0,
  index: 0,
  base: 0,
  high: 0,
  vvvv: 0,
  mask: 0,
  zeroing: false,
  broadcast: false,
};

const widthOf = (form: Form, { w, length }: Head): Width | undefined =>
  (form.widths ?? [64]).find((width) => wOf(form, width) === w && lengthOf(form, width) === length);

const isAddress = ({ fields }: Form, modrm: number): boolean => fields.includes("m") && modrm < 0xc0;

function fitsModrm(form: Form, modrm: number): boolean {
  if (form.modrm !== undefined) return modrm === form.modrm;
  if (form.digit !== undefined && ((modrm >> 3) & 7) !== form.digit) return false;
  const place = form.fields.indexOf("m");
  return place < 0 || (isAddress(form, modrm) ? /[mn]/ : /[^mn]/).test(form.kinds[place]);
}

const classOf = (kind: string): RegisterClass =>
  /[vxy]/.test(kind) ? "vector" : kind.includes("k") ? "mask" : "general";

function numberIn(field: string, head: Head, modrm: number): number {
  if (field === "r") return ((modrm >> 3) & 7) | head.reg;
  if (field === "v") return head.vvvv;
  return field === "o" ? (head.opcode & 7) | head.base : (modrm & 7) | head.base | head.high;
}

/** Bit 4 belongs to vectors of indices. Otherwise index 4 stands for none. */
function indexOf(sib: number | undefined, { index }: Head, kind: string): Pick<Memory, "index" | "scale"> {
  if (sib === undefined) return {};
  const number = ((sib >> 3) & 7) | index;
  const scale = scales[sib >> 6];
  if (kind === "n") return { index: register("vector", number), scale };
  return (number & 15) === RSP ? {} : { index: register("general", number & 15), scale };
}

const scales = [1, 2, 4, 8] as const;
