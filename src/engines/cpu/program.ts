/** A compiled graph with its memory: inputs in, the step on all threads, outputs out. */
import { pause } from "#platform";
import { allocate, NdArray, type TypedArray } from "../../array/index.ts";
import type { Graph, TensorType, Variable } from "../../graph/index.ts";
import type { Program } from "../engine.ts";
import { type Artifact, variablesOf } from "./artifact.ts";
import type { Buffer } from "./loops/ir.ts";
import type { Crew } from "./threads/crew.ts";

type Step = (thread: number, threads: number) => void;

export class WasmProgram implements Program {
  readonly #artifact: Artifact;
  readonly #outputs: readonly TensorType[];
  /** The variables that a step changes, and how the host gets their values. */
  readonly #assigned: readonly { readonly variable: Variable; readonly fetch: () => NdArray }[];
  readonly #variables: readonly { readonly variable: Variable; readonly buffer: Buffer }[];
  readonly #memory: WebAssembly.Memory;
  readonly #step: Step;
  readonly #crew: Crew | undefined;
  readonly #number: number;
  /** The version of each variable that the memory holds. */
  readonly #resident = new Map<Variable, number>();

  /** @param crew the other threads, when the artifact is for several */
  constructor(graph: Graph, artifact: Artifact, crew: Crew | undefined) {
    const { module, pages, isThreaded } = artifact;
    this.#artifact = artifact;
    this.#outputs = graph.outputs.map(({ dtype, shape }) => ({ dtype, shape }));
    this.#variables = variablesOf(graph).flatMap((variable, i) => {
      const buffer = artifact.variables[i];
      return buffer === undefined ? [] : [{ variable, buffer }];
    });
    const bufferOf = new Map(this.#variables.map(({ variable, buffer }) => [variable, buffer]));
    this.#assigned = graph.assignments.map(({ variable }) => ({
      variable,
      fetch: () => this.#read(variable, bufferOf.get(variable)!),
    }));
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: isThreaded });
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#step = exports.step as Step;
    this.#crew = crew;
    this.#number = crew?.load(module, this.#memory) ?? 0;
    if (crew !== undefined) unloading.register(this, { crew, number: this.#number });
    for (const { buffer, value } of artifact.constants) this.#write(buffer, value);
  }

  run(inputs: readonly NdArray[]): readonly NdArray[] | Promise<readonly NdArray[]> {
    this.#artifact.inputs.forEach((buffer, i) => {
      if (buffer !== undefined) this.#write(buffer, inputs[i]);
    });
    for (const { variable, buffer } of this.#variables) {
      if (this.#resident.get(variable) !== variable.version) this.#write(buffer, variable.value);
      this.#resident.set(variable, variable.version);
    }
    const threads = this.#crew?.start(this.#number) ?? 1;
    this.#step(0, threads);
    // The values are here from now on, and are fetched when somebody asks for them.
    for (const { variable, fetch } of this.#assigned) {
      variable.defer(fetch);
      this.#resident.set(variable, variable.version);
    }
    const outputs = this.#outputs.map((type, i) => this.#read(type, this.#artifact.outputs[i]));
    // A caller that never goes back to its event loop would keep its threads from coming up.
    return threads === (this.#crew?.size ?? 1) ? outputs : pause().then(() => outputs);
  }

  #elements(buffer: Buffer): Float32Array | Int32Array {
    const Elements = buffer.lane === "f32" ? Float32Array : Int32Array;
    return new Elements(this.#memory.buffer, this.#artifact.plan.addresses.get(buffer)!, buffer.length);
  }

  #write(buffer: Buffer, { data }: NdArray): void {
    this.#elements(buffer).set(data);
  }

  #read({ dtype, shape }: TensorType, buffer: Buffer): NdArray {
    const data: TypedArray = allocate(dtype, buffer.length);
    data.set(this.#elements(buffer));
    return new NdArray(data, shape, dtype);
  }
}

/** Threads let go of the modules of programs that nobody holds any more. */
const unloading = new FinalizationRegistry<{ crew: Crew; number: number }>(({ crew, number }) => crew.unload(number));
