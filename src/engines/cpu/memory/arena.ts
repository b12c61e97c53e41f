/**
 * The memory of programs over the same variables, such as those of a network for batches of several sizes. What they prepare
 * from the variables lies there once, and is prepared again only when one of them has changed. All else is used in turns: a
 * program runs from its inputs to its outputs without a pause.
 */
import type { NdArray } from "../../../array/index.ts";
import type { Graph, Variable } from "../../../graph/index.ts";
import { variablesOf } from "../../at-hand.ts";
import { account, OVERHEAD_BYTES } from "../resources/index.ts";
import { type Backend, type Memory, Pace } from "../step/index.ts";
import type { Placed, Source } from "./groups.ts";
import type { Resident, ResidentLeaf } from "./lay-out.ts";
import { emptyLayout, type Layout } from "./layout.ts";

/** More kinds of programs than that begin a memory of their own: what programs leave is not moved. */
const MOST_PROGRAMS = 64;

export class Arena<Program extends Resident> {
  readonly variables: readonly Variable[];
  readonly #backend: Backend;
  #layout: Layout;
  readonly #programs = new Map<string, Program>();
  /** From the first run on: a program that is never run takes no memory. */
  #memory: Memory | undefined;
  /** The version of each leaf that the memory holds. */
  readonly #held = new Map<string, number>();
  /** By number, the versions of what a group read when it ran. */
  readonly #prepared: (readonly number[] | undefined)[] = [];
  /** By the order of magnitude of the work. */
  readonly #paces = new Map<number, Pace>();

  constructor(backend: Backend, variables: readonly Variable[]) {
    this.variables = variables;
    this.#backend = backend;
    this.#layout = emptyLayout(backend.start);
  }

  get isFull(): boolean {
    return this.#programs.size >= MOST_PROGRAMS;
  }

  /** The program of a graph that a key describes. @param compile makes one for a layout */
  add(key: string, compile: (before: Layout) => Program): Program {
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const program = compile(this.#layout);
    this.#layout = program.layout;
    this.#programs.set(key, program);
    return program;
  }

  /** Whether programs of this much work are worth dividing among threads. */
  paceOf(work: number): Pace {
    const magnitude = Math.round(Math.log2(work) / 2);
    const pace = this.#paces.get(magnitude) ?? new Pace();
    this.#paces.set(magnitude, pace);
    return pace;
  }

  /** The memory, which is another one when programs have come that need more. */
  get memory(): Memory {
    const { bytes, taken } = this.#layout;
    const old = this.#memory;
    if (old !== undefined && old.bytes >= bytes) return old;
    const memory = this.#backend.allocate(bytes);
    account(memory, memory.bytes + OVERHEAD_BYTES);
    if (old !== undefined)
      for (const { address, end } of taken) {
        // What a new program places may continue what is taken already, beyond the old memory.
        const words = { name: "taken", lane: "i32", length: (Math.min(end, old.bytes) - address) / 4 } as const;
        if (words.length <= 0) continue;
        memory.elements({ ...words }, address).set(old.elements({ ...words }, address));
      }
    this.#memory = memory;
    return memory;
  }

  /**
   * Brings what a program reads up to date, before its inputs are written.
   * @returns whether it is: false, with nothing done, if a value lies on another engine's device
   */
  prepare({ leaves, groups }: Resident): boolean {
    const staleLeaves = leaves.filter(({ key, source }) => this.#held.get(key) !== this.#versionOf(source));
    const staleGroups = groups.filter((number) => !this.#isPrepared(number));
    const stale = [...staleLeaves, ...staleGroups.flatMap((number) => this.#layout.groups[number].reads)];
    const values = new Map<Source, NdArray>();
    for (const { source } of stale) {
      const value = typeof source === "number" ? this.variables[source].peek() : source;
      if (value instanceof Promise) return false;
      values.set(source, value);
    }
    const write = ({ buffer, address, source }: Placed & { readonly source: Source }): void =>
      this.memory.elements(buffer, address).set(values.get(source)!.data);
    for (const leaf of staleLeaves) {
      write(leaf);
      this.#held.set(leaf.key, this.#versionOf(leaf.source));
    }
    for (const number of staleGroups) {
      const { code, reads } = this.#layout.groups[number];
      for (const read of reads) write(read);
      code.instantiate(this.memory).run(false);
      this.#prepared[number] = reads.map(({ source }) => this.#versionOf(source));
    }
    return true;
  }

  /** The memory holds the values of these leaves as they are now. */
  hold(leaves: readonly ResidentLeaf[]): void {
    for (const { key, source } of leaves) this.#held.set(key, this.#versionOf(source));
  }

  #isPrepared(number: number): boolean {
    const versions = this.#prepared[number];
    return (
      versions !== undefined &&
      this.#layout.groups[number].reads.every(({ source }, i) => versions[i] === this.#versionOf(source))
    );
  }

  /** Of constants 0. */
  #versionOf(source: Source): number {
    return typeof source === "number" ? this.variables[source].version : 0;
  }
}

/** The arenas of an engine, which last as long as one of their programs. */
export class Arenas<Program extends Resident> {
  readonly #backend: Backend;
  /** By the first variable. */
  readonly #known = new WeakMap<Variable, WeakRef<Arena<Program>>[]>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The arena of a graph: that of other programs over the same variables. */
  of(graph: Graph): Arena<Program> {
    const variables = variablesOf(graph);
    const [first] = variables;
    if (first === undefined) return new Arena(this.#backend, variables);
    const alive = (this.#known.get(first) ?? []).filter((known) => known.deref() !== undefined);
    const set = new Set(variables);
    const shared = alive
      .flatMap((known) => known.deref() ?? [])
      .find(
        (arena) => !arena.isFull && arena.variables.length === set.size && arena.variables.every((one) => set.has(one)),
      );
    const arena = shared ?? new Arena<Program>(this.#backend, variables);
    this.#known.set(first, shared === undefined ? [...alive, new WeakRef(arena)] : alive);
    return arena;
  }
}
