/**
 * Preparation in groups of computations. What a group reads is written into memory that programs use otherwise, and is gone
 * when it has run: raw weights never lie there all at once.
 */
import type { NdArray } from "../../../array/index.ts";
import type { Buffer } from "../loops/index.ts";
import { type Backend, planMemory, type StepCode, sizeInMemory } from "../step/index.ts";
import type { Computation } from "./computations.ts";
import type { LayoutDraft } from "./layout.ts";
import { lifetimesWithin } from "./lifetimes.ts";

/** What a leaf holds: a variable, by its number, or a constant. */
export type Source = number | NdArray;

export interface Placed {
  readonly buffer: Buffer;
  readonly address: number;
}

/** Computations that are prepared together, by one thread. */
export interface Group {
  readonly code: StepCode;
  /** What is written before they run. */
  readonly reads: readonly (Placed & { readonly source: Source })[];
  /** The end of what it uses. */
  readonly bytes: number;
}

const leavesRead = ({ steps }: Computation, sources: ReadonlyMap<Buffer, Source>): Buffer[] =>
  [...new Set(steps.flatMap(({ reads }) => reads))].filter((buffer) => sources.has(buffer));

const bytesOf = (buffers: Iterable<Buffer>): number =>
  [...buffers].reduce((sum, buffer) => sum + sizeInMemory(buffer), 0);

/**
 * Computations in groups, in their order.
 * @param capacity bytes of leaves that a group may read, unless one computation alone reads more
 */
export function grouped(
  computations: readonly Computation[],
  sources: ReadonlyMap<Buffer, Source>,
  capacity: number,
): Computation[][] {
  const groups: Computation[][] = [];
  let read = new Set<Buffer>();
  for (const computation of computations) {
    const leaves = leavesRead(computation, sources);
    const group = groups.at(-1);
    if (group !== undefined && bytesOf(new Set([...read, ...leaves])) <= capacity) group.push(computation);
    else {
      groups.push([computation]);
      read = new Set();
    }
    for (const leaf of leaves) read.add(leaf);
  }
  return groups;
}

/** @param resident where results lie, and leaves that stay */
export function emitGroup(
  computations: readonly Computation[],
  sources: ReadonlyMap<Buffer, Source>,
  resident: ReadonlyMap<Buffer, number>,
  draft: LayoutDraft,
  backend: Backend,
): Group {
  const steps = computations.flatMap((computation) => computation.steps);
  const leaves = [...new Set(computations.flatMap((computation) => leavesRead(computation, sources)))];
  const lifetimes = lifetimesWithin(steps, leaves, [], new Map(), resident);
  const { addresses, bytes } = planMemory(lifetimes, backend.start, undefined, draft.taken);
  const memory = { addresses: new Map([...resident, ...addresses]), bytes };
  const kernels = steps.map(({ kernel }) => ({ kernel, isSerial: true }));
  return {
    code: backend.emit({ kernels, memory, isThreaded: false }),
    reads: leaves.map((buffer) => ({ buffer, address: memory.addresses.get(buffer)!, source: sources.get(buffer)! })),
    bytes,
  };
}
