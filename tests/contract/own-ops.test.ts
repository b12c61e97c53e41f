/** Ops and layers of one's own: an op is its record, whatever it is called. */
import { describe, expect, it } from "vitest";
import { array, CapabilityError, OptionError, ShapeError } from "../../src/array/index.ts";
import { compile, selectEngine } from "../../src/engines/index.ts";
import {
  applyOp,
  atPath,
  constant,
  defineOp,
  f32,
  none,
  type Op,
  type OpRecord,
  pointwise,
  sampleAttributes,
  type Tensor,
  trace,
} from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { add, mul, neg, standardize } from "../../src/ops/index.ts";
import { allOps, byRecord } from "../../src/ops/registry.ts";
import type { Schema } from "../../src/options/index.ts";
import { usable } from "../support/engines.ts";

/** An elementwise op of x. */
const own = (name: string, meaning: (x: number) => number, expand?: OpRecord<Schema>["expand"]) =>
  defineOp({
    name,
    inputs: ["x"],
    attributes: {},
    shape: (_, x) => x,
    sees: pointwise,
    gradient: none("it is for a test"),
    reference: (_, [x], [y]) =>
      x.data.forEach((value, i) => {
        y.data[i] = meaning(value);
      }),
    samples: [],
    ...(expand && { expand }),
  });

const x = array([-1.75, 0.5, 2.6]);
const run = async (name: string, body: (x: Tensor) => Tensor): Promise<number[]> => {
  const step = compile(body, [f32(3)], { engine: selectEngine(name) });
  return [...(await step(x)).data];
};

const names = [...new Set(usable.map(({ name }) => name.replace(/ .*/, "")))];
const compiled = names.filter((name) => name !== "interpreter");

it("no table has a row for an op that there is not", () => {
  expect(() => byRecord({ conv4: 1 })).toThrow("a table has a row for 'conv4', and no op is called that");
});

describe.each(compiled)("an op of one's own on %s", (name) => {
  it("needs a kernel or other ops, and the message says so", async () => {
    const cube = own("cube", (x) => x ** 3);
    const build = () => run(name, (x) => atPath("head.2", () => cube([x])));
    await expect(build()).rejects.toThrow(CapabilityError);
    await expect(build()).rejects.toThrow(
      `cube (head.2): the engine ${name} has no kernel for the op 'cube'; give its record \`expand\`, which computes it by ` +
        'other ops, or the interpreter computes it: compile(…, { engine: selectEngine("interpreter") })',
    );
    expect(await run("interpreter", (x) => cube([x]))).toEqual([...x.data].map((x) => Math.fround(x ** 3)));
  });

  it("is computed as it expands, also where that has to be expanded", async () => {
    const cube = own(
      "cube",
      (x) => x ** 3,
      ({ inputs: [x] }) => [mul(x, mul(x, x))],
    );
    const twice = own(
      "twice",
      (x) => 2 * x ** 3,
      ({ inputs: [x] }) => [add(cube([x]), cube([x]))],
    );
    const expected = [...x.data].map((x) => 2 * Math.fround(x ** 3));
    expect(await run(name, (x) => twice([x]))).toEqual(expected.map(Math.fround));
    const even = own("even", Number, ({ inputs: [x] }) => [standardize(x, 0).y]);
    expect((await run(name, (x) => even([x]))).reduce((a, b) => a + b)).toBeCloseTo(0);
  });

  it("that expands to itself is refused", async () => {
    const endless: ReturnType<typeof own> = own("endless", Number, ({ inputs: [x] }) => [endless([x])]);
    await expect(run(name, (x) => endless([x]))).rejects.toThrow("endless: expands to itself");
  });

  it("does not get the kernel of an op that is called the same", async () => {
    const round = own("round", Math.trunc);
    await expect(run(name, (x) => round([x]))).rejects.toThrow("no kernel for the op 'round'");
  });

  it("is told apart from another one of its name when the same graph comes again", async () => {
    const [half, third] = [2, 3].map((n) =>
      own(
        "part",
        (x) => x / n,
        ({ inputs: [x] }) => [mul(x, 1 / n)],
      ),
    );
    const engine = selectEngine(name);
    const values = [half, third].map((op) => compile((x) => op([x]), [f32(3)], { engine })(x));
    expect((await Promise.all(values)).map(({ data }) => data[1])).toEqual([0.25, Math.fround(Math.fround(1 / 3) / 2)]);
  });

  it("follows no rule of simplification for an op that is called the same", async () => {
    const away = own(
      "neg",
      (x) => x + 1,
      ({ inputs: [x] }) => [add(x, 1)],
    );
    const body = (x: Tensor): Tensor => neg(away([neg(x)]));
    expect(await run(name, body)).toEqual(await run("interpreter", body));
  });

  it.each([...allOps.values()].filter(({ samples }) => samples.length > 0))("has no kernel as a second $name", (op) => {
    const { expand: _, ...copy } = op;
    const [sample] = op.samples;
    const types = sample.inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype }));
    const build = () =>
      compile((...inputs) => [...applyOp(copy as Op, inputs, sampleAttributes(sample, inputs)).outputs], types, {
        engine: selectEngine(name),
      });
    expect(build).toThrow(`no kernel for the op '${op.name}'`);
  });
});

