/**
 * Register allocation: linear scan over the live intervals of virtual registers, in the order of the code. Loops are in the
 * order of the code too, so a register that is set before a loop and used in it is live to its end. Where registers run out,
 * the one whose uses cost least for the room that it takes goes to memory, and the scan begins anew.
 * Source: M. Poletto and V. Sarkar, "Linear scan register allocation" (1999).
 */

import { type Assembly, type Operand, type Register, type RegisterClass, RSP, VIRTUAL } from "../assembler/index.ts";
import type { ConstantPool, VirtualCode, X64Target } from "../code/index.ts";
import { isCopy } from "./effects.ts";
import { type Intervals, intervalsOf, NONE } from "./intervals.ts";
import { type Spilling, spill } from "./spill.ts";

export interface AllocateOptions {
  readonly target: X64Target;
  readonly constants: ConstantPool;
  /** What the frame holds already. */
  readonly frameBytes: number;
}

export interface Allocated {
  readonly assembly: Assembly;
  /** The frame with the registers that were spilled. */
  readonly frameBytes: number;
  /** How many values live in the frame, and how often innermost loops go there. */
  readonly spills: { readonly values: number; readonly inInnermostLoops: number };
}

export function allocate(code: VirtualCode, { target, constants, frameBytes }: AllocateOptions): Allocated {
  let spilling: Spilling = { code, short: new Set(), frameBytes, values: 0, inInnermostLoops: 0 };
  for (;;) {
    const { numbers, spilled } = scan(intervalsOf(spilling.code, spilling.short), spilling.code, target);
    if (spilled.length === 0)
      return {
        assembly: assign(spilling.code, numbers),
        frameBytes: spilling.frameBytes,
        spills: { values: spilling.values, inInnermostLoops: spilling.inInnermostLoops },
      };
    spilling = spill(spilling, spilled, target, constants);
  }
}

/** Registers in use, and which are free. */
interface Pool {
  readonly active: number[];
  /** A bit for each free register; the lowest is taken first. */
  free: number;
  /** No register that is in use ends before. */
  soonest: number;
}

const poolOf = (free: number): Pool => ({ active: [], free, soonest: Number.POSITIVE_INFINITY });

/** Of registers 0 to `count` − 1, up to 32. */
const bitsUpTo = (count: number): number => (2 ** count - 1) | 0;

/** The lowest number among bits; `NONE` without any. */
const lowest = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** The number of each register, or what has to be spilled. Mask 0 stands for no mask. */
function scan(
  { order, start, end, cost, hint }: Intervals,
  { registers }: VirtualCode,
  { registers: counts }: X64Target,
): { numbers: Int32Array; spilled: number[] } {
  const numbers = new Int32Array(registers.length).fill(NONE);
  const spilled: number[] = [];
  const pools: Readonly<Record<RegisterClass, Pool>> = {
    general: poolOf(bitsUpTo(counts.general) & ~(1 << RSP)),
    vector: poolOf(bitsUpTo(counts.vector)),
    mask: poolOf(bitsUpTo(counts.mask) & ~1),
  };
  const worth = (id: number): number => cost[id] / (end[id] - start[id] + 1);
  for (const id of order) {
    const pool = pools[registers[id].class];
    const { active } = pool;
    if (pool.soonest < start[id]) release(pool, start[id]);
    const wanted = hint[id] === NONE ? NONE : numbers[hint[id]];
    let number = wanted !== NONE && (pool.free & (1 << wanted)) !== 0 ? wanted : lowest(pool.free);
    if (number === NONE) {
      let least = id;
      for (const other of active) if (worth(other) < worth(least)) least = other;
      if (worth(least) === Number.POSITIVE_INFINITY)
        throw new Error("one instruction needs more registers than there are");
      spilled.push(least);
      if (least === id) continue;
      number = numbers[least];
      numbers[least] = NONE;
      active.splice(active.indexOf(least), 1);
    }
    numbers[id] = number;
    pool.free &= ~(1 << number);
    if (end[id] < pool.soonest) pool.soonest = end[id];
    active.push(id);
  }
  return { numbers, spilled };

  /** Frees what ends before a position. */
  function release(pool: Pool, position: number): void {
    const { active } = pool;
    let kept = 0;
    pool.soonest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < active.length; i++) {
      const id = active[i];
      if (end[id] < position) pool.free |= 1 << numbers[id];
      else {
        active[kept++] = id;
        if (end[id] < pool.soonest) pool.soonest = end[id];
      }
    }
    active.length = kept;
  }
}

/** Gives the registers their numbers. Copies of a register to itself and marks of loops are left out. */
function assign({ items, registers }: VirtualCode, numbers: Int32Array): Assembly {
  for (const register of registers) register.number = numbers[register.number - VIRTUAL];
  return items.filter((item): item is Assembly[number] => {
    if (item.kind !== "instruction") return item.kind !== "loop";
    return !isCopy(item) || registerNumber(item.operands[0]) !== registerNumber(item.operands[1]);
  });
}

const registerNumber = (operand: Operand): number => (operand as Register).number;
