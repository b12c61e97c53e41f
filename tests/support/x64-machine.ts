/**
 * Executes machine code slowly, instruction by instruction, so that selection and allocation of registers can be tested on
 * any machine. What it does not know, it refuses. Source: Intel 64 and IA-32 Architectures Software Developer's Manual.
 */
import { fusedMultiplyAdd } from "../../src/engines/cpu/loops/index.ts";
import type {
  Assembly,
  Immediate,
  Instruction,
  Label,
  Memory,
  Operand,
  Register,
} from "../../src/engines/cpu/x64/assembler/index.ts";
import {
  bitMeanings,
  bitsOf,
  floatMeanings,
  integerMeanings,
  maskMeanings,
  predicates,
  roundings,
  shuffleMeanings,
} from "./x64-meanings.ts";

const [RAX, RDX, RSP, RSI, RDI] = [0, 2, 4, 6, 7];
const CALLEE_SAVED = [3, 5, 12, 13, 14, 15];
const STACK_BYTES = 2 ** 16;
/** What registers hold at first; as a float, it is not a number. */
const RUBBISH = 0x7fc0dead;

const conditions: Readonly<Record<string, string>> = {
  je: "e",
  jne: "ne",
  jl: "l",
  jge: "ge",
  jle: "le",
  jg: "g",
  jae: "ae",
};

const asFloats = (bits: Int32Array): Float32Array => new Float32Array(bits.buffer, bits.byteOffset, bits.length);

function unknown(mnemonic: string): never {
  throw new Error(`${mnemonic} cannot be emulated`);
}

/** 32-bit words that code reads and writes: the arena at address 0, the stack behind it, constants at last. */
export class Machine {
  readonly #words: Int32Array;
  readonly #general = new Float64Array(16);
  /** As 32-bit integers. */
  readonly #vectors = Array.from({ length: 32 }, () => new Int32Array(16).fill(RUBBISH));
  readonly #masks = new Int32Array(8);
  readonly #labels = new Map<string, number>();
  readonly #places = new Map<string, number>();
  readonly #code: Assembly;
  /** Of the last comparison, or of the last result compared with 0. */
  #isEqual = false;
  #isLess = false;
  #isNegative = false;
  /** As numbers without sign. */
  #isBelow = false;

  constructor(code: Assembly, arena: Int32Array) {
    const constants = code.reduce((sum, item) => sum + (item.kind === "data" ? item.bytes.length : 0), 0);
    const stackEnd = arena.byteLength + STACK_BYTES;
    this.#code = code;
    this.#words = new Int32Array((stackEnd + constants) / 4);
    this.#words.set(arena);
    this.#general.fill(RUBBISH);
    this.#general[RSP] = stackEnd - 8;
    let end = stackEnd;
    code.forEach((item, i) => {
      if (item.kind === "label") {
        this.#labels.set(item.name, i);
        this.#places.set(item.name, end);
      } else if (item.kind === "data") {
        this.#words.set(new Int32Array(item.bytes.buffer), end / 4);
        end += item.bytes.length;
      }
    });
  }

  /** Runs a step for one thread, and gives back the arena as it is then. */
  run(arena: Int32Array, thread: number, threads: number): void {
    this.#words.set(arena);
    [this.#general[RDI], this.#general[RSI], this.#general[RDX]] = [0, thread, threads];
    const saved = CALLEE_SAVED.map((number) => this.#general[number]);
    const stack = this.#general[RSP];
    let at = 0;
    while (at >= 0) {
      const item = this.#code[at];
      at = item.kind === "instruction" ? this.#execute(item, at + 1) : at + 1;
    }
    if (this.#general[RSP] !== stack || CALLEE_SAVED.some((number, i) => this.#general[number] !== saved[i]))
      throw new Error("a register of the caller has changed");
    arena.set(this.#words.subarray(0, arena.length));
  }

  #execute(item: Instruction, next: number): number {
    const { mnemonic, operands } = item;
    if (mnemonic === "ret") return -1;
    if (mnemonic in conditions)
      return this.#holds(conditions[mnemonic]) ? this.#labels.get((operands[0] as Label).name)! : next;
    if (mnemonic === "push" || mnemonic === "pop") this.#stack(mnemonic, operands[0] as Register);
    else if (mnemonic[0] === "k") this.#mask(item);
    else if (mnemonic[0] === "v") this.#vector(item);
    else this.#integer(item);
    return next;
  }

  #holds(condition: string): boolean {
    const [isEqual, isLess] = [this.#isEqual, this.#isLess];
    return {
      e: isEqual,
      ne: !isEqual,
      l: isLess,
      ge: !isLess,
      le: isLess || isEqual,
      g: !isLess && !isEqual,
      s: this.#isNegative,
      ae: !this.#isBelow,
    }[condition]!;
  }

  #address({ base, index, scale = 1, displacement }: Memory): number {
    const start = base.kind === "label" ? this.#places.get(base.name)! : this.#general[base.number];
    const address = start + (index === undefined ? 0 : this.#general[index.number] * scale) + displacement;
    if (!(address >= 0 && address < this.#words.byteLength && address % 4 === 0))
      throw new Error(`no memory at ${address}`);
    return address / 4;
  }

  #stack(mnemonic: "push" | "pop", { number }: Register): void {
    if (mnemonic === "push") {
      this.#general[RSP] -= 8;
      this.#storeWide(this.#general[RSP] / 4, this.#general[number]);
    } else {
      this.#general[number] = this.#loadWide(this.#general[RSP] / 4);
      this.#general[RSP] += 8;
    }
  }

  #loadWide = (at: number): number => this.#words[at + 1] * 2 ** 32 + (this.#words[at] >>> 0);

  #storeWide(at: number, value: number): void {
    this.#words[at] = value | 0;
    this.#words[at + 1] = Math.floor(value / 2 ** 32) | 0;
  }

  #read(operand: Operand, width: number): number {
    if (operand.kind === "immediate") return Number(operand.value);
    if (operand.kind === "register")
      return width === 32 ? this.#general[operand.number] | 0 : this.#general[operand.number];
    const at = this.#address(operand as Memory);
    return width === 32 ? this.#words[at] : this.#loadWide(at);
  }

  /** 32 bits clear the upper half of a register. */
  #write(operand: Operand, width: number, value: number): void {
    if (operand.kind === "register") this.#general[operand.number] = width === 32 ? value >>> 0 : value;
    else if (width === 32) this.#words[this.#address(operand as Memory)] = value | 0;
    else this.#storeWide(this.#address(operand as Memory), value);
  }

  #compare(a: number, b: number): void {
    this.#isEqual = a === b;
    this.#isLess = a < b;
    this.#isBelow = a >>> 0 < b >>> 0;
    this.#isNegative = a - b < 0;
  }

