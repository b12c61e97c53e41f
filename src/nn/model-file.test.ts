import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { numbersOf } from "../../tests/support/values.ts";
import { FormatError, NdArray, OptionError, Random, zeros } from "../array/index.ts";
import { readSafetensors, writeSafetensors } from "../formats/index.ts";
import { mul } from "../ops/index.ts";
import { integer, type Kind } from "../options/index.ts";
import * as nn from "./index.ts";

const { Model } = nn;

const net = nn.sequential({
  features: nn.sequential(nn.conv2d(2, { kernel: [3, 2], stride: [2, 1] }), nn.relu(), nn.avgPool2d(2, { stride: 1 })),
  classifier: nn.sequential(nn.flatten(), nn.dropout(0.3), nn.linear(3, { bias: false }), nn.softmax()),
});

const build = () =>
  Model.build(net, {
    input: [1, 9, 4],
    seed: 3,
    normalization: { mean: [0.1], std: [0.3] },
    classes: ["cat", "dog", "öl"],
  });

const picture = (): NdArray => {
  const random = new Random(1, "picture");
  return new NdArray(
    Float32Array.from({ length: 36 }, () => random.uniform()),
    [1, 1, 9, 4],
    "f32",
  );
};

const outputs = (model: nn.Model) => numbersOf((x) => model(x), picture());

describe("a saved model", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-model-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is the same when it is loaded: outputs, description, and bytes", async () => {
    const model = build();
    const path = join(folder, "net.safetensors");
    await model.save(path);
    const loaded = await Model.load(path);
    expect(await outputs(loaded)).toEqual(await outputs(model));
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
    expect([loaded.input, loaded.classes, loaded.normalization]).toEqual([
      model.input,
      model.classes,
      model.normalization,
    ]);
    expect(loaded.variables.map(({ trainable }) => trainable)).toEqual([true, true, true]);
    expect(await readdir(folder)).toEqual(["net.safetensors"]);
  });

  it("holds its parameters under their paths, and the rest as JSON", async () => {
    const { tensors, metadata } = readSafetensors(await build().toBytes());
    expect([...tensors.keys()]).toEqual(["features.0.weight", "features.0.bias", "classifier.2.weight"]);
    expect(JSON.parse(metadata.fovea)).toMatchObject({
      version: 1,
      architecture: { type: "sequential", layers: [{ name: "features", layer: { type: "sequential" } }, {}] },
      input: [1, 9, 4],
      classes: ["cat", "dog", "öl"],
    });
  });

  it("holds the values of now, not of when it was built", async () => {
    const model = build();
    model.variables[0].value = zeros([2, 1, 3, 2]);
    expect(await outputs(Model.fromBytes(await model.toBytes()))).toEqual(await outputs(model));
  });

  it("is read from any bytes, Node's buffers included, wherever they begin", async () => {
    const bytes = await build().toBytes();
    const shifted = Buffer.concat([Buffer.from("abc"), bytes]).subarray(3);
    const loaded = Model.fromBytes(shifted);
    shifted.fill(0);
    expect(await outputs(loaded)).toEqual(await outputs(build()));
  });

  it("needs the factories of layers that are not built in", async () => {
    const times = nn.defineLayer({
      type: "times",
      options: { factor: integer() },
      forward: ({ factor }, x, scope) => mul(mul(x, factor), scope.parameter("scale", [], "ones")),
    });
    const model = Model.build(nn.sequential(times({ factor: 3 })), { input: [2] });
    const bytes = await model.toBytes();
    expect(() => Model.fromBytes(bytes, { name: "own.safetensors" })).toThrow(
      /^own\.safetensors: architecture\.layers\[0\]: there is no layer type 'times'; did you mean .*\?; for a layer of your own, give its factory as an option$/,
    );
    expect(await Model.fromBytes(bytes, { layers: [times] }).toBytes()).toEqual(bytes);
  });
});

