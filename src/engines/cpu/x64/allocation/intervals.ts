/** Live intervals of virtual registers, and what it would cost to keep each in memory. */

import { type Instruction, type Operand, type Register, VIRTUAL } from "../assembler/index.ts";
import type { LoopMark, VirtualCode } from "../code/index.ts";
import { effectOf, isCopy, merges } from "./effects.ts";

/** By virtual register. Instruction i reads at 2 i and writes at 2 i + 1. */
export interface Intervals {
  /** In the order in which they begin. */
  readonly order: readonly number[];
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly cost: Float64Array;
  /** The register that it is copied from or to, if any. */
  readonly hint: Int32Array;
}

/** No register, no loop, no position. */
export const NONE = -1;
/** The number of iterations that a loop is assumed to have. */
const LOOP_WEIGHT = 10;
/** A constant that instructions read from memory costs less than a value that must be stored there first. */
const CONSTANT_WEIGHT = 0.25;

/** @param short registers that live for one instruction: they are never spilled */
export function intervalsOf({ items, registers, sources }: VirtualCode, short: ReadonlySet<number>): Intervals {
  const builder = new IntervalBuilder(registers.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item.kind === "loop") builder.loop(item, 2 * i);
    else if (item.kind === "instruction") builder.instruction(item, 2 * i);
  }
  const intervals = builder.finish();
  const { order, cost } = intervals;
  for (const id of order) {
    if (sources.has(registers[id])) cost[id] *= CONSTANT_WEIGHT;
    if (short.has(id)) cost[id] = Number.POSITIVE_INFINITY;
  }
  return intervals;
}

class IntervalBuilder {
  readonly #order: number[] = [];
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #cost: Float64Array;
  readonly #hint: Int32Array;
  /** By register: the outermost loop that it is used in, and was set before. */
  readonly #loopOf: Int32Array;
  readonly #loopStarts: number[] = [];
  readonly #loopEnds: number[] = [];
  readonly #open: number[] = [];
  /** Where the innermost open loop begins. */
  #lastStart = NONE;
  #weight = 1;

  constructor(count: number) {
    this.#start = new Int32Array(count).fill(NONE);
    this.#end = new Int32Array(count);
    this.#cost = new Float64Array(count);
    this.#hint = new Int32Array(count).fill(NONE);
    this.#loopOf = new Int32Array(count).fill(NONE);
  }

  loop({ begins }: LoopMark, at: number): void {
    if (begins) {
      this.#open.push(this.#loopStarts.length);
      this.#loopStarts.push(at);
      this.#loopEnds.push(NONE);
      this.#weight *= LOOP_WEIGHT;
    } else {
      this.#loopEnds[this.#open.pop()!] = at;
      this.#weight /= LOOP_WEIGHT;
    }
    this.#lastStart = this.#open.length === 0 ? NONE : this.#loopStarts[this.#open[this.#open.length - 1]];
  }

  instruction(item: Instruction, at: number): void {
    const { operands, mask } = item;
    const effect = effectOf(item);
    for (let k = 1; k < operands.length; k++) this.#read(operands[k], at);
    if (mask !== undefined) this.#touch(mask, at);
    const first = operands[0];
    if (first.kind === "memory") this.#read(first, at);
    else if (first.kind === "register") {
      if (effect.readsFirst || merges(item)) this.#touch(first, at);
      if (effect.writesFirst) this.#touch(first, at + 1);
    }
    if (isCopy(item)) this.#suggest(first as Register, operands[1] as Register);
  }

  finish(): Intervals {
    const [order, end, loopOf] = [this.#order, this.#end, this.#loopOf];
    for (const id of order) if (loopOf[id] !== NONE) end[id] = Math.max(end[id], this.#loopEnds[loopOf[id]]);
    return { order, start: this.#start, end, cost: this.#cost, hint: this.#hint };
  }

  #read(operand: Operand, at: number): void {
    if (operand.kind === "register") this.#touch(operand, at);
    else if (operand.kind === "memory") {
      if (operand.base.kind === "register") this.#touch(operand.base, at);
      if (operand.index !== undefined) this.#touch(operand.index, at);
    }
  }

  #touch(register: Register, at: number): void {
    const id = register.number - VIRTUAL;
    if (id < 0) return;
    const start = this.#start[id];
    this.#cost[id] += this.#weight;
    if (start === NONE) {
      this.#start[id] = at;
      this.#order.push(id);
      // Open loops began one after the other: most registers are set in the last of them.
    } else if (this.#lastStart > start) this.#loopOf[id] = this.#open.find((loop) => this.#loopStarts[loop] > start)!;
    this.#end[id] = at;
  }

  #suggest(to: Register, from: Register): void {
    const [a, b] = [to.number - VIRTUAL, from.number - VIRTUAL];
    if (a < 0 || b < 0) return;
    this.#hint[a] = b;
    if (this.#hint[b] === NONE) this.#hint[b] = a;
  }
}
