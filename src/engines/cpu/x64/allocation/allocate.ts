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
  readonly free: boolean[];
  /** In the order of preference. */
  readonly usable: readonly number[];
}

const numbersUpTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const poolOf = (usable: readonly number[]): Pool => {
  const free: boolean[] = new Array(32).fill(false);
  for (const number of usable) free[number] = true;
  return { active: [], free, usable };
};

function firstFree(usable: readonly number[], free: readonly boolean[]): number {
  for (const number of usable) if (free[number]) return number;
  return NONE;
}

/** The number of each register, or what has to be spilled. Mask 0 stands for no mask. */
function scan(
  { order, start, end, cost, hint }: Intervals,
  { registers }: VirtualCode,
  { registers: counts }: X64Target,
): { numbers: Int32Array; spilled: number[] } {
  const numbers = new Int32Array(registers.length).fill(NONE);
  const spilled: number[] = [];
  const pools: Readonly<Record<RegisterClass, Pool>> = {
    general: poolOf(numbersUpTo(counts.general).filter((number) => number !== RSP)),
    vector: poolOf(numbersUpTo(counts.vector)),
    mask: poolOf(numbersUpTo(counts.mask).slice(1)),
  };
  const worth = (id: number): number => cost[id] / (end[id] - start[id] + 1);
  for (const id of order) {
    const { active, free, usable } = pools[registers[id].class];
    let kept = 0;
    for (const other of active) {
      if (end[other] < start[id]) free[numbers[other]] = true;
      else active[kept++] = other;
    }
    active.length = kept;
    const wanted = hint[id] === NONE ? NONE : numbers[hint[id]];
    let number = wanted !== NONE && free[wanted] ? wanted : firstFree(usable, free);
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
    free[number] = false;
    active.push(id);
  }
  return { numbers, spilled };
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
