/**
 * The threads beside the one that calls: they know no JavaScript and run machine code only, see `thread.ts`. A crew lasts as
 * long as the thread that made it, and all engines with as many threads share it: between steps its threads sleep.
 */
import type { NativeFunction, NativeHost } from "#platform";
import { belongingsOf } from "./belongings.ts";
import { callsOf } from "./calls.ts";
import { encode } from "./encode.ts";
import { CONTROL_BYTES, launch, threadBody } from "./thread.ts";

export class Crew {
  readonly size: number;
  readonly #launch: NativeFunction;
  /** The address of the control block. */
  readonly control: number;

  /** @param size the number of threads, the calling one included */
  constructor(host: NativeHost, size: number) {
    const calls = callsOf(host);
    const body = host.loadCode(encode(threadBody(calls)));
    const launcher = host.loadCode(encode(launch(calls)));
    this.size = size;
    this.control = host.mapMemory(CONTROL_BYTES).address;
    this.#launch = host.callable(launcher.address);
    for (let number = 1; number < size; number++) host.startThread(body.address, this.control + number);
  }

  /** Runs a step, as `emitStep` makes them, on all threads. Nothing of it is executed any more when this returns. */
  run(step: number, arena: number): void {
    this.#launch(this.control, step, arena, this.size);
  }

  /** Ends the threads. */
  end(): void {
    this.#launch(this.control, 0, 0, this.size);
  }
}

const crews = new WeakMap<NativeHost, Map<number, Crew>>();

/** The crew of a size, made when it is first asked for. */
export function crewOf(host: NativeHost, size: number): Crew {
  const known = crews.get(host) ?? new Map<number, Crew>();
  crews.set(host, known);
  let crew = known.get(size);
  if (crew === undefined) {
    crew = new Crew(host, size);
    known.set(size, crew);
    belongingsOf(host).addCrew(crew.control, size);
  }
  return crew;
}
