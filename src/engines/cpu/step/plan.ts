/** Where each buffer lies: buffers that are not in use at the same time share memory. */
import { StateError } from "../../../array/index.ts";
import { type Buffer, ELEMENT_BYTES } from "../loops/index.ts";

/** Buffers begin at multiples of a cache line, and reads of whole vectors, of up to sixteen lanes, may go past an end by less than one. */
const BUFFER_ALIGNMENT = 64;

export interface Lifetime {
  readonly buffer: Buffer;
  /** The first and the last step that use it, both included. */
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** The end of the last buffer. */
  readonly bytes: number;
}

/** A part of memory, from its first byte to before its last one. */
export interface Extent {
  readonly address: number;
  readonly end: number;
}

/** Bytes that a buffer takes. */
export const sizeInMemory = ({ length }: Buffer): number =>
  Math.ceil((length * ELEMENT_BYTES + BUFFER_ALIGNMENT) / BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT;

/**
 * Places the largest buffers first, each at the lowest address where nothing lies that is alive at the same time.
 * @param shared buffers that lie where another one does
 * @param taken parts of memory where nothing may be placed
 */
export function planMemory(
  lifetimes: readonly Lifetime[],
  start: number,
  shared: ReadonlyMap<Buffer, Buffer> = new Map(),
  taken: readonly Extent[] = [],
): MemoryPlan {
  const placed: (Lifetime & { address: number; end: number })[] = [];
  const addresses = new Map<Buffer, number>();
  for (const lifetime of [...lifetimes].sort((a, b) => sizeInMemory(b.buffer) - sizeInMemory(a.buffer))) {
    const size = sizeInMemory(lifetime.buffer);
    const alive = placed.filter(({ first, last }) => first <= lifetime.last && lifetime.first <= last);
    const neighbors = [...taken, ...alive].sort((a, b) => a.address - b.address);
    let address = start;
    for (const { address: next, end } of neighbors) {
      if (address + size <= next) break;
      address = Math.max(address, end);
    }
    placed.push({ ...lifetime, address, end: address + size });
    addresses.set(lifetime.buffer, address);
  }
  for (const [buffer, other] of shared) addresses.set(buffer, addresses.get(other)!);
  return { addresses, bytes: [...taken, ...placed].reduce((most, { end }) => Math.max(most, end), start) };
}

/**
 * @param buffers those that are used at the same time
 * @throws StateError unless each has a place, from `start` on, that no other reaches into; two may share one as a whole
 */
export function checkPlacement(buffers: Iterable<Buffer>, { addresses, bytes }: MemoryPlan, start: number): void {
  const placed = [...buffers].map((buffer) => ({ buffer, address: addresses.get(buffer) ?? Number.NaN }));
  placed.sort((a, b) => a.address - b.address);
  placed.forEach(({ buffer, address }, i) => {
    const next = placed[i + 1];
    const isShared = next?.address === address && next.buffer.length === buffer.length;
    const end = isShared ? bytes : (next?.address ?? bytes);
    if (address >= start && address % BUFFER_ALIGNMENT === 0 && address + sizeInMemory(buffer) <= end) return;
    throw new StateError(
      `the buffer ${buffer.name} of ${buffer.length} elements lies from byte ${address} on, ` +
        `in memory from ${start} to ${bytes}, before what lies from ${end} on`,
    );
  });
}
