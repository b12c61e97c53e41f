import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, full, ShapeError, StateError, zeros } from "../array/index.ts";
import { abs, add, matmul, mul, neg } from "../ops/index.ts";
import { constant, f32, fill, printGraph, scalarVariable, type Tensor, trace, Variable } from "./index.ts";

describe("a variable in a trace", () => {
  it("gives what it was assigned to later reads, and what it was to earlier ones", async () => {
    const count = scalarVariable("count", 3);
    const step = interpreted(() => {
      const before = count.read();
      count.assign(add(before, 1));
      const after = count.read();
      count.assign(mul(after, 10));
      return { before, after, last: count.read() };
    }, []);
    const values = await step();
    expect([values.before.item(), values.after.item(), values.last.item()]).toEqual([3, 4, 40]);
    expect(count.value.item()).toBe(40);
  });

  it("changes when the whole step is done, so that two can change places", async () => {
    const [a, b] = [new Variable("a", array([1, 2])), new Variable("b", array([3, 4]))];
    const swap = interpreted(() => {
      const old = a.read();
      a.assign(b.read());
      b.assign(old);
      return [];
    }, []);
    await swap();
    expect(a.value.toNested()).toEqual([3, 4]);
    expect(b.value.toNested()).toEqual([1, 2]);
    a.value.data[0] = 9;
    expect(b.value.toNested()).toEqual([1, 2]);
  });

  it("is read once, however often it is asked for", () => {
    const weight = new Variable("weight", array([1]));
    const { graph } = trace(() => add(weight.read(), weight.read()), []);
    expect(graph.nodes.filter(({ kind }) => kind === "variable")).toHaveLength(1);
  });

  it("keeps its type", () => {
    const weight = new Variable("weight", zeros([2, 3]));
    expect(() => trace(() => weight.assign(fill(0, [3, 2])) as undefined, [])).toThrow(ShapeError);
    expect(() => {
      weight.value = zeros([2, 3], "i32");
    }).toThrow("variable weight is f32[2,3] and cannot be set to i32[2,3]");
  });

  it("has no tensor outside", () => {
    const weight = new Variable("weight", zeros([2]));
    expect(() => weight.read()).toThrow(StateError);
    expect(() => weight.assign(fill(0, [2]))).toThrow(/^variable weight was assigned outside a trace/);
  });
});

describe("a trace", () => {
  it("keeps the shape in which the outputs were returned", async () => {
    const run = interpreted(
      (x) => ({ double: mul(x, 2), list: [x, neg(x)], inner: { abs: [abs(x)] }, none: undefined }),
      [f32(2)],
    );
    const result = await run(array([1, 2]));
    expect(result.double.toNested()).toEqual([2, 4]);
    expect(result.list[0].toNested()).toEqual([1, 2]);
    expect(result.list[1].toNested()).toEqual([-1, -2]);
    expect(result.inner.abs[0].toNested()).toEqual([1, 2]);
    expect(Object.hasOwn(result, "none")).toBe(true);
    expect(await interpreted(() => [], [])()).toEqual([]);
  });

  it("lists what outputs and assignments need, and nothing else", () => {
    const used = scalarVariable("used", 1);
    const { graph } = trace(
      (x, unused) => {
        neg(unused);
        used.assign(add(used.read(), 1));
        return mul(x, 3);
      },
      [f32(2), f32(2)],
    );
    expect(printGraph(graph)).not.toMatch("neg");
    expect(graph.inputs).toHaveLength(2);
    expect(graph.nodes.map(({ kind }) => kind).sort()).toEqual(["fill", "fill", "input", "op", "op", "variable"]);
  });

  it("lists nodes in an order that depends on the function alone", () => {
    const body = (x: Tensor, w: Tensor) => [matmul(x, w), add(matmul(x, w), mul(x, 2))];
    const print = () => printGraph(trace(body, [f32(2, 2), f32(2, 2)]).graph);
    expect(print()).toBe(print());
  });

  it("takes graphs that are deeper than the call stack", async () => {
    const depth = 50_000;
    const run = interpreted(
      (x) => {
        let y = x;
        for (let i = 0; i < depth; i++) y = add(y, x);
        return y;
      },
      [f32(1)],
    );
    expect((await run(array([1]))).item()).toBe(depth + 1);
  });

  it("can stand inside another, which goes on afterwards, even after an error", () => {
    const outer = scalarVariable("outer", 0);
    const inner = scalarVariable("inner", 0);
    const { graph } = trace(() => {
      trace(() => inner.read(), []);
      expect(() =>
        trace(() => {
          throw new Error("inside");
        }, []),
      ).toThrow("inside");
      return outer.read();
    }, []);
    expect(printGraph(graph)).toMatch("variable outer");
    expect(printGraph(graph)).not.toMatch("variable inner");
    expect(() => outer.read()).toThrow(StateError);
  });

  it("copies what it returns, so that a caller may change it", async () => {
    const [x, c] = [array([1, 2]), array([5])];
    const weight = new Variable("weight", full([2], 7));
    const run = interpreted((x) => [x, weight.read(), constant(c)], [f32(2)]);
    for (const value of await run(x)) value.data.fill(0);
    expect([x, weight.value, c].map(({ data }) => [...data])).toEqual([[1, 2], [7, 7], [5]]);
  });
});
