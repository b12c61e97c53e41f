import { describe, expect, it } from "vitest";
import { array, zeros } from "../array/index.ts";
import { add, conv, maxPoolWithPositions, mul, relu } from "../ops/index.ts";
import { atPath, constant, f32, type Graph, graphToDot, printGraph, type Tensor, trace, Variable } from "./index.ts";

/** A graph with every kind of node, two outputs of one op, a layer path, an unused input, and an assignment. */
function sample(): Graph {
  const filters = new Variable("features.0.weight", zeros([2, 1, 3, 3]));
  const total = new Variable("total", zeros([]), { trainable: false });
  const body = (x: Tensor) => {
    const y = atPath("features.0", () => conv(x, filters.read(), { padding: 1 }));
    const { values, positions } = maxPoolWithPositions(relu(y), { kernel: 2 });
    total.assign(add(total.read(), 1));
    return { values: mul(values, constant(array([[[[2]]]]))), positions };
  };
  return trace(body, [f32(1, 1, 4, 4), f32(5)]).graph;
}

describe("a printed graph", () => {
  it("has a line for each node, with types, attributes and layer path, then assignments and results", () => {
    expect(printGraph(sample())).toMatchInlineSnapshot(`
      "%0 = input0 : f32[1,1,4,4]
      %1 = variable features.0.weight : f32[2,1,3,3]  # features.0
      %2 = conv2d(%0, %1) {stride=[1,1], padding=[1,1,1,1], dilation=[1,1], groups=1} : f32[1,2,4,4]  # features.0
      %3 = relu(%2) : f32[1,2,4,4]
      %4 = maxPool2d(%3) {kernel=[2,2], stride=[2,2], padding=[0,0,0,0], dilation=[1,1], ceil=false} : f32[1,2,2,2], i32[1,2,2,2]
      %5 = constant : f32[1,1,1,1]
      %6 = broadcastTo(%5) {shape=[1,2,2,2]} : f32[1,2,2,2]
      %7 = mul(%4, %6) : f32[1,2,2,2]
      %8 = variable total : f32[]
      %9 = fill 1 : f32[]
      %10 = add(%8, %9) : f32[]
      assign total = %10
      return %7, %4.1
      "
    `);
  });

  it("numbers an input that nothing uses when it is returned", () => {
    expect(printGraph(trace((_, y) => y, [f32(1), f32(2)]).graph)).toBe("%0 = input1 : f32[2]\nreturn %0\n");
  });
});

const quoted = /"(?:\\.|[^"\\])*"/g;

/** The quoted names at both ends of each arrow, and the names that have a declaration. */
function readDot(dot: string) {
  const lines = dot
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  const namesIn = (line: string): string[] => line.match(quoted) ?? [];
  return {
    lines,
    declared: lines.filter((line) => line.includes("[shape=")).map((line) => namesIn(line)[0]),
    arrows: lines.filter((line) => line.includes(" -> ")).map(namesIn),
  };
}

/** The forms that a line of a digraph may have once quoted texts are shortened to Q. */
const forms = [
  /^digraph fovea \{$/,
  /^rankdir=TB;$/,
  /^subgraph cluster_\d+ \{$/,
  /^label=Q;$/,
  /^Q \[shape=\w+, label=Q\];$/,
  /^Q -> Q;$/,
  /^\}$/,
];

describe("a graph as dot", () => {
  it("is well formed, whatever variables are called", () => {
    const odd = new Variable('a "quoted" \\ name\nof two lines', zeros([1]));
    for (const graph of [sample(), trace(() => [odd.read()], []).graph]) {
      const dot = graphToDot(graph);
      for (const line of readDot(dot).lines) {
        expect(
          forms.some((form) => form.test(line.replace(quoted, "Q"))),
          line,
        ).toBe(true);
      }
      expect(dot.replace(quoted, "").match(/\{/g)).toHaveLength(dot.replace(quoted, "").match(/\}/g)!.length);
    }
  });

  it("declares each node once and draws an arrow for each use", () => {
    const graph = sample();
    const { declared, arrows } = readDot(graphToDot(graph));
    expect(declared).toHaveLength(graph.nodes.length);
    expect(new Set(declared).size).toBe(declared.length);
    const uses = graph.nodes.reduce((n, node) => n + (node.kind === "op" ? node.inputs.length : 0), 0);
    expect(arrows).toHaveLength(uses + graph.outputs.length + graph.assignments.length);
    for (const [from, to] of arrows) {
      expect(declared).toContain(from);
      if (!/"(output\d|assign .*)"/.test(to)) expect(declared).toContain(to);
    }
  });

  it("puts the nodes of a layer into a box of their own", () => {
    expect(graphToDot(sample())).toMatch(/subgraph cluster_\d+ \{\n {2}label="features.0";\n(.*\n)*?.*conv2d/);
  });
});
