import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Graph, isOpNode, printGraph } from "../../src/graph/index.ts";
import { deduplicate, eliminateDead, optimize, simplify } from "../../src/passes/index.ts";
import { assigned, exactly, resultsOf } from "./formula.ts";
import { randomGraph } from "./random-graph.ts";

const RUNS = 500;
const opCount = ({ nodes }: Graph): number => nodes.filter(isOpNode).length;

describe("a random graph", () => {
  const passes = [
    simplify,
    deduplicate,
    eliminateDead,
    { name: "optimize", run: (g: Graph) => optimize(g, { verify: true }) },
  ];
  it.each(passes)("has the same bits before and after: $name", ({ run }) => {
    fc.assert(
      fc.property(randomGraph, ({ graph, inputs }) => {
        const results = (g: Graph) => exactly(resultsOf(g, inputs, assigned(graph)));
        expect(results(run(graph))).toEqual(results(graph));
      }),
      { numRuns: RUNS },
    );
  });

  it("comes to rest, has no more ops than before, the same inputs, and stays as it was itself", () => {
    let [before, after] = [0, 0];
    fc.assert(
      fc.property(randomGraph, ({ graph }) => {
        const text = printGraph(graph);
        const simpler = optimize(graph);
        expect(optimize(simpler)).toBe(simpler);
        expect(opCount(simpler)).toBeLessThanOrEqual(opCount(graph));
        expect(simpler.inputs.every((input, i) => input === graph.inputs[i])).toBe(true);
        expect(printGraph(graph)).toBe(text);
        before += opCount(graph);
        after += opCount(simpler);
      }),
      { numRuns: RUNS },
    );
    // Otherwise the graphs have nothing to simplify, and the properties say nothing.
    expect(after).toBeLessThan(0.8 * before);
  });
});
