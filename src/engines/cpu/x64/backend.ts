/** Steps as machine code. No kernel becomes machine code before it is proved that it stays inside its buffers. */
import type { NativeFunction, NativeHost, NativeMemory } from "#platform";
import type { Buffer } from "../loops/index.ts";
import { type Backend, checkStep, type Instance, type Memory, type StepCode, type StepPlan } from "../step/index.ts";
import { encode } from "./assembler/index.ts";
import { ConstantPool, type X64Target } from "./code/index.ts";
import { describeKernel } from "./emit.ts";
import { emitStep } from "./step.ts";
import { titleOf } from "./support.ts";
import { callsOf, lend, type NativeCrew, nativeCrewOf } from "./threads/index.ts";

/** A microsecond, and a tenth of a millisecond: sleeping threads are awake after half of that. Measured with LeNet-5. */
const LEAST_WORK = { kernel: 8_000, step: 1_000_000 };

export interface X64BackendOptions {
  readonly host: NativeHost;
  readonly target: X64Target;
  readonly threads: number;
  /** See `Backend`. */
  readonly start: number;
}

export function x64Backend({ host, target, threads, start }: X64BackendOptions): Backend {
  let crew: NativeCrew | undefined;
  const share = (): NativeCrew => {
    crew ??= nativeCrewOf(host, threads);
    return crew;
  };
  return {
    name: "x64",
    description: `x86-64 machine code with ${titleOf(target)}${host.reservation === undefined ? "" : ` (${host.reservation})`}`,
    arithmetic: `x64 ${target.name}`,
    target,
    threads,
    leastWork: LEAST_WORK,
    start,
    allocate: (bytes) => new Arena(host, bytes),
    emit: (step) => {
      checkStep(step, target, start);
      const { assembly } = emitStep(step.kernels, {
        target,
        addressOf: (buffer) => step.memory.addresses.get(buffer)!,
        isThreaded: step.isThreaded,
        calls: callsOf(host),
      });
      return new NativeCode(host, encode(assembly), step.isThreaded ? share : undefined);
    },
    describe: (step) => describeStep(step, target),
  };
}

function describeStep({ kernels, memory }: StepPlan, target: X64Target): string {
  const constants = new ConstantPool(target);
  const addressOf = (buffer: Buffer): number => memory.addresses.get(buffer)!;
  return kernels
    .map(({ kernel, isSerial }, i) =>
      describeKernel(kernel, { target, addressOf, isSerial, constants, label: `kernel ${i}` }),
    )
    .join("\n");
}

class NativeCode implements StepCode {
  readonly host: NativeHost;
  /** The crew that divides the step, if it is divided. */
  readonly share: (() => NativeCrew) | undefined;
  readonly codeBytes: number;
  /** Until it is loaded, so that programs that are compiled and never run take nothing from the system. */
  #bytes: Uint8Array | undefined;
  #address = 0;

  constructor(host: NativeHost, bytes: Uint8Array, share: (() => NativeCrew) | undefined) {
    this.host = host;
    this.share = share;
    this.codeBytes = bytes.length;
    this.#bytes = bytes;
  }

  /** Where the code lies. */
  get address(): number {
    if (this.#bytes !== undefined) {
      const loaded = this.host.loadCode(this.#bytes);
      this.#address = loaded.address;
      this.#bytes = undefined;
      lend(this.host, loaded, this);
    }
    return this.#address;
  }

  instantiate(memory: Memory): Instance {
    return new NativeInstance(this, memory as Arena);
  }
}

/** What the code of programs works on. */
class Arena implements Memory {
  readonly #memory: NativeMemory;
  readonly bytes: number;
  /** Of each buffer, where it was last. */
  readonly #elements = new WeakMap<Buffer, { readonly address: number; readonly made: Float32Array | Int32Array }>();

  constructor(host: NativeHost, bytes: number) {
    this.#memory = host.mapMemory(bytes);
    this.bytes = bytes;
    lend(host, this.#memory, this);
  }

  get address(): number {
    return this.#memory.address;
  }

  elements(buffer: Buffer, address: number): Float32Array | Int32Array {
    const known = this.#elements.get(buffer);
    if (known?.address === address) return known.made;
    const made =
      buffer.lane === "f32"
        ? this.#memory.view(Float32Array, address, buffer.length)
        : this.#memory.view(Int32Array, address, buffer.length);
    this.#elements.set(buffer, { address, made });
    return made;
  }
}

class NativeInstance implements Instance {
  /** Held, so that they stay as long as this. */
  readonly #code: NativeCode;
  readonly #arena: Arena;
  readonly #step: NativeFunction;
  readonly #crew: NativeCrew | undefined;

  constructor(code: NativeCode, arena: Arena) {
    this.#code = code;
    this.#arena = arena;
    this.#step = code.host.callable(code.address);
    this.#crew = code.share?.();
  }

  run(isDivided: boolean): number {
    const crew = this.#crew;
    if (crew !== undefined && isDivided) {
      crew.run(this.#code.address, this.#arena.address);
      return crew.size;
    }
    this.#step(this.#arena.address, 0, 1, crew?.barrier ?? 0);
    return 1;
  }
}