describe("what is built can be read", () => {
  const nested = (levels: number): nn.Layer => {
    let layer = nn.relu();
    for (let i = 1; i < levels; i++) layer = nn.sequential(nn.tanh(), layer);
    return layer;
  };

  it("as deep as layers may be nested, and no deeper", async () => {
    const bytes = await Model.build(nested(65), { input: [2] }).toBytes();
    expect(await Model.fromBytes(bytes).toBytes()).toEqual(bytes);
    const message = "Model.build: layers are nested 66 levels deep, the limit is 65; list them in one sequential()";
    for (const layer of [nested(66), nn.residual(nested(65)), nn.sequential(nn.relu(), nested(65))])
      expect(() => Model.build(layer, { input: [2] })).toThrow(new OptionError(message));
    expect(() => Model.build(nested(100_000), { input: [2] })).toThrow(OptionError);
  });

  it("with infinite options", async () => {
    const bytes = await Model.build(nn.sequential(nn.hardTanh(0, Infinity), nn.hardTanh(-Infinity, 6)), {
      input: [2],
    }).toBytes();
    const read = Model.fromBytes(bytes);
    expect(JSON.stringify(read.layer, (_, value) => (Math.abs(value) === Infinity ? String(value) : value))).toMatch(
      /"low":0,"high":"Infinity".*"low":"-Infinity","high":6/,
    );
    expect(await read.toBytes()).toEqual(bytes);
  });

  it("or is refused: the string that stands for an infinity while it is written", async () => {
    for (const name of ["\u0000∞", "-\u0000∞"])
      await expect(Model.build(nn.linear(2), { input: [2], classes: ["a", name] }).toBytes()).rejects.toThrow(
        OptionError,
      );
  });

  it("or is refused: what JSON cannot hold, names that are too long", async () => {
    const anything: Kind<unknown> = { expects: "anything", read: (value) => value };
    const own = nn.defineLayer({ type: "own", options: { what: anything }, forward: (_, x) => x });
    for (const [what, got] of [
      [() => 1, "a function"],
      [new Float32Array(2), "an object"],
      [Number.NaN, "NaN"],
    ]) {
      await expect(Model.build(own({ what }), { input: [2] }).toBytes()).rejects.toThrow(
        new OptionError(`the model cannot be saved: "what" is ${got}, which JSON cannot hold`),
      );
    }
    expect(() => nn.sequential({ ["x".repeat(256)]: nn.relu() })).toThrow(OptionError);
    expect(() => Model.build(nn.relu(), { input: [1], normalization: { mean: [Number.NaN], std: [1] } })).toThrow(
      OptionError,
    );
  });
});

describe("a model file with a changed byte", async () => {
  const model = build();
  const bytes = await model.toBytes();
  const begin = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));

  it("is refused, wherever the byte is", async () => {
    for (let at = 0; at < bytes.length; at += at < begin ? 1 : 7) {
      const changed = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
      try {
        // The name of the key of the checksums itself; nothing else has changed then.
        expect(await Model.fromBytes(changed, { name: "m" }).toBytes(), `byte ${at}`).toEqual(bytes);
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(FormatError);
      }
    }
  });

  it("says which tensor is damaged, or that the description is", () => {
    const complaint = (at: number): string => {
      const changed = bytes.map((byte, i) => (i === at ? byte ^ 0x80 : byte));
      try {
        return String(Model.fromBytes(changed, { name: "m" }));
      } catch (error) {
        return (error as Error).message;
      }
    };
    const end =
      "is wrong: the file is damaged; fetch or save it again (a program that changed it on purpose must remove 'fovea.crc32' from the metadata)";
    expect(complaint(begin + 1)).toBe(`m: the checksum of tensor "features.0.weight" ${end}`);
    expect(complaint(bytes.length - 1)).toBe(`m: the checksum of tensor "classifier.2.weight" ${end}`);
    const text = new TextDecoder("latin1").decode(bytes);
    const changed = bytes.slice();
    changed[text.indexOf("cat")] = "r".charCodeAt(0);
    expect(() => Model.fromBytes(changed, { name: "m" })).toThrow(
      new FormatError(`m: the checksum of metadata ${end}`),
    );
  });
});

