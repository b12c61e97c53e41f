/**
 * What machine code asks of the operating system, as assembly: to sleep on a cell of memory until another thread wakes it,
 * to let other threads go first, and to take memory back. In Linux these are system calls; macOS and Windows promise only
 * functions of their libraries, which are called at their addresses.
 *
 * Sleeping has the meaning of futex(2): the system looks whether the cell still holds the value, and puts the thread to
 * sleep, in one step that no waking can come between; and a thread may wake without reason.
 *
 * Sources: futex(2), sched_yield(2), munmap(2); for macOS bsd/sys/ulock.h of its kernel, which libc++ stands on: the public
 * os_sync_wait_on_address came with macOS 14.4; for Windows the documentation of synchapi.h, processthreadsapi.h and
 * memoryapi.h, and "x64 calling convention".
 */
import type { NativeHost, NativeSystem } from "#platform";
import {
  type Assembly,
  immediate,
  type Memory,
  memory,
  type Operand,
  op,
  type Register,
  r8,
  r9,
  r10,
  rax,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
} from "../assembler/index.ts";

/**
 * What is given must not be addressed by the stack pointer, and lie in registers that both conventions save: rbx, rbp, r12
 * to r15. All others may change.
 */
export interface SystemCalls {
  /** Sleeps while the 32 bits of a cell are as expected. */
  wait(cell: Memory, expected: Register): Assembly;
  /** Wakes all who sleep on a cell. */
  wakeAll(cell: Memory): Assembly;
  readonly yieldProcessor: Assembly;
  /** Gives rsi bytes at rdi back, all that was mapped at once. */
  readonly unmap: Assembly;
}

/** Of x86-64. */
const FUTEX = 202;
const SCHED_YIELD = 24;
const MUNMAP = 11;
const FUTEX_WAIT_PRIVATE = 128;
const FUTEX_WAKE_PRIVATE = 129;
const MOST_WAITERS = 2 ** 31 - 1;

const systemCall = (number: number): Assembly => [op("mov", 32, rax, number), op("syscall", 64)];

/** futex(cell, operation, value, no time limit). */
const futex = (cell: Memory, operation: number, value: Operand | number): Assembly => [
  op("lea", 64, rdi, cell),
  op("mov", 32, rsi, operation),
  op("mov", 32, rdx, value),
  op("xor", 32, r10, r10),
  ...systemCall(FUTEX),
];

export const linuxCalls: SystemCalls = {
  wait: (cell, expected) => futex(cell, FUTEX_WAIT_PRIVATE, expected),
  wakeAll: (cell) => futex(cell, FUTEX_WAKE_PRIVATE, MOST_WAITERS),
  yieldProcessor: systemCall(SCHED_YIELD),
  unmap: systemCall(MUNMAP),
};

/** The frame of a call: 32 bytes that a function of Windows may write to, a word, and the stack pointer as it was. */
const FRAME = { word: 48, caller: 56, bytes: 64 } as const;
const STACK_ALIGNMENT = 16;
const word = memory(rsp, FRAME.word);

/** Calls a function, wherever the stack pointer is; `prepare` puts its arguments where they belong. */
const call = (address: number, prepare: Assembly): Assembly => [
  op("mov", 64, rax, rsp),
  op("and", 64, rsp, -STACK_ALIGNMENT),
  op("sub", 64, rsp, FRAME.bytes),
  op("mov", 64, memory(rsp, FRAME.caller), rax),
  ...prepare,
  // Libraries use instructions that are slow while upper halves of vectors hold something.
  op("vzeroupper", 64),
  op("mov", 64, rax, immediate(address)),
  op("call", 64, rax),
  op("mov", 64, rsp, memory(rsp, FRAME.caller)),
];

const UL_COMPARE_AND_WAIT = 1;
const ULF_WAKE_ALL = 0x100;
const ULF_NO_ERRNO = 0x100_0000;

function macosCalls(addressOf: NativeHost["addressOf"]): SystemCalls {
  const [wait, wake, yieldNow, unmap] = ["__ulock_wait", "__ulock_wake", "sched_yield", "munmap"].map(addressOf);
  return {
    // (operation, cell, value, microseconds or 0 for ever)
    wait: (cell, expected) =>
      call(wait, [
        op("mov", 32, rdi, UL_COMPARE_AND_WAIT | ULF_NO_ERRNO),
        op("lea", 64, rsi, cell),
        op("mov", 32, rdx, expected),
        op("xor", 32, rcx, rcx),
      ]),
    // (operation, cell, value that is not used)
    wakeAll: (cell) =>
      call(wake, [
        op("mov", 32, rdi, UL_COMPARE_AND_WAIT | ULF_WAKE_ALL | ULF_NO_ERRNO),
        op("lea", 64, rsi, cell),
        op("xor", 32, rdx, rdx),
      ]),
    yieldProcessor: call(yieldNow, []),
    unmap: call(unmap, []),
  };
}

const INFINITE = -1;
const MEM_RELEASE = 0x8000;
const CELL_BYTES = 4;

function windowsCalls(addressOf: NativeHost["addressOf"]): SystemCalls {
  const [wait, wake, yieldNow, free] = ["WaitOnAddress", "WakeByAddressAll", "SwitchToThread", "VirtualFree"].map(
    addressOf,
  );
  return {
    // (cell, where the value lies, its size, milliseconds)
    wait: (cell, expected) =>
      call(wait, [
        op("lea", 64, rcx, cell),
        op("mov", 32, word, expected),
        op("lea", 64, rdx, word),
        op("mov", 32, r8, CELL_BYTES),
        op("mov", 32, r9, INFINITE),
      ]),
    wakeAll: (cell) => call(wake, [op("lea", 64, rcx, cell)]),
    yieldProcessor: call(yieldNow, []),
    // (address, 0 for all of it, operation)
    unmap: call(free, [op("mov", 64, rcx, rdi), op("xor", 32, rdx, rdx), op("mov", 32, r8, MEM_RELEASE)]),
  };
}

const systems: Readonly<Record<NativeSystem, (addressOf: NativeHost["addressOf"]) => SystemCalls>> = {
  linux: () => linuxCalls,
  macos: macosCalls,
  windows: windowsCalls,
};

/** Those of a host's system. @throws CapabilityError if the system has not got a function that is needed */
export const callsOf = (host: NativeHost): SystemCalls => systems[host.system]((name) => host.addressOf(name));
