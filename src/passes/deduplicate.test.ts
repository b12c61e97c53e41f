import { describe, expect, it } from "vitest";
import { exactly, resultsOf } from "../../tests/passes/formula.ts";
import { array, zeros } from "../array/index.ts";
import {
  atPath,
  constant,
  defineOp,
  f32,
  fill,
  formatAttribute,
  type Graph,
  i32,
  isOpNode,
  pointwise,
  printGraph,
  type Tensor,
  trace,
  Variable,
  verifyGraph,
} from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { add, conv, mul, neg, sub, transpose } from "../ops/index.ts";
import { deduplicate } from "./deduplicate.ts";

const nodes = ({ nodes }: Graph): number => nodes.length;

/** How many nodes the expressions of `body` have, separately and after deduplication. */
function count(body: (x: Tensor, y: Tensor) => Tensor[], types = [f32(2, 2), f32(2, 2)]): [number, number] {
  const { graph } = trace(body, types);
  const after = deduplicate.run(graph);
  verifyGraph(after);
  const inputs = types.map(({ shape, dtype }, i) => {
    const values = zeros(shape, dtype);
    values.data.set([1, -2, 0.5, 3].slice(0, values.size).map((v) => v + i));
    return values;
  });
  expect(exactly(resultsOf(after, inputs))).toEqual(exactly(resultsOf(graph, inputs)));
  return [nodes(graph), nodes(after)];
}

describe("deduplication merges", () => {
  it("the same op of the same tensors", () => {
    expect(count((x, y) => [sub(x, y), sub(x, y)])).toEqual([4, 3]);
  });

  it("whole expressions in one go", () => {
    expect(count((x, y) => [neg(mul(sub(x, y), x)), neg(mul(sub(x, y), x))])).toEqual([8, 5]);
  });

  it.each(
    Object.entries({ add, mul, maximum: ops.maximum, minimum: ops.minimum, equal: ops.equal, notEqual: ops.notEqual }),
  )("%s of x and y, and of y and x", (_, op) => {
    expect(count((x, y) => [op(x, y), op(y, x)])).toEqual([4, 3]);
  });

  it("equal fills and equal host arrays", () => {
    expect(count((x) => [add(x, 1), sub(x, 1)])).toEqual([5, 4]);
    const host = () =>
      constant(
        array([
          [Number.NaN, -0],
          [1, 2],
        ]),
      );
    expect(count((x) => [add(x, host()), sub(x, host())])).toEqual([5, 4]);
  });

  it("random numbers of the same address, and no others", () => {
    const draw = (seed: Tensor, position: Tensor, stream: number) => ops.uniform({ seed, position, stream }, [4]);
    const same = (a: Tensor, b: Tensor) => [draw(a, b, 7), draw(a, b, 7)];
    const others = (a: Tensor, b: Tensor) => [draw(a, b, 7), draw(b, a, 7), draw(a, b, 8)];
    expect(count(same, [i32(), i32()])).toEqual([4, 3]);
    expect(count(others, [i32(), i32()])).toEqual([5, 5]);
  });

  it("what is assigned, too", () => {
    const [a, b] = ["a", "b"].map((name) => new Variable(name, zeros([2])));
    const { graph } = trace(
      (x) => {
        a.assign(neg(x));
        b.assign(neg(x));
      },
      [f32(2)],
    );
    const [first, second] = deduplicate.run(graph).assignments;
    expect(first.value).toBe(second.value);
  });

  it("under the path of the first", () => {
    const { graph } = trace((x) => ["a", "b"].map((path) => atPath(path, () => neg(x))), [f32(2)]);
    expect(
      deduplicate
        .run(graph)
        .nodes.filter(isOpNode)
        .map(({ path }) => path),
    ).toEqual(["a"]);
  });
});

describe("deduplication tells apart", () => {
  // biome-ignore format: rows
  it.each<[string, (x: Tensor, y: Tensor) => Tensor[]]>([
    ["x − y and y − x", (x, y) => [sub(x, y), sub(y, x)]],
    ["x < y and y < x", (x, y) => [ops.less(x, y), ops.less(y, x)]],
    ["ops", (x, y) => [ops.less(x, y), ops.lessEqual(x, y)]],
    ["attributes", (x) => [transpose(x, [0, 1]), transpose(x, [1, 0])]],
    ["0 and −0", () => [fill(0, [2]), fill(-0, [2])]],
    ["numbers, shapes and types of fills", () => [fill(1, [2]), fill(2, [2]), fill(1, [3]), fill(1, [2], "f64")]],
    ["0 and −0 in host arrays", () => [constant(array([0, 1])), constant(array([-0, 1]))]],
    ["shapes of host arrays", () => [constant(array([[1, 2]])), constant(array([1, 2]))]],
    ["padding by 0, −0, ∞ and −∞", (x) => [0, -0, Infinity, -Infinity].map((value) => ops.pad(x, [[1, 0], [0, 0]], { value }))],
  ])("%s", (_, body) => {
    const [before, after] = count(body);
    expect(after).toBe(before);
  });

  it("ops of the same name that are not the same", () => {
    const define = (offset: number) =>
      defineOp({
        name: "shift",
        inputs: ["x"],
        attributes: {},
        shape: (_, x) => x,
        sees: pointwise,
        gradient: { none: "not needed" },
        reference: (_, [x], [y]) => y.data.set(x.data.map((value) => value + offset)),
        samples: [],
      });
    expect(count((x) => [define(1)([x]), define(2)([x])])).toEqual([3, 3]);
  });

  it("outputs of one node", () => {
    const { graph } = trace(
      (x) => {
        const [one, two] = [ops.maxPoolWithPositions(x, { kernel: 2 }), ops.maxPoolWithPositions(x, { kernel: 2 })];
        return [add(one.values, two.values), add(one.positions, two.positions)];
      },
      [f32(1, 1, 4)],
    );
    expect(printGraph(deduplicate.run(graph)).replaceAll(/ \{.*\}/g, "")).toBe(
      [
        "%0 = input0 : f32[1,1,4]",
        "%1 = maxPool1d(%0) : f32[1,1,2], i32[1,1,2]",
        "%2 = add(%1, %1) : f32[1,1,2]",
        "%3 = add(%1.1, %1.1) : i32[1,1,2]",
        "return %2, %3",
        "",
      ].join("\n"),
    );
  });

  it("nothing where there is nothing to merge: the graph is the very same", () => {
    const { graph } = trace((x, w) => conv(x, w, { padding: 1 }), [f32(1, 1, 3, 3), f32(1, 1, 2, 2)]);
    expect(deduplicate.run(graph)).toBe(graph);
  });
});

it("shows different attributes differently", () => {
  const values = [
    0,
    -0,
    1,
    "1",
    "a,b",
    ["a", "b"],
    ["a,b"],
    [1, 2],
    [12],
    [[1], 2],
    [1, [2]],
    [],
    "",
    "[]",
    true,
    "true",
  ];
  const others = [Number.NaN, "NaN", Infinity, -Infinity, null, undefined];
  const texts = [...values, ...others].map(formatAttribute);
  expect(new Set(texts).size).toBe(texts.length);
  expect(formatAttribute([1.5, -0, Number.NaN])).toBe(formatAttribute([1.5, -0, Number.NaN]));
});
