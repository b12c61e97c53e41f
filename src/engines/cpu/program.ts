/** A compiled graph over its memory: inputs in, the step on all threads, outputs out. */
import { pause } from "#platform";
import { allocate, NdArray, type TypedArray } from "../../array/index.ts";
import type { Graph, TensorType, Variable } from "../../graph/index.ts";
import { untilAtHand } from "../at-hand.ts";
import type { Program } from "../engine.ts";
import type { Artifact } from "./artifact.ts";
import type { Buffer } from "./loops/index.ts";
import type { Arena } from "./memory/index.ts";
import { isReclaimDue, reclaim } from "./resources/index.ts";
import type { Instance, Memory, Pace } from "./step/index.ts";

export class CpuProgram implements Program {
  readonly #artifact: Artifact;
  readonly #arena: Arena<Artifact>;
  readonly #outputs: readonly TensorType[];
  /** The variables that a step changes, and how the host gets their values. */
  readonly #assigned: readonly { readonly variable: Variable; readonly fetch: () => NdArray }[];
  /** The step over the memory that the arena had last. */
  #instance: { readonly memory: Memory; readonly step: Instance } | undefined;
  /** Where threads can share a step. */
  readonly #pace: Pace | undefined;
  /** The first step fills caches, and its time says little. */
  #isFirst = true;

  constructor(graph: Graph, artifact: Artifact, arena: Arena<Artifact>) {
    this.#artifact = artifact;
    this.#arena = arena;
    this.#outputs = graph.outputs.map(({ dtype, shape }) => ({ dtype, shape }));
    this.#assigned = graph.assignments.map(({ variable }, i) => ({
      variable,
      fetch: () => this.#read(variable, artifact.assigned[i].buffer),
    }));
    if (artifact.threads > 1) this.#pace = arena.paceOf(artifact.work);
  }

  run(inputs: readonly NdArray[]): readonly NdArray[] | Promise<readonly NdArray[]> {
    if (!this.#arena.prepare(this.#artifact)) return this.#runLater(inputs);
    this.#artifact.inputs.forEach((buffer, i) => {
      if (buffer !== undefined) this.#elements(buffer).set(inputs[i].data);
    });
    const isComplete = this.#step();
    // The values are here from now on, and are fetched when they are asked for.
    for (const { variable, fetch } of this.#assigned) variable.defer(fetch);
    this.#arena.hold(this.#artifact.assigned);
    const outputs = this.#outputs.map((type, i) => this.#read(type, this.#artifact.outputs[i]));
    // A caller that never goes back to its event loop would keep finalizers from running, and threads from coming up.
    if (isReclaimDue()) return reclaim().then(() => outputs);
    return isComplete ? outputs : pause().then(() => outputs);
  }

  /** Runs when the values that lie on another engine's device have been fetched. */
  async #runLater(inputs: readonly NdArray[]): Promise<readonly NdArray[]> {
    await untilAtHand(this.#arena.variables);
    return this.run(inputs);
  }

  /** @returns whether all threads took part that were asked for */
  #step(): boolean {
    const { threads } = this.#artifact;
    const { step } = this.#instantiated;
    if (this.#pace === undefined) return step.run(false) === threads;
    const { isDivided } = this.#pace;
    const start = performance.now();
    const taken = step.run(isDivided);
    const isComplete = taken === (isDivided ? threads : 1);
    if (isComplete && !this.#isFirst) this.#pace.record((performance.now() - start) / this.#artifact.work);
    this.#isFirst = false;
    return isComplete;
  }

  get #instantiated(): { readonly memory: Memory; readonly step: Instance } {
    const { memory } = this.#arena;
    if (this.#instance?.memory !== memory) this.#instance = { memory, step: this.#artifact.code.instantiate(memory) };
    return this.#instance;
  }

  #elements(buffer: Buffer): Float32Array | Int32Array {
    return this.#arena.memory.elements(buffer, this.#artifact.addresses.get(buffer)!);
  }

  #read({ dtype, shape }: TensorType, buffer: Buffer): NdArray {
    const data: TypedArray = allocate(dtype, buffer.length);
    data.set(this.#elements(buffer));
    return new NdArray(data, shape, dtype);
  }
}
