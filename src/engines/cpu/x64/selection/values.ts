/** Selects instructions for values: into registers, or into operands that instructions read from memory. */
import {
  type Buffer,
  bitsOfFloat,
  type Counter,
  ELEMENT_BYTES,
  type Index,
  isShuffle,
  type Local,
  type Pointers,
  type Sum,
  type Value,
  type ValueType,
} from "../../loops/index.ts";
import {
  immediate,
  type Memory,
  type Mnemonic,
  memory,
  type Operand,
  type Register,
  type RegisterClass,
  type Width,
} from "../assembler/index.ts";
import type { CodeBuilder, X64Target } from "../code/index.ts";
import { binary, shuffled, unary } from "./operations.ts";
import { applyGeneral, isGeneral } from "./scalars.ts";
import { applyVector, laneInto, splatInto } from "./sequences.ts";
import type { Uses } from "./uses.ts";

export type Apply = Extract<Value, { kind: "apply" }>;
type Load = Extract<Value, { kind: "load" | "loadSplat" }>;

const isLoad = (value: Value): value is Load => value.kind === "load" || value.kind === "loadSplat";

/** The 32 bits that stand for a constant in memory. */
export function bitsOf(value: number, { lane: kind }: ValueType): number {
  if (kind === "mask") return value === 0 ? 0 : -1;
  if (kind === "i32") return value | 0;
  return bitsOfFloat(value);
}

export class Values {
  readonly code: CodeBuilder;
  readonly target: X64Target;
  readonly #places: Pointers;
  readonly #uses: ReadonlyMap<Local, Uses>;
  readonly #locals = new Map<Local, Register>();
  /** Locals that are read once, whose load waits until then. */
  readonly #waiting = new Map<Local, Load>();
  /** What has been worked out since control came together: parts of four lanes by vector, masks of the first lanes. */
  readonly quarters = new Map<Register, Register[]>();
  readonly firstLanes = new Map<number, Register>();
  readonly pointers = new Map<Sum, Register>();
  readonly counters = new Map<Counter, Register>();

  constructor(code: CodeBuilder, target: X64Target, places: Pointers, uses: ReadonlyMap<Local, Uses>) {
    this.code = code;
    this.target = target;
    this.#places = places;
    this.#uses = uses;
  }

  /** Bits of the registers that a type's operations use; one float is an element of 32. */
  widthOf({ lanes }: ValueType): Width {
    return lanes > 1 ? this.target.width : 32;
  }

  classOf({ lane: kind, lanes }: ValueType): RegisterClass {
    if (lanes === 1) return kind === "f32" ? "vector" : "general";
    return kind === "mask" && this.target.hasMasks ? "mask" : "vector";
  }

  registerOf(local: Local): Register {
    let register = this.#locals.get(local);
    if (register === undefined) {
      register = this.code.fresh(this.classOf(local.type));
      this.#locals.set(local, register);
    }
    return register;
  }

  set(local: Local, value: Value): void {
    const { sets, reads } = this.#uses.get(local)!;
    if (isLoad(value) && sets === 1 && reads === 1 && value.index.computed === undefined)
      this.#waiting.set(local, value);
    else {
      this.into(value, this.registerOf(local));
      this.quarters.delete(this.registerOf(local));
    }
  }

  /** Loads what waits: before stores to the same buffer, and where control may go elsewhere. */
  loadWaiting(buffer?: Buffer): void {
    for (const [local, load] of this.#waiting) {
      if (buffer !== undefined && load.buffer !== buffer) continue;
      this.#waiting.delete(local);
      this.into(load, this.registerOf(local));
    }
  }

  /** Where control comes together, what only one way has worked out is not known. */
  forget(): void {
    this.quarters.clear();
    this.firstLanes.clear();
  }

