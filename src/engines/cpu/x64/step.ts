/**
 * A whole step as one function in machine code: every kernel in order, and a barrier where one thread needs what others have
 * written. The same code runs on every thread.
 *
 *     void step(void *arena, int64 thread, int64 threads, void *barrierCells)      System V AMD64
 *
 * The entry is the first instruction. Constants lie behind the code, so its page must be readable, and its first byte at a
 * multiple of 64. `barrierCells` points to `BARRIER_BYTES` that were zero at first, at a multiple of 64, and that all threads
 * of the step share; without barriers it is not read.
 *
 * The frame, from the stack pointer on, begins at a multiple of 64 and is laid out in `code.ts`.
 */
import { type Buffer, beginningAt, endingAt, type Repeat } from "../loops/index.ts";
import { hasBarrierBefore, type StepKernel } from "../step/index.ts";
import type { Allocated } from "./allocation/index.ts";
import {
  type Assembly,
  type Label,
  label,
  memory,
  op,
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
} from "./assembler/index.ts";
import { ConstantPool, frame, slot, type X64Target } from "./code/index.ts";
import { SharedCode } from "./shared-code.ts";
import { linuxCalls, type SystemCalls } from "./threads/index.ts";

export interface StepOptions {
  readonly target: X64Target;
  /** Where each buffer lies, in bytes from the arena. */
  readonly addressOf: (buffer: Buffer) => number;
  /** Whether the step is divided among threads. */
  readonly isThreaded: boolean;
  /** How threads wait for each other, where there are any. Default: as in Linux. */
  readonly calls?: SystemCalls;
}

export interface EmittedStep {
  readonly assembly: Assembly;
  /** Of each kernel. */
  readonly spills: readonly Allocated["spills"][];
}

/** What threads agree about, by place: how many have arrived; on another cache line the generation, and how many sleep. */
const cells = { arrived: 0, generation: 64, sleepers: 68 } as const;
export const BARRIER_BYTES = 128;

/**
 * How often a waiting thread looks before it goes to sleep: 50 to 200 microseconds. Four times as often makes no step quicker,
 * and takes a step a third longer whose other thread has to share its processor.
 */
const SPINS = 5000;

/** Of System V AMD64. */
const calleeSaved = [rbx, rbp, r12, r13, r14, r15];
const FRAME_ALIGNMENT = 64;
const COUNTER_BYTES = 8;

export function emitStep(kernels: readonly StepKernel[], options: StepOptions): EmittedStep {
  const { target, addressOf, isThreaded, calls = linuxCalls } = options;
  const constants = new ConstantPool(target);
  const barrier = label("barrier");
  const spills: Allocated["spills"][] = [];
  const body: Assembly[number][] = [];
  const put = (items: Assembly): void => {
    for (const item of items) body.push(item);
  };
  const shared = new SharedCode(kernels, { target, addressOf, constants });
  const all = kernels.map((kernel, i) => shared.of(kernel, `kernel ${i}`));
  // Behind what kernels use of the frame, each loop around has a counter of its iterations.
  const counters = Math.max(frame.spills, ...all.map(({ frameBytes }) => frameBytes));
  const depth = Math.max(0, ...kernels.map(({ within }) => within?.length ?? 0));
  const heads = new Map<Repeat, Label>();
  kernels.forEach((kernel, i) => {
    const { isSerial, within } = kernel;
    const counterOf = (repeat: Repeat) => slot(counters + COUNTER_BYTES * within!.indexOf(repeat));
    for (const repeat of beginningAt(kernels, i)) {
      const head = label(`loop ${heads.size}`);
      heads.set(repeat, head);
      put([op("mov", 32, rax, repeat.count), op("mov", 64, counterOf(repeat), rax), head]);
    }
    if (isThreaded && hasBarrierBefore(kernels, i)) body.push(op("call", 64, barrier));
    const emitted = all[i];
    spills.push(emitted.spills);
    const isGuarded = isSerial && isThreaded;
    const skipped = label(`end of kernel ${i}`);
    if (isGuarded) put([op("cmp", 64, slot(frame.thread), 0), op("jne", 64, skipped)]);
    put(emitted.assembly);
    if (isGuarded) body.push(skipped);
    for (const repeat of endingAt(kernels, i))
      put([
        op("mov", 64, rax, counterOf(repeat)),
        op("sub", 64, rax, 1),
        op("mov", 64, counterOf(repeat), rax),
        op("jne", 64, heads.get(repeat)!),
      ]);
  });
  if (isThreaded) body.push(op("call", 64, barrier));
  const whole = [
    ...openFrame(counters + COUNTER_BYTES * depth),
    ...body,
    ...closeFrame(),
    ...(isThreaded ? barrierCode(barrier, calls) : []),
  ];
  return { assembly: [...whole, ...constants.data()], spills };
}

