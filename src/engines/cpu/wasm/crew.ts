/**
 * The threads beside the calling one: each holds an instance of every program's module over the program's shared memory, and
 * runs the same step with its own number. Between steps that follow quickly a thread waits on a cell of memory; later it
 * goes back to its event loop, and is woken by a message.
 */
import { startThread, type Thread } from "#platform";
import { account, Shared } from "../resources/index.ts";
import { workerBody } from "./worker-body.ts";

/**
 * Cells of the control block. `PROGRAM` is written before `JOB`, and next when all threads have finished the step: who sees a
 * new job sees its program.
 */
const JOB = 0;
const PROGRAM = 1;
/** One for each thread from here on: 1 while it waits for messages, 0 while it looks for steps, `ABSENT` before it runs. */
const PARKED = 16;
const ABSENT = 2;

/** A worker with its heap, in Node. */
const WORKER_BYTES = 2 ** 23;

export class WorkerCrew {
  readonly #threads: readonly Thread[];
  readonly #control: Int32Array;
  /** Numbers of the programs that the threads hold. */
  readonly #programs = new Set<number>();
  /** The program that came last. */
  #last: number;
  #isComplete = false;

  /**
   * @param size the number of threads, the calling one included
   * @param last programs have the numbers after this one; for tests
   */
  constructor(size: number, last = 0) {
    this.#last = last;
    const control = new Int32Array(new SharedArrayBuffer(4 * (PARKED + size)));
    this.#control = control;
    this.#threads = Array.from({ length: size - 1 }, (_, i) => {
      const number = i + 1;
      control[PARKED + number] = ABSENT;
      const thread = startThread(workerBody.toString());
      thread.post({ kind: "start", number, size, control, cells: { JOB, PROGRAM, PARKED } });
      return thread;
    });
    account(this, this.#threads.length * WORKER_BYTES);
  }

  get size(): number {
    return this.#threads.length + 1;
  }

  /**
   * Gives every thread a program.
   * @returns its number, for `start`, which no other program has until `unload` is called; `unload` does not hold the crew
   */
  load(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
  ): { readonly program: number; readonly unload: () => void } {
    const [threads, programs] = [this.#threads, this.#programs];
    const program = this.#unusedNumber();
    programs.add(program);
    for (const thread of threads) thread.post({ kind: "load", program, module, memory });
    const bytes = memory.buffer.byteLength;
    const unload = (): void => {
      programs.delete(program);
      for (const thread of threads) thread.post({ kind: "unload", program, bytes });
    };
    return { program, unload };
  }

  /** Of 32 bits. Those that were used lately do not come again: a thread may not have read yet that they are gone. */
  #unusedNumber(): number {
    do this.#last = (this.#last + 1) | 0;
    while (this.#programs.has(this.#last));
    return this.#last;
  }

  /**
   * Starts a step on the other threads; the caller runs its own part, and the step's last barrier waits for all.
   * @returns among how many threads the step is divided: the caller runs it alone until the others have come up, because a
   * browser starts threads only while the caller is in its event loop, and waiting for them would last forever
   */
  start(program: number): number {
    const control = this.#control;
    this.#isComplete ||= this.#threads.every((_, i) => Atomics.load(control, PARKED + i + 1) !== ABSENT);
    if (!this.#isComplete) return 1;
    Atomics.store(control, PROGRAM, program);
    Atomics.add(control, JOB, 1);
    Atomics.notify(control, JOB);
    this.#threads.forEach((thread, i) => {
      if (Atomics.compareExchange(control, PARKED + i + 1, 1, 0) === 1) thread.post({ kind: "run" });
    });
    return this.size;
  }

  /** Ends the threads. Does not hold the crew. */
  get stop(): () => void {
    const threads = this.#threads;
    return () => {
      for (const thread of threads) thread.stop();
    };
  }
}

const workerCrews = new Shared<number, WorkerCrew>();

/** The crew of a size: all engines with as many threads share it, and it ends when none is left. */
export const workerCrewOf = (size: number): WorkerCrew =>
  workerCrews.get(size, () => {
    const value = new WorkerCrew(size);
    return { value, end: value.stop };
  });
