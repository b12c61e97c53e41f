/**
 * What compiling a graph gives: code and a plan of its memory, without any values in it. Programs of graphs that differ in
 * their variables alone share one.
 */
import type { NdArray } from "../../array/index.ts";
import { formatAttribute, type Graph, graphKey, identityOf, type Variable } from "../../graph/index.ts";
import { expand, optimize } from "../../passes/index.ts";
import { checkCapability, checkMemory } from "./capability.ts";
import { reportCompilation, say } from "./debug.ts";
import { type Buffer, isDivided, timesOf } from "./loops/index.ts";
import type { LoweringOptions } from "./lower/context/index.ts";
import { hasKernel, lower } from "./lower/index.ts";
import { type Layout, layOut, type Resident, type ResidentLeaf } from "./memory/index.ts";
import { type Backend, operationsOf, type StepCode, type StepKernel, type StepPlan, workOf } from "./step/index.ts";
import { type TimedKernel, timed } from "./timing.ts";

export interface CompileOptions extends LoweringOptions {
  /** See `debug.ts`. */
  readonly debug: number;
}

export interface Artifact extends Resident {
  readonly code: StepCode;
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** The buffers of the graph's inputs, of the variables that it assigns, and of its outputs. */
  readonly inputs: readonly (Buffer | undefined)[];
  readonly assigned: readonly ResidentLeaf[];
  readonly outputs: readonly Buffer[];
  /** How many threads can run a step. */
  readonly threads: number;
  /** What a step computes, in the units of `workOf`. */
  readonly work: number;
  /** What keeping it takes: code and constants. */
  readonly bytes: number;
}

/** What there is when a graph is compiled. */
export interface Surroundings {
  /** Of all programs over the same memory. */
  readonly variables: readonly Variable[];
  /** What lies in that memory. */
  readonly before: Layout;
}

export function compileGraph(
  graph: Graph,
  backend: Backend,
  options: CompileOptions,
  surroundings: Surroundings,
): Artifact {
  const expanded = expand(graph, hasKernel);
  checkCapability(expanded, backend.name);
  const optimized = optimize(expanded, { verify: options.debug > 0 });
  const lowered = lower(optimized, options);
  const laidOut = layOut(optimized, lowered, { ...surroundings, backend, describe: describeConstant });
  const { steps, memory, layout } = laidOut;
  checkMemory(layout.bytes - backend.start);
  const work = steps.map(({ kernel }) => workOf(kernel));
  const all = steps.reduce((sum, step, i) => sum + timesOf(step) * work[i], 0);
  const isThreaded = backend.threads > 1 && all >= backend.leastWork.step;
  const kernels = steps.map(({ kernel, within }, i) => {
    const hasShares = kernel.body.some(isDivided);
    return { kernel, within, isSerial: !isThreaded || !hasShares || work[i] < backend.leastWork.kernel };
  });
  reportCompilation(
    options.debug,
    graph,
    optimized,
    kernels.map((step, i) => ({ ...step, work: work[i] })),
    { bytes: layout.bytes - backend.start, prepared: laidOut.prepared },
  );
  const step: StepPlan = { kernels, memory, isThreaded };
  if (options.debug >= 3 && backend.describe) say(backend.describe(step));
  const whole = backend.emit(step);
  const constants = laidOut.leaves.flatMap(({ source }) =>
    typeof source === "number" ? [] : [source.data.byteLength],
  );
  const leafOf = new Map(laidOut.leaves.map((leaf) => [leaf.buffer, leaf]));
  return {
    code: options.debug < 2 ? whole : timed(whole, kernels.map(alone), say),
    addresses: memory.addresses,
    inputs: graph.inputs.map(({ node }) => lowered.leaves.get(node)),
    assigned: graph.assignments.map(({ variable }) => leafOf.get(lowered.variables.get(variable)!)!),
    outputs: lowered.outputs.map(({ buffer }) => buffer),
    leaves: laidOut.leaves,
    groups: laidOut.groups,
    layout,
    threads: isThreaded ? backend.threads : 1,
    work: all,
    bytes: constants.reduce((sum, n) => sum + n, whole.codeBytes),
  };

  function alone(one: StepKernel): TimedKernel {
    const { kernel, isSerial, within } = one;
    const code = backend.emit({ ...step, kernels: [{ kernel, isSerial }] });
    return { name: kernel.name, within, operations: timesOf(one) * operationsOf(kernel), code };
  }
}

/** Constants up to this size are compared by their elements, larger ones by identity. */
const SMALL = 64;
const describeConstant = (value: NdArray): string =>
  value.size <= SMALL
    ? `${value.dtype} [${value.shape}] ${Array.from(value.data, formatAttribute)}`
    : `#${identityOf(value)}`;

/**
 * Text that is equal for graphs with the same artifact.
 * @param all the variables of the memory that it is for
 */
export function artifactKey(graph: Graph, all: readonly Variable[]): string {
  const numbers = new Map(all.map((variable, i) => [variable, i]));
  return graphKey(graph, { variable: (variable) => numbers.get(variable)!, constant: describeConstant });
}