const openFrame = (frameBytes: number): Assembly => [
  ...calleeSaved.map((register) => op("push", 64, register)),
  op("mov", 64, rax, rsp),
  op("sub", 64, rsp, frameBytes),
  op("and", 64, rsp, -FRAME_ALIGNMENT),
  op("mov", 64, slot(frame.caller), rax),
  op("mov", 64, slot(frame.arena), rdi),
  op("mov", 64, slot(frame.thread), rsi),
  op("mov", 64, slot(frame.threads), rdx),
  op("mov", 64, slot(frame.barrier), rcx),
];

const closeFrame = (): Assembly => [
  op("vzeroupper", 64),
  op("mov", 64, rsp, slot(frame.caller)),
  ...[...calleeSaved].reverse().map((register) => op("pop", 64, register)),
  op("ret", 64),
];

/**
 *     seen = generation
 *     if (arrived++ = threads − 1) { arrived = 0; generation = seen + 1; if anybody sleeps, wake all }
 *     else until generation ≠ seen: spin, then sleep
 *
 * A thread counts itself among the sleepers before the kernel looks at the generation once more, and the last one changes the
 * generation before it looks for sleepers: no thread sleeps through it.
 */
function barrierCode(entry: Label, calls: SystemCalls): Assembly {
  const [wait, sleep, spin, done] = ["wait", "sleep", "spin", "done"].map((name) => label(`barrier ${name}`));
  const cell = (name: keyof typeof cells) => memory(rbx, cells[name]);
  const add = (name: keyof typeof cells, value: number): Assembly => [
    op("mov", 32, rax, value),
    op("lock xadd", 32, cell(name), rax),
  ];
  // The return address lies between the stack pointer and the frame.
  const [barrierSlot, threadsSlot] = [frame.barrier, frame.threads].map((offset) => slot(offset + 8));
  return [
    entry,
    op("mov", 64, rbx, barrierSlot),
    op("mov", 32, rbp, cell("generation")),
    ...add("arrived", 1),
    op("add", 32, rax, 1),
    op("cmp", 32, rax, threadsSlot),
    op("jne", 64, wait),
    op("mov", 32, cell("arrived"), 0),
    op("lea", 32, rax, memory(rbp, 1)),
    op("xchg", 32, cell("generation"), rax),
    op("cmp", 32, cell("sleepers"), 0),
    op("je", 64, done),
    ...calls.wakeAll(cell("generation")),
    op("ret", 64),
    wait,
    op("mov", 32, r12, SPINS),
    spin,
    op("cmp", 32, cell("generation"), rbp),
    op("jne", 64, done),
    op("pause", 64),
    op("sub", 32, r12, 1),
    op("jne", 64, spin),
    sleep,
    ...add("sleepers", 1),
    ...calls.wait(cell("generation"), rbp),
    ...add("sleepers", -1),
    op("cmp", 32, cell("generation"), rbp),
    op("je", 64, sleep),
    done,
    op("ret", 64),
  ];
}
