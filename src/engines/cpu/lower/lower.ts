/** From a graph to kernels: the table of contents of this room. */
import type { Shape } from "../../../array/index.ts";
import {
  bodiesOf,
  type Graph,
  inputsOf,
  isOpNode,
  type Node,
  type Op,
  type OpNode,
  type Tensor,
  type Variable,
} from "../../../graph/index.ts";
import { byRecord, recordsOf } from "../../../ops/index.ts";
import type { Buffer } from "../loops/index.ts";
import { lowerConcat, partsOf } from "./concat.ts";
import {
  contiguous,
  copyInto,
  isMovement,
  LoweringContext,
  type LoweringOptions,
  laneOfType,
  mapInto,
  moved,
  orderOf,
  type Step,
  type View,
} from "./context/index.ts";
import { lowerMatmul, type OpenSink } from "./contraction/index.ts";
import {
  hasSeparateWindows,
  lowerAvgPool,
  lowerAvgPoolGradient,
  lowerConv,
  lowerConvFilterGradient,
  lowerConvInputGradient,
  lowerMaxPool,
  lowerMaxPoolGradient,
  samplesInnermost,
} from "./convolution/index.ts";
import {
  type Bundle,
  expressionOf,
  expressionsOf,
  findGroups,
  type Groups,
  isElementwise,
  isReduction,
} from "./elementwise/index.ts";
import { lowerGather, lowerScatterAdd } from "./gather.ts";
import { placeUpdates } from "./in-place.ts";
import { lowerLoop } from "./loop.ts";
import { lowerPad } from "./pad.ts";
import { lowerRecurrence, lowerRecurrenceGradient } from "./recurrence/index.ts";
import { lowerArgMax, lowerReduction, lowerSoftmax, lowerTopPositions } from "./reduction/index.ts";
import { signatureOf } from "./signature.ts";
import { lowerUniform } from "./uniform.ts";

/** Ops whose kernels can go on with an elementwise expression before they store their results. */
const products = byRecord<(context: LoweringContext, node: OpNode, open: OpenSink) => void>({
  matmul: lowerMatmul,
  conv: lowerConv,
  convInputGradient: lowerConvInputGradient,
  convFilterGradient: lowerConvFilterGradient,
});

const isProduct = ({ op }: OpNode): boolean => products.has(op);

/** How each op that is neither elementwise, nor a reduction, nor a movement becomes kernels. */
const lowerings = byRecord<(context: LoweringContext, node: OpNode) => void>({
  maxPool: lowerMaxPool,
  maxPoolGradient: lowerMaxPoolGradient,
  avgPool: lowerAvgPool,
  avgPoolGradient: lowerAvgPoolGradient,
  gather: lowerGather,
  scatterAdd: lowerScatterAdd,
  softmax: lowerSoftmax,
  logSoftmax: lowerSoftmax,
  argMax: lowerArgMax,
  pad: lowerPad,
  concat: lowerConcat,
  uniform: lowerUniform,
  recurrence: lowerRecurrence,
  recurrenceGradient: lowerRecurrenceGradient,
  topPositions: lowerTopPositions,
  countedTopPositions: lowerTopPositions,
});

const writers = recordsOf("maxPool", "avgPool", "concat");

/** Whether what computes a node's first output can write it with any strides. */
const isWritten = (node: OpNode): boolean => isElementwise(node) || isProduct(node) || writers.has(node.op);

/** Ops whose kernels are those of a body, repeated. */
const loops = recordsOf("loop");

/** Whether there is a kernel, or a view, for uses of an op. */
export const canLower = (op: Op): boolean =>
  loops.has(op) ||
  lowerings.has(op) ||
  products.has(op) ||
  isMovement(op) ||
  isElementwise({ op }) ||
  isReduction({ op });

/** Ops whose kernels are for some of their uses; the others are expanded. */
const special = byRecord<(node: OpNode) => boolean>({ maxPoolGradient: hasSeparateWindows });

