/** Memory, code and threads of an operating system, as `types.ts` promises them. */
import { constants } from "node:buffer";
import { isMainThread } from "node:worker_threads";
import { CapabilityError } from "../../array/index.ts";
import type { NativeFunction, NativeHost, NativeMemory, NativeSystem } from "../types.ts";
import { INTEGER, integers, type Koffi } from "./koffi.ts";
import { PAGE, type System } from "./system.ts";

export class Host implements NativeHost {
  readonly system: NativeSystem;
  readonly reservation: string | undefined;
  readonly #koffi: Koffi;
  readonly #system: System;
  /** Of functions, by how many integers they take. */
  readonly #types = new Map<number, unknown>();

  constructor(koffi: Koffi, system: System) {
    this.system = system.name;
    this.reservation = system.reservation;
    this.#koffi = koffi;
    this.#system = system;
  }

  /** @throws CapabilityError if code cannot be run here */
  test(): void {
    const code = this.loadCode(this.#system.sum);
    const sum = this.callable(code.address)(20, 22, 0, 0);
    code.release();
    if (sum !== 42) throw new CapabilityError(`machine code gave ${sum} for 20 + 22`);
  }

  mapMemory(bytes: number): NativeMemory {
    const size = Math.max(1, Math.ceil(bytes / PAGE)) * PAGE;
    const what = `${size} bytes of memory`;
    // Nothing may be done with the pages before and after.
    const mapping = { address: this.#system.reserve(size + 2 * PAGE, what), bytes: size + 2 * PAGE };
    const address = mapping.address + PAGE;
    const release = (): void => this.#system.release(mapping.address, mapping.bytes);
    try {
      this.#system.open(address, size, what);
    } catch (error) {
      release();
      throw error;
    }
    return { address, bytes: size, mapping, view: this.#viewsOf(address, size), release };
  }

  /** One array buffer over all of it, so that the garbage collector knows how much depends on it; parts where that is too much. */
  #viewsOf(address: number, size: number): NativeMemory["view"] {
    const part = (offset: number, bytes: number): ArrayBuffer => {
      if (bytes > constants.MAX_LENGTH)
        throw new CapabilityError(`${bytes} bytes are more than this Node has in one array, ${constants.MAX_LENGTH}`);
      return this.#koffi.view(BigInt(address + offset), bytes);
    };
    const whole = size <= constants.MAX_LENGTH ? part(0, size) : undefined;
    return (Elements, offset, length) => {
      const bytes = length * Elements.BYTES_PER_ELEMENT;
      if (!(offset >= 0 && bytes >= 0 && offset + bytes <= size))
        throw new RangeError(`bytes ${offset} to ${offset + bytes} of a memory of ${size}`);
      return whole ? new Elements(whole, offset, length) : new Elements(part(offset, bytes), 0, length);
    };
  }

  loadCode(code: Uint8Array): NativeMemory {
    const memory = this.mapMemory(code.length);
    memory.view(Uint8Array, 0, code.length).set(code);
    this.#system.makeExecutable(memory.address, memory.bytes);
    return memory;
  }

  callable(address: number, parameters = 4): NativeFunction {
    let type = this.#types.get(parameters);
    if (type === undefined) {
      type = this.#koffi.proto(INTEGER, integers(parameters));
      this.#types.set(parameters, type);
    }
    return this.#koffi.decode(BigInt(address), type);
  }

  startThread(code: number, argument: number): void {
    this.#system.startThread(code, argument);
  }

  onThreadEnd(code: number, argument: number): void {
    if (!isMainThread) this.#system.onThreadEnd(code, argument);
  }

  addressOf(name: string): number {
    return this.#system.addressOf(name);
  }
}
