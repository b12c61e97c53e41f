import { describe, expect, it } from "vitest";
import { expectGradients } from "../../tests/support/differences.ts";
import { compute, interpreted } from "../../tests/support/values.ts";
import { array, NdArray, OptionError, Random, type Shape, sizeOf, zeros } from "../array/index.ts";
import { constant, f32, type Tensor, trace } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { allOps } from "../ops/registry.ts";
import { Application } from "./application.ts";
import * as nn from "./index.ts";
import { VariableStore } from "./store.ts";

const drawn = (shape: Shape, stream = "x"): NdArray => {
  const random = new Random(7, stream);
  return new NdArray(
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)),
    shape,
    "f32",
  );
};

const namesOf = (model: nn.Model): string[] => model.variables.map(({ name }) => name);

const encoder = nn.named("encoder", nn.sequential(nn.linear(3), nn.tanh()));
const siamese = nn.network({ left: [4], right: [4] }, ({ left, right }) => {
  const [a, b] = [encoder(left), encoder(right)];
  return { distance: a.sub(b).mul(a.sub(b)).sum(1), both: nn.linear(2)(nn.concat(a, b)) };
});

describe("a network of two inputs and two outputs", () => {
  const model = nn.Model.build(siamese, { seed: 3 });
  const [left, right] = [drawn([2, 4], "left"), drawn([2, 4], "right")];

  it("knows its inputs and outputs, and has the parameters of a shared layer once", () => {
    expect(Object.keys(model.inputs)).toEqual(["left", "right"]);
    expect(model.inputs.left).toEqual({ shape: [4], dtype: "f32", sequence: false });
    expect(model.outputs).toEqual(["distance", "both"]);
    expect(namesOf(model)).toEqual(["encoder.0.weight", "encoder.0.bias", "linear.weight", "linear.bias"]);
  });

  it("is called with records, and gives records", async () => {
    for (const call of [model, model.apply]) {
      const run = interpreted((left, right) => ({ ...call({ left, right }) }), [left, right]);
      const { distance, both } = await run(left, right);
      expect([distance.shape, both.shape]).toEqual([[2], [2, 2]]);
    }
    const same = await compute((x) => model.apply({ left: x, right: x }).distance, left);
    expect([...same.data]).toEqual([0, 0]);
  });

  it("adds up the gradients of a shared layer, as differences show", async () => {
    const weight = new NdArray(Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)), [3, 4], "f64"); // biome-ignore format: one line
    const inputs = [left.cast("f64"), right.cast("f64"), weight];
    await expectGradients(
      (left, right, weight) => {
        const store = new VariableStore(1, (_, { shape }) => zeros(shape, "f64"));
        new Application(store, {}).runAll(siamese, [left, right]);
        store.variables.get("encoder.0.weight")!.assign(weight);
        return new Application(store, {}).runAll(siamese, [left, right])[0];
      },
      ...inputs,
    );
  });

  it("has the same bytes, and gives the same, when it was saved and loaded", async () => {
    const bytes = await model.toBytes();
    const loaded = nn.Model.fromBytes(bytes);
    expect(await loaded.toBytes()).toEqual(bytes);
    expect([loaded.inputs, loaded.outputs]).toEqual([model.inputs, model.outputs]);
    const [ours, theirs] = await Promise.all(
      [model, loaded].map((one) => compute((left, right) => one.apply({ left, right }).both, left, right)),
    );
    expect(theirs.data).toEqual(ours.data);
  });

  it("normalizes each input by its own numbers, and keeps them", async () => {
    const identity = nn.network({ a: [2], b: [2] }, ({ a, b }) => a.sub(b));
    const normalization = { b: { mean: [1, 1], std: [2, 4] } };
    const normalized = nn.Model.build(identity, { normalization });
    const loaded = nn.Model.fromBytes(await normalized.toBytes());
    expect(loaded.inputs.b.normalization).toEqual(normalization.b);
    expect(loaded.inputs.a.normalization).toBeUndefined();
    const y = await compute((a, b) => loaded.apply({ a, b }).output, array([[1, 1]]), array([[3, 5]]));
    expect(y.toNested()).toEqual([[0, 0]]);
  });
});

