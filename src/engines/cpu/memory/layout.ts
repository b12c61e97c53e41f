/**
 * What of a memory is taken throughout: variables, constants, and what is prepared from them. Everything else lies between, and
 * programs that share a memory use that in turns. A layout grows with every program and moves nothing.
 */
import type { Buffer } from "../loops/index.ts";
import { type Extent, sizeInMemory } from "../step/index.ts";
import type { Group } from "./groups.ts";

export interface Layout {
  /** Other layouts have other numbers; 0 is the empty one. */
  readonly id: number;
  /** Addresses, by what lies there. */
  readonly places: ReadonlyMap<string, number>;
  /** In ascending order. */
  readonly taken: readonly Extent[];
  /** What prepares results. */
  readonly groups: readonly Group[];
  /** By computation, the number of its group. */
  readonly prepared: ReadonlyMap<string, number>;
  /** The end of all that any program uses. */
  readonly bytes: number;
}

export const emptyLayout = (start: number): Layout => ({
  id: 0,
  places: new Map(),
  taken: [],
  groups: [],
  prepared: new Map(),
  bytes: start,
});

let layouts = 0;

/** A layout that grows. */
export class LayoutDraft {
  readonly #places: Map<string, number>;
  readonly #taken: Extent[];
  readonly #groups: Group[];
  readonly #prepared: Map<string, number>;
  /** Beyond what programs use, so that none writes over what is placed later. */
  #end: number;

  constructor({ places, taken, groups, prepared, bytes }: Layout) {
    this.#places = new Map(places);
    this.#taken = [...taken];
    this.#groups = [...groups];
    this.#prepared = new Map(prepared);
    this.#end = bytes;
  }

  get taken(): readonly Extent[] {
    return this.#taken;
  }

  get groups(): readonly Group[] {
    return this.#groups;
  }

  /** The address of what a key says, which is that of `buffer` if it is new. */
  place(key: string, buffer: Buffer): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const address = this.#end;
    this.#end += sizeInMemory(buffer);
    this.#places.set(key, address);
    const last = this.#taken.at(-1);
    if (last?.end === address) this.#taken[this.#taken.length - 1] = { address: last.address, end: this.#end };
    else this.#taken.push({ address, end: this.#end });
    return address;
  }

  /** The number of the group that prepares a computation. */
  groupOf(computation: string): number | undefined {
    return this.#prepared.get(computation);
  }

  /** @returns its number */
  addGroup(group: Group, computations: readonly string[]): number {
    const number = this.#groups.push(group) - 1;
    for (const key of computations) this.#prepared.set(key, number);
    return number;
  }

  /** @param bytes the end of what a program uses */
  finish(bytes: number): Layout {
    return {
      id: ++layouts,
      places: this.#places,
      taken: this.#taken,
      groups: this.#groups,
      prepared: this.#prepared,
      bytes: Math.max(bytes, this.#end),
    };
  }
}
