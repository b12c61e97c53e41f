/**
 * What may depend on threads. Of a kernel's outermost statements every thread executes the settings of locals, and its
 * share of each parallel loop; everything else is for the first thread. Threads do not wait for each other within a kernel.
 */
import type { Buffer, Local, Statement, Value } from "./ir.ts";
import type { Range } from "./ranges.ts";

/** Whether only the first thread executes an outermost statement. */
export const isSerial = (part: Statement): boolean => part.kind !== "set" && !(part.kind === "loop" && part.parallel);

/** Follows which locals only the first thread knows, while statements are visited in order. */
export class ThreadLocals {
  readonly #known = new Set<Local>();

  set(local: Local, value: Value, part: Statement): void {
    const follows = part.kind === "set" && localsOf(value).some((other) => this.#known.has(other));
    if (isSerial(part) || follows) this.#known.add(local);
    else this.#known.delete(local);
  }

  mayRead(local: Local, part: Statement): boolean {
    return !(part.kind === "loop" && part.parallel) || !this.#known.has(local);
  }
}

const localsOf = (value: Value): Local[] => {
  if (value.kind === "local") return [value];
  if (value.kind === "apply") return value.operands.flatMap(localsOf);
  return value.kind === "splat" || value.kind === "lane" ? localsOf(value.value) : [];
};

export interface Access {
  /** The outermost statement that it is in. */
  readonly part: Statement;
  readonly buffer: Buffer;
  readonly kind: "load" | "store";
  /** All positions that it may touch. */
  readonly range: Range;
}

/**
 * The name of a buffer that one part stores to and another, not always by the same thread, loads from around there. Stores
 * of different parts may interleave, as those of whole tiles and of their rests do.
 */
export function raceBetween(accesses: readonly Access[]): string | undefined {
  const loads = accesses.filter(({ kind }) => kind === "load");
  const stores = accesses.filter(({ kind }) => kind === "store");
  const overlap = (a: Range, b: Range): boolean => a.low <= b.high && b.low <= a.high;
  const race = stores.find(({ buffer, part, range }) =>
    loads
      .filter((load) => load.buffer === buffer && load.part !== part)
      .some((load) => !(isSerial(part) && isSerial(load.part)) && overlap(range, load.range)),
  );
  return race?.buffer.name;
}