describe("names in a network", () => {
  const namesIn = (build: (x: nn.Place) => nn.Place): string[] => {
    const { nodes } = nn.network({ x: [4] }, ({ x }) => build(x)).options as { nodes: readonly { name: string }[] };
    return nodes.map(({ name }) => name);
  };

  it("are those of the layers' types and ops, with numbers from the second on", () => {
    expect(
      namesIn((x) =>
        nn
          .linear(4)(nn.relu()(nn.linear(4)(x.add(1))))
          .add(x),
      ),
    ).toEqual([...["add", "linear", "relu", "linear_2", "add_2"]]);
  });

  it("are given by named, to layers and to values", () => {
    const stem = nn.named("stem", nn.linear(4));
    expect(namesIn((x) => stem(stem(x)).add(x).named("sum").mul(2))).toEqual(["stem", "stem_2", "sum", "mul"]);
  });

  it("leave out those that are given later", () => {
    expect(namesIn((x) => nn.named("linear", nn.linear(4))(nn.linear(4)(x)))).toEqual(["linear_2", "linear"]);
  });

  it("are given in sequential, concat and parallel alike", () => {
    const layer = nn.sequential(nn.named("conv1", nn.linear(2)), nn.relu(), nn.concat(nn.named("a", nn.linear(1)), nn.linear(1))); // biome-ignore format: one line
    const model = nn.Model.build(layer, { input: [3] });
    expect(namesOf(model)).toEqual(["conv1.weight", "conv1.bias", "2.a.weight", "2.a.bias", "2.1.weight", "2.1.bias"]);
  });
});

describe("ops in a network", () => {
  const modelOf = (inputs: Record<string, Shape>, build: (places: Record<string, nn.Place>) => nn.Place): nn.Model =>
    nn.Model.build(nn.network(inputs, build), {});

  it("make a residual block that is nn.residual's", async () => {
    const body = (): nn.Layer => nn.sequential(nn.conv2d(2, { kernel: 3, padding: 1 }), nn.relu());
    const written = modelOf({ x: [2, 4, 4] }, ({ x }) => nn.named("body", body())(x).add(x));
    const made = nn.Model.build(nn.residual(body()), { input: [2, 4, 4] });
    expect(namesOf(written)).toEqual(namesOf(made));
    const x = drawn([2, 2, 4, 4]);
    const [a, b] = await Promise.all([compute((t) => written(t), x), compute((t) => made(t), x)]);
    expect(a.data).toEqual(b.data);
  });

  it("are methods of places, of any batch", async () => {
    const model = modelOf({ x: [2, 3] }, ({ x }) => {
      const flat = x
        .reshape([-1, 3, 2])
        .transpose([0, 2, 1])
        .matmul(x.transpose([0, 2, 1]));
      const sized = x.mean(1).concat(x.max([2], { keep: true }).flatten());
      return sized
        .concat(flat.slice(1, 0, 1).flatten())
        .maximum(-1)
        .div(2)
        .sqrt()
        .softmax();
    });
    const expected = (x: Tensor): Tensor => {
      const flat = x
        .reshape([-1, 3, 2])
        .transpose([0, 2, 1])
        .matmul(x.transpose([0, 2, 1]));
      const sized = ops.concat([x.mean(1), x.max([2], { keep: true }).flatten()], 1);
      return ops
        .concat([sized, flat.slice(1, 0, 1).flatten()], 1)
        .maximum(-1)
        .div(2)
        .sqrt()
        .softmax(1);
    };
    for (const n of [1, 5]) {
      const x = drawn([n, 2, 3]);
      for (let i = 0; i < x.size; i++) x.data[i] = Math.abs(x.data[i]);
      const [ours, theirs] = await Promise.all([compute((t) => model(t), x), compute(expected, x)]);
      expect(ours.toNested()).toEqual(theirs.toNested());
    }
  });

  it("broadcast, take numbers, and have every output", async () => {
    const model = modelOf({ x: [1, 4] }, ({ x }) => {
      const pooled = nn.op("maxPool", { kernel: [2], stride: [2], padding: [0, 0], dilation: [1], ceil: false });
      const both = pooled(x);
      return both.output(1).cast("f32").add(nn.op("sub")(10, both)).flatten();
    });
    expect((await compute((x) => model(x), array([[[5, 1, 2, 7]]]))).toNested()).toEqual([[5, 6]]);
  });

  it("can be every op of the registry", () => {
    expect(() => nn.op("loop", {} as never)).toThrow("the op 'loop' is made by tracing its step");
    for (const [name, { attributes, samples }] of allOps) {
      if (name === "loop") continue;
      const [sample] = samples as readonly { attributes?: object }[];
      expect(nn.op(name, (sample?.attributes ?? {}) as never).type, name).toBe("op");
      expect(typeof attributes).toBe("object");
    }
  });

  it("take −1 for the number of samples", async () => {
    const model = modelOf({ x: [3] }, ({ x }) =>
      nn.parameter([1, 3], { initializer: "ones" })().broadcastTo([-1, 3]).add(x.mul(0)),
    );
    expect((await compute((x) => model(x), drawn([4, 3]))).shape).toEqual([4, 3]);
  });
});