/** Whether there is a kernel, or a view, for this use of its op. */
export const hasKernel = (node: OpNode): boolean => canLower(node.op) && (special.get(node.op)?.(node) ?? true);

export interface Lowered {
  readonly steps: readonly Step[];
  /** The buffers of inputs, variables and constants. */
  readonly leaves: ReadonlyMap<Node, Buffer>;
  /** Where variables lie between steps: every one that is read or assigned. */
  readonly variables: ReadonlyMap<Variable, Buffer>;
  /** Buffers that lie where a variable lies. */
  readonly places: ReadonlyMap<Buffer, Buffer>;
  /** Row-major. */
  readonly outputs: readonly View[];
}

export function lower(graph: Graph, options: LoweringOptions): Lowered {
  const all = withBodies(graph);
  const read = new Set(all.flatMap(({ nodes }) => nodes.flatMap(inputsOf)));
  const results = new Set(all.flatMap(resultsOf));
  const uses = { read, results, parts: partsOf(graph, isWritten) };
  const context = new LoweringContext(options, samplesInnermost(graph, options), uses, graph.inputs.length > 0);
  const assigned = new Set(graph.assignments.map(({ variable }) => variable));
  const leaves = new Map<Node, Buffer>();
  for (const node of graph.nodes) {
    if (isOpNode(node) || node.kind === "fill") continue;
    const { buffer } = context.output(node.outputs[0]);
    leaves.set(node, buffer);
    if (node.kind === "input" || (node.kind === "variable" && assigned.has(node.variable))) context.vary(buffer);
  }
  const inLoops = lowerNodes(context, graph, { numbers: new Map(), isPart: (tensor) => uses.parts.has(tensor) });
  const variables = new Map<Variable, Buffer>();
  for (const [node, buffer] of leaves) if (node.kind === "variable") variables.set(node.variable, buffer);
  const held = new Set(variables.values());
  // Variables are overwritten at the end: results that are the old value of one are copied before.
  const result = (view: View): View => (held.has(view.buffer) ? context.copy(view) : view);
  const outputs = graph.outputs.map((output) => result(context.dense(output)));
  const next = graph.assignments.map(({ variable, value }) => ({ variable, view: result(context.view(value)) }));
  const updates = next.map(({ variable, view }) => ({
    variable: bufferOf(variable, variables, context),
    shape: variable.shape,
    next: view,
  }));
  const fixed = new Set([...leaves.values(), ...variables.values()]);
  const places = new Map([...inLoops, ...placeUpdates(context.steps, updates, fixed)]);
  for (const { variable, shape, next } of updates)
    if (places.get(next.buffer) !== variable) copyInto(context, next, contiguous(variable, shape));
  return { steps: context.steps, leaves, variables, places, outputs };
}

/** A graph, and those in its nodes. */
const withBodies = (graph: Graph): Graph[] => [
  graph,
  ...graph.nodes.filter(isOpNode).flatMap((node) => bodiesOf(node).flatMap(([, body]) => withBodies(body.graph))),
];

const resultsOf = ({ outputs, assignments }: Graph): Tensor[] => [...outputs, ...assignments.map(({ value }) => value)];

/** What is the same for a graph and the bodies in it. */
interface Lowering {
  /** A number for each op, for signatures. */
  readonly numbers: Map<Op, number>;
  /** Whether a tensor is computed where a concatenation lies. */
  readonly isPart: (tensor: Tensor) => boolean;
}

/**
 * Lowers the ops of a graph, whose leaves have their places.
 * @returns buffers that lie where others do
 */
function lowerNodes(context: LoweringContext, graph: Graph, lowering: Lowering): Map<Buffer, Buffer> {
  const groups = findGroups(graph, { isProduct, isPart: lowering.isPart });
  const places = new Map<Buffer, Buffer>();
  const add = (others: ReadonlyMap<Buffer, Buffer>): void => {
    for (const [buffer, other] of others) places.set(buffer, other);
  };
  for (const node of graph.nodes.filter(isOpNode)) {
    if (loops.has(node.op)) add(lowerLoop(context, node, (body) => lowerNodes(context, body, lowering)));
    else lowerNode(context, node, groups, lowering.numbers);
  }
  return places;
}

