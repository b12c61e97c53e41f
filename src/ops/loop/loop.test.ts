/** Loops as users and engines meet them. Meaning and derivatives at samples are compared by the contract tests. */
import { describe, expect, it } from "vitest";
import { interpreted } from "../../../tests/support/values.ts";
import { NdArray, Random, zeros } from "../../array/index.ts";
import { createWasmEngine, createX64Engine } from "../../engines/cpu/index.ts";
import { lower } from "../../engines/cpu/lower/index.ts";
import { wasmTarget } from "../../engines/cpu/wasm/index.ts";
import { compile, createInterpreter, type Engine } from "../../engines/index.ts";
import {
  f32,
  fill,
  type Graph,
  i32,
  isOpNode,
  printGraph,
  type Tensor,
  type TensorType,
  trace,
  Variable,
  verifyGraph,
} from "../../graph/index.ts";
import { scan } from "../../nn/scan.ts";
import { expand, optimize } from "../../passes/index.ts";
import {
  add,
  broadcastTo,
  cast,
  concat,
  gradient,
  matmul,
  mul,
  relu,
  sum,
  tanh,
  transpose,
  uniform,
} from "../index.ts";

const drawn = (shape: readonly number[], stream = "x"): NdArray => {
  const values = zeros(shape);
  const random = new Random(1, stream);
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-1, 1);
  return values;
};

/** h = tanh(x U + h W) over [n, steps, units], with the gradients of both weights. */
const network = (x: Tensor, u: Tensor, w: Tensor) => {
  const { outputs } = scan(
    (h: Tensor, x) => {
      const next = tanh(add(matmul(x, u), matmul(h, w)));
      return { state: next, output: next };
    },
    fill(0, [x.shape[0], w.shape[0]]),
    x,
  );
  return { outputs, gradients: gradient(sum(mul(outputs, outputs)), [x, u, w]) };
};
const networkTypes = (n: number, steps: number, units: number) => [
  f32(n, steps, units),
  f32(units, units),
  f32(units, units),
];
const graphOf = (body: (...inputs: Tensor[]) => never | object, types: readonly TensorType[]): Graph =>
  trace(body as never, types).graph;
const loopsIn = ({ nodes }: Graph) => nodes.filter(isOpNode).filter(({ op }) => op.name === "loop");

