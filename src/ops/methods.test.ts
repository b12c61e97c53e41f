import { expect, it } from "vitest";
import { array } from "../array/index.ts";
import { compile } from "../engines/index.ts";
import { f32, isOpNode, printGraph, type Tensor } from "../graph/index.ts";
import * as ops from "./index.ts";

const x = array([
  [1, -2, 3],
  [4, 5, -6],
]);

it("methods chain as functions nest", async () => {
  const chained = compile((x: Tensor) => x.add(1).mul(2).relu().mean(), [f32(2, 3)]);
  const nested = compile((x: Tensor) => ops.mean(ops.relu(ops.mul(ops.add(x, 1), 2))), [f32(2, 3)]);
  expect(printGraph(chained.graph)).toBe(printGraph(nested.graph));
  expect((await chained(x)).item()).toBeCloseTo((4 + 8 + 10 + 12) / 6, 6);
});

it("take the arguments and options of their functions", async () => {
  const { graph } = compile(
    (x: Tensor) => x.transpose().matmul(x).sum(-1, { keep: true }).reshape([3]).cast("i32"),
    [f32(2, 3)],
  );
  expect(graph.outputs[0]).toMatchObject({ shape: [3], dtype: "i32" });
});

it("every method is the exported function of its name", () => {
  const exported: Readonly<Record<string, unknown>> = ops;
  compile(
    (x: Tensor) => {
      const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(x)).filter((name) => name !== "constructor");
      expect(methods.length).toBeGreaterThan(40);
      expect(methods.filter((name) => typeof exported[name] !== "function")).toEqual([]);
      return x;
    },
    [f32(2, 3)],
  );
});

it("results of ops have them, whatever made the node", () => {
  const { graph } = compile((x: Tensor) => ops.split(x, [1, 1])[1].neg(), [f32(2, 3)]);
  expect(graph.nodes.filter(isOpNode).map(({ op }) => op.name)).toEqual(["split", "neg"]);
});
