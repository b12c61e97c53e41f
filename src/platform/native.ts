/**
 * Machine code in Node: memory, executable pages and threads of the operating system, by the optional package koffi. The
 * contract is in `types.ts`. The numbers are those of Linux on x86-64 (mmap(2), mprotect(2), pthread_create(3)), the only
 * system for which there is machine code.
 */
import { constants } from "node:buffer";
import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";
import { CapabilityError } from "../array/errors.ts";
import type { NativeFunction, NativeHost, NativeHostSearch, NativeMemory } from "./types.ts";

/** The part of koffi that is used here. */
interface Koffi {
  load(path: null): {
    func(name: string, result: string, parameters: readonly string[]): NativeFunction;
    /** The address of what has this name. */
    symbol(name: string): bigint;
  };
  proto(result: string, parameters: readonly string[]): unknown;
  decode(address: bigint, type: unknown): NativeFunction;
  view(address: bigint, bytes: number): ArrayBuffer;
  errno(): number;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

const PAGE = 4096;
const PROT_NONE = 0;
const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
/** Of this process alone, of no file, and not counted before it is touched: MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE. */
const MAPPING = 0x02 | 0x20 | 0x4000;

const PTHREAD_CREATE_DETACHED = 1;
const SIG_SETMASK = 2;
/** sigset_t has 128 bytes, pthread_attr_t 56, pthread_t 8, in glibc and in musl. */
const ALL_SIGNALS = 0;
const OLD_SIGNALS = 128;
const ATTRIBUTES = 256;
const THREAD = 320;
const STACK_BYTES = 2 ** 20;

const AT_THREAD_EXIT = "__cxa_thread_atexit_impl";

/** What all functions here take and give: addresses, lengths and flags are integers below 2⁵³. */
const INTEGER = "int64_t";
const FOUR_INTEGERS = [INTEGER, INTEGER, INTEGER, INTEGER];

/** rax = rdi + rsi; ret. */
const SUM = Uint8Array.of(0x48, 0x8d, 0x04, 0x37, 0xc3);

let search: NativeHostSearch | undefined;

/** Looks once, when it is first asked. */
export function nativeHost(): NativeHostSearch {
  search ??= find();
  return search;
}

function find(): NativeHostSearch {
  const machine = `${process.platform} ${process.arch}`;
  if (machine !== "linux x64")
    return { found: false, reason: `this machine is ${machine}; there is machine code for linux x64` };
  try {
    const host = new LinuxHost(loadKoffi());
    host.test();
    return { found: true, host };
  } catch (error) {
    return { found: false, reason: (error as Error).message };
  }
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "MODULE_NOT_FOUND" && message.startsWith("Cannot find module 'koffi'");
    throw new CapabilityError(
      isMissing
        ? "the package koffi is not installed (npm install koffi)"
        : `the package koffi is installed but does not load: ${message.split("\n", 1)[0]}`,
      { cause: error },
    );
  }
}

class LinuxHost implements NativeHost {
  readonly #koffi: Koffi;
  readonly #type: unknown;
  readonly #functions = new Map<string, NativeFunction>();
  readonly #libc: ReturnType<Koffi["load"]>;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
    this.#type = koffi.proto(INTEGER, FOUR_INTEGERS);
    // The process itself, in which Node has the C library.
    this.#libc = koffi.load(null);
  }

  /** @throws CapabilityError if code cannot be run here */
  test(): void {
    const code = this.loadCode(SUM);
    const sum = this.callable(code.address)(20, 22, 0, 0);
    code.release();
    if (sum !== 42) throw new CapabilityError(`machine code gave ${sum} for 20 + 22`);
  }

  mapMemory(bytes: number): NativeMemory {
    const size = Math.max(1, Math.ceil(bytes / PAGE)) * PAGE;
    // Nothing may be done with the pages before and after.
    const start = this.#call(`${size} bytes of memory`, "mmap", 0, size + 2 * PAGE, PROT_NONE, MAPPING, -1, 0);
    const address = start + PAGE;
    this.#call(`${size} bytes of memory`, "mprotect", address, size, PROT_READ | PROT_WRITE);
    return {
      address,
      bytes: size,
      mapping: { address: start, bytes: size + 2 * PAGE },
      view: this.#viewsOf(address, size),
      release: () => void this.#call("to take memory back", "munmap", start, size + 2 * PAGE),
    };
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
    this.#call("executable pages", "mprotect", memory.address, memory.bytes, PROT_READ | PROT_EXEC);
    return memory;
  }

  callable(address: number): NativeFunction {
    return this.#koffi.decode(BigInt(address), this.#type);
  }

  startThread(code: number, argument: number): void {
    const scratch = this.mapMemory(PAGE);
    const at = (offset: number): number => scratch.address + offset;
    // A thread that cannot be interrupted: signals are for the threads that know JavaScript.
    scratch.view(Uint8Array, ALL_SIGNALS, 128).fill(0xff);
    this.#check("pthread_attr_init", at(ATTRIBUTES));
    this.#check("pthread_attr_setdetachstate", at(ATTRIBUTES), PTHREAD_CREATE_DETACHED);
    this.#check("pthread_attr_setstacksize", at(ATTRIBUTES), STACK_BYTES);
    this.#check("pthread_sigmask", SIG_SETMASK, at(ALL_SIGNALS), at(OLD_SIGNALS));
    try {
      this.#check("pthread_create", at(THREAD), at(ATTRIBUTES), code, argument);
    } finally {
      this.#check("pthread_sigmask", SIG_SETMASK, at(OLD_SIGNALS), 0);
      this.#check("pthread_attr_destroy", at(ATTRIBUTES));
      scratch.release();
    }
  }

  onThreadEnd(code: number, argument: number): void {
    if (isMainThread) return;
    try {
      // What C++ uses for variables of a thread; musl, for one, has it not. The last argument tells whose the call is.
      this.#check(AT_THREAD_EXIT, code, argument, Number(this.#libc.symbol(AT_THREAD_EXIT)));
    } catch {
      // Then what the thread has taken lasts as long as the process.
    }
  }

  /** Calls a function that gives −1 and sets errno when it fails; `what` is then refused. */
  #call(what: string, name: string, ...values: number[]): number {
    const result = this.#function(name, values.length)(...values);
    if (result === -1) this.#fail(what, name, this.#koffi.errno());
    return result;
  }

  /** Calls a function about threads, which gives 0 or an error's number. */
  #check(name: string, ...values: number[]): void {
    const result = this.#function(name, values.length)(...values) & 0xffff;
    if (result !== 0) this.#fail("another thread", name, result);
  }

  #fail(what: string, name: string, error: number): never {
    const names = Object.entries(this.#koffi.os.errno).filter(([, number]) => number === error);
    const message = names.length > 0 ? names[0][0] : `error ${error}`;
    throw new CapabilityError(`this system refuses ${what} (${name}: ${message})`);
  }

  #function(name: string, parameters: number): NativeFunction {
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const made = this.#libc.func(name, RESULTS[name] ?? "int", new Array<string>(parameters).fill(INTEGER));
    this.#functions.set(name, made);
    return made;
  }
}

const RESULTS: Readonly<Record<string, string>> = { mmap: INTEGER };
