/** From when to when buffers are in use, as numbers of steps. */
import { type Buffer, extentsOf } from "../loops/index.ts";
import type { Step } from "../lower/context/index.ts";
import type { Lowered } from "../lower/index.ts";
import type { Lifetime } from "../step/index.ts";

/** Collects uses of buffers; those that lie where another one does count as uses of that one. */
class Uses {
  readonly #lives = new Map<Buffer, { first: number; last: number; isMadeFirst: boolean }>();
  readonly #loops: { readonly from: number; readonly to: number }[] = [];
  readonly #places: ReadonlyMap<Buffer, Buffer>;

  constructor(places: ReadonlyMap<Buffer, Buffer> = new Map()) {
    this.#places = places;
  }

  /** @param isMade whether the step writes all of it, and reads nothing of it */
  add(used: Buffer, step: number, isMade = false): void {
    const buffer = this.#places.get(used) ?? used;
    const life = this.#lives.get(buffer);
    if (life === undefined) this.#lives.set(buffer, { first: step, last: step, isMadeFirst: isMade });
    else life.last = Math.max(life.last, step);
  }

  addSteps(steps: readonly Step[]): void {
    steps.forEach(({ reads, writes }, i) => {
      for (const buffer of reads) this.add(buffer, i);
      for (const buffer of writes) this.add(buffer, i, true);
    });
    this.#loops.push(...extentsOf(steps));
  }

  /**
   * What is used in a loop is in use throughout, as the next iteration finds it there; but not what every iteration makes
   * anew and nothing uses afterwards.
   */
  #extend(from: number, to: number): void {
    for (const life of this.#lives.values()) {
      if (life.last < from || life.first > to) continue;
      if (life.first >= from && life.last <= to && life.isMadeFirst) continue;
      life.first = Math.min(life.first, from);
      life.last = Math.max(life.last, to);
    }
  }

  get lifetimes(): Lifetime[] {
    for (const { from, to } of this.#loops) this.#extend(from, to);
    return [...this.#lives].map(([buffer, { first, last }]) => ({ buffer, first, last }));
  }
}

/** Of a whole step: leaves live throughout, results from when they are written to the end, all else from first to last use. */
export function lifetimesOf({ steps, leaves, variables, places, outputs }: Lowered): Lifetime[] {
  const uses = new Uses(places);
  for (const buffer of [...leaves.values(), ...variables.values()]) {
    uses.add(buffer, -1);
    uses.add(buffer, steps.length);
  }
  uses.addSteps(steps);
  for (const { buffer } of outputs) uses.add(buffer, steps.length);
  return uses.lifetimes;
}

/**
 * Of what lies in memory only while some steps run.
 * @param given what is written before the first step
 * @param results what is read after the last one
 * @param resident what has a place already
 */
export function lifetimesWithin(
  steps: readonly Step[],
  given: readonly Buffer[],
  results: readonly Buffer[],
  places: ReadonlyMap<Buffer, Buffer>,
  resident: ReadonlyMap<Buffer, number>,
): Lifetime[] {
  const uses = new Uses(places);
  for (const buffer of given) uses.add(buffer, -1);
  uses.addSteps(steps);
  for (const buffer of results) uses.add(buffer, steps.length);
  return uses.lifetimes.filter(({ buffer }) => !resident.has(buffer));
}
