/**
 * What the CPU engine asks of a way to run kernels: WebAssembly (`wasm/`) or machine code (`x64/`). A backend turns the
 * kernels of a step into code without values, code gets memory as often as there are programs, and each runs whole steps.
 */
import type { Buffer, Kernel, Repeated } from "../loops/index.ts";
import type { Target } from "../lower/context/index.ts";
import type { MemoryPlan } from "./plan.ts";

/** A kernel of a step; a serial one runs on the first thread alone. */
export interface StepKernel extends Repeated {
  readonly kernel: Kernel;
  readonly isSerial: boolean;
}

/** All that code depends on. */
export interface StepPlan {
  readonly kernels: readonly StepKernel[];
  readonly memory: MemoryPlan;
  /** Whether the step is divided among the backend's threads. */
  readonly isThreaded: boolean;
}

export interface Backend {
  /** What `--engine` calls it. */
  readonly name: string;
  /** What kernels become, for people: "WebAssembly SIMD". */
  readonly description: string;
  /** See `Engine`. */
  readonly arithmetic: string;
  /** For schedules. */
  readonly target: Target;
  /** How many threads it has, the calling one included. */
  readonly threads: number;
  /** Statements below which a kernel is done before other threads notice it, and a step before they wake. */
  readonly leastWork: { readonly kernel: number; readonly step: number };
  /** Buffers lie from this address on. */
  readonly start: number;
  /** Memory in which all elements are zero. */
  readonly allocate: (bytes: number) => Memory;
  readonly emit: (step: StepPlan) => StepCode;
  /** For people: what the kernels become. */
  readonly describe?: (step: StepPlan) => string;
}

/** A compiled step, which programs share. */
export interface StepCode {
  readonly codeBytes: number;
  /** The step over a memory, which has at least the bytes of the step's plan. */
  readonly instantiate: (memory: Memory) => Instance;
}

/** Memory outside of JavaScript's heap, for the steps of any number of programs. */
export interface Memory {
  readonly bytes: number;
  /** The elements of a buffer that lies at an address, in place. They must not be used once the memory is dropped. */
  readonly elements: (buffer: Buffer, address: number) => Float32Array | Int32Array;
}

export interface Instance {
  /**
   * Runs the step, on all threads of a step that is threaded, or on the calling one. The results have the same bits.
   * @returns how many threads took part: only one until the others have come up, while the caller is in its event loop
   */
  readonly run: (isDivided: boolean) => number;
}