/** The buffer that holds a variable between steps. */
function bufferOf(variable: Variable, variables: Map<Variable, Buffer>, context: LoweringContext): Buffer {
  const known = variables.get(variable);
  if (known !== undefined) return known;
  const buffer = context.buffer(`variable ${variable.name}`, variable.shape, laneOfType(variable.dtype));
  variables.set(variable, buffer);
  return buffer;
}

/** The order of the first source that has an element for each position; row-major if there is none. */
function commonOrder(shape: Shape, sources: readonly View[]): number[] | undefined {
  const full = sources.find(({ strides }) => strides.every((stride, i) => stride !== 0 || shape[i] === 1));
  return full && orderOf(full);
}

function lowerNode(context: LoweringContext, node: OpNode, groups: Groups, numbers: Map<Op, number>): void {
  if (groups.ends.has(node) || groups.copied.has(node)) return;
  const bundle = groups.bundles.get(node);
  if (bundle !== undefined && node !== bundle.ends.at(-1)) return;
  if (isMovement(node.op)) {
    const view = context.view(node.inputs[0]);
    context.bind(node.outputs[0], moved(node, view) ?? moved(node, context.copy(view))!);
    return;
  }
  const { key, ...buffers } = signatureOf(context, node, groups, numbers);
  const outputs = bundle?.stored.flatMap((end) => end.outputs) ?? node.outputs;
  context.repeating(key, { ...buffers, outputs }, () =>
    bundle === undefined ? lowerKernels(context, node, groups) : lowerBundle(context, bundle, groups),
  );
}

function lowerKernels(context: LoweringContext, node: OpNode, groups: Groups): void {
  const [output] = node.outputs;
  if (isElementwise(node)) lowerExpression(context, node, groups);
  else if (isReduction(node)) {
    const { sources, compute } = expressionOf(node.inputs[0], node, groups);
    const views = sources.map((source) => context.view(source));
    lowerReduction(context, node, { sources: views, compute }, context.output(output));
  } else if (isProduct(node))
    products.get(node.op)!(context, node, (...orders) => ({ views: [context.result(output, ...orders)] }));
  else lowerings.get(node.op)!(context, node);
}

/** An expression by itself, or at the end of the product that it goes on from. */
function lowerExpression(context: LoweringContext, node: OpNode, groups: Groups): void {
  const [output] = node.outputs;
  const { sources, compute } = expressionOf(output, node, groups);
  const product = groups.products.get(node);
  if (product === undefined) {
    const views = sources.map((source) => context.view(source));
    mapInto(
      context,
      node.op.name,
      output.shape,
      views,
      [context.output(output, commonOrder(output.shape, views))],
      (b, read, lanes) => [compute(b, read, lanes)],
    );
    return;
  }
  const others = sources.filter((source) => source.node !== product);
  products.get(product.op)!(context, product, (...orders) => ({
    views: [context.result(output, ...orders), ...others.map((source) => context.view(source))],
    compute: (b, result, read, lanes) =>
      compute(b, (k) => (sources[k].node === product ? result : read(1 + others.indexOf(sources[k]))), lanes),
  }));
}

/** Expressions in one pass. Where one becomes the value of a variable all are row-major, so that it can be written there. */
function lowerBundle(context: LoweringContext, { ends, stored }: Bundle, groups: Groups): void {
  const results = stored.flatMap(({ outputs }) => outputs);
  const { sources, compute } = expressionsOf(results, ends, groups);
  const views = sources.map((source) => context.view(source));
  const order = results.some((result) => context.isResult(result)) ? undefined : commonOrder(results[0].shape, views);
  const targets = results.map((result) => context.output(result, order));
  mapInto(context, stored.map(({ op }) => op.name).join(", "), results[0].shape, views, targets, compute);
}
