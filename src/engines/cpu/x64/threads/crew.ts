/**
 * The threads beside the calling one: they know no JavaScript and run machine code only, see `thread.ts`. All engines of a
 * thread with as many threads share a crew, which ends with the last of them or with that thread: between steps its threads
 * sleep.
 */
import type { NativeFunction, NativeHost } from "#platform";
import { account, Shared } from "../../resources/index.ts";
import { encode } from "../assembler/index.ts";
import { belongingsOf } from "./belongings.ts";
import { callsOf } from "./calls.ts";
import { CONTROL_BYTES, control, launch, threadBody } from "./thread.ts";

/** What all crews of a host run; it stays, because threads execute its last instructions after they have reported their end. */
interface CrewCode {
  readonly body: number;
  readonly launch: NativeFunction;
}

const codes = new WeakMap<NativeHost, CrewCode>();

function codeOf(host: NativeHost): CrewCode {
  const known = codes.get(host);
  if (known !== undefined) return known;
  const calls = callsOf(host);
  const code: CrewCode = {
    body: host.loadCode(encode(threadBody(calls))).address,
    launch: host.callable(host.loadCode(encode(launch(calls))).address),
  };
  codes.set(host, code);
  return code;
}

/** What of a thread's stack and of the system's notes about it lies in memory. */
const THREAD_BYTES = 2 ** 16;

export class NativeCrew {
  readonly size: number;
  readonly #launch: NativeFunction;
  /** The address of the control block. */
  readonly control: number;
  /** Ends the threads, after which nothing may run. Does not hold the crew. */
  readonly end: () => void;

  /** @param size the number of threads, the calling one included */
  constructor(host: NativeHost, size: number) {
    const { body, launch } = codeOf(host);
    const memory = host.mapMemory(CONTROL_BYTES);
    this.size = size;
    this.control = memory.address;
    this.#launch = launch;
    this.end = () => {
      launch(memory.address, 0, 0, size);
      memory.release();
    };
    for (let number = 1; number < size; number++) {
      try {
        host.startThread(body, this.control + number);
      } catch (error) {
        // Ends those that were started.
        launch(memory.address, 0, 0, number);
        memory.release();
        throw error;
      }
    }
    account(this, size * THREAD_BYTES);
  }

  /** The address of the cells of the step's barriers, for a step on one thread. */
  get barrier(): number {
    return this.control + control.barrier;
  }

  /** Runs a step, as `emitStep` makes them, on all threads. Nothing of it is executed any more when this returns. */
  run(step: number, arena: number): void {
    this.#launch(this.control, step, arena, this.size);
  }
}

const nativeCrews = new WeakMap<NativeHost, Shared<number, NativeCrew>>();

/** The crew of a size. */
export function nativeCrewOf(host: NativeHost, size: number): NativeCrew {
  const known = nativeCrews.get(host) ?? new Shared<number, NativeCrew>();
  nativeCrews.set(host, known);
  return known.get(size, () => {
    const value = new NativeCrew(host, size);
    const { end } = value;
    const forget = belongingsOf(host).addCrew(value.control, size);
    return {
      value,
      end: () => {
        forget();
        end();
      },
    };
  });
}
