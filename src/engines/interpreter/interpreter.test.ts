import { describe, expect, it } from "vitest";
import { array, type NdArray, zeros } from "../../array/index.ts";
import { constant, f32, type Node, type Tensor, trace, Variable } from "../../graph/index.ts";
import { add, cast, matmul, mul, neg, relu, sub } from "../../ops/index.ts";
import { createInterpreter, interpret } from "../index.ts";

const label = (node: Node): string => (node.kind === "op" ? node.op.name : node.kind);

describe("the interpreter in float64", () => {
  /** Beyond 2²⁴, float32 has no odd numbers. */
  const LARGE = 2 ** 24;
  const body = (x: Tensor): Tensor => sub(add(x, 1), LARGE);

  it("keeps digits between ops that float32 rounds away, and gives the type that was declared", () => {
    const { graph } = trace(body, [f32(1)]);
    const [single] = interpret(graph, [array([LARGE])]);
    const [double] = interpret(graph, [array([LARGE])], { float64: true });
    expect([single.dtype, single.item()]).toEqual(["f32", 0]);
    expect([double.dtype, double.item()]).toEqual(["f32", 1]);
  });

  it("rounds what is assigned to a variable's own type", async () => {
    const total = new Variable("total", array([0]));
    const { graph } = trace(() => total.assign(add(total.read(), 0.1)), []);
    await createInterpreter({ float64: true }).compile(graph).run([]);
    expect([total.value.dtype, total.value.item()]).toEqual(["f32", Math.fround(0.1)]);
  });

  it("leaves integers what they are", () => {
    const { graph } = trace((x) => [mul(cast(x, "i32"), 3), constant(array([7], "u8"))], [f32(1)]);
    const results = interpret(graph, [array([2])], { float64: true });
    expect(results.map(({ dtype, data }) => [dtype, ...data])).toEqual([["i32", 6], ["u8", 7]]); // biome-ignore format: pairs
  });
});

describe("the interpreter watched", () => {
  const weight = new Variable("weight", array([5]));
  const { graph } = trace(
    (x) => {
      weight.assign(neg(x));
      return relu(mul(x, weight.read()));
    },
    [f32(1)],
  );

  it("shows each node with its outputs, in the order of the graph", () => {
    weight.value = array([5]);
    const seen: [string, number][] = [];
    interpret(graph, [array([3])], { watch: (node, [output]) => void seen.push([label(node), output.data[0]]) });
    expect(seen).toEqual(graph.nodes.map((node) => [label(node), expect.any(Number)]));
    expect(Object.fromEntries(seen)).toMatchObject({ input: 3, neg: -3, relu: 0 });
  });

  it("stops where it is told to, and then changes no variable and returns nothing", () => {
    weight.value = array([5]);
    const seen: string[] = [];
    const results = interpret(graph, [array([3])], {
      watch: (node) => {
        seen.push(label(node));
        return label(node) === "neg";
      },
    });
    expect(seen.at(-1)).toBe("neg");
    expect(seen.length).toBeLessThan(graph.nodes.length);
    expect(results).toEqual([]);
    expect(weight.value.item()).toBe(5);
  });
});

describe("the interpreter", () => {
  it("gives variables memory of their own", async () => {
    const [kept, other] = [new Variable("kept", array([1, 2])), new Variable("other", array([3, 4]))];
    const { graph } = trace(
      (x) => {
        kept.assign(x);
        other.assign(x);
        return x;
      },
      [f32(2)],
    );
    const x = array([8, 9]);
    const [y] = interpret(graph, [x]);
    const all: NdArray[] = [x, y, kept.value, other.value];
    expect(new Set(all.map(({ data }) => data)).size).toBe(4);
    for (const { data } of all) expect([...data]).toEqual([8, 9]);
  });

  it("does not write into its inputs", () => {
    const { graph } = trace((x) => relu(neg(add(x, x))), [f32(3)]);
    const x = array([1, -2, 3]);
    interpret(graph, [x]);
    expect(x.toNested()).toEqual([1, -2, 3]);
  });

  it("computes graphs with nothing in them", () => {
    const { graph } = trace((x, y) => matmul(x, y), [f32(2, 0), f32(0, 3)]);
    expect(interpret(graph, [zeros([2, 0]), zeros([0, 3])])[0].toNested()).toEqual([[0, 0, 0], [0, 0, 0]]); // biome-ignore format: rows
    expect(interpret(trace(() => [], []).graph, [])).toEqual([]);
  });
});
