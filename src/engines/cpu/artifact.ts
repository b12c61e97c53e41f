/**
 * What compiling a graph gives: code and a plan of its memory, without any values in it. Programs of graphs that differ in
 * their variables alone share one.
 */
import type { NdArray } from "../../array/index.ts";
import { type Graph, inputsOf, type Node } from "../../graph/index.ts";
import { expand, formatAttribute, optimize } from "../../passes/index.ts";
import { variablesOf } from "../at-hand.ts";
import { checkCapability, checkMemory } from "./capability.ts";
import { reportCompilation, say } from "./debug.ts";
import { type Buffer, isDivided } from "./loops/index.ts";
import type { LoweringOptions } from "./lower/context/index.ts";
import { hasKernel, type Lowered, lower } from "./lower/index.ts";
import {
  type Backend,
  type Lifetime,
  planMemory,
  type StepCode,
  type StepKernel,
  type StepPlan,
  workOf,
} from "./step/index.ts";
import { type TimedKernel, timed } from "./timing.ts";

export interface CompileOptions extends LoweringOptions {
  /** See `debug.ts`. */
  readonly debug: number;
}

export interface Artifact {
  readonly code: StepCode;
  /** The buffers of the graph's inputs, of its variables in the order of `variablesOf`, and of its outputs. */
  readonly inputs: readonly (Buffer | undefined)[];
  readonly variables: readonly (Buffer | undefined)[];
  readonly outputs: readonly Buffer[];
  readonly constants: readonly { readonly buffer: Buffer; readonly value: NdArray }[];
  /** How many threads can run a step. */
  readonly threads: number;
  /** What keeping it takes: code and constants. */
  readonly bytes: number;
}

export function compileGraph(graph: Graph, backend: Backend, options: CompileOptions): Artifact {
  const expanded = expand(graph, hasKernel);
  checkCapability(expanded, backend.name);
  const optimized = optimize(expanded, { verify: options.debug > 0 });
  const lowered = lower(optimized, options);
  const memory = planMemory(lifetimesOf(lowered), backend.start, lowered.places);
  checkMemory(memory.bytes - backend.start);
  const work = lowered.steps.map(({ kernel }) => workOf(kernel));
  const isThreaded = backend.threads > 1 && work.reduce((sum, n) => sum + n, 0) >= backend.leastWork.step;
  const kernels = lowered.steps.map(({ kernel }, i) => {
    const hasShares = kernel.body.some(isDivided);
    return { kernel, isSerial: !isThreaded || !hasShares || work[i] < backend.leastWork.kernel };
  });
  reportCompilation(
    options.debug,
    graph,
    optimized,
    kernels.map((step, i) => ({ ...step, work: work[i] })),
    memory.bytes - backend.start,
  );
  const step: StepPlan = { kernels, memory, isThreaded };
  if (options.debug >= 3 && backend.describe) say(backend.describe(step));
  const whole = backend.emit(step);
  const buffers = buffersOf(graph, lowered);
  return {
    ...buffers,
    code: options.debug < 2 ? whole : timed(whole, kernels.map(alone), say),
    threads: isThreaded ? backend.threads : 1,
    bytes: buffers.constants.reduce((sum, { value }) => sum + value.data.byteLength, whole.codeBytes),
  };

  function alone(one: StepKernel): TimedKernel {
    return { name: one.kernel.name, code: backend.emit({ ...step, kernels: [one] }) };
  }
}

function buffersOf(
  graph: Graph,
  { leaves, variables, outputs }: Lowered,
): Pick<Artifact, "inputs" | "variables" | "outputs" | "constants"> {
  return {
    inputs: graph.inputs.map(({ node }) => leaves.get(node)),
    variables: variablesOf(graph).map((variable) => variables.get(variable)),
    outputs: outputs.map(({ buffer }) => buffer),
    constants: [...leaves].flatMap(([node, buffer]) =>
      node.kind === "constant" ? [{ buffer, value: node.value }] : [],
    ),
  };
}

/** Leaves live throughout, results from when they are written to the end, everything else from first to last use. */
export function lifetimesOf({ steps, leaves, variables, places, outputs }: Lowered): Lifetime[] {
  const end = steps.length;
  const lives = new Map<Buffer, { first: number; last: number }>();
  const use = (used: Buffer, step: number): void => {
    const buffer = places.get(used) ?? used;
    const life = lives.get(buffer);
    if (life === undefined) lives.set(buffer, { first: step, last: step });
    else life.last = Math.max(life.last, step);
  };
  for (const buffer of [...leaves.values(), ...variables.values()]) {
    use(buffer, -1);
    use(buffer, end);
  }
  steps.forEach(({ reads, writes }, i) => {
    for (const buffer of [...reads, ...writes]) use(buffer, i);
  });
  for (const { buffer } of outputs) use(buffer, end);
  return [...lives].map(([buffer, life]) => ({ buffer, ...life }));
}

/** Constants up to this size are compared by their elements, larger ones by identity. */
const SMALL = 64;
const identities = new WeakMap<object, number>();
let identityCount = 0;

function identityOf(value: object): number {
  const known = identities.get(value) ?? ++identityCount;
  identities.set(value, known);
  return known;
}

/** Text that is equal for graphs with the same artifact. */
export function artifactKey(graph: Graph): string {
  const numbers = new Map(graph.nodes.map((node, i) => [node, i]));
  for (const { node } of graph.inputs) if (!numbers.has(node)) numbers.set(node, numbers.size);
  const name = ({ node, index }: { node: Node; index: number }): string => `${numbers.get(node)}.${index}`;
  const variables = new Map(variablesOf(graph).map((variable, i) => [variable, i]));
  const describe = (node: Node): string => {
    // Ops of the same name may be different ones.
    if (node.kind === "op")
      return `op #${identityOf(node.op)}${formatAttribute(Object.values(node.attributes))}${inputsOf(node).map(name)}`;
    if (node.kind === "variable") return `variable ${variables.get(node.variable)}`;
    if (node.kind === "fill") return `fill ${formatAttribute(node.value)}`;
    if (node.kind === "input") return "input";
    return node.value.size <= SMALL
      ? `constant ${Array.from(node.value.data, formatAttribute)}`
      : `constant #${identityOf(node.value)}`;
  };
  const types = (node: Node): string => node.outputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
  const results = [...graph.inputs.map(name), "to", ...graph.outputs.map(name)];
  const assigned = graph.assignments.map(({ variable, value }) => `${variables.get(variable)}=${name(value)}`);
  return [...graph.nodes.map((node) => `${describe(node)}:${types(node)}`), ...results, ...assigned].join(";");
}
