/**
 * What may depend on threads, given how a kernel is divided among them (`division.ts`). Threads do not wait for each other
 * within a kernel.
 */
import { isDivided, isSerial } from "./division.ts";
import type { Buffer, Kernel, Local, Statement, Value } from "./ir.ts";
import { type Affine, type Range, type Ranges, rangeOf } from "./ranges.ts";

/** Follows which locals only the first thread knows, while statements are visited in order. */
export class ThreadLocals {
  readonly #known = new Set<Local>();
  readonly #stored: ReadonlySet<Buffer>;

  constructor({ body }: Kernel) {
    this.#stored = storesIn(body);
  }

  set(local: Local, value: Value, part: Statement): void {
    if (isSerial(part) || (part.kind === "set" && this.#follows(value))) this.#known.add(local);
    else this.#known.delete(local);
  }

  mayRead(local: Local, part: Statement): boolean {
    return !isDivided(part) || !this.#known.has(local);
  }

  /** Whether other threads may find something else: by another local, or in memory that the first thread is writing. */
  #follows(value: Value): boolean {
    switch (value.kind) {
      case "local":
        return this.#known.has(value);
      case "load":
      case "loadSplat":
        return (
          this.#stored.has(value.buffer) || (value.index.computed !== undefined && this.#follows(value.index.computed))
        );
      case "splat":
      case "lane":
        return this.#follows(value.value);
      case "apply":
        return value.operands.some((operand) => this.#follows(operand));
      default:
        return false;
    }
  }
}

function storesIn(statements: readonly Statement[], found = new Set<Buffer>()): ReadonlySet<Buffer> {
  for (const statement of statements) {
    if ("buffer" in statement) found.add(statement.buffer);
    else if ("body" in statement) storesIn(statement.body, found);
  }
  return found;
}

export interface Access {
  /** The outermost statement that it is in. */
  readonly part: Statement;
  readonly buffer: Buffer;
  readonly kind: "load" | "store";
  /** Its first element: where that may lie, by which counters. */
  readonly index: Affine;
  readonly ranges: Ranges;
  readonly lanes: number;
}

/**
 * The name of a buffer that one part stores to and another, not always by the same thread, loads from around there. Stores
 * of different parts may interleave, as those of whole tiles and of their rests do. What every thread loads while the first
 * one stores is for the first one's use, see `ThreadLocals`.
 */
export function raceBetween(accesses: readonly Access[]): string | undefined {
  const loads = new Map<Buffer, Access[]>();
  for (const access of accesses) {
    if (access.kind !== "load") continue;
    const others = loads.get(access.buffer);
    if (others === undefined) loads.set(access.buffer, [access]);
    else others.push(access);
  }
  for (const store of accesses) {
    if (store.kind !== "store") continue;
    for (const load of loads.get(store.buffer) ?? [])
      if (load.part !== store.part && (isDivided(store.part) || isDivided(load.part)) && mayMeet(store, load))
        return store.buffer.name;
  }
  return undefined;
}

/** Whether two accesses may touch the same element: not if they do not meet somewhere, or not in the same part of a step. */
function mayMeet(a: Access, b: Access): boolean {
  const [first, second] = [a, b].map((access) => elementsOf(access));
  if (first.low > second.high || second.low > first.high) return false;
  const steps = new Set([...a.index.terms, ...b.index.terms].map(({ factor }) => Math.abs(factor)));
  return [...steps].every((step) => step < 2 || mayMeetWithin(step, a, b));
}

/** All elements that an access may touch; with a step, as if counters that move by multiples of it stood still. */
function elementsOf({ index: { terms, constant }, ranges, lanes }: Access, step?: number): Range {
  const moving = step === undefined ? terms : terms.filter(({ factor }) => factor % step !== 0);
  const { low, high } = rangeOf({ terms: moving, constant }, ranges);
  return { low, high: high + lanes - 1 };
}

/** Whether there are elements of both that leave the same remainder when they are divided by the step. */
function mayMeetWithin(step: number, a: Access, b: Access): boolean {
  const [first, second] = [elementsOf(a, step), elementsOf(b, step)];
  const distance = (from: number, to: number): number => (((to - from) % step) + step) % step;
  const reaches = (from: Range, to: Range): boolean => distance(from.low, to.low) <= from.high - from.low;
  return reaches(first, second) || reaches(second, first);
}
