/**
 * Other systems on top of one that runs machine code with Linux's system calls: the functions that macOS and Windows have
 * for threads that wait, as machine code with these systems' calling conventions. They write over everything that they may
 * write over, and count whatever callers and callees do not keep to.
 */
import type { NativeFunction, NativeHost, NativeSystem } from "#platform";
import type { Assembly, Instruction, Label, Memory, Register } from "../../src/engines/cpu/x64/assembler/index.ts";
import {
  encode,
  immediate,
  label,
  memory,
  op,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  vector,
} from "../../src/engines/cpu/x64/assembler/index.ts";

const [FUTEX, SCHED_YIELD, MUNMAP] = [202, 24, 11];
const [FUTEX_WAIT_PRIVATE, FUTEX_WAKE_PRIVATE, ALL] = [128, 129, 2 ** 31 - 1];
const RUBBISH = 0x5eadbeef;

/** What the fakes write down: how often a rule was broken, how many calls there were of each kind, and what was freed. */
const record = { violations: 0, waits: 4, wakes: 8, yields: 12, unmaps: 16, freed: 64 } as const;
const RECORD_BYTES = 4096;

export interface Recorded {
  readonly violations: number;
  readonly waits: number;
  readonly wakes: number;
  readonly yields: number;
  /** The addresses that were given back. */
  readonly freed: readonly number[];
  /** How many threads were started. */
  readonly threads: number;
}

export interface FakeHost extends NativeHost {
  recorded(): Recorded;
  /** What was to be called when the thread ends, with its argument. */
  readonly atEnd: [code: number, argument: number][];
}

const vectors = (from: number, to: number): Register[] =>
  Array.from({ length: to - from + 1 }, (_, i) => vector(from + i));
const spoil = (general: readonly Register[], vectorRegisters: readonly Register[]): Assembly => [
  ...general.map((register) => op("mov", 32, register, RUBBISH)),
  ...vectorRegisters.map((register) => op("vpcmpeqd", 128, register, register, register)),
];

/** Machine code that counts into a record. */
class Recorder {
  readonly #at: number;
  #labels = 0;

  constructor(at: number) {
    this.#at = at;
  }

  label(): Label {
    return label(`recorder ${this.#labels++}`);
  }

