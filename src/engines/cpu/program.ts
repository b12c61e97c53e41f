/** A compiled graph with its memory: inputs in, the step on all threads, outputs out. */
import { pause } from "#platform";
import { allocate, NdArray, type TypedArray } from "../../array/index.ts";
import type { Graph, TensorType, Variable } from "../../graph/index.ts";
import { untilAtHand, variablesOf } from "../at-hand.ts";
import type { Program } from "../engine.ts";
import type { Artifact } from "./artifact.ts";
import type { Buffer } from "./loops/index.ts";
import { Pace } from "./pace.ts";
import { account, isReclaimDue, OVERHEAD_BYTES, reclaim } from "./resources/index.ts";
import type { Instance } from "./step/index.ts";

export class CpuProgram implements Program {
  readonly #artifact: Artifact;
  readonly #outputs: readonly TensorType[];
  /** The variables that a step changes, and how the host gets their values. */
  readonly #assigned: readonly { readonly variable: Variable; readonly fetch: () => NdArray }[];
  readonly #variables: readonly { readonly variable: Variable; readonly buffer: Buffer }[];
  /** From the first run on: a program that is never run takes no memory. */
  #instance: Instance | undefined;
  /** Where threads can share a step. */
  readonly #pace: Pace | undefined;
  /** The version of each variable that the memory holds. */
  readonly #resident = new Map<Variable, number>();

  constructor(graph: Graph, artifact: Artifact) {
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
    if (artifact.threads > 1) this.#pace = new Pace();
  }

  run(inputs: readonly NdArray[]): readonly NdArray[] | Promise<readonly NdArray[]> {
    this.#artifact.inputs.forEach((buffer, i) => {
      if (buffer !== undefined) this.#write(buffer, inputs[i]);
    });
    for (const { variable, buffer } of this.#variables) {
      if (this.#resident.get(variable) === variable.version) continue;
      const value = variable.peek();
      if (value instanceof Promise) return this.#runLater(inputs);
      this.#write(buffer, value);
      this.#resident.set(variable, variable.version);
    }
    const isComplete = this.#step();
    // The values are here from now on, and are fetched when they are asked for.
    for (const { variable, fetch } of this.#assigned) {
      variable.defer(fetch);
      this.#resident.set(variable, variable.version);
    }
    const outputs = this.#outputs.map((type, i) => this.#read(type, this.#artifact.outputs[i]));
    // A caller that never goes back to its event loop would keep finalizers from running, and threads from coming up.
    if (isReclaimDue()) return reclaim().then(() => outputs);
    return isComplete ? outputs : pause().then(() => outputs);
  }

  /** Runs when the values that lie on another engine's device have been fetched. */
  async #runLater(inputs: readonly NdArray[]): Promise<readonly NdArray[]> {
    await untilAtHand(this.#variables.map(({ variable }) => variable));
    return this.run(inputs);
  }

  /** @returns whether all threads took part that were asked for */
  #step(): boolean {
    const { threads } = this.#artifact;
    if (this.#pace === undefined) return this.#memory.run(false) === threads;
    const { isDivided } = this.#pace;
    const start = performance.now();
    const taken = this.#memory.run(isDivided);
    const isComplete = taken === (isDivided ? threads : 1);
    if (isComplete) this.#pace.record(performance.now() - start);
    return isComplete;
  }

  get #memory(): Instance {
    this.#instance ??= this.#instantiate();
    return this.#instance;
  }

  #instantiate(): Instance {
    const { code, constants } = this.#artifact;
    const instance = code.instantiate();
    account(instance, code.memoryBytes + OVERHEAD_BYTES);
    for (const { buffer, value } of constants) instance.elements(buffer).set(value.data);
    return instance;
  }

  #write(buffer: Buffer, { data }: NdArray): void {
    this.#memory.elements(buffer).set(data);
  }

  #read({ dtype, shape }: TensorType, buffer: Buffer): NdArray {
    const data: TypedArray = allocate(dtype, buffer.length);
    data.set(this.#memory.elements(buffer));
    return new NdArray(data, shape, dtype);
  }
}
