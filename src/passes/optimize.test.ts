import { describe, expect, it } from "vitest";
import { formulas } from "../../tests/passes/formula.ts";
import { StateError } from "../array/index.ts";
import { f32, isOpNode, printGraph, type Tensor, trace } from "../graph/index.ts";
import { gradient, less, mean, mul, neg, pow, select, softmax, sub, sum, transpose } from "../ops/index.ts";
import { optimize, type PassReport } from "./index.ts";

describe("optimize", () => {
  it("goes on until no pass finds anything: branches that turn out to be one need no choice", () => {
    const { graph } = trace((x) => select(less(x, 0), mul(x, x), mul(x, x)), [f32(2)]);
    const rounds: number[] = [];
    const after = optimize(graph, { verify: true, onPass: ({ round }) => rounds.push(round) });
    expect(formulas(after)).toBe("mul(x, x)");
    expect(Math.max(...rounds)).toBe(3);
  });

  it("tells what each pass did", () => {
    const { graph } = trace((x) => [neg(neg(x)), mul(x, x), mul(x, x)], [f32(2)]);
    const reports: PassReport[] = [];
    const after = optimize(graph, { onPass: (report) => reports.push(report) });
    const counts = reports.map(({ pass, round, before, after }) => [
      round,
      pass,
      before.nodes.length,
      after.nodes.length,
    ]);
    expect(counts).toEqual([
      [1, "simplify", 5, 3],
      [1, "trim loops", 3, 3],
      [1, "bodies", 3, 3],
      [1, "deduplicate", 3, 2],
      [1, "eliminate dead", 2, 2],
      [2, "simplify", 2, 2],
      [2, "trim loops", 2, 2],
      [2, "bodies", 2, 2],
      [2, "deduplicate", 2, 2],
      [2, "eliminate dead", 2, 2],
    ]);
    expect(reports[0].before).toBe(graph);
    expect(reports.at(-1)?.after).toBe(after);
  });

  it("leaves alone what cannot be simpler", () => {
    const { graph } = trace((x, y) => sum(mul(x, transpose(y))), [f32(2, 3), f32(3, 2), f32(5)]);
    expect(optimize(graph)).toBe(graph);
  });

  it("says after which pass a graph breaks a promise, when it is to be verified", () => {
    const broken = () => {
      const { graph } = trace((x) => neg(neg(softmax(x))), [f32(2, 3)]);
      Object.assign(graph.nodes.filter(isOpNode)[0].attributes, { axis: 5 });
      return graph;
    };
    expect(() => optimize(broken(), { verify: true })).toThrow(StateError);
    expect(() => optimize(broken(), { verify: true })).toThrow(/^after simplify: softmax: there is no axis 5/);
    expect(() => optimize(broken())).not.toThrow();
  });

  it("makes of a mean squared error and its gradient what one would write by hand", () => {
    const body = (x: Tensor, y: Tensor) => {
      const loss = mean(pow(sub(x, y), 2));
      return [loss, ...gradient(loss, [x])];
    };
    const { graph } = trace(body, [f32(4), f32(4)]);
    expect(graph.nodes).toHaveLength(21);
    expect(printGraph(optimize(graph, { verify: true }))).toMatchInlineSnapshot(`
      "%0 = input0 : f32[4]
      %1 = input1 : f32[4]
      %2 = sub(%0, %1) : f32[4]
      %3 = mul(%2, %2) : f32[4]
      %4 = sum(%3) {axes=[0]} : f32[]
      %5 = fill 0.25 : f32[]
      %6 = mul(%4, %5) : f32[]
      %7 = fill 0.25 : f32[4]
      %8 = fill 2 : f32[4]
      %9 = mul(%8, %2) : f32[4]
      %10 = mul(%7, %9) : f32[4]
      return %6, %10
      "
    `);
  });
});