  /** Keeps all registers but the flags. */
  count(what: Exclude<keyof typeof record, "freed">): Assembly {
    return [
      ...[rax, rcx].map((register) => op("push", 64, register)),
      op("mov", 64, rcx, immediate(this.#at + record[what])),
      op("mov", 32, rax, 1),
      op("lock xadd", 32, memory(rcx), rax),
      ...[rcx, rax].map((register) => op("pop", 64, register)),
    ];
  }

  /** Counts a violation unless the last comparison was one of equals. */
  expectEqual(): Assembly {
    const fine = this.label();
    return [op("je", 64, fine), ...this.count("violations"), fine];
  }

  expect(comparison: Instruction): Assembly {
    return [comparison, ...this.expectEqual()];
  }

  /** At the entry of a function there is a return address beyond a multiple of 16. */
  expectAligned(): Assembly {
    return [op("mov", 64, rax, rsp), op("and", 64, rax, 15), ...this.expect(op("cmp", 64, rax, 8))];
  }

  /** Writes down the address in a register; changes rax and r11. */
  noteFreed(address: Register): Assembly {
    return [
      op("mov", 64, r11, immediate(this.#at)),
      op("mov", 32, rax, 1),
      op("lock xadd", 32, memory(r11, record.unmaps), rax),
      op("mov", 64, memory(r11, record.freed, { index: rax, scale: 8 }), address),
    ];
  }
}

/** futex on the cell in rdi, with the value in rdx. */
const futex = (operation: number): Assembly => [
  op("mov", 32, rsi, operation),
  op("xor", 32, r10, r10),
  op("mov", 32, rax, FUTEX),
  op("syscall", 64),
];

const volatileOfSystemV = [rcx, rdx, rsi, rdi, r8, r9, r10, r11];

/** Functions of macOS. */
function macosFunctions(recorder: Recorder): Readonly<Record<string, Assembly>> {
  const [WAIT, WAKE] = [0x100_0001, 0x100_0101];
  const f = (what: "waits" | "wakes" | "yields", body: Assembly): Assembly => [
    ...recorder.expectAligned(),
    ...recorder.count(what),
    ...body,
    ...spoil(volatileOfSystemV, vectors(0, 15)),
    op("ret", 64),
  ];
  return {
    __ulock_wait: f("waits", [
      ...recorder.expect(op("cmp", 32, rdi, WAIT)),
      ...recorder.expect(op("test", 32, rcx, rcx)),
      op("mov", 64, rdi, rsi),
      ...futex(FUTEX_WAIT_PRIVATE),
    ]),
    __ulock_wake: f("wakes", [
      ...recorder.expect(op("cmp", 32, rdi, WAKE)),
      op("mov", 64, rdi, rsi),
      op("mov", 32, rdx, ALL),
      ...futex(FUTEX_WAKE_PRIVATE),
    ]),
    sched_yield: f("yields", [op("mov", 32, rax, SCHED_YIELD), op("syscall", 64)]),
    munmap: [
      ...recorder.expectAligned(),
      ...recorder.noteFreed(rdi),
      op("mov", 32, rax, MUNMAP),
      op("syscall", 64),
      ...spoil(volatileOfSystemV, vectors(0, 15)),
      op("ret", 64),
    ],
  };
}

const volatileOfWindows = [rcx, rdx, r8, r9, r10, r11];
/** The words above the return address, which belong to the function that is called. */
const shadow = [8, 16, 24, 32].map((offset) => memory(rsp, offset));

/** Functions of Windows. */
function windowsFunctions(recorder: Recorder): Readonly<Record<string, Assembly>> {
  const MEM_RELEASE = 0x8000;
  const f = (body: Assembly): Assembly => [
    ...recorder.expectAligned(),
    ...shadow.map((place) => op("mov", 64, place, -1)),
    ...[rdi, rsi].map((register) => op("push", 64, register)),
    ...body,
    ...[rsi, rdi].map((register) => op("pop", 64, register)),
    ...spoil(volatileOfWindows, vectors(0, 5)),
    op("ret", 64),
  ];
  return {
    WaitOnAddress: f([
      ...recorder.count("waits"),
      ...recorder.expect(op("cmp", 64, r8, 4)),
      ...recorder.expect(op("cmp", 32, r9, -1)),
      op("mov", 64, rdi, rcx),
      op("mov", 32, rdx, memory(rdx)),
      ...futex(FUTEX_WAIT_PRIVATE),
    ]),
    WakeByAddressAll: f([
      ...recorder.count("wakes"),
      op("mov", 64, rdi, rcx),
      op("mov", 32, rdx, ALL),
      ...futex(FUTEX_WAKE_PRIVATE),
    ]),
    SwitchToThread: f([...recorder.count("yields"), op("mov", 32, rax, SCHED_YIELD), op("syscall", 64)]),
    // How much it was cannot be told from this; it stays.
    VirtualFree: f([
      ...recorder.noteFreed(rcx),
      ...recorder.expect(op("test", 64, rdx, rdx)),
      ...recorder.expect(op("cmp", 32, r8, MEM_RELEASE)),
    ]),
  };
}

const keptByWindows = [rbx, rbp, rdi, rsi, r12, r13, r14, r15];
const keptBySystemV = [rbx, rbp, r12, r13, r14, r15];
const patternOf = (number: number): bigint => 0x0102_0304_0506_0708n * BigInt(number + 1);

/** Calls the function in rax as Windows does, after `prepare`, and counts what of the caller's it has not kept. */
function callAsWindows(recorder: Recorder, prepare: Assembly): Assembly {
  const FRAME_BYTES = 88;
  const scratch = [56, 64].map((offset): Memory => memory(rsp, offset));
  const pattern = (number: number): Assembly => [
    op("mov", 64, r10, immediate(patternOf(number))),
    op("lea", 64, r11, memory(r10, 1)),
  ];
  return [
    ...keptBySystemV.map((register) => op("push", 64, register)),
    op("sub", 64, rsp, FRAME_BYTES),
    ...prepare,
    ...keptByWindows.map((register) => op("mov", 64, register, immediate(patternOf(register.number)))),
    ...vectors(6, 15).flatMap((register) => [
      ...pattern(register.number),
      op("mov", 64, scratch[0], r10),
      op("mov", 64, scratch[1], r11),
      op("movups", 64, register, scratch[0]),
    ]),
    op("call", 64, rax),
    ...keptByWindows.flatMap((register) => [
      op("mov", 64, r10, immediate(patternOf(register.number))),
      ...recorder.expect(op("cmp", 64, r10, register)),
    ]),
    ...vectors(6, 15).flatMap((register) => [
      ...pattern(register.number),
      op("movups", 64, scratch[0], register),
      ...recorder.expect(op("cmp", 64, r10, scratch[0])),
      ...recorder.expect(op("cmp", 64, r11, scratch[1])),
    ]),
    op("add", 64, rsp, FRAME_BYTES),
    ...[...keptBySystemV].reverse().map((register) => op("pop", 64, register)),
    op("ret", 64),
  ];
}

/** `int64 call(void *f, int64 a, b, c, d, e)` of System V: f as Windows calls it. */
const callWithFive = (recorder: Recorder): Assembly =>
  callAsWindows(recorder, [
    op("mov", 64, rax, rdi),
    op("mov", 64, memory(rsp, 32), r9),
    op("mov", 64, r9, r8),
    op("mov", 64, r8, rcx),
    op("mov", 64, rcx, rsi),
  ]);

/** `int64 start(void *argument)` of System V: the thread's function as Windows calls it. */
const callThread = (recorder: Recorder, code: number): Assembly =>
  callAsWindows(recorder, [op("mov", 64, rcx, rdi), op("mov", 64, rax, immediate(code))]);

const functions = { macos: macosFunctions, windows: windowsFunctions };

/** A system whose functions are made of Linux's. */
export function fakeHost(host: NativeHost, system: Exclude<NativeSystem, "linux">): FakeHost {
  const page = host.mapMemory(RECORD_BYTES);
  const recorder = new Recorder(page.address);
  const load = (code: Assembly): number => host.loadCode(encode(code)).address;
  const addresses = Object.fromEntries(
    Object.entries(functions[system](recorder)).map(([name, code]) => [name, load(code)]),
  );
  const isWindows = system === "windows";
  const bridge = isWindows ? host.callable(load(callWithFive(recorder)), 6) : undefined;
  const atEnd: FakeHost["atEnd"] = [];
  let threads = 0;
  return {
    system,
    reservation: `a fake of ${system}`,
    mapMemory: (bytes) => host.mapMemory(bytes),
    loadCode: (code) => host.loadCode(code),
    callable: (address, parameters): NativeFunction =>
      bridge === undefined
        ? host.callable(address, parameters)
        : (...values) => bridge(address, ...values, ...new Array<number>(5 - values.length).fill(0)),
    addressOf: (name) => addresses[name],
    startThread: (code, argument) => {
      threads++;
      host.startThread(isWindows ? load(callThread(recorder, code)) : code, argument);
    },
    onThreadEnd: (code, argument) => void atEnd.push([code, argument]),
    atEnd,
    recorded: () => {
      const counts = page.view(Int32Array, 0, record.freed / 4);
      const freed = [...page.view(BigInt64Array, record.freed, counts[record.unmaps / 4])].map(Number);
      const [violations, waits, wakes, yields] = [record.violations, record.waits, record.wakes, record.yields].map(
        (offset) => counts[offset / 4],
      );
      return { violations, waits, wakes, yields, freed, threads };
    },
  };
}
