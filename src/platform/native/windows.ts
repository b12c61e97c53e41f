/**
 * Windows: memory by VirtualAlloc, threads by CreateThread. Sources: Microsoft's documentation of memoryapi.h,
 * processthreadsapi.h, fibersapi.h and synchapi.h, and its "System Error Codes".
 *
 * Pages that are open count as used before they are touched: Windows promises no more memory than it has.
 */
import { INTEGER, type Koffi, Library } from "./koffi.ts";
import { errorName, PAGE, refuse, STACK_BYTES, type System } from "./system.ts";

const MEM_COMMIT = 0x1000;
const MEM_RESERVE = 0x2000;
const MEM_RELEASE = 0x8000;
const PAGE_NOACCESS = 0x01;
const PAGE_READWRITE = 0x04;
const PAGE_EXECUTE_READ = 0x20;

/** What GetCurrentProcess gives. */
const CURRENT_PROCESS = -1;
const FLS_OUT_OF_INDEXES = -1;

/** Those of which people know by their names. */
const errors: Readonly<Record<string, number>> = {
  ERROR_ACCESS_DENIED: 5,
  ERROR_NOT_ENOUGH_MEMORY: 8,
  ERROR_INVALID_PARAMETER: 87,
  ERROR_MAX_THRDS_REACHED: 164,
  ERROR_INVALID_ADDRESS: 487,
  ERROR_COMMITMENT_LIMIT: 1455,
  ERROR_DYNAMIC_CODE_BLOCKED: 1655,
};

/** Where threads that wait for a cell of memory are waited for: the name by which Microsoft documents the library. */
const SYNCHRONIZATION = "api-ms-win-core-synch-l1-2-0.dll";
const waiting: ReadonlySet<string> = new Set(["WaitOnAddress", "WakeByAddressAll"]);

export const windows = (koffi: Koffi): System => new WindowsSystem(koffi);

class WindowsSystem implements System {
  readonly name = "windows";
  readonly reservation = "tested under Wine, not on Windows";
  /** rax = rcx + rdx; ret. */
  readonly sum = Uint8Array.of(0x48, 0x8d, 0x04, 0x11, 0xc3);
  readonly #kernel: Library;
  readonly #synchronization: Library;
  /** VirtualProtect puts there how the pages were protected before. */
  readonly #before: number;

  constructor(koffi: Koffi) {
    this.#kernel = new Library(koffi, "kernel32.dll");
    this.#synchronization = new Library(koffi, SYNCHRONIZATION);
    this.#before = this.reserve(PAGE, "memory");
    this.open(this.#before, PAGE, "memory");
  }

  reserve(bytes: number, what: string): number {
    return this.#call(what, "VirtualAlloc", 0, bytes, MEM_RESERVE, PAGE_NOACCESS);
  }

  open(address: number, bytes: number, what: string): void {
    this.#call(what, "VirtualAlloc", address, bytes, MEM_COMMIT, PAGE_READWRITE);
  }

  makeExecutable(address: number, bytes: number): void {
    const what = "executable pages";
    this.#call(what, "VirtualProtect", address, bytes, PAGE_EXECUTE_READ, this.#before);
    this.#call(what, "FlushInstructionCache", CURRENT_PROCESS, address, bytes);
  }

  release(address: number): void {
    this.#call("to take memory back", "VirtualFree", address, 0, MEM_RELEASE);
  }

  addressOf(name: string): number {
    return (waiting.has(name) ? this.#synchronization : this.#kernel).addressOf(name);
  }

  /** The stack is there from the start: machine code does not touch its pages one by one, as Windows wants for more. */
  startThread(code: number, argument: number): void {
    const thread = this.#call("another thread", "CreateThread", 0, STACK_BYTES, code, argument, 0, 0);
    this.#call("another thread", "CloseHandle", thread);
  }

  /** By what Windows calls for the storage of a fiber, which each thread is, when it ends. */
  onThreadEnd(code: number, argument: number): void {
    const index = this.#kernel.call("FlsAlloc", "int", code);
    // There are few of them; without, what the thread has taken lasts as long as the process.
    if (index !== FLS_OUT_OF_INDEXES) this.#call("the end of a thread", "FlsSetValue", index, argument);
  }

  /** Calls a function that gives 0 when it fails, and tells GetLastError why; `what` is then refused. */
  #call(what: string, name: string, ...values: number[]): number {
    const result = this.#kernel.call(name, INTEGER, ...values);
    if (result === 0) refuse(what, `${name}: ${errorName(this.#kernel.call("GetLastError", "int"), errors)}`);
    return result;
  }
}
