import { describe, expect, it } from "vitest";
import { formulas } from "../../tests/passes/formula.ts";
import { StateError, zeros } from "../array/index.ts";
import {
  atPath,
  constant,
  f32,
  fill,
  type Graph,
  isOpNode,
  type OpNode,
  printGraph,
  trace,
  Variable,
  verifyGraph,
} from "../graph/index.ts";
import { abs, add, maxPoolWithPositions, mul, neg, relu, sum } from "../ops/index.ts";
import { type Replacement, rewrite } from "./pass.ts";

const find = (graph: Graph, name: string): OpNode => graph.nodes.filter(isOpNode).find(({ op }) => op.name === name)!;

/** Replaces every use of `abs` by `relu`. */
const absByRelu: Replacement = (node, inputs) =>
  node.kind === "op" && node.op.name === "abs" ? [relu(inputs[0])] : undefined;

describe("a rewrite", () => {
  it("that replaces nothing gives the very same graph", () => {
    const { graph } = trace((x) => neg(x), [f32(2), f32(3)]);
    expect(rewrite(graph, () => undefined)).toBe(graph);
    expect(rewrite(graph, ({ outputs }) => outputs)).toBe(graph);
  });

  it("gives users of what it replaced the replacement, and leaves the old graph alone", () => {
    const { graph } = trace((x) => neg(abs(x)), [f32(2)]);
    const before = printGraph(graph);
    const after = rewrite(graph, absByRelu);
    verifyGraph(after);
    expect(formulas(after)).toBe("neg(relu(x))");
    expect(printGraph(graph)).toBe(before);
  });

  it("keeps what was shared shared, and nodes that it does not reach", () => {
    const body = (x: Parameters<typeof neg>[0]) => {
      const [shared, apart] = [neg(abs(x)), sum(x)];
      return [mul(shared, shared), add(shared, 1), apart];
    };
    const { graph } = trace(body, [f32(2)]);
    const after = rewrite(graph, absByRelu);
    expect(after.nodes).toHaveLength(graph.nodes.length);
    expect(find(after, "mul").inputs[0]).toBe(find(after, "add").inputs[0]);
    expect(find(after, "sum")).toBe(find(graph, "sum"));
  });

  it("keeps the layer path of every node, and gives it to what it puts there", () => {
    const { graph } = trace((x) => atPath("head", () => neg(atPath("body.1", () => abs(neg(x))))), [f32(2)]);
    const after = rewrite(graph, absByRelu);
    expect(after.nodes.filter(isOpNode).map(({ op, path }) => [op.name, path])).toEqual([
      ["neg", "body.1"],
      ["relu", "body.1"],
      ["neg", "head"],
    ]);
  });

  it("keeps inputs, used or not, variables and the order of assignments", () => {
    const [a, b] = ["a", "b"].map((name) => new Variable(name, zeros([2])));
    const { graph } = trace(
      (x) => {
        b.assign(abs(x));
        a.assign(mul(b.read(), a.read()));
        return neg(a.read());
      },
      [f32(2), f32(7)],
    );
    const after = rewrite(graph, absByRelu);
    verifyGraph(after);
    expect(after.inputs).toEqual(graph.inputs);
    for (const [i, input] of graph.inputs.entries()) expect(after.inputs[i]).toBe(input);
    const variables = ({ nodes }: Graph) => nodes.filter(({ kind }) => kind === "variable");
    expect(variables(after)).toHaveLength(1);
    expect(variables(after)[0]).toBe(variables(graph)[0]);
    expect(after.assignments.map(({ variable }) => variable)).toEqual([b, a]);
    expect(after.assignments[0].value.node).toBe(find(after, "relu"));
  });

  it("never offers inputs and variables for replacement, but constants and fills", () => {
    const weight = new Variable("weight", zeros([2]));
    const { graph } = trace((x) => add(add(x, weight.read()), add(constant(zeros([2])), 1)), [f32(2)]);
    const offered: string[] = [];
    rewrite(graph, ({ kind }) => void offered.push(kind));
    expect(offered.sort()).toEqual(["constant", "fill", "op", "op", "op"]);
  });

  it("can replace one of several outputs", () => {
    const { graph } = trace(
      (x) => Object.values(maxPoolWithPositions(x, { kernel: 2 })).map((y) => add(y, y)),
      [f32(1, 1, 4)],
    );
    const after = rewrite(graph, ({ outputs: [values, positions] }) =>
      positions === undefined ? undefined : [fill(7, values.shape), positions],
    );
    expect(formulas(after)).toMatch(/^add\(7, 7\) \| add\(maxPool\(x; .*\)\.1, maxPool/);
  });

  it("is refused where types do not agree", () => {
    const { graph } = trace((x) => abs(x), [f32(2)]);
    const attempt = (replacement: Replacement) => () => rewrite(graph, replacement);
    expect(attempt(() => [fill(0, [3])])).toThrow(
      new StateError("rewrite: abs f32[2] was replaced by fill 0 f32[3]; types must agree"),
    );
    expect(attempt(() => [fill(0, [2], "f64")])).toThrow("was replaced by fill 0 f64[2]");
    expect(attempt(() => [])).toThrow("abs f32[2] was replaced by nothing");
  });

  it("takes graphs that are deeper than the call stack", () => {
    const { graph } = trace(
      (x) => {
        let y = abs(x);
        for (let i = 0; i < 20_000; i++) y = neg(y);
        return y;
      },
      [f32(1)],
    );
    expect(rewrite(graph, absByRelu).nodes).toHaveLength(20_002);
  });
});
