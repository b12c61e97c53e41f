/**
 * Loops without what nothing needs: outputs that nobody reads, such as what a derivative would take, states that only they
 * depend on, and sequences and captured tensors that no step reads. Captured numbers become part of the step.
 */
import {
  applyOp,
  Body,
  createGraph,
  fill,
  type Graph,
  inputsOf,
  isOpNode,
  type OpNode,
  substitute,
  type Tensor,
} from "../graph/index.ts";
import { isUseOf, stepOf } from "../ops/index.ts";
import { type Pass, rewrite } from "./pass.ts";

/** Every tensor that a node, an output or an assignment reads. */
const readIn = ({ nodes, outputs, assignments }: Graph): ReadonlySet<Tensor> =>
  new Set([...nodes.flatMap(inputsOf), ...outputs, ...assignments.map(({ value }) => value)]);

export const trimLoops: Pass = {
  name: "trim loops",
  run: (graph) => {
    const read = readIn(graph);
    return rewrite(graph, (node, inputs) =>
      isOpNode(node) && isUseOf(node, "loop") ? trimmed(node, inputs, read) : undefined,
    );
  },
};

/** The outputs of the loop without what is not needed; zeros for those that are not read. */
function trimmed(node: OpNode, inputs: readonly Tensor[], read: ReadonlySet<Tensor>): readonly Tensor[] | undefined {
  const { op, attributes, outputs } = node;
  const { body, states } = attributes as { body: Body; states: number };
  const { graph } = body;
  const [position, ...arguments_] = graph.inputs;
  const results = [...new Set(graph.outputs.filter((_, i) => i >= states && read.has(outputs[i])))];
  const live = liveStates(node, results, read);
  const next = live.map((i) => graph.outputs[i]);
  const needed = new Set(createGraph([], [...next, ...results], []).nodes);
  // Which inputs stay, each once; states that are live stay even if the step does not read them.
  const kept = arguments_.flatMap((argument, i) => {
    if (i < states) return live.includes(i) ? [i] : [];
    const isSame = (j: number): boolean => inputs[j] === inputs[i] && kindOf(node, j) === kindOf(node, i);
    const isFirst = !arguments_.some((_, j) => j >= states && j < i && isSame(j));
    return needed.has(argument.node) && isFirst && !isNumber(node, inputs, i) ? [i] : [];
  });
  if (kept.length === 0) return undefined;
  if (kept.length === inputs.length && live.length + results.length === outputs.length) return undefined;
  const stands = new Map<Tensor, Tensor>();
  arguments_.forEach((argument, i) => {
    if (kept.includes(i) || i < states || !needed.has(argument.node)) return;
    const first = kept.find((j) => j >= states && inputs[j] === inputs[i] && kindOf(node, j) === kindOf(node, i));
    const { node: outer } = inputs[i];
    stands.set(
      argument,
      outer.kind === "fill" ? fill(outer.value, argument.shape, argument.dtype) : arguments_[first!],
    );
  });
  const made = substitute([...next, ...results], stands);
  const trimmedBody = new Body(createGraph([position, ...kept.map((i) => arguments_[i])], made, []));
  const found = applyOp(
    op,
    kept.map((i) => inputs[i]),
    {
      ...attributes,
      states: live.length,
      sequences: kept.filter((i) => kindOf(node, i) === "sequence").length,
      body: trimmedBody,
    },
  ).outputs;
  return outputs.map((output, i) => {
    if (i < states ? live.includes(i) : read.has(output))
      return found[i < states ? live.indexOf(i) : live.length + results.indexOf(graph.outputs[i])];
    return fill(0, output.shape, output.dtype);
  });
}

type InputKind = "state" | "sequence" | "captured";

function kindOf({ attributes }: OpNode, i: number): InputKind {
  const { states, sequences } = attributes as { states: number; sequences: number };
  return i < states ? "state" : i < states + sequences ? "sequence" : "captured";
}

/** Whether an input is one number at every position, and the same in every step. */
const isNumber = (node: OpNode, inputs: readonly Tensor[], i: number): boolean =>
  kindOf(node, i) !== "state" && inputs[i].node.kind === "fill";

/** The states whose final values are read, or that these and the results depend on. */
function liveStates(node: OpNode, results: readonly Tensor[], read: ReadonlySet<Tensor>): number[] {
  const { graph } = node.attributes.body as Body;
  const { states } = stepOf(node.attributes as never);
  const live = new Set(states.flatMap((_, i) => (read.has(node.outputs[i]) ? [i] : [])));
  for (let before = -1; before < live.size; ) {
    before = live.size;
    const roots = [...results, ...[...live].map((i) => graph.outputs[i])];
    const needed = new Set(createGraph([], roots, []).nodes);
    states.forEach((state, i) => {
      if (needed.has(state.node)) live.add(i);
    });
  }
  return [...live].sort((a, b) => a - b);
}
