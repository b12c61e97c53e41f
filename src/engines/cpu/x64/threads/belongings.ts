/**
 * What a thread of JavaScript has taken from the operating system: memory, and crews. Finalizers give it back; but no
 * finalizer runs when a worker thread ends, so then machine code goes through this list.
 *
 *     leave(list):
 *       for each crew (control, size): if control ≠ 0: launch(control, 0, 0, size)
 *       for each memory (address, bytes): if address ≠ 0: give it back
 */
import type { NativeHost, NativeMemory } from "#platform";
import { type Assembly, encode, label, memory, op, r12, r13, rbx, rcx, rdi, rdx, rsi } from "../assembler/index.ts";
import { callsOf, type SystemCalls } from "./calls.ts";
import { launch } from "./thread.ts";

/** An entry is an address and a number; what does not fit into the list lasts as long as the process. */
const ENTRY_BYTES = 16;
const CREWS = 16;
const MEMORIES = 4080;

/** Walks over `count` entries from rbx on, with the first word of each in rdi, and the second in `second`. */
function walk(name: string, count: number, visit: Assembly): Assembly {
  const [next, skip] = [label(name), label(`after ${name}`)];
  return [
    op("mov", 32, r12, count),
    next,
    op("mov", 64, rdi, memory(rbx)),
    op("test", 64, rdi, rdi),
    op("je", 64, skip),
    ...visit,
    skip,
    op("add", 64, rbx, ENTRY_BYTES),
    op("sub", 32, r12, 1),
    op("jne", 64, next),
  ];
}

/** `void leave(void *list)`. */
export function leave(calls: SystemCalls): Assembly {
  const launcher = label("launch");
  return [
    ...[rbx, r12, r13].map((register) => op("push", 64, register)),
    op("mov", 64, rbx, rdi),
    ...walk("crew", CREWS, [
      op("xor", 32, rsi, rsi),
      op("xor", 32, rdx, rdx),
      op("mov", 64, rcx, memory(rbx, 8)),
      op("call", 64, launcher),
    ]),
    ...walk("memory", MEMORIES, [op("mov", 64, rsi, memory(rbx, 8)), ...calls.unmap]),
    ...[r13, r12, rbx].map((register) => op("pop", 64, register)),
    op("ret", 64),
    launcher,
    ...launch(calls),
  ];
}

/** The list of one thread. */
class Belongings {
  readonly #entries: BigInt64Array;

  constructor(host: NativeHost) {
    const list = host.mapMemory((CREWS + MEMORIES) * ENTRY_BYTES);
    this.#entries = list.view(BigInt64Array, 0, 2 * (CREWS + MEMORIES));
    host.onThreadEnd(host.loadCode(encode(leave(callsOf(host)))).address, list.address);
  }

  /** @returns what takes it off the list */
  addCrew(control: number, size: number): () => void {
    return this.#add(control, size, 0, CREWS);
  }

  /** @returns what takes it off the list */
  addMemory({ mapping }: NativeMemory): () => void {
    return this.#add(mapping.address, mapping.bytes, CREWS, CREWS + MEMORIES);
  }

  #add(address: number, value: number, from: number, to: number): () => void {
    for (let i = from; i < to; i++) {
      if (this.#entries[2 * i] !== 0n) continue;
      this.#entries[2 * i + 1] = BigInt(value);
      this.#entries[2 * i] = BigInt(address);
      return () => {
        this.#entries[2 * i] = 0n;
      };
    }
    return () => {};
  }
}

const lists = new WeakMap<NativeHost, Belongings>();

/** Those of the calling thread. */
export function belongingsOf(host: NativeHost): Belongings {
  const known = lists.get(host) ?? new Belongings(host);
  lists.set(host, known);
  return known;
}

/** Gives memory back when `owner` is collected, or the thread ends. */
export function lend(host: NativeHost, memory: NativeMemory, owner: object): void {
  const remove = belongingsOf(host).addMemory(memory);
  returning.register(owner, () => {
    remove();
    memory.release();
  });
}

/** Between steps, when no thread runs anything of what goes. */
const returning = new FinalizationRegistry<() => void>((giveBack) => giveBack());
