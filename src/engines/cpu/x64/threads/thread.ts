/**
 * Threads that run steps, as machine code: `threadBody` is what each thread of a crew executes, `launch` what the calling
 * thread executes for one step. They agree through a control block, which begins at a page:
 *
 *     launch(control, step, arena, threads):            threadBody(control + number):
 *       write step, arena, threads; done = 0              seen = 0; loop
 *       job += 1                                            until job ≠ seen: spin, then sleep on job
 *       if anybody sleeps: wake all                         seen = job; if step = 0 return
 *       if step ≠ 0: step(arena, 0, threads, barrier)       step(arena, number, threads, barrier)
 *       until done = threads − 1: spin, then yield          done += 1
 *
 * A thread counts itself among the sleepers before the system looks at `job` once more, and `launch` changes `job` before it
 * looks for sleepers: no thread sleeps through a job. When `launch` returns, no thread executes anything of the step any more,
 * so its code and its memory may go. Source: System V AMD64 ABI.
 */
import {
  type Assembly,
  type Instruction,
  label,
  type Memory,
  memory,
  op,
  r12,
  r13,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
} from "../assembler/index.ts";
import type { SystemCalls } from "./calls.ts";

/** Where things lie in the control block; what one thread writes while others look elsewhere has a cache line of its own. */
export const control = { job: 0, sleepers: 64, done: 128, step: 192, arena: 200, threads: 208, barrier: 256 } as const;

/** A page, so that a thread finds its number in the low bits of its argument. */
export const CONTROL_BYTES = 4096;

/** How often a thread looks before it sleeps: some tens of microseconds. */
const JOB_SPINS = 2000;

/** A cell of the control block, whose address is in rbx. */
const cell = (name: keyof typeof control): Memory => memory(rbx, control[name]);

const addTo = (value: number, to: keyof typeof control): Instruction[] => [
  op("mov", 32, rax, value),
  op("lock xadd", 32, cell(to), rax),
];

const saved = [rbx, rbp, r12, r13];
/** Five words with the one for alignment: calls want rsp at a multiple of 16. */
const saveRegisters = [...saved, rax].map((register) => op("push", 64, register));
const restoreRegisters = [...[...saved, rcx].reverse().map((register) => op("pop", 64, register)), op("ret", 64)];

/** `void *threadBody(void *)`, for pthread_create: `control` plus the thread's number. */
export function threadBody(calls: SystemCalls): Assembly {
  const [look, spin, sleep, start, end] = ["look", "spin", "sleep", "start", "end"].map((name) =>
    label(`thread ${name}`),
  );
  return [
    ...saveRegisters,
    op("mov", 64, rbx, rdi),
    op("and", 64, rbx, -CONTROL_BYTES),
    op("mov", 64, rbp, rdi),
    op("and", 64, rbp, CONTROL_BYTES - 1),
    op("xor", 32, r12, r12),
    look,
    op("mov", 32, r13, JOB_SPINS),
    spin,
    op("mov", 32, rax, cell("job")),
    op("cmp", 32, rax, r12),
    op("jne", 64, start),
    op("pause", 64),
    op("sub", 32, r13, 1),
    op("jne", 64, spin),
    sleep,
    ...addTo(1, "sleepers"),
    ...calls.wait(cell("job"), r12),
    ...addTo(-1, "sleepers"),
    op("mov", 32, rax, cell("job")),
    op("cmp", 32, rax, r12),
    op("je", 64, sleep),
    start,
    op("mov", 32, r12, rax),
    op("mov", 64, rax, cell("step")),
    op("test", 64, rax, rax),
    op("je", 64, end),
    op("mov", 64, rdi, cell("arena")),
    op("mov", 64, rsi, rbp),
    op("mov", 64, rdx, cell("threads")),
    op("lea", 64, rcx, cell("barrier")),
    op("call", 64, rax),
    ...addTo(1, "done"),
    op("jmp", 64, look),
    end,
    ...addTo(1, "done"),
    op("xor", 32, rax, rax),
    ...restoreRegisters,
  ];
}

/** `void launch(void *control, void *step, void *arena, int64 threads)`; a step of 0 ends the threads. */
export function launch(calls: SystemCalls): Assembly {
  const [run, wait, spin, end] = ["run", "wait", "spin", "end"].map((name) => label(`launch ${name}`));
  return [
    ...saveRegisters,
    op("mov", 64, rbx, rdi),
    op("mov", 64, rbp, rcx),
    op("mov", 64, cell("step"), rsi),
    op("mov", 64, cell("arena"), rdx),
    op("mov", 64, cell("threads"), rcx),
    op("mov", 32, cell("done"), 0),
    ...addTo(1, "job"),
    op("mov", 32, rax, cell("sleepers")),
    op("test", 32, rax, rax),
    op("je", 64, run),
    ...calls.wakeAll(cell("job")),
    run,
    op("mov", 64, rax, cell("step")),
    op("test", 64, rax, rax),
    op("je", 64, wait),
    op("mov", 64, rdi, cell("arena")),
    op("xor", 32, rsi, rsi),
    op("mov", 64, rdx, rbp),
    op("lea", 64, rcx, cell("barrier")),
    op("call", 64, rax),
    wait,
    op("mov", 32, r13, JOB_SPINS),
    spin,
    op("mov", 32, rax, cell("done")),
    op("add", 32, rax, 1),
    op("cmp", 32, rax, rbp),
    op("je", 64, end),
    op("pause", 64),
    op("sub", 32, r13, 1),
    op("jne", 64, spin),
    ...calls.yieldProcessor,
    op("jmp", 64, wait),
    end,
    ...restoreRegisters,
  ];
}
