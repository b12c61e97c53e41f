/** What a user reads when networks are described or applied wrongly, and when a file holds one that cannot be. */
import { describe, expect, it } from "vitest";
import {
  FormatError,
  FoveaError,
  type NdArray,
  OptionError,
  Random,
  ShapeError,
  StateError,
  zeros,
} from "../../src/array/index.ts";
import { writeSafetensors } from "../../src/formats/index.ts";
import { f32, i32, type TensorType, trace } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";

/** As plain JavaScript would write it. */
const anything = (value: unknown): never => value as never;

describe("a network", () => {
  const one = (build: (x: nn.Place) => unknown) => () => nn.network({ x: [4] }, ({ x }) => anything(build(x)));
  let stranger: nn.Place;
  nn.network({ x: [4] }, ({ x }) => {
    stranger = x;
    return x;
  });
  const two = nn.network(["a", "b"], ({ a, b }) => ({ sum: a.add(b), difference: a.sub(b) }));

  it.each<[string, () => unknown, Error]>([
    [
      "a layer that is called outside",
      () => nn.relu()(stranger),
      new StateError(
        "relu: layers are called on places inside nn.network(inputs, (places) => …) only; got a place; a model is applied to tensors: nn.Model.build(layer, { input })",
      ),
    ],
    [
      "a layer that is called on an array",
      one(() => nn.relu()(anything(zeros([1, 4])))),
      new OptionError("relu: x must be a place of the network, got an NdArray f32[1,4]"),
    ],
    [
      "a place of another network",
      one(() => nn.relu()(stranger)),
      new StateError("relu: this place belongs to another network; give it to this network as an input"),
    ],
    [
      "an output of another network",
      one(() => stranger),
      new OptionError("network: the output 'output' is a place of another network"),
    ],
    [
      "no output",
      one(() => undefined),
      new OptionError("network: its function must return a place, or a record of places by name, got nothing"),
    ],
    [
      "a list of outputs",
      one((x) => ({ a: x, b: 1 })),
      new OptionError(
        "network: its function must return a place, or a record of places by name, got { a: place, b: 1 }",
      ),
    ],
    [
      "a layer for nothing",
      one((x) => {
        nn.linear(3)(x);
        return x;
      }),
      new OptionError("network: no output needs 'linear'; return it, or leave it out"),
    ],
    [
      "two layers of one name",
      one((x) => nn.named("a", nn.relu())(nn.named("a", nn.tanh())(x))),
      new OptionError("network: two of its values are named 'a'"),
    ],
    [
      "a layer of an input's name",
      one((x) => nn.named("x", nn.relu())(x)),
      new OptionError("network: two of its values are named 'x'"),
    ],
    [
      "a name that makes no path",
      () => nn.named("a.b", nn.relu()),
      new OptionError('named: a layer\'s name has 1 to 255 characters, no dot and no slash, got "a.b"'),
    ],
    [
      "two names for a layer",
      () => nn.sequential({ a: nn.named("b", nn.relu()) }),
      new OptionError("sequential: the layer 'a' is named 'b' also; leave one of the names out"),
    ],
    [
      "two layers of one name in sequential",
      () => nn.sequential(nn.named("1", nn.relu()), nn.tanh()),
      new OptionError("sequential: two layers are named '1'"),
    ],
    ["too many inputs of a layer", one((x) => nn.relu()(x, x)), new OptionError("relu: takes 1 input, got 2")],
    [
      "too few inputs of a network",
      one((x) => two(x).output("sum")),
      new OptionError("network: takes 2 inputs (a, b), got 1"),
    ],
    [
      "an input that a network does not have",
      one((x) => two({ a: x, c: x })),
      new OptionError("network: there is no input 'c'; known: a, b"),
    ],
    [
      "several outputs where one is due",
      one((x) => two(x, x).add(1)),
      new OptionError('add: network has the outputs sum, difference; choose one: .output("sum")'),
    ],
    [
      "several outputs as an output",
      one((x) => two(x, x)),
      new OptionError("network: outputs[0]: network has the outputs sum, difference; say which one"),
    ],
    [
      "an output that there is not",
      one((x) => two(x, x).output("some")),
      new OptionError('network: network has no output "some"; did you mean sum?'),
    ],
    [
      "a number where a layer wants a place",
      one((x) => nn.op("concat", { axis: 1 })(x, 2)),
      new OptionError("network: nodes[0].from[1]: numbers can be inputs of elementwise ops only, concat got 2"),
    ],
    [
      "an op that there is not",
      () => nn.op("transposed"),
      new OptionError("there is no op 'transposed'; did you mean transpose?"),
    ],
    [
      "an attribute that an op does not have",
      () => nn.op("transpose", { axes: [0, 2, 1] }),
      new OptionError("transpose: there is no option 'axes'; known: order"),
    ],
    [
      "an input that is no shape",
      () => nn.network({ x: anything("f32") }, ({ x }) => x),
      new OptionError(
        'network: input x: expected the shape of one sample, such as [3, 32, 32], or nn.tokens(…), nn.sequence(…), got "f32"',
      ),
    ],
    ["no inputs", () => nn.network({}, () => anything({})), new OptionError("network: its function must return a place, or a record of places by name, got {  }")], // biome-ignore format: one line
  ])("with %s", (_, program, error) => {
    expect(program).toThrow(error);
  });
});

