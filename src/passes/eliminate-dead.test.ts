import { expect, it } from "vitest";
import { zeros } from "../array/index.ts";
import { f32, type Graph, type Tensor, trace, Variable, verifyGraph } from "../graph/index.ts";
import { add, neg } from "../ops/index.ts";
import { eliminateDead } from "./eliminate-dead.ts";

const [a, b] = ["a", "b"].map((name) => new Variable(name, zeros([2])));

/** A graph of three steps: b ← a + b, a ← a, and −x is returned. */
const sample = (): Graph =>
  trace(
    (x) => {
      const value = add(a.read(), b.read());
      a.assign(a.read());
      b.assign(value);
      return neg(x);
    },
    [f32(2), f32(5)],
  ).graph;

it("drops assignments of a variable's own value, and no others", () => {
  const after = eliminateDead.run(sample());
  verifyGraph(after);
  expect(after.assignments.map(({ variable }) => variable)).toEqual([b]);
  expect(after.nodes).toHaveLength(5);
});

it("drops what only such an assignment needs", () => {
  const body = (x: Tensor) => {
    a.assign(a.read());
    return x;
  };
  const { graph } = trace(body, [f32(2)]);
  expect(eliminateDead.run(graph).nodes.map(({ kind }) => kind)).toEqual(["input"]);
});

it("keeps an exchange of two variables", () => {
  const { graph } = trace(() => {
    const [first, second] = [a.read(), b.read()];
    a.assign(second);
    b.assign(first);
  }, []);
  expect(eliminateDead.run(graph)).toBe(graph);
});

it("drops nodes that nobody needs, and keeps inputs", () => {
  const graph = eliminateDead.run(sample());
  const unused = neg(graph.inputs[1]);
  const nodes = [...graph.nodes, graph.inputs[1].node, unused.node];
  const after = eliminateDead.run({ ...graph, nodes });
  expect(after.nodes).toEqual(graph.nodes);
  expect(after.inputs).toEqual(graph.inputs);
  expect(after.inputs).toHaveLength(2);
});

it("gives the very same graph where everything is needed", () => {
  const graph = eliminateDead.run(sample());
  expect(eliminateDead.run(graph)).toBe(graph);
});