  /** The load that a value is, itself or by way of a local. */
  #loadOf(value: Value): Load | undefined {
    if (isLoad(value)) return value;
    return value.kind === "local" ? this.#waiting.get(value) : undefined;
  }

  /** Whether an operand that may lie in memory can be this value. */
  isInMemory(value: Value, broadcasts = true): boolean {
    const load = this.#loadOf(value);
    if (load === undefined) return false;
    return load.kind === "load" || (broadcasts && this.target.hasMasks);
  }

  /** A register that holds the value; it may be a local's own. */
  register(value: Value): Register {
    switch (value.kind) {
      case "local":
        if (!this.#waiting.has(value)) return this.registerOf(value);
        break;
      case "counter":
        return this.counters.get(value.counter)!;
      case "constant":
        if (this.classOf(value.type) === "vector") return this.code.constant(bitsOf(value.value, value.type));
        break;
      case "lane":
        if (value.lane === 0 && value.type.lane === "f32") return this.register(value.value);
        break;
      case "apply":
        if ((value.operation === "bitsToFloat" || value.operation === "floatToBits") && value.type.lanes > 1)
          return this.register(value.operands[0]);
        break;
    }
    const register = this.code.fresh(this.classOf(value.type));
    this.into(value, register);
    return register;
  }

  /** The value as an operand that an instruction reads: memory where it can be, a register otherwise. */
  source(value: Value, broadcasts = true): Register | Memory {
    if (!this.isInMemory(value, broadcasts)) return this.register(value);
    const load = this.#loadOf(value)!;
    if (value.kind === "local") this.#waiting.delete(value);
    const place = this.address(load.buffer, load.index);
    return load.kind === "loadSplat" ? { ...place, broadcast: true } : place;
  }

  into(value: Value, dst: Register): void {
    switch (value.kind) {
      case "load":
      case "loadSplat":
        this.#load(value, dst);
        break;
      case "local": {
        const waiting = this.#waiting.get(value);
        this.#waiting.delete(value);
        if (waiting === undefined) this.move(dst, this.registerOf(value));
        else this.#load(waiting, dst);
        break;
      }
      case "counter":
        this.move(dst, this.register(value));
        break;
      case "constant":
        this.#constant(value.value, value.type, dst);
        break;
      case "splat":
        splatInto(this, value.value, dst);
        break;
      case "lane":
        laneInto(this, value, dst);
        break;
      case "apply":
        this.#apply(value, dst);
        break;
    }
  }

  /** Copies a register to another of its class. */
  move(dst: Register, from: Register): void {
    if (dst === from) return;
    if (dst.class === "vector") this.code.put("vmovaps", this.target.width, dst, from);
    else if (dst.class === "mask") this.code.put("kmovw", 32, dst, from);
    else this.code.put("mov", 32, dst, from);
  }

  /** Whether a value reads the register. */
  mentions(value: Value, register: Register): boolean {
    switch (value.kind) {
      case "local":
        return this.#locals.get(value) === register;
      case "load":
      case "loadSplat":
        return value.index.computed !== undefined && this.mentions(value.index.computed, register);
      case "splat":
      case "lane":
        return this.mentions(value.value, register);
      case "apply":
        return value.operands.some((operand) => this.mentions(operand, register));
      default:
        return false;
    }
  }

  /** Gives `body` a register that none of the values that it reads later is in, and has the result in `dst`. */
  apart(dst: Register, readLater: readonly Value[], body: (result: Register) => void): void {
    if (!readLater.some((value) => this.mentions(value, dst))) {
      body(dst);
      return;
    }
    const result = this.code.fresh(dst.class);
    body(result);
    this.move(dst, result);
  }

  address(buffer: Buffer, index: Index): Memory {
    const { sum, displacement } = this.#places.of(buffer, index);
    const base = this.pointer(sum);
    if (index.computed === undefined) return memory(base, displacement, { within: buffer });
    const offset = this.code.fresh("general");
    this.code.put("movsxd", 64, offset, this.source(index.computed));
    return memory(base, displacement, { index: offset, scale: ELEMENT_BYTES, within: buffer });
  }

  pointer(sum: Sum): Register {
    if (sum.parent === undefined && sum.step === 0) return this.code.arena();
    const known = this.pointers.get(sum);
    if (known !== undefined) return known;
    // The beginning of a region that is far away.
    const register = this.code.fresh("general");
    this.code.put("mov", 64, register, immediate(sum.step));
    this.code.put("add", 64, register, this.code.arena());
    return register;
  }

  #load({ kind, buffer, index, type }: Load, dst: Register): void {
    const place = this.address(buffer, index);
    if (kind === "loadSplat") this.code.put("vbroadcastss", this.target.width, dst, place);
    else if (type.lanes > 1) this.code.put("vmovups", this.target.width, dst, place);
    else if (dst.class === "vector") this.code.put("vmovss", 32, dst, place);
    else this.code.put("mov", 32, dst, place);
  }

  #constant(value: number, type: ValueType, dst: Register): void {
    const bits = bitsOf(value, type);
    if (dst.class === "mask") this.code.put(bits === 0 ? "kxorw" : "kxnorw", 32, dst, dst, dst);
    else if (dst.class === "general") this.code.put("mov", 32, dst, immediate(type.lane === "mask" ? -bits : bits));
    else if (bits === 0) this.code.put("vxorps", this.#zeroWidth, dst, dst, dst);
    else this.move(dst, this.code.constant(bits));
  }

  /** Clearing the lower part of a register clears all of it, with a shorter instruction. */
  readonly #zeroWidth: Width = 128;

  #apply(value: Apply, dst: Register): void {
    const { operation, operands, type } = value;
    const [a, b] = operands;
    if (isGeneral(value)) {
      applyGeneral(this, value, dst);
      return;
    }
    if (isShuffle(operation)) {
      const { mnemonic, mode } = shuffled[operation][this.target.name];
      this.combine(mnemonic, this.target.width, dst, a, b, false, mode);
      return;
    }
    const row = type.lane === "mask" ? undefined : binary[operation];
    const mnemonic = type.lanes > 1 ? row?.[type.lane === "f32" ? "f32s" : "i32s"] : row?.f32;
    if (mnemonic !== undefined) this.combine(mnemonic, this.widthOf(type), dst, a, b, row?.commutes);
    else if (operation in unary) this.#unary(value, dst);
    else applyVector(this, value, dst);
  }

  /** dst = a op b, with b in memory if that can be. */
  combine(mnemonic: Mnemonic, width: Width, dst: Register, a: Value, b: Value, commutes = false, mode?: number): void {
    const [first, second] = commutes && this.prefersMemory(a) && !this.prefersMemory(b) ? [b, a] : [a, b];
    const operands: Operand[] = [dst, this.register(first), this.source(second)];
    if (mode !== undefined) operands.push(immediate(mode));
    this.code.put(mnemonic, width, ...operands);
  }

  /** Constants too are read from memory where registers are scarce. */
  prefersMemory(value: Value): boolean {
    return value.kind === "constant" || this.isInMemory(value);
  }

  #unary({ operation, operands: [a], type }: Apply, dst: Register): void {
    const { mode, [this.target.name]: mnemonic } = unary[operation]!;
    const isVector = type.lanes > 1;
    const operands: Operand[] = [dst, isVector ? this.source(a) : this.register(a)];
    if (mode !== undefined) operands.push(immediate(mode));
    this.code.put(mnemonic, isVector ? this.target.width : 128, ...operands);
  }
}
