/**
 * What instruction selection writes into: instructions over virtual registers, in order, with marks where loops begin and
 * end, and the constants that they use.
 */
import {
  type Assembly,
  type Label,
  type Memory,
  type Mnemonic,
  memory,
  type Operand,
  type Register,
  type RegisterClass,
  rsp,
  VIRTUAL,
  type Width,
} from "../assembler/index.ts";
import type { ConstantPool } from "./constants.ts";

/** A register that allocation turns into one of the processor's, by giving it that one's number. */
export class VirtualRegister implements Register {
  readonly kind = "register";
  readonly class: RegisterClass;
  /** From `VIRTUAL` on; then the processor's. */
  number: number;

  constructor(registerClass: RegisterClass, number: number) {
    this.class = registerClass;
    this.number = number;
  }
}

/** Where a loop begins or ends: what was live before and is used inside stays live until the end. */
export interface LoopMark {
  readonly kind: "loop";
  readonly begins: boolean;
}

export type VirtualItem = Assembly[number] | LoopMark;

/** A register whose value can be had again from memory at any time, so that it never needs to be written there. */
export interface Source {
  readonly memory: Memory;
  /** Whether the memory holds one element that stands for all lanes. */
  readonly isElement: boolean;
}

export interface VirtualCode {
  readonly items: readonly VirtualItem[];
  /** By number, from `VIRTUAL` on. */
  readonly registers: readonly VirtualRegister[];
  readonly sources: ReadonlyMap<Register, Source>;
}

/** What the frame holds at its beginning, in bytes from the stack pointer; spilled registers follow. */
export const frame = { arena: 0, thread: 8, threads: 16, barrier: 24, caller: 32, spills: 64 } as const;

/** A place in the frame. */
export const slot = (offset: number): Memory => memory(rsp, offset);

const LOOP_BEGINS: LoopMark = { kind: "loop", begins: true };
const LOOP_ENDS: LoopMark = { kind: "loop", begins: false };

export class CodeBuilder implements VirtualCode {
  readonly registers: VirtualRegister[] = [];
  readonly sources = new Map<Register, Source>();
  readonly items: VirtualItem[] = [];
  readonly #constants: ConstantPool;
  readonly #name: string;
  /** Registers that hold a constant or the arena's address from the beginning of the part in hand on. */
  readonly #known = new Map<string, Register>();
  #part = 0;
  #labels = 0;

  /** @param name what labels begin with */
  constructor(name: string, constants: ConstantPool) {
    this.#name = name;
    this.#constants = constants;
  }

  fresh(registerClass: RegisterClass): Register {
    const register = new VirtualRegister(registerClass, VIRTUAL + this.registers.length);
    this.registers.push(register);
    return register;
  }

  label(): Label {
    return { kind: "label", name: `${this.#name}.${this.#labels++}` };
  }

  place(label: Label): void {
    this.items.push(label);
  }

  put(mnemonic: Mnemonic, width: Width, ...operands: readonly Operand[]): void {
    this.items.push({ kind: "instruction", mnemonic, operands, width });
  }

  /** Only lanes whose bit is set are written; the others become zero, or keep their value. */
  putMasked(mask: Register, zeroing: boolean, mnemonic: Mnemonic, width: Width, ...operands: readonly Operand[]): void {
    this.items.push({ kind: "instruction", mnemonic, operands, width, mask, zeroing });
  }

  beginLoop(): void {
    this.items.push(LOOP_BEGINS);
  }

  endLoop(): void {
    this.items.push(LOOP_ENDS);
  }

  /** From here on, constants are set again: code before may not have been run. */
  beginPart(): void {
    this.#known.clear();
    this.#part = this.items.length;
  }

  /** Puts what `#known` holds in front of the part. */
  endPart(): void {
    const body = this.items.splice(this.#part);
    for (const held of this.#known.values()) {
      const source = this.sources.get(held)!;
      if (held.class === "general") this.put("mov", 64, held, source.memory);
      else this.items.push(this.#constants.load(held, source));
    }
    for (const item of body) this.items.push(item);
    this.#known.clear();
  }

  /** A vector with these 32 bits in all lanes; its first lane does for scalars. */
  constant(bits: number): Register {
    return this.#held(`constant ${bits}`, "vector", () => this.#constants.element(bits));
  }

  /** The address of the arena. */
  arena(): Register {
    return this.#held("arena", "general", () => ({ memory: slot(frame.arena), isElement: false }));
  }

  /** A vector with a bit pattern for each lane. */
  pattern(bits: readonly number[]): Register {
    return this.#held(`pattern ${bits}`, "vector", () => this.#constants.vector(bits));
  }

  #held(key: string, registerClass: RegisterClass, source: () => Source): Register {
    let held = this.#known.get(key);
    if (held === undefined) {
      held = this.fresh(registerClass);
      this.#known.set(key, held);
      this.sources.set(held, source());
    }
    return held;
  }
}