describe("a loop", () => {
  it("has the same nodes and kernels for any number of steps", () => {
    const [few, many] = [10, 1000].map((steps) => {
      const graph = optimize(expand(graphOf(network as never, networkTypes(2, steps, 3))));
      verifyGraph(graph);
      return { nodes: graph.nodes.length, kernels: lower(graph, wasmTarget(false)).steps.length };
    });
    expect(many).toEqual(few);
  });

  it("sums products over steps after it: only ∂E/∂h is carried back", () => {
    const graph = optimize(graphOf(network as never, networkTypes(2, 5, 3)));
    expect(loopsIn(graph).map(({ attributes }) => attributes.states)).toEqual([1, 1]);
    const bodies = loopsIn(graph).map(({ attributes }) => printGraph((attributes.body as { graph: Graph }).graph));
    // Forward two products; back those with both weights, and neither of the forward ones again.
    expect(bodies.map((text) => text.match(/= matmul/g)?.length)).toEqual([2, 2]);
  });

  it("computes what is the same in every step once, outside", () => {
    const { graph } = trace(
      (x, w) => scan((h: Tensor, x) => ({ state: add(h, mul(x, sum(w, 0))), output: [] }), fill(0, [2]), x),
      [f32(2, 7), f32(4, 2)],
    );
    const [{ attributes }] = loopsIn(optimize(graph));
    expect(printGraph((attributes.body as { graph: Graph }).graph)).not.toContain("sum");
    expect(printGraph(graph)).toMatch(/body\(position i32\[\], state 0 f32\[2\]/);
  });

  it("draws other numbers in each step, inner loops too, and the same each time it is computed", async () => {
    const address = () => ({ seed: fill(7, [], "i32"), position: fill(0, [], "i32"), stream: 3 });
    const run = interpreted(
      (x) => {
        const { outputs } = scan((h: Tensor) => ({ state: h, output: uniform(address(), [2]) }), fill(0, []), x, {
          axis: 0,
        });
        const nested = scan(
          (h: Tensor) => ({
            state: h,
            output: scan((g: Tensor) => ({ state: g, output: uniform(address(), [2]) }), h, x, { axis: 0 }).outputs,
          }),
          fill(0, []),
          x,
          { axis: 0 },
        );
        return { outputs, nested: nested.outputs, all: uniform(address(), [3, 2]) };
      },
      [zeros([3])],
    );
    const { outputs, nested, all } = await run(zeros([3]));
    expect(outputs.toNested()).toEqual(all.toNested());
    expect(nested.shape).toEqual([3, 3, 2]);
    expect(new Set(nested.data).size).toBe(18);
  });

  it("does not let tensors out of a step, nor variables be assigned there", () => {
    const counter = new Variable("counter", zeros([]));
    const assigning = (x: Tensor) =>
      scan(
        (h: Tensor, x) => {
          counter.assign(sum(x));
          return { state: h, output: x };
        },
        fill(0, []),
        x,
      ).outputs;
    expect(() => trace(assigning, [f32(2, 3)])).toThrow("a step of a loop assigns counter");
    let kept: Tensor | undefined;
    const leaking = (x: Tensor) => {
      scan(
        (h: Tensor, x) => {
          kept = x;
          return { state: h, output: x };
        },
        fill(0, []),
        x,
      );
      return kept!;
    };
    expect(() => trace(leaking, [f32(2, 3)])).toThrow("a tensor cannot leave the function that it was made in");
  });
});

/** Bodies that are hard on the places of buffers. */
const programs: Record<string, { types: readonly TensorType[]; body: (...inputs: Tensor[]) => unknown }> = {
  "a network with its gradients": { types: networkTypes(3, 5, 17), body: network as never },
  "states that change places, and an output that is a state": {
    types: [f32(4, 6), f32(4)],
    body: (x, a) =>
      scan(
        ([a, b, c]: readonly Tensor[], x) => ({ state: [b, add(a, x), b], output: { a, c, same: x } }),
        [a, mul(a, 2), fill(1, [4])] as readonly Tensor[],
        x,
        { reverse: true },
      ),
  },
  "a loop in a loop that reads the outer state": {
    types: [f32(3, 4), f32(3, 5)],
    body: (x, y) => {
      const run = (x: Tensor, y: Tensor) =>
        scan(
          (h: Tensor, x) => {
            const inner = scan((g: Tensor, y) => ({ state: add(mul(g, h), y), output: mul(g, h) }), x, y);
            return { state: tanh(add(h, inner.state)), output: sum(inner.outputs, 1) };
          },
          fill(0.5, [3]),
          x,
        );
      const { state, outputs } = run(x, y);
      return { state, outputs, gradients: gradient(add(sum(state), sum(mul(outputs, outputs))), [x, y]) };
    },
  },
  "an inner result that becomes the outer state": {
    types: [f32(2, 3), f32(2, 2)],
    body: (x, start) =>
      scan(
        (h: Tensor, x) => {
          const { outputs } = scan((g: Tensor, row) => ({ state: add(g, row), output: add(sum(h), sum(row)) }), x, h, {
            axis: 0,
          });
          return { state: add(broadcastTo(outputs, [2, 2]), 0), output: outputs };
        },
        start,
        x,
      ),
  },
  "transposed and concatenated states": {
    types: [f32(3, 6, 3), f32(3, 3)],
    body: (x, start) => {
      const { state, outputs } = scan(
        (h: Tensor, x) => ({ state: transpose(h), output: concat([h, matmul(x, h)], 1) }),
        start,
        x,
      );
      return { state, outputs, product: matmul(state, start, { transposeA: true }), relu: relu(outputs) };
    },
  },
  "integers and positions": {
    types: [i32(2, 5)],
    body: (x) =>
      scan((n: Tensor, x, t) => ({ state: add(n, mul(x, t)), output: cast(n, "f32") }), fill(0, [2], "i32"), x),
  },
};

const engines: readonly [string, () => Engine][] = [
  ["wasm", () => createWasmEngine({ threads: 1 })],
  ["x64", () => createX64Engine({ threads: 1 })],
];

describe.each(engines)("on %s", (_, create) => {
  it.each(Object.entries(programs))("%s", async (_, { types, body }) => {
    let engine: Engine;
    try {
      engine = create();
    } catch {
      return;
    }
    const inputs = types.map(({ shape, dtype }, i) =>
      dtype === "i32"
        ? new NdArray(
            Int32Array.from({ length: 10 }, (_, k) => k - 3),
            shape,
            "i32",
          )
        : drawn(shape, `${i}`),
    );
    const { graph } = trace(body as never, types);
    const expected = await createInterpreter().compile(graph).run(inputs);
    const found = await (await engine.compile(graph)).run(inputs);
    for (const [k, { data }] of expected.entries())
      for (const [i, value] of data.entries()) expect(found[k].data[i]).toBeCloseTo(value, 4);
  });

  it("has the same bits on any number of threads", async () => {
    const make = (threads: number): Engine =>
      _ === "wasm" ? createWasmEngine({ threads }) : createX64Engine({ threads });
    const inputs = networkTypes(64, 12, 96).map(({ shape }, i) => drawn(shape, `${i}`));
    const results = [];
    for (const threads of [1, 2, 3]) {
      let engine: Engine;
      try {
        engine = make(threads);
      } catch {
        return;
      }
      const step = compile((x, u, w) => network(x, u, mul(w, 0.2)), networkTypes(64, 12, 96), { engine });
      await step(...inputs);
      results.push(await step(...inputs));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});