describe("a record of plain JavaScript", () => {
  const whole = own("cube", (x) => x ** 3).op;
  const { shape: _, ...shapeless } = whole;

  it.each<[string, object | undefined, string]>([
    ["is missing", undefined, "defineOp: name must be a text that is not empty, got nothing"],
    ["has no shape rule", shapeless, "defineOp 'cube': shape must be a function, got nothing"],
    [
      "has no gradient",
      { ...whole, gradient: undefined },
      "defineOp 'cube': gradient must be a function, or none(\"why there is none\"), got nothing",
    ],
    ["has a flag for `expand`", { ...whole, expand: true }, "defineOp 'cube': expand must be a function, got true"],
    [
      "has another name in it",
      { ...whole, expands: Number },
      "defineOp 'cube': there is no option 'expands'; did you mean expand?",
    ],
  ])("that %s", (_, record, message) => {
    expect(() => defineOp(record as OpRecord<Schema>)).toThrow(new OptionError(message));
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "nothing"],
    ["lengths alone", [2, 3], "2"],
    ["no element type", { shape: [3] }, '{"shape":[3]}'],
    ["half a length", { shape: [1.5], dtype: "f32" }, '{"shape":[1.5],"dtype":"f32"}'],
  ])("whose shape rule gives %s", (_, type, got) => {
    const op = defineOp({ ...whole, shape: () => type } as unknown as OpRecord<Schema>);
    expect(() => trace((x) => op([x]), [f32(3)])).toThrow(
      new ShapeError(`cube: its shape rule must give { shape, dtype } for each output, got ${got}: x f32[3]`),
    );
  });

  it.each([[3], [undefined]])("that expands to %s", (given) => {
    const op = own("cube", Number, () => [given as unknown as Tensor]);
    expect(() => compile((x) => op([x]), [f32(3)], { engine: "wasm" })).toThrow(
      `cube f32[3] was replaced by ${given ?? "nothing"}; types must agree`,
    );
  });
});

describe("a layer of one's own", () => {
  const negative = nn.defineLayer({ type: "relu", options: {}, forward: (_, x) => neg(x) });
  const message = "'relu' is a layer of Fovea; give the type of your own layer another name";

  it("may not be called as a built-in one, which its file would be read with", () => {
    expect(() => nn.Model.build(nn.sequential(nn.linear(2), negative()), { input: [3] })).toThrow(
      new OptionError(`relu (1): ${message}`),
    );
    expect(() => nn.Model.build(negative(), { input: [3] })).toThrow(new OptionError(`relu: ${message}`));
  });

  it("may have any other name", () => {
    const layer = nn.defineLayer({ type: "negative", options: {}, forward: (_, x) => neg(x) });
    const model = nn.Model.build(layer(), { input: [3] });
    const { graph } = trace(() => model(constant(x.reshape([1, 3]))), []);
    expect(graph.outputs[0].shape).toEqual([1, 3]);
  });
});
