/**
 * The threads beside the one that calls: each holds an instance of every program's module over the program's shared memory,
 * and runs the same step with its own number. Between steps that follow quickly a thread waits on a cell of memory; later
 * it goes back to its event loop, and is woken by a message.
 */
import { startThread, type Thread } from "#platform";
import { workerBody } from "./worker-body.ts";

/** Cells of the control block. */
const JOB = 0;
/** One for each thread from here on: 1 while it waits for messages, 0 while it looks for steps, `ABSENT` before it runs. */
const PARKED = 16;
const ABSENT = 2;

export class Crew {
  readonly #threads: Thread[] = [];
  readonly #control: Int32Array;
  #programs = 0;
  #isComplete = false;

  /** @param size the number of threads, the calling one included */
  constructor(size: number) {
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (PARKED + size)));
    for (let number = 1; number < size; number++) {
      this.#control[PARKED + number] = ABSENT;
      const thread = startThread(workerBody.toString());
      thread.post({ kind: "start", number, size, control: this.#control, cells: { JOB, PARKED } });
      this.#threads.push(thread);
    }
  }

  get size(): number {
    return this.#threads.length + 1;
  }

  /** Gives every thread a program; the number is for `run`. */
  load(module: WebAssembly.Module, memory: WebAssembly.Memory): number {
    const program = this.#programs++;
    for (const thread of this.#threads) thread.post({ kind: "load", program, module, memory });
    return program;
  }

  unload(program: number): void {
    for (const thread of this.#threads) thread.post({ kind: "unload", program });
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
    // The job's number and the program in one cell, so that both are seen together.
    const job = (((control[JOB] >>> 16) + 1) << 16) | (program & 0xffff);
    Atomics.store(control, JOB, job);
    Atomics.notify(control, JOB);
    this.#threads.forEach((thread, i) => {
      if (Atomics.compareExchange(control, PARKED + i + 1, 1, 0) === 1) thread.post({ kind: "run" });
    });
    return this.size;
  }

  stop(): void {
    for (const thread of this.#threads) thread.stop();
  }
}
