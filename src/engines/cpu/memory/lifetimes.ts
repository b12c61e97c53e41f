/** From when to when buffers are in use, as numbers of steps. */
import type { Buffer } from "../loops/index.ts";
import type { Step } from "../lower/context/index.ts";
import type { Lowered } from "../lower/index.ts";
import type { Lifetime } from "../step/index.ts";

/** Collects uses of buffers; those that lie where another one does count as uses of that one. */
class Uses {
  readonly #lives = new Map<Buffer, { first: number; last: number }>();
  readonly #places: ReadonlyMap<Buffer, Buffer>;

  constructor(places: ReadonlyMap<Buffer, Buffer> = new Map()) {
    this.#places = places;
  }

  add(used: Buffer, step: number): void {
    const buffer = this.#places.get(used) ?? used;
    const life = this.#lives.get(buffer);
    if (life === undefined) this.#lives.set(buffer, { first: step, last: step });
    else life.last = Math.max(life.last, step);
  }

  addSteps(steps: readonly Step[]): void {
    steps.forEach(({ reads, writes }, i) => {
      for (const buffer of [...reads, ...writes]) this.add(buffer, i);
    });
  }

  get lifetimes(): Lifetime[] {
    return [...this.#lives].map(([buffer, life]) => ({ buffer, ...life }));
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