describe("a model of several inputs", () => {
  const model = nn.Model.build(
    nn.network({ image: [3, 4, 4], question: nn.tokens(5) }, ({ image, question }) => {
      const seen = nn.globalAvgPool()(image);
      return { a: seen, b: nn.lstm(2, { output: "last" })(nn.embedding(9, 2)(question)) };
    }),
  );
  const [image, question] = [f32(2, 3, 4, 4), i32(2, 5)];

  it.each<[string, (...tensors: never[]) => unknown, TensorType[], Error]>([
    [
      "without one of them",
      (image) => model.apply({ image }),
      [image],
      new OptionError("the model: the input 'question' is missing; got image"),
    ],
    [
      "with another one",
      (image, question) => model.apply({ image, question, answer: question }),
      [image, question],
      new OptionError("the model: there is no input 'answer'; known: image, question, question.length"),
    ],
    [
      "with lengths of what is no sequence",
      (image, question) => model.apply({ image, question, "image.length": question }),
      [image, question],
      new OptionError("the model: there is no input 'image.length'; known: image, question, question.length"),
    ],
    [
      "with a wrong shape",
      (image, question) => model.apply({ image, question }),
      [f32(2, 3, 4, 5), question],
      new ShapeError("the model takes image of shape [n,3,4,4], got f32[2,3,4,5]"),
    ],
    [
      "with different numbers of samples",
      (image, question) => model.apply({ image, question }),
      [image, i32(3, 5)],
      new ShapeError("the model: inputs have different numbers of samples: image 2, question 3"),
    ],
    [
      "with one tensor",
      (image) => model(image),
      [image],
      new OptionError("the model takes image, question; give them by name: model({ image, question })"),
    ],
    [
      "with taps but no onTap",
      (image, question) => model.apply({ image, question }, { taps: ["lstm"] }),
      [image, question],
      new OptionError("the model: taps need onTap, a function (path, value), got nothing"),
    ],
  ])("applied %s", (_, program, types, error) => {
    expect(() => trace((...tensors) => anything(program(...(tensors as never[]))), types)).toThrow(error);
  });

  it("has no input, dtype and normalization of its own", () => {
    for (const key of ["input", "dtype", "normalization"] as const)
      expect(() => model[key]).toThrow(
        new StateError(`model.${key}: the model has the inputs image, question; ask model.inputs for one of them`),
      );
  });

  const net = model.layer;
  it.each<[string, () => unknown, string]>([
    [
      "for another shape",
      () => nn.Model.build(net, { inputs: { image: [3, 5, 5] } }),
      "Model.build: the network declares its input 'image' as f32[n,3,4,4], got f32[n,3,5,5]",
    ],
    ["with one input", () => nn.Model.build(net, { input: [3, 4, 4] }), "Model.build: network has the inputs image, question; give inputs: { image: […], question: […] }"], // biome-ignore format: one line
    [
      "normalized without saying what",
      () => nn.Model.build(net, { normalization: { mean: [0], std: [1] } }),
      "normalization: the model has the inputs image, question; say which one: { image: { mean, std } }",
    ],
    [
      "normalized in words",
      () =>
        nn.Model.build(
          nn.network({ x: nn.tokens(3) }, ({ x }) => x),
          { normalization: { mean: [0], std: [1] } },
        ),
      "normalization: is for inputs of dtype f32, not of i32; leave it out",
    ],
    [
      "of words as floats",
      () => nn.Model.build(nn.embedding(4, 2), { input: nn.tokens(3), dtype: "f32" }),
      "Model.build: dtype is f32, but the input is i32[n,1…3]; leave one of them out",
    ],
    [
      "of a network that says only names",
      () => nn.Model.build(nn.network(["x"], ({ x }) => x)),
      "Model.build: the network does not say what its input 'x' is; give inputs: { x: [1, 28, 28] }",
    ],
    [
      "whose shared layer meets two sizes",
      () => {
        const dense = nn.linear(2);
        return nn.Model.build(nn.network({ a: [3], b: [4] }, ({ a, b }) => dense(a).add(dense(b))));
      },
      "parameter linear.weight is f32[2,3], this input asks for [2,4]; a layer that is applied more than once needs inputs of the same size",
    ],
  ])("built %s", (_, program, message) => {
    expect(program).toThrow(message);
  });
});