describe("a model file that nobody vouches for", () => {
  const linear = { type: "linear", units: 2 };
  const weights = { weight: zeros([2, 3]), bias: zeros([2]) };
  const description = { version: 1, architecture: linear, input: [3] };

  /** What loading says of tensors with this description; `undefined` if nothing. */
  function complaint(tensors: Readonly<Record<string, NdArray>>, json: unknown): string | undefined {
    const text = typeof json === "string" ? json : JSON.stringify(json);
    try {
      Model.fromBytes(writeSafetensors(Object.entries(tensors), { fovea: text }), { name: "m" });
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      return (error as Error).message;
    }
    return undefined;
  }

  it("is accepted when it is right", () => {
    expect(complaint(weights, description)).toBeUndefined();
  });

  it.each<[string, Record<string, NdArray>, string]>([
    ["lacks a tensor", { weight: weights.weight }, "tensor 'bias' (f32[2]) is missing"],
    [
      "has one of another shape",
      { ...weights, weight: zeros([3, 2]) },
      "tensor 'weight' is f32[3,2], expected f32[2,3]",
    ],
    ["has one of another type", { ...weights, bias: zeros([2], "i32") }, "tensor 'bias' is i32[2], expected f32[2]"],
    ["has too many", { ...weights, extra: zeros([1]) }, "1 tensors have no place in the architecture: extra"],
  ])("%s", (_, tensors, message) => {
    expect(complaint(tensors, description)).toBe(`m: ${message}`);
  });

  const huge = { filters: 1e9, kernel: [1e6, 1e6], padding: 1e6 };
  const deep = (depth: number): unknown =>
    depth === 0 ? { type: "relu" } : { type: "sequential", layers: [{ name: "0", layer: deep(depth - 1) }] };
  const brackets = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

  it.each<[string, object, string | RegExp]>([
    ["is of another version", { version: 2 }, "is a model of version 2; this Fovea reads version 1"],
    ["is of no version", { version: undefined }, "is a model of version missing; this Fovea reads version 1"],
    ["has no inputs", { input: undefined }, "the model does not say what its inputs are ('input' is missing)"],
    ["has an input without size", { input: [0] }, "'input' must be a list of positive integers"],
    ["has an input that is text", { input: "3" }, "'input' must be a list of positive integers"],
    ["has classes that are numbers", { classes: [1, 2] }, "'classes' must be a list of strings, no two of them equal"],
    [
      "has half a normalization",
      { normalization: { mean: [1] } },
      "'normalization' must be { mean, std } with lists of finite numbers",
    ],
    [
      "has a normalization for other inputs",
      { normalization: { mean: [1], std: [1] } },
      /^m: normalization: needs a mean/,
    ],
    ["has no architecture", { architecture: undefined }, "architecture: expected a layer, { type, … }, got missing"],
    ["has text for it", { architecture: "vgg" }, 'architecture: expected a layer, { type, … }, got "vgg"'],
    [
      "has a layer of unknown type",
      { architecture: { type: "linaer" } },
      "architecture: there is no layer type 'linaer'; did you mean linear?; for a layer of your own, give its factory as an option",
    ],
    ["names what all objects have", { architecture: { type: "constructor" } }, /there is no layer type 'constructor'/],
    [
      "has a wrong option",
      { architecture: { ...linear, units: 0 } },
      "linear: units must be an integer of at least 1, got 0",
    ],
    [
      "has an unknown option",
      { architecture: { ...linear, unit: 1 } },
      "linear: there is no option 'unit'; did you mean units?",
    ],
    [
      "nests no layers",
      { architecture: { type: "sequential", layers: 7 } },
      "architecture.layers: expected a list of { name, layer }, got 7",
    ],
    [
      "nests something else",
      { architecture: { type: "sequential", layers: [null] } },
      "architecture.layers[0]: expected { name, layer }, got null",
    ],
    [
      "leaves a layer nameless",
      { architecture: { type: "sequential", layers: [{ layer: linear }] } },
      "sequential: layers must be a list of named layers, got [an object]",
    ],
    [
      "does not fit its own input",
      { input: [5, 5], architecture: { type: "conv2d", filters: 1, kernel: 3 } },
      "conv2d: expects [n, channels, height, width], got f32[1,5,5]",
    ],
  ])("%s", (_, changes, message) => {
    const expected =
      typeof message === "string" ? new RegExp(`^${`m: ${message}`.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`) : message;
    expect(complaint(weights, { ...description, ...changes })).toMatch(expected);
  });

  it("is refused before memory is taken for what it claims", () => {
    const architecture = { type: "conv2d", ...huge };
    expect(complaint(weights, { ...description, input: [1, 10, 10], architecture })).toBe(
      "m: tensor 'weight' is f32[2,3], expected f32[1000000000,1,1000000,1000000]",
    );
    const wide = { ...description, architecture: { ...linear, units: 1e12 } };
    expect(complaint(weights, wide)).toBe("m: tensor 'weight' is f32[2,3], expected f32[1000000000000,3]");
    expect(complaint(weights, { ...wide, input: [1e7, 1e7] })).toBe(
      "m: f32[1,10000000,10000000] has 100000000000000 elements; the limit is 268435456; make it smaller",
    );
  });

  it.each([1000, 100_000])("is refused when it nests layers %d deep", (depth) => {
    const layer = '{"type":"sequential","layers":[{"name":"0","layer":';
    const text = `${layer.repeat(depth)}{"type":"relu"}${"}]}".repeat(depth)}`;
    const message = complaint({}, `{"version":1,"input":[3],"architecture":${text}}`);
    expect(message).toMatch(/^m: architecture\.layers\[0\].*: layers are nested more than 65 levels deep$/);
    expect(message!.length).toBeLessThan(200);
  });

  it("may nest as deep as real networks do", () => {
    expect(complaint({}, { ...description, architecture: deep(60) })).toBeUndefined();
  });

  it.each(["architecture", "version", "input", "classes"])(
    "is refused when its %s is brackets within brackets",
    (key) => {
      const rest = Object.entries({ ...description, [key]: "@" }).map(
        ([name, value]) => `"${name}":${JSON.stringify(value)}`,
      );
      const text = `{${rest.join(",")}}`.replace('"@"', brackets(200_000));
      expect(complaint(weights, text)!.length).toBeLessThan(200);
    },
  );

  it.each(["", "nonsense", "[]", "null", "7"])("is refused when its description is %j", (text) => {
    expect(complaint(weights, text)).toBe(
      "m: the description of the model (metadata 'fovea') is not a JSON object; the file is damaged",
    );
  });

  it("is refused when it holds tensors alone, or is no such file", () => {
    const bytes = writeSafetensors(Object.entries(weights));
    expect(() => Model.fromBytes(bytes, { name: "m" })).toThrow(
      new FormatError("m: holds tensors but no Fovea model (no metadata 'fovea'); save it with model.save()"),
    );
    expect(() => Model.fromBytes(bytes.subarray(0, 20), { name: "m" })).toThrow(FormatError);
  });
});
