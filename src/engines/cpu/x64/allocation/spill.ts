/**
 * Puts values into the frame that no register is left for. Instructions use them there if they can have an operand in
 * memory; otherwise they get a register for just that instruction. Constants stay where they are.
 */
import {
  type Instruction,
  instruction,
  type Memory,
  type Operand,
  type Register,
  VIRTUAL,
} from "../assembler/index.ts";
import {
  type ConstantPool,
  type Source,
  slot,
  type VirtualCode,
  type VirtualItem,
  VirtualRegister,
  type X64Target,
} from "../code/index.ts";
import { type Effect, effectOf, isCopy, mayBeMemory, merges } from "./effects.ts";

export interface Spilling {
  readonly code: VirtualCode;
  /** Registers that live for one instruction: spilling them would gain nothing. */
  readonly short: ReadonlySet<number>;
  readonly frameBytes: number;
  readonly values: number;
  readonly inInnermostLoops: number;
}

export const spill = (
  before: Spilling,
  spilled: readonly number[],
  target: X64Target,
  constants: ConstantPool,
): Spilling => new Spiller(before, target, constants).spill(spilled);

class Spiller {
  readonly #before: Spilling;
  readonly #target: X64Target;
  readonly #constants: ConstantPool;
  readonly #registers: VirtualRegister[];
  readonly #short: Set<number>;
  readonly #items: VirtualItem[] = [];
  readonly #homes = new Map<Register, Source>();
  #frameBytes: number;
  #values: number;
  /** How often the frame is used since the last mark of a loop, and whether that began one. */
  #uses = 0;
  #isInnermost = false;
  #inInnermostLoops: number;

  constructor(before: Spilling, target: X64Target, constants: ConstantPool) {
    this.#before = before;
    this.#target = target;
    this.#constants = constants;
    this.#registers = [...before.code.registers];
    this.#short = new Set(before.short);
    this.#values = before.values;
    this.#inInnermostLoops = before.inInnermostLoops;
    this.#frameBytes = before.frameBytes;
  }

  spill(spilled: readonly number[]): Spilling {
    const { code } = this.#before;
    for (const id of spilled) this.#homes.set(code.registers[id], this.#homeOf(code.registers[id]));
    for (const item of code.items) {
      if (item.kind === "instruction") this.#instruction(item);
      else this.#items.push(item);
      if (item.kind === "loop") {
        if (this.#isInnermost && !item.begins) this.#inInnermostLoops += this.#uses;
        this.#isInnermost = item.begins;
        this.#uses = 0;
      }
    }
    return {
      code: { items: this.#items, registers: this.#registers, sources: code.sources },
      short: this.#short,
      frameBytes: this.#frameBytes,
      values: this.#values,
      inInnermostLoops: this.#inInnermostLoops,
    };
  }

  #homeOf(register: Register): Source {
    const source = this.#before.code.sources.get(register);
    if (source !== undefined) return source;
    const bytes = register.class === "vector" ? this.#target.width / 8 : 8;
    const offset = Math.ceil(this.#frameBytes / bytes) * bytes;
    this.#frameBytes = offset + bytes;
    this.#values++;
    return { memory: slot(offset), isElement: false };
  }

  #isConstant(register: Register): boolean {
    return this.#before.code.sources.has(register);
  }

  #instruction(item: Instruction): void {
    const spilled = this.#spilledIn(item);
    if (spilled.length === 0) {
      this.#items.push(item);
      return;
    }
    this.#uses += spilled.filter((register) => !this.#isConstant(register)).length;
    const effect = effectOf(item);
    const [first, second] = item.operands;
    // A constant is loaded to where it is copied.
    if (isCopy(item) && this.#isConstant(second as Register) && !this.#homes.has(first as Register)) {
      this.#items.push(this.#load(first as Register, this.#homes.get(second as Register)!));
      return;
    }
    // Nothing reads what the frame does not need: a constant's own load.
    if (first.kind === "register" && this.#homes.has(first) && this.#isConstant(first) && effect.writesFirst) return;
    const folded = this.#fold(item, effect);
    const rest = folded === undefined ? spilled : spilled.filter((register) => register !== folded.register);
    this.#around(folded?.item ?? item, effect, rest);
  }

  /** Each spilled register of an instruction, once. */
  #spilledIn({ operands, mask }: Instruction): Register[] {
    const found: Register[] = [];
    const look = (register: Register | undefined): void => {
      if (register !== undefined && this.#homes.has(register) && !found.includes(register)) found.push(register);
    };
    for (const operand of operands) {
      if (operand.kind === "register") look(operand);
      else if (operand.kind === "memory") {
        if (operand.base.kind === "register") look(operand.base);
        look(operand.index);
      }
    }
    look(mask);
    return found;
  }

  /** The instruction with a spilled register's memory in its place; operands that are read come first. */
  #fold(item: Instruction, effect: Effect): { item: Instruction; register: Register } | undefined {
    const { operands } = item;
    if (operands.some(({ kind }) => kind === "memory")) return undefined;
    for (let k = operands.length - 1; k >= 0; k--) {
      const register = operands[k];
      if (register.kind !== "register" || !this.#homes.has(register) || !mayBeMemory(item, effect, k)) continue;
      if (operands.filter((operand) => operand === register).length > 1) continue;
      const place = this.#asOperand(this.#homes.get(register)!, item, effect);
      if (place === undefined) continue;
      return { item: { ...item, operands: operands.map((operand, i) => (i === k ? place : operand)) }, register };
    }
    return undefined;
  }

  #asOperand({ memory, isElement }: Source, { width }: Instruction, effect: Effect): Memory | undefined {
    if (!isElement || effect.readsElement || width === 32) return memory;
    return effect.broadcasts ? { ...memory, broadcast: true } : undefined;
  }