describe("a file with a network", () => {
  type Json = Record<string, unknown>;
  const linear = { type: "linear", units: 2 };
  const node = (name: string, rest: Json, ...from: unknown[]): Json => ({ name, ...rest, from });
  const tensors: Readonly<Record<string, NdArray>> = { "dense.weight": zeros([2, 3]), "dense.bias": zeros([2]) };
  const sound = {
    type: "network",
    inputs: [{ name: "a", shape: [3] }, { name: "b", shape: [3] }], // biome-ignore format: one line
    nodes: [
      node("dense", { layer: linear }, "a"),
      node("again", { shares: "dense" }, "b"),
      node("sum", { op: "add", attributes: {} }, "dense", "again"),
      node("half", { op: "mul" }, "sum", 0.5),
    ],
    outputs: [{ name: "y", from: "half" }],
  };

  function load(architecture: unknown, description: Json = {}): nn.Model {
    const inputs = [{ name: "a", shape: [3] }, { name: "b", shape: [3] }]; // biome-ignore format: one line
    const json = JSON.stringify({ version: 1, architecture, inputs, ...description });
    return nn.Model.fromBytes(writeSafetensors(Object.entries(tensors), { fovea: json }), { name: "m" });
  }

  /** What loading says of a network. */
  function complaint(architecture: unknown, description: Json = {}): string | undefined {
    try {
      load(architecture, description);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      return (error as Error).message.replace("m: architecture", "@");
    }
    return undefined;
  }

  it("is accepted when it is right", () => {
    expect(complaint(sound)).toBeUndefined();
  });

  const withNode = (at: number, change: Json): unknown => ({
    ...sound,
    nodes: sound.nodes.map((node, i) => (i === at ? { ...node, ...change } : node)),
  });
  const nested = (levels: number): unknown =>
    levels === 0 ? { type: "relu" } : { type: "network", inputs: [{ name: "x" }], nodes: [{ name: "n", layer: nested(levels - 1), from: ["x"] }], outputs: [{ name: "y", from: "n" }] }; // biome-ignore format: one line

  it.each<[string, unknown, string]>([
    ["goes round in a circle", withNode(0, { from: ["sum"] }), "@.nodes[0].from[0]: 'sum' comes later; nodes must stand after those that they need"],
    ["needs itself", withNode(2, { from: ["dense", "sum"] }), "@.nodes[2].from[1]: 'sum' comes later; nodes must stand after those that they need"],
    ["needs what is not there", withNode(2, { from: ["dense", "agin"] }), "@.nodes[2].from[1]: there is no input or node 'agin'; did you mean again?"],
    ["has a name twice", withNode(1, { name: "dense" }), "@.nodes[1]: the name 'dense' is taken already"],
    ["names a node as an input", withNode(1, { name: "a" }), "@.nodes[1]: the name 'a' is taken already"],
    ["has a name that makes a path", withNode(1, { name: "../x" }), '@.nodes[1]: a name has 1 to 255 characters, no dot and no slash, got "../x"'],
    ["has an unknown op", withNode(2, { op: "ad" }), "@.nodes[2]: there is no op 'ad'; did you mean add or and or pad?"],
    ["has an attribute of another op", withNode(2, { attributes: { axis: 1 } }), "@.nodes[2]: add: there is no option 'axis'; known: "],
    ["has an unknown layer", withNode(0, { layer: { type: "liner" } }), "@.nodes[0].layer: there is no layer type 'liner'; did you mean linear?; for a layer of your own, give its factory as an option"],
    ["gives an op too few inputs", withNode(2, { from: ["dense"] }), "@.nodes[2]: 'sum', add, takes 2 inputs (x, y), got 1"],
    ["gives a layer too many", withNode(0, { from: ["a", "b"] }), "@.nodes[0]: 'dense', linear, takes 1 input, got 2"],
    ["gives a layer a number", withNode(0, { from: [3] }), "@.nodes[0].from[0]: numbers can be inputs of elementwise ops only, linear got 3"],
    ["gives an op numbers only", withNode(3, { from: [1, 2] }), "@.nodes[3]: 'half' needs at least one input that is no number"],
    ["shares with what comes later", withNode(1, { shares: "sum " }), "@.nodes[1].shares: there is no layer 'sum ' before it, whose parameters it could use"],
    ["has a node of two kinds", withNode(0, { op: "neg" }), "@.nodes[0]: expected one of layer, op and shares, got layer and op"],
    ["has a node of no kind", withNode(0, { layer: undefined }), "@.nodes[0]: expected one of layer, op and shares, got none"],
    ["has an unknown key", withNode(0, { code: "alert()" }), "@.nodes[0]: there is no key 'code'; known: name, layer, op, attributes, shares, from"],
    ["takes an output that there is not", withNode(3, { from: ["sum.1", 1] }), "m: network: sum has 1 outputs, there is no output 1"],
    ["takes an output by a wrong name", withNode(3, { from: ["dense.y2", 1] }), "@.nodes[3].from[0]: linear has no output 'y2'; did you mean y?"],
    ["has no nodes", { ...sound, nodes: undefined }, "@.nodes: expected a list, got missing"],
    ["has no inputs", { ...sound, inputs: [] }, "@.inputs: a network needs at least one input"],
    ["has no outputs", { ...sound, outputs: [] }, "@.outputs: a network needs at least one output"],
    ["has an output of nothing", { ...sound, outputs: [{ name: "y", from: "z" }] }, "@.outputs[0]: there is no input or node 'z'; known: a, b, dense, again, sum, half"],
    ["has an output twice", { ...sound, outputs: [sound.outputs[0], sound.outputs[0]] }, "@.outputs[1]: the name 'y' is taken already"],
    ["has too many nodes", { ...sound, nodes: new Array(2 ** 16 + 1).fill(sound.nodes[0]) }, "@.nodes: 65537 entries; the limit is 65536"],
    ["is nested too deep", { ...sound, nodes: [node("dense", { layer: nested(65) }, "a")] }, "@.nodes[0]…: layers are nested more than 65 levels deep"],
    ["shares parameters of another shape", { ...withNode(1, {}) as object, inputs: [{ name: "a", shape: [3] }, { name: "b", shape: [4] }] }, "m: input b is f32[n,3], the architecture declares f32[n,4]"],
  ])("that %s is refused", (_, architecture, message) => {
    expect(complaint(architecture)).toContain(message);
  }); // biome-ignore format: a table

  it("whose shared parameters meet two sizes is refused", () => {
    const inputs = [{ name: "a", shape: [3] }, { name: "b", shape: [4] }]; // biome-ignore format: one line
    expect(complaint({ ...sound, inputs }, { inputs })).toBe(
      "m: parameter dense.weight is f32[2,3], this input asks for [2,4]; a layer that is applied more than once needs inputs of the same size",
    );
  });

  it.each<[string, unknown, string]>([
    ["no list", { a: [3] }, "'inputs' must be a list of up to 1024 inputs, got an object"],
    ["other names", [{ name: "a", shape: [3] }], "the inputs are a, those of the architecture a, b"],
    ["no shape", [{ name: "a" }, { name: "b", shape: [3] }], "inputs[0]: shape must be a list of positive integers, got nothing"], // biome-ignore format: one line
    ["a dtype that there is not", [{ name: "a", shape: [3], dtype: "f16" }], "inputs[0]: dtype must be 'f32' or 'i32', got \"f16\""], // biome-ignore format: one line
    ["a key that there is not", [{ name: "a", shape: [3], size: 4 }], "inputs[0]: there is no option 'size'"],
    [
      "the same name twice",
      [
        { name: "a", shape: [3] },
        { name: "a", shape: [3] },
      ],
      "two inputs are named 'a'",
    ],
  ])("that has %s for its inputs is refused", (_, inputs, message) => {
    expect(complaint(sound, { inputs })).toContain(message);
  });

  it("that asks for 2⁶⁰ applications is refused at once", () => {
    const twice = (levels: number): unknown =>
      levels === 0
        ? { type: "identity" }
        : {
            type: "network",
            inputs: [{ name: "x" }],
            nodes: [node("a", { layer: twice(levels - 1) }, "x"), node("b", { shares: "a" }, "a")],
            outputs: [{ name: "y", from: "b" }],
          };
    expect(complaint({ ...sound, nodes: [node("dense", { layer: twice(60) }, "a")], outputs: [{ name: "y", from: "dense" }] })).toContain("the network applies more than 262144 layers; make it smaller"); // biome-ignore format: one line
  });

  it("that was changed anywhere is read or refused, and nothing else happens", () => {
    const random = new Random(11, "mutations");
    const junk: readonly unknown[] = [null, -1, 0, 3, 1e300, "", "a", "dense", "dense.y", [], [["a"]], {}, { type: "relu" }, true, "__proto__"]; // biome-ignore format: one line
    /** Another value somewhere below, or a key or entry less. */
    const mutate = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null || random.uniform() < 0.15)
        return junk[random.integer(junk.length)];
      const keys = Object.keys(value);
      if (keys.length === 0) return junk[random.integer(junk.length)];
      const key = keys[random.integer(keys.length)];
      const copy: Json | unknown[] = Array.isArray(value) ? [...value] : { ...value };
      const inside = copy as Record<string, unknown>;
      if (random.uniform() < 0.1) delete inside[key];
      else inside[key] = mutate(inside[key]);
      return copy;
    };
    let accepted = 0;
    for (let i = 0; i < 400; i++) {
      const description = mutate({ version: 1, architecture: sound, inputs: sound.inputs }) as Json;
      try {
        load(undefined, description);
        accepted++;
      } catch (error) {
        if (!(error instanceof FoveaError)) throw new Error(`mutation ${i}: ${JSON.stringify(description)}`, { cause: error }); // biome-ignore format: one line
        expect(error).toBeInstanceOf(FormatError);
      }
    }
    expect(accepted).toBeLessThan(200);
  });
});
