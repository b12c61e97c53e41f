/**
 * Linux and macOS: memory by mmap, threads by pthread, from the C library that Node has loaded; the numbers are those of
 * x86-64. Sources: mmap(2), mprotect(2), pthread_create(3), pthread_sigmask(3) of both systems; for macOS the headers
 * sys/mman.h, pthread.h and signal.h of its SDK, and dyld's _tlv_atexit.
 *
 * macOS gives pages that are written first and executed then to programs that it trusts with unsigned executable memory.
 * Node's own builds ask for that (com.apple.security.cs.allow-unsigned-executable-memory in their entitlements); where a
 * build does not, mprotect fails.
 */
import type { NativeSystem } from "../types.ts";
import { INTEGER, type Koffi, Library } from "./koffi.ts";
import { errorName, PAGE, refuse, STACK_BYTES, type System } from "./system.ts";

/** Where the two differ. */
interface SystemNumbers {
  readonly name: NativeSystem;
  readonly reservation: string | undefined;
  /** Flags of mmap: of this process alone, of no file; in Linux also not counted before it is touched. */
  readonly mapping: number;
  /** PTHREAD_CREATE_DETACHED. */
  readonly detached: number;
  /** SIG_SETMASK. */
  readonly setMask: number;
  /** What C++ uses for variables of a thread: (function, argument, and whose the call is where `knowsLibrary`). */
  readonly atThreadExit: { readonly name: string; readonly knowsLibrary: boolean };
}

const [MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE, MAP_ANON] = [0x02, 0x20, 0x4000, 0x1000];

const linuxNumbers: SystemNumbers = {
  name: "linux",
  reservation: undefined,
  mapping: MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
  detached: 1,
  setMask: 2,
  atThreadExit: { name: "__cxa_thread_atexit_impl", knowsLibrary: true },
};

const macosNumbers: SystemNumbers = {
  name: "macos",
  reservation: "untested on macOS",
  mapping: MAP_PRIVATE | MAP_ANON,
  detached: 2,
  setMask: 3,
  atThreadExit: { name: "_tlv_atexit", knowsLibrary: false },
};

export const linux = (koffi: Koffi): System => new PosixSystem(koffi, linuxNumbers);
export const macos = (koffi: Koffi): System => new PosixSystem(koffi, macosNumbers);

const PROT_NONE = 0;
const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;

/** What pthread_create takes by address: sigset_t has up to 128 bytes, pthread_attr_t up to 64, pthread_t 8. */
const [ALL_SIGNALS, OLD_SIGNALS, ATTRIBUTES, THREAD] = [0, 128, 256, 384];
const SIGNAL_BYTES = 128;

class PosixSystem implements System {
  readonly name: NativeSystem;
  readonly reservation: string | undefined;
  /** rax = rdi + rsi; ret. */
  readonly sum = Uint8Array.of(0x48, 0x8d, 0x04, 0x37, 0xc3);
  readonly #koffi: Koffi;
  readonly #numbers: SystemNumbers;
  readonly #libc: Library;

  constructor(koffi: Koffi, numbers: SystemNumbers) {
    this.name = numbers.name;
    this.reservation = numbers.reservation;
    this.#koffi = koffi;
    this.#numbers = numbers;
    this.#libc = new Library(koffi, null);
  }

  reserve(bytes: number, what: string): number {
    return this.#call(what, "mmap", 0, bytes, PROT_NONE, this.#numbers.mapping, -1, 0);
  }

  open(address: number, bytes: number, what: string): void {
    this.#call(what, "mprotect", address, bytes, PROT_READ | PROT_WRITE);
  }

  makeExecutable(address: number, bytes: number): void {
    this.#call("executable pages", "mprotect", address, bytes, PROT_READ | PROT_EXEC);
  }

  release(address: number, bytes: number): void {
    this.#call("to take memory back", "munmap", address, bytes);
  }

  addressOf(name: string): number {
    return this.#libc.addressOf(name);
  }

  startThread(code: number, argument: number): void {
    const { detached, setMask } = this.#numbers;
    const scratch = this.reserve(PAGE, "another thread");
    const at = (offset: number): number => scratch + offset;
    this.open(scratch, PAGE, "another thread");
    // A thread that cannot be interrupted: signals are for the threads that know JavaScript.
    new Uint8Array(this.#koffi.view(BigInt(at(ALL_SIGNALS)), SIGNAL_BYTES)).fill(0xff);
    this.#check("pthread_attr_init", at(ATTRIBUTES));
    this.#check("pthread_attr_setdetachstate", at(ATTRIBUTES), detached);
    this.#check("pthread_attr_setstacksize", at(ATTRIBUTES), STACK_BYTES);
    this.#check("pthread_sigmask", setMask, at(ALL_SIGNALS), at(OLD_SIGNALS));
    try {
      this.#check("pthread_create", at(THREAD), at(ATTRIBUTES), code, argument);
    } finally {
      this.#check("pthread_sigmask", setMask, at(OLD_SIGNALS), 0);
      this.#check("pthread_attr_destroy", at(ATTRIBUTES));
      this.release(scratch, PAGE);
    }
  }

  onThreadEnd(code: number, argument: number): void {
    const { name, knowsLibrary } = this.#numbers.atThreadExit;
    try {
      this.#libc.call(name, "int", code, argument, ...(knowsLibrary ? [this.addressOf(name)] : []));
    } catch {
      // musl, for one, has it not: then what the thread has taken lasts as long as the process.
    }
  }

  /** Calls a function that gives −1 and sets errno when it fails; `what` is then refused. */
  #call(what: string, name: string, ...values: number[]): number {
    const result = this.#libc.call(name, name === "mmap" ? INTEGER : "int", ...values);
    if (result === -1) this.#refuse(what, name, this.#koffi.errno());
    return result;
  }

  /** Calls a function about threads, which gives 0 or an error's number. */
  #check(name: string, ...values: number[]): void {
    const result = this.#libc.call(name, "int", ...values);
    if (result !== 0) this.#refuse("another thread", name, result);
  }

  #refuse(what: string, name: string, error: number): never {
    refuse(what, `${name}: ${errorName(error, this.#koffi.os.errno)}`);
  }
}