  /** Loads before and stores after, with registers for this instruction alone. */
  #around(item: Instruction, effect: Effect, spilled: readonly Register[]): void {
    const short = new Map<Register, Register>();
    for (const register of spilled) {
      const own = new VirtualRegister(register.class, VIRTUAL + this.#registers.length);
      this.#short.add(this.#registers.length);
      this.#registers.push(own);
      short.set(register, own);
      if (this.#reads(item, effect, register)) this.#items.push(this.#load(own, this.#homes.get(register)!));
    }
    this.#items.push(replaced(item, short));
    const [first] = item.operands;
    const own = first.kind === "register" && effect.writesFirst ? short.get(first) : undefined;
    if (own !== undefined) this.#items.push(this.#store(own, this.#homes.get(first as Register)!));
  }

  #reads(item: Instruction, effect: Effect, register: Register): boolean {
    const { operands, mask } = item;
    if (operands[0] !== register || effect.readsFirst || merges(item) || mask === register) return true;
    return operands.some((operand, k) => k > 0 && operand === register);
  }

  #load(register: Register, source: Source): Instruction {
    if (register.class === "vector") return this.#constants.load(register, source);
    return register.class === "mask"
      ? instruction("kmovw", 32, [register, source.memory])
      : instruction("mov", 64, [register, source.memory]);
  }

  #store(register: Register, { memory }: Source): Instruction {
    if (register.class === "vector") return instruction("vmovups", this.#target.width, [memory, register]);
    return register.class === "mask"
      ? instruction("kmovw", 32, [memory, register])
      : instruction("mov", 64, [memory, register]);
  }
}

function replaced(item: Instruction, by: ReadonlyMap<Register, Register>): Instruction {
  if (by.size === 0) return item;
  const register = (old: Register): Register => by.get(old) ?? old;
  const operand = (old: Operand): Operand => {
    if (old.kind === "register") return register(old);
    if (old.kind !== "memory") return old;
    const base = old.base.kind === "register" ? register(old.base) : old.base;
    return old.index === undefined ? { ...old, base } : { ...old, base, index: register(old.index) };
  };
  const operands = item.operands.map(operand);
  return item.mask === undefined ? { ...item, operands } : { ...item, operands, mask: register(item.mask) };
}