  #integer({ mnemonic, operands, width }: Instruction): void {
    const [to, from, third] = operands;
    const cut = (value: number): number => (width === 32 ? value | 0 : value);
    if (mnemonic === "cmp") this.#compare(this.#read(to, width), this.#read(from, width));
    else if (mnemonic === "test") this.#compare(this.#read(to, width) & this.#read(from, width), 0);
    else if (mnemonic === "mov") this.#write(to, width, this.#read(from, width));
    else if (mnemonic === "movsxd") this.#write(to, 64, this.#read(from, 32));
    else if (mnemonic === "movzx") this.#write(to, 32, this.#read(from, 32) & 0xff);
    else if (mnemonic.startsWith("cmov")) {
      if (this.#holds(mnemonic.slice(4))) this.#write(to, width, this.#read(from, width));
    } else if (mnemonic.startsWith("set")) {
      const { number } = to as Register;
      this.#general[number] = Math.floor(this.#general[number] / 256) * 256 + Number(this.#holds(mnemonic.slice(3)));
    } else if (mnemonic === "div") {
      this.#general[RAX] = Math.floor(this.#general[RAX] / this.#read(to, width));
      this.#general[RDX] = RUBBISH;
    } else {
      const meaning = integerMeanings[mnemonic] ?? unknown(mnemonic);
      const [a, b] = third === undefined ? [to, from] : [from, third];
      const y = b === undefined ? 0 : this.#read(b, width);
      const result = cut(meaning(this.#read(a, width), y, width));
      this.#write(to, width, result);
      this.#compare(result, 0);
    }
  }

  #mask({ mnemonic, operands: [to, from, other] }: Instruction): void {
    const { number } = to as Register;
    const read = (operand: Operand): number => {
      if (operand.kind === "register" && operand.class === "mask") return this.#masks[operand.number];
      return this.#read(operand, 32);
    };
    const write = (value: number): void => {
      if (to.kind === "register" && to.class === "mask") this.#masks[number] = value & 0xffff;
      else this.#write(to, 32, value & 0xffff);
    };
    if (mnemonic === "kmovw") write(read(from));
    else if (mnemonic === "knotw") write(~read(from));
    else write((maskMeanings[mnemonic] ?? unknown(mnemonic))(read(from), read(other)));
  }

  /** The lanes of an operand, as bits. */
  #lanes(operand: Operand, lanes: number): Int32Array {
    if (operand.kind === "register" && operand.class === "vector") return this.#vectors[operand.number].slice(0, lanes);
    if (operand.kind === "register") return Int32Array.of(this.#read(operand, 32));
    const at = this.#address(operand as Memory);
    return (operand as Memory).broadcast === true
      ? new Int32Array(lanes).fill(this.#words[at])
      : this.#words.slice(at, at + lanes);
  }

  /** Beyond the width, lanes of a register become zero. */
  #put(item: Instruction, lanes: number, lane: (k: number) => number): void {
    const [to] = item.operands;
    if (to.kind === "register") this.#vectors[to.number].fill(0, lanes);
    const mask = item.mask === undefined ? -1 : this.#masks[item.mask.number];
    for (let k = 0; k < lanes; k++) {
      const isOn = ((mask >> k) & 1) === 1;
      if (!isOn && !item.zeroing) continue;
      const value = isOn ? lane(k) : 0;
      if (to.kind === "memory") this.#words[this.#address(to) + k] = value;
      else this.#vectors[(to as Register).number][k] = value;
    }
  }

  #vector(item: Instruction): void {
    const { mnemonic, operands, width } = item;
    if (mnemonic === "vzeroupper") return;
    const lanes = width / 32;
    const [to, a, b, c] = operands;
    const number = (operand: Operand | undefined): number => Number((operand as Immediate).value);
    const read = (operand: Operand): Int32Array => this.#lanes(operand, lanes);
    const whole = mnemonic.match(/^(v\w+?)(ps|ss)$/)?.[1] ?? mnemonic;
    if (whole in floatMeanings) {
      const [x, y] = [asFloats(read(a)), asFloats(read(b ?? a))];
      this.#put(item, lanes, (k) => bitsOf(floatMeanings[whole](x[k], y[k])));
    } else if (whole in bitMeanings) {
      const [x, y] = [read(a), read(b ?? a)];
      this.#put(item, lanes, (k) => bitMeanings[whole](x[k], y[k]));
    } else if (whole.startsWith("vfmadd")) {
      const parts = [to, a, b].map((operand) => asFloats(read(operand)));
      const [x, y, z] = [...whole.slice(6)].map((digit) => parts[Number(digit) - 1]);
      this.#put(item, lanes, (k) => bitsOf(Math.fround(fusedMultiplyAdd(x[k], y[k], z[k]))));
    } else if (whole === "vcmp" || mnemonic === "vpcmpd") {
      const [x, y] = [read(a), read(b)].map((bits) => (whole === "vcmp" ? asFloats(bits) : bits));
      this.#putMask(to as Register, lanes, (k) => predicates[number(c)](x[k], y[k]));
    } else if (mnemonic === "vpcmpeqd" || mnemonic === "vpcmpgtd") {
      const [x, y] = [read(a), read(b)];
      this.#putMask(to as Register, lanes, (k) => (mnemonic === "vpcmpeqd" ? x[k] === y[k] : x[k] > y[k]));
    } else if (mnemonic === "vrndscaleps" || mnemonic === "vroundps") {
      const x = asFloats(read(a));
      this.#put(item, lanes, (k) => bitsOf(roundings[number(b)](x[k])));
    } else if (mnemonic === "vpslld" || mnemonic === "vpsrld") {
      const x = read(a);
      const by = b.kind === "immediate" ? number(b) : this.#lanes(b, 1)[0];
      this.#put(item, lanes, (k) => (by > 31 ? 0 : mnemonic === "vpslld" ? x[k] << by : x[k] >>> by));
    } else if (whole === "vbroadcast" || mnemonic === "vpbroadcastd") {
      const [x] = this.#lanes(a, 1);
      this.#put(item, lanes, () => x);
    } else if (whole === "vblendm") {
      const [x, y, mask] = [read(a), read(b), this.#masks[item.mask!.number]];
      this.#put({ ...item, mask: undefined }, lanes, (k) => ((mask >> k) & 1 ? y : x)[k]);
    } else if (whole === "vblendv") {
      const [x, y, mask] = [read(a), read(b), read(c)];
      this.#put(item, lanes, (k) => (mask[k] < 0 ? y : x)[k]);
    } else if (mnemonic === "vmaskmovps") {
      const [mask, x] = [read(a), read(b)];
      for (let k = 0; k < lanes; k++) if (mask[k] < 0) this.#words[this.#address(to as Memory) + k] = x[k];
    } else if (mnemonic in shuffleMeanings) {
      const [x, y] = [read(a), read(b)];
      const mode = c === undefined ? 0 : number(c);
      this.#put(item, lanes, (k) => shuffleMeanings[mnemonic](x, y, k, mode));
    } else if (mnemonic.startsWith("vextractf")) {
      const x = this.#vectors[(a as Register).number].slice(4 * number(b));
      this.#put(item, 4, (k) => x[k]);
    } else if (mnemonic === "vpermilps") {
      const x = read(a);
      this.#put(item, lanes, (k) => x[(number(b) >> (2 * k)) & 3]);
    } else if (mnemonic === "vextractps" || mnemonic === "vpextrd")
      this.#write(to, 32, this.#vectors[(a as Register).number][number(b)]);
    else this.#move(item, lanes);
  }

  #putMask(to: Register, lanes: number, lane: (k: number) => boolean): void {
    if (to.class === "mask") {
      this.#masks[to.number] = 0;
      for (let k = 0; k < lanes; k++) this.#masks[to.number] |= Number(lane(k)) << k;
    } else {
      this.#vectors[to.number].fill(0, lanes);
      for (let k = 0; k < lanes; k++) this.#vectors[to.number][k] = -Number(lane(k));
    }
  }

  #move(item: Instruction, lanes: number): void {
    const { mnemonic, operands } = item;
    const [to, a] = operands;
    const x = this.#lanes(a, lanes);
    if (mnemonic === "vmovd" && (to.kind === "memory" || (to as Register).class === "general"))
      this.#write(to, 32, x[0]);
    else if (["vmovups", "vmovaps", "vmovss", "vmovd"].includes(mnemonic)) this.#put(item, lanes, (k) => x[k]);
    else unknown(mnemonic);
  }
}
