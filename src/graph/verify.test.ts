import { describe, expect, it } from "vitest";
import { StateError, zeros } from "../array/index.ts";
import { conv, mul, relu } from "../ops/index.ts";
import {
  atPath,
  f32,
  type Graph,
  inputTensor,
  isOpNode,
  type Node,
  type OpNode,
  type Tensor,
  trace,
  Variable,
  verifyGraph,
} from "./index.ts";

const total = new Variable("total", zeros([1, 2, 2, 2]));

/** input → conv2d (features.0) ← filters, → relu → output, and a product that is assigned. */
function sample(): Graph {
  const body = (x: Tensor, filters: Tensor) => {
    const y = relu(atPath("features.0", () => conv(x, filters)));
    total.assign(mul(total.read(), y));
    return y;
  };
  return trace(body, [f32(1, 1, 3, 3), f32(2, 1, 2, 2)]).graph;
}

const find = (graph: Graph, name: string): OpNode => graph.nodes.filter(isOpNode).find(({ op }) => op.name === name)!;

/** The graph with a node's fields replaced, in the list and wherever its outputs are used. */
function change(graph: Graph, old: OpNode, fields: Partial<OpNode>): Graph {
  Object.assign(old, fields);
  return graph;
}

const replaceOutputs = (node: Node, ...types: Partial<Tensor>[]): readonly Tensor[] =>
  types.map((type, index) => ({ ...node.outputs[0], ...type, index }));

describe("the verifier", () => {
  it("accepts a graph that keeps its promises", () => {
    expect(() => verifyGraph(sample())).not.toThrow();
    expect(() => verifyGraph(trace((x) => [x, x], [f32(2), f32(3)]).graph)).not.toThrow();
  });

  const broken: [string, (graph: Graph) => Graph, RegExp][] = [
    [
      "a node that stands twice in the list",
      (graph) => ({ ...graph, nodes: [...graph.nodes, graph.nodes[2]] }),
      /^graph: conv2d \(features\.0\) stands in the list twice$/,
    ],
    [
      "a node before one that it needs",
      (graph) => ({ ...graph, nodes: graph.nodes.toReversed() }),
      /^graph: mul comes before a node that it needs$/,
    ],
    [
      "a tensor that its node does not own",
      (graph) => change(graph, find(graph, "relu"), { inputs: [{ ...find(graph, "conv").outputs[0] }] }),
      /^graph: relu uses a tensor that its node does not own$/,
    ],
    [
      "an attribute that the op does not take",
      (graph) => change(graph, find(graph, "conv"), { attributes: { ...find(graph, "conv").attributes, groups: 0 } }),
      /groups must be an integer of at least 1, got 0$/,
    ],
    [
      "inputs that the shape rule refuses",
      (graph) => change(graph, find(graph, "conv"), { attributes: { ...find(graph, "conv").attributes, groups: 3 } }),
      /3 groups must divide/,
    ],
    [
      "an output too many",
      (graph) => change(graph, find(graph, "mul"), { outputs: replaceOutputs(find(graph, "mul"), {}, {}) }),
      /^graph: mul has 2 outputs, its shape rule gives 1$/,
    ],
    [
      "an output of another shape",
      (graph) => change(graph, find(graph, "mul"), { outputs: replaceOutputs(find(graph, "mul"), { shape: [8] }) }),
      /^graph: mul says output 0 is f32\[8\], its shape rule gives f32\[1,2,2,2\]$/,
    ],
    [
      "an output of another element type",
      (graph) => change(graph, find(graph, "mul"), { outputs: replaceOutputs(find(graph, "mul"), { dtype: "f64" }) }),
      /^graph: mul says output 0 is f64/,
    ],
    [
      "an input that is not the graph's own",
      (graph) => ({ ...graph, inputs: graph.inputs.slice(0, 1) }),
      /^graph: input1 is an input that the graph does not list$/,
    ],
    [
      "an output that is not computed",
      (graph) => ({ ...graph, outputs: [inputTensor("stray", f32(1))] }),
      /^graph: an output \(stray\) is not among the nodes$/,
    ],
    [
      "an output that its node does not own",
      (graph) => ({ ...graph, outputs: [{ ...graph.outputs[0] }] }),
      /^graph: an output \(relu\) is not among the outputs of its node$/,
    ],
    [
      "a next value that is not computed",
      (graph) => ({ ...graph, assignments: [{ variable: total, value: inputTensor("stray", total) }] }),
      /^graph: the next value of total is not among the nodes$/,
    ],
    [
      "a next value of another type",
      (graph) => ({ ...graph, assignments: [{ variable: total, value: graph.inputs[0] }] }),
      /^graph: total is f32\[1,2,2,2\], its next value f32\[1,1,3,3\]$/,
    ],
    [
      "a variable with two next values",
      (graph) => ({ ...graph, assignments: [...graph.assignments, ...graph.assignments] }),
      /^graph: total has two next values$/,
    ],
  ];

  it.each(broken)("catches %s", (_, breakIt, message) => {
    expect(() => verifyGraph(breakIt(sample()))).toThrow(message);
  });

  it("complains with a StateError", () => {
    expect(() => verifyGraph(broken[0][1](sample()))).toThrow(StateError);
  });
});
