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
 * Every buffer gets a place that no other one has while it is in use. What lives throughout comes first, one after the other;
 * the rest go, the largest first, to the lowest place that is free for as long as they live.
 * @param shared buffers that lie where another one does
 * @param taken parts of memory where nothing may be placed
 */
export function planMemory(
  lifetimes: readonly Lifetime[],
  start: number,
  shared: ReadonlyMap<Buffer, Buffer> = new Map(),
  taken: readonly Extent[] = [],
): MemoryPlan {
  const bySize = lifetimes.map((lifetime) => ({ ...lifetime, size: sizeInMemory(lifetime.buffer) }));
  bySize.sort((a, b) => b.size - a.size);
  const [begin, end] = spanOf(lifetimes);
  const livesThroughout = ({ first, last }: Lifetime): boolean => first === begin && last === end;
  const addresses = new Map<Buffer, number>();
  const throughout = bySize.filter(livesThroughout);
  const passing = bySize.filter((lifetime) => !livesThroughout(lifetime));
  const places = new Places(taken.length + bySize.length, start);
  for (const extent of taken) places.add(extent, ...ALWAYS);
  for (const { buffer, first, last, size } of [...throughout, ...passing])
    addresses.set(buffer, places.take(first, last, size));
  for (const [buffer, other] of shared) addresses.set(buffer, addresses.get(other)!);
  return { addresses, bytes: places.end };
}

/** From the first use of any buffer to the last. */
function spanOf(lifetimes: readonly Lifetime[]): [begin: number, end: number] {
  let [begin, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { first, last } of lifetimes) [begin, end] = [Math.min(begin, first), Math.max(end, last)];
  return [begin, end];
}

/** The first step and the last one of what is there before and after all steps. */
const ALWAYS = [-(2 ** 31), 2 ** 31 - 1] as const;

/** Places that have been taken, in the order of their addresses. In columns of numbers: each search goes through them. */
class Places {
  readonly #start: number;
  /** The end of the last place. */
  end: number;
  #count = 0;
  readonly #addresses: Float64Array;
  readonly #ends: Float64Array;
  readonly #firsts: Int32Array;
  readonly #lasts: Int32Array;

  constructor(most: number, start: number) {
    this.#start = start;
    this.end = start;
    this.#addresses = new Float64Array(most);
    this.#ends = new Float64Array(most);
    this.#firsts = new Int32Array(most);
    this.#lasts = new Int32Array(most);
  }

  /** Takes the lowest place that is free from step `first` to step `last`. @returns its address */
  take(first: number, last: number, size: number): number {
    const address = this.#lowest(first, last, size);
    this.add({ address, end: address + size }, first, last);
    return address;
  }

  /** Nothing else is placed there from step `first` to step `last`. */
  add({ address, end }: Extent, first: number, last: number): void {
    this.#insert(address, end, first, last);
    this.end = Math.max(this.end, end);
  }

  #lowest(first: number, last: number, size: number): number {
    const [addresses, ends, firsts, lasts] = [this.#addresses, this.#ends, this.#firsts, this.#lasts];
    let address = this.#start;
    for (let i = 0; i < this.#count; i++) {
      if (firsts[i] > last || lasts[i] < first) continue;
      if (address + size <= addresses[i]) break;
      if (ends[i] > address) address = ends[i];
    }
    return address;
  }

  #insert(address: number, end: number, first: number, last: number): void {
    let at = this.#count++;
    while (at > 0 && this.#addresses[at - 1] > address) at--;
    const columns = [this.#addresses, this.#ends, this.#firsts, this.#lasts];
    for (const [column, value] of [address, end, first, last].entries()) {
      columns[column].copyWithin(at + 1, at, this.#count - 1);
      columns[column][at] = value;
    }
  }
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
