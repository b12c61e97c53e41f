/**
 * Between calling conventions. Machine code here has System V's, for functions of integers; Windows calls with its own, in
 * which the callee keeps more registers:
 *
 *                 arguments                          kept by the callee
 *     System V    rdi, rsi, rdx, rcx                 rbx, rbp, r12 to r15
 *     Windows     rcx, rdx, r8, r9, [rsp + 40], …    these, rdi, rsi and xmm6 to xmm15
 *
 * Sources: System V AMD64 ABI; Microsoft, "x64 calling convention" and "x64 ABI conventions".
 */
import type { NativeFunction, NativeHost, NativeMemory, NativeSystem } from "#platform";
import {
  type Assembly,
  encode,
  immediate,
  memory,
  op,
  r8,
  r9,
  rax,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  vector,
} from "./assembler/index.ts";

const XMM_BYTES = 16;
const keptVectors = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map(vector);
const kept = [rdi, rsi];
/** With a word, so that the stack pointer is a multiple of 16 where the next function is called. */
const FRAME_BYTES = keptVectors.length * XMM_BYTES + 8;
/** Where the fifth argument lies at the entry, and in the frame. */
const FIFTH = 40 + kept.length * 8 + FRAME_BYTES;

/** Keeps what Windows wants kept around a call. Also for processors without AVX, which are asked by machine code too. */
const around = (call: Assembly): Assembly => [
  ...kept.map((register) => op("push", 64, register)),
  op("sub", 64, rsp, FRAME_BYTES),
  ...keptVectors.map((register, i) => op("movups", 64, memory(rsp, XMM_BYTES * i), register)),
  ...call,
  ...keptVectors.map((register, i) => op("movups", 64, register, memory(rsp, XMM_BYTES * i))),
  op("add", 64, rsp, FRAME_BYTES),
  ...[...kept].reverse().map((register) => op("pop", 64, register)),
  op("ret", 64),
];

/** `int64 enter(int64 (*f)(int64, int64, int64, int64), int64 a, int64 b, int64 c, int64 d)` for Windows: f(a, b, c, d). */
export const enter = (): Assembly =>
  around([
    op("mov", 64, rax, rcx),
    op("mov", 64, rdi, rdx),
    op("mov", 64, rsi, r8),
    op("mov", 64, rdx, r9),
    op("mov", 64, rcx, memory(rsp, FIFTH)),
    op("call", 64, rax),
  ]);

/** `int64 enterWith(void *argument)` for Windows, for threads: the function at an address, with the argument. */
export const enterWith = (address: number): Assembly =>
  around([op("mov", 64, rdi, rcx), op("mov", 64, rax, immediate(address)), op("call", 64, rax)]);

/** A host whose functions have the convention of Windows, for code that has System V's. */
class WindowsEntrance implements NativeHost {
  readonly system: NativeSystem;
  readonly reservation: string | undefined;
  readonly #host: NativeHost;
  readonly #enter: NativeFunction;
  /** By the address of what is entered; they last as long as the process. */
  readonly #entries = new Map<number, number>();

  constructor(host: NativeHost) {
    this.system = host.system;
    this.reservation = host.reservation;
    this.#host = host;
    this.#enter = host.callable(host.loadCode(encode(enter())).address, 5);
  }

  mapMemory(bytes: number): NativeMemory {
    return this.#host.mapMemory(bytes);
  }

  loadCode(code: Uint8Array): NativeMemory {
    return this.#host.loadCode(code);
  }

  callable(address: number): NativeFunction {
    return (a, b, c, d) => this.#enter(address, a, b, c, d);
  }

  addressOf(name: string): number {
    return this.#host.addressOf(name);
  }

  startThread(code: number, argument: number): void {
    this.#host.startThread(this.#entryTo(code), argument);
  }

  onThreadEnd(code: number, argument: number): void {
    this.#host.onThreadEnd(this.#entryTo(code), argument);
  }

  #entryTo(code: number): number {
    const known = this.#entries.get(code) ?? this.#host.loadCode(encode(enterWith(code))).address;
    this.#entries.set(code, known);
    return known;
  }
}

const entrances = new WeakMap<NativeHost, NativeHost>();

/** The host whose functions are called as System V says: itself, or for Windows one that enters them. */
export function systemVHost(host: NativeHost): NativeHost {
  if (host.system !== "windows") return host;
  const entrance = entrances.get(host) ?? new WindowsEntrance(host);
  entrances.set(host, entrance);
  return entrance;
}