describe("networks inside networks", () => {
  const block = (units: number): nn.Layer =>
    nn.network(["x", "skip"], ({ x, skip }) => ({ y: nn.linear(units)(x).add(skip), carry: x }));

  it("take places in order or by name, and give their outputs by name", async () => {
    const shared = nn.named("block", block(3));
    const net = nn.network({ a: [3] }, ({ a }) => {
      const first = shared(a, a);
      const second = shared({ skip: first.output("carry"), x: first.output("y") });
      return second.output("y").add(second.output("carry"));
    });
    const model = nn.Model.build(net, { seed: 1 });
    expect(namesOf(model)).toEqual(["block.linear.weight", "block.linear.bias"]);
    const loaded = nn.Model.fromBytes(await model.toBytes());
    const x = drawn([2, 3]);
    const w = model.variables[0].value;
    const expected = await compute((a) => {
      const y = ops.matmul(a, constant(w), { transposeB: true }).add(a);
      return ops.matmul(y, constant(w), { transposeB: true }).add(a).add(y);
    }, x);
    expect((await compute((a) => loaded(a), x)).toNested()).toEqual(expected.toNested());
  });

  it("may stand in sequential where they have one input and one output", () => {
    const inner = nn.network(["x"], ({ x }) => x.add(nn.linear(2)(x)));
    const model = nn.Model.build(nn.sequential(nn.linear(2), inner), { input: [3] });
    expect(namesOf(model)).toEqual(["0.weight", "0.bias", "1.linear.weight", "1.linear.bias"]);
    expect(trace((x) => model(x), [f32(5, 3)]).graph.outputs[0].shape).toEqual([5, 2]);
  });
});

describe("a tap", () => {
  const trunk = nn.named("trunk", nn.sequential(nn.linear(4), nn.relu(), nn.linear(2)));
  const model = nn.Model.build(
    nn.network({ x: [3] }, ({ x }) => {
      const seen = trunk(x);
      return { sum: seen.add(1).named("more"), seen };
    }),
    {},
  );

  it("gives inner values by path, with which gradients can be taken", async () => {
    const x = drawn([2, 3]);
    const run = interpreted(
      (x) => {
        const { more, "trunk.1": hidden } = nn.tap(model, { x }, ["more", "trunk.1"]);
        return { more, hidden, slope: ops.gradient(ops.sum(more), [hidden])[0] };
      },
      [x],
    );
    const { more, hidden, slope } = await run(x);
    expect([more.shape, hidden.shape, slope.shape]).toEqual([[2, 2], [2, 4], [2, 4]]); // biome-ignore format: shapes
    expect(Math.max(...slope.data)).not.toBe(0);
  });

  it("names what there is for another path", () => {
    expect(() => trace((x) => nn.tap(model, x, ["trunk.one"])["trunk.one"], [f32(1, 3)])).toThrow(
      new OptionError("the model: there is no value 'trunk.one' to tap; did you mean trunk.0 or trunk.1 or trunk.2?"), // biome-ignore format: one line
    );
  });
});
