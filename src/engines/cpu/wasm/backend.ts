/** Steps as WebAssembly modules. */
import { sharesMemory } from "#platform";
import { CapabilityError, formatBytes, OptionError, takingMemory } from "../../../array/index.ts";
import type { Buffer } from "../loops/index.ts";
import { type Backend, checkStep, type Instance, type Memory, type StepCode, type StepPlan } from "../step/index.ts";
import { type WorkerCrew, workerCrewOf } from "./crew.ts";
import { emitKernel } from "./emit.ts";
import { encodeModule, MOST_PAGES } from "./encode.ts";
import { hasRelaxedSimd } from "./probe.ts";
import { emitStep } from "./step.ts";
import { wasmTarget } from "./target.ts";

const PAGE = 65_536;
/** The first page is for the barrier. */
const START = PAGE;

/** Workers that have gone back to their event loops are woken by a message. */
const LEAST_WORK = { kernel: 20_000, step: 3_000_000 };

export interface WasmBackendOptions {
  readonly threads: number;
  /** Use fused multiply-adds (relaxed SIMD). */
  readonly relaxed: boolean;
}

/** @throws OptionError if fused multiply-adds are demanded of a host that has none */
export function wasmBackend({ threads: wanted, relaxed }: WasmBackendOptions): Backend {
  if (relaxed && !hasRelaxedSimd()) throw new OptionError("relaxed: this host's WebAssembly has no fused multiply-add");
  const threads = sharesMemory() ? wanted : 1;
  let crew: WorkerCrew | undefined;
  const share = (): WorkerCrew => {
    crew ??= workerCrewOf(threads);
    return crew;
  };
  const target = wasmTarget(relaxed);
  return {
    name: "wasm",
    description: `WebAssembly SIMD${relaxed ? " with fused multiply-add" : ""}`,
    arithmetic: relaxed ? "wasm fused" : "wasm",
    target,
    threads,
    leastWork: LEAST_WORK,
    start: START,
    allocate: (bytes) => new WasmMemory(pagesOf(bytes), threads > 1),
    emit: (step) => {
      checkStep(step, target, START);
      return compileModule(step, { relaxed, shared: threads > 1, share });
    },
  };
}

/** @throws CapabilityError for more than WebAssembly can address */
function pagesOf(bytes: number): number {
  const pages = Math.ceil((bytes + PAGE) / PAGE);
  if (pages <= MOST_PAGES) return pages;
  throw new CapabilityError(
    `the program needs ${formatBytes(bytes)} of memory at once, and WebAssembly has ${formatBytes(MOST_PAGES * PAGE)}; ` +
      "use a smaller batch",
  );
}

interface ModuleOptions {
  readonly relaxed: boolean;
  /** Whether threads can share the memory: steps of any kind may lie over one. */
  readonly shared: boolean;
  readonly share: () => WorkerCrew;
}

function compileModule({ kernels, memory, isThreaded }: StepPlan, { relaxed, shared, share }: ModuleOptions): StepCode {
  const pages = pagesOf(memory.bytes);
  const functions = kernels.map(({ kernel }) =>
    emitKernel(kernel, { addressOf: (buffer) => memory.addresses.get(buffer)!, relaxed }),
  );
  const bytes = encodeModule([...functions, ...emitStep(kernels, isThreaded)], { pages, shared });
  const module = new WebAssembly.Module(bytes);
  return {
    codeBytes: bytes.length,
    instantiate: (taken) => new WasmInstance(module, (taken as WasmMemory).memory, isThreaded ? share() : undefined),
  };
}

class WasmMemory implements Memory {
  readonly memory: WebAssembly.Memory;

  constructor(pages: number, shared: boolean) {
    const what = () => `${formatBytes(pages * PAGE)} of WebAssembly memory for a program`;
    this.memory = takingMemory(what, () => new WebAssembly.Memory({ initial: pages, maximum: pages, shared }));
  }

  /** Without the page that every program has beyond its bytes. */
  get bytes(): number {
    return this.memory.buffer.byteLength - PAGE;
  }

  elements({ lane, length }: Buffer, address: number): Float32Array | Int32Array {
    const Elements = lane === "f32" ? Float32Array : Int32Array;
    return new Elements(this.memory.buffer, address, length);
  }
}

type StepFunction = (thread: number, threads: number) => void;

class WasmInstance implements Instance {
  readonly #step: StepFunction;
  readonly #crew: WorkerCrew | undefined;
  readonly #program: number = 0;

  /** @param crew the other threads, when the step is for several */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, crew: WorkerCrew | undefined) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#step = exports.step as StepFunction;
    this.#crew = crew;
    if (crew === undefined) return;
    const { program, unload } = crew.load(module, memory);
    this.#program = program;
    unloading.register(this, unload);
  }

  run(isDivided: boolean): number {
    const threads = isDivided ? (this.#crew?.start(this.#program) ?? 1) : 1;
    this.#step(0, threads);
    return threads;
  }
}

/** Threads drop the modules of programs that have been dropped. */
const unloading = new FinalizationRegistry<() => void>((unload) => unload());
