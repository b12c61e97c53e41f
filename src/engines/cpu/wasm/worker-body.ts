/**
 * What a worker thread runs. It is sent as text, so it must not refer to anything outside of itself; nor may a function in it
 * have a name, because bundlers that keep names put calls of a helper there.
 */

interface Cells {
  readonly JOB: number;
  readonly PROGRAM: number;
  readonly PARKED: number;
}

export type Message =
  | {
      readonly kind: "start";
      readonly number: number;
      readonly size: number;
      readonly control: Int32Array;
      readonly cells: Cells;
    }
  | {
      readonly kind: "load";
      readonly program: number;
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
    }
  | { readonly kind: "unload"; readonly program: number; readonly bytes: number }
  | { readonly kind: "run" };

export function workerBody(receive: (handle: (message: Message) => void) => void): void {
  /** How long to wait for the next step before going back to the event loop. */
  const PATIENCE_MS = 4;
  /** A thread that only runs steps fills no heap, so nothing would ever collect what it has unloaded. */
  const [MOST_UNLOADED, OVERHEAD_BYTES, PAGES] = [2 ** 25, 2 ** 18, 65_536];
  const steps = new Map<number, (thread: number, threads: number) => void>();
  let self: Extract<Message, { kind: "start" }>;
  let done = 0;
  let unloaded = 0;

  receive((message) => {
    if (message.kind === "start") {
      self = message;
      Atomics.store(self.control, self.cells.PARKED + self.number, 1);
      return;
    }
    if (message.kind === "unload") {
      steps.delete(message.program);
      unloaded += message.bytes + OVERHEAD_BYTES;
      if (unloaded < MOST_UNLOADED) return;
      unloaded = 0;
      try {
        // As `collectGarbage` of the platform.
        new WebAssembly.Memory({ initial: PAGES });
      } catch {}
      return;
    }
    if (message.kind === "load") {
      const { exports } = new WebAssembly.Instance(message.module, { env: { memory: message.memory } });
      steps.set(message.program, exports.step as (thread: number, threads: number) => void);
    }
    const { control, cells, number, size } = self;
    // After a load too: the step that it is for may have been started while this thread was away.
    if (Atomics.load(control, cells.PARKED + number) !== 0) return;
    // Steps are run as long as they follow each other; a program that has not been loaded yet waits for its message.
    for (;;) {
      const job = Atomics.load(control, cells.JOB);
      if (job === done) {
        if (Atomics.wait(control, cells.JOB, job, PATIENCE_MS) !== "timed-out") continue;
        Atomics.store(control, cells.PARKED + number, 1);
        // A step may have been started before the caller could see that this thread is parked.
        if (Atomics.load(control, cells.JOB) === done) return;
        if (Atomics.compareExchange(control, cells.PARKED + number, 1, 0) === 0) return;
        continue;
      }
      const step = steps.get(Atomics.load(control, cells.PROGRAM));
      if (step === undefined) return;
      done = job;
      step(number, size);
    }
  });
}
