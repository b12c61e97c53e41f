import { describe, expect, it } from "vitest";
import { array, NdArray, Random } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { byRecord, less, select } from "../../ops/index.ts";
import { channelTarget, classIndex, classTarget, createProbe, layerTarget, unitTarget } from "./index.ts";

const model = nn.Model.build(
  nn.sequential({
    conv: nn.conv2d(4, { kernel: 3 }),
    act: nn.relu(),
    pool: nn.maxPool2d(2),
    flat: nn.flatten(),
    fc: nn.linear(3),
  }),
  { input: [2, 6, 6], classes: ["ant", "bee", "cow"], normalization: { mean: [0.4, 0.5], std: [0.2, 0.3] }, seed: 3 },
);
const random = new Random(7, "pictures");
const pictures = new NdArray(
  Float32Array.from({ length: 3 * 72 }, () => random.uniform()),
  [3, 2, 6, 6],
  "f32",
);
const values = (x: NdArray): number[] => [...x.data];

/** Differences of f32 results of one forward pass, over a step of 2⁻⁶. */
const DIFFERENCE = 1e-3;

describe("a probe", () => {
  it("returns inputs, outputs and inner values by path and by pattern, each once", async () => {
    const probe = createProbe(model, { values: ["conv", "*o*", "input", "output"], engine: "interpreter" });
    const found = await probe(pictures);
    expect(Object.keys(found.values)).toEqual(["conv", "pool", "input", "output"]);
    expect(found.values.conv.shape).toEqual([3, 4, 4, 4]);
    expect(values(found.values.input)).toEqual(values(pictures));
    expect(found.target).toBeUndefined();
    expect(found.gradients).toEqual({});
  });

  it("derives each sample's target by inputs and inner values, as differences do", async () => {
    const probe = createProbe(model, { gradients: ["input", "act"], engine: "interpreter" });
    const { gradients, target } = await probe(pictures, [2, 0, 1]);
    expect(gradients.act.shape).toEqual([3, 4, 4, 4]);
    const step = 2 ** -6;
    for (const i of [0, 17, 72 + 40, 144 + 71]) {
      const moved = Float32Array.from(pictures.data);
      moved[i] += step;
      const { target: after } = await probe(new NdArray(moved, pictures.shape, "f32"), [2, 0, 1]);
      const sample = Math.floor(i / 72);
      expect((after!.data[sample] - target!.data[sample]) / step).toBeCloseTo(gradients.input.data[i], 2);
      expect(Math.abs((after!.data[sample] - target!.data[sample]) / step - gradients.input.data[i])).toBeLessThan(
        20 * DIFFERENCE,
      );
    }
  });

  it("takes the highest score where no class is given, as number, and probabilities on request", async () => {
    const [scores, shares] = await Promise.all([
      createProbe(model, { values: ["output"], target: classTarget() })(pictures),
      createProbe(model, { target: classTarget({ of: "probability" }) })(pictures, 1),
    ]);
    const { output } = scores.values;
    for (const i of [0, 1, 2]) {
      const row = [...output.row(i).data];
      expect(scores.target!.data[i]).toBe(Math.max(...row));
      const share = Math.exp(row[1]) / row.reduce((sum, x) => sum + Math.exp(x), 0);
      expect(shares.target!.data[i]).toBeCloseTo(share, 5);
    }
  });

  it("has targets for channels, units and layers", async () => {
    const { values: inner } = await createProbe(model, { values: ["act"] })(pictures);
    const maps = inner.act;
    const plane = (sample: number, channel: number): number[] => [...maps.row(sample).row(channel).data];
    const targetOf = async (target: ReturnType<typeof channelTarget>, index: number) => [
      ...(await createProbe(model, { target })(pictures, index)).target!.data,
    ];
    const channel = await targetOf(channelTarget("act"), 2);
    const unit = await targetOf(unitTarget("act"), 2 * 16 + 5);
    const layer = await targetOf(layerTarget("act"), -1);
    for (const i of [0, 1, 2]) {
      expect(channel[i]).toBeCloseTo(plane(i, 2).reduce((a, b) => a + b) / 16, 5);
      expect(unit[i]).toBe(plane(i, 2)[5]);
      const squares = [...maps.row(i).data].reduce((sum, x) => sum + x * x, 0);
      expect(layer[i]).toBeCloseTo(squares / 2, 3);
    }
  });

  it("goes backwards by other rules: ReLU that passes on positive derivatives alone", async () => {
    const rules = byRecord({
      relu: (_: unknown, [dy]: readonly Parameters<typeof less>[0][]) => [select(less(dy, 0), 0, dy)],
    });
    const options = { gradients: ["conv", "act"], engine: "interpreter" } as const;
    const usual = (await createProbe(model, options)(pictures, 0)).gradients;
    const guided = (await createProbe(model, { ...options, rules })(pictures, 0)).gradients;
    expect(values(guided.act)).toEqual(values(usual.act));
    expect(values(guided.conv)).toEqual(values(usual.act).map((x) => Math.max(0, x)));
  });

  it("takes bytes as value / 255, and derives by the floats", async () => {
    const bytes = new NdArray(
      Uint8Array.from(pictures.data, (x) => 255 * x),
      pictures.shape,
      "u8",
    );
    const floats = new NdArray(
      Float32Array.from(bytes.data, (x) => x / 255),
      pictures.shape,
      "f32",
    );
    const probe = createProbe(model, { values: ["input"], gradients: ["input"] });
    const [a, b] = await Promise.all([probe(bytes, 1), probe(floats, 1)]);
    expect(a.gradients.input.dtype).toBe("f32");
    for (const [i, x] of a.values.input.data.entries()) expect(x).toBeCloseTo(b.values.input.data[i], 6);
    for (const [i, x] of a.gradients.input.data.entries()) expect(x).toBeCloseTo(b.gradients.input.data[i], 5);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a path without a value",
      () => createProbe(model, { values: ["cnv"] })(pictures),
      "no value 'cnv' to tap; did you mean conv",
    ],
    [
      "a pattern without a value",
      () => createProbe(model, { values: ["block*"] })(pictures),
      "no value matches 'block*' to tap",
    ],
    [
      "no list of paths",
      () => createProbe(model, { values: "conv" as never }),
      "values must be a list of paths or patterns",
    ],
    ["an unknown option", () => createProbe(model, { paths: [] } as never), "paths"],
    ["a fractional index", () => createProbe(model, { gradients: ["input"] })(pictures, 0.5), "index 0.5, expected"],
    ["too few indices", () => createProbe(model, { gradients: ["input"] })(pictures, [0]), "1 indices for 3 samples"],
    [
      "another kind of index",
      () => createProbe(model, { gradients: ["input"] })(pictures, "a" as never),
      "index must be",
    ],
    [
      "a target that is not one number a sample",
      () => createProbe(model, { target: { name: "scores", score: ({ outputs }) => outputs.output } })(pictures),
      "target 'scores': expected one number of each sample, f32[3], got f32[3,3]",
    ],
    [
      "an unknown output",
      () => createProbe(model, { target: classTarget({ output: "x" }) })(pictures),
      "no output 'x'",
    ],
    ["an unknown class", () => classIndex("look", model, "cat"), "look: there is no class 'cat'"],
    ["a class out of range", () => classIndex("look", model, 3), "look: class 3, expected an integer from 0 to 2"],
  ])("is refused for %s", async (_, attempt, message) => {
    await expect((async () => attempt())()).rejects.toThrow(message);
  });

  it("takes other values in place of a layer's, and says which class was taken", async () => {
    const probe = createProbe(model, { values: ["conv", "output"], replaced: ["conv"], target: classTarget() });
    const { conv, output } = (await createProbe(model, { values: ["conv", "output"] })(pictures)).values;
    const same = await probe(pictures, -1, { conv });
    expect(values(same.values.output)).toEqual(values(output));
    const largest = [0, 1, 2].map((i) => output.row(i).data.indexOf(Math.max(...output.row(i).data) as never));
    expect(values(same.index!)).toEqual(largest);
    const zeros = await probe(pictures, -1, { conv: new NdArray(new Float32Array(conv.size), conv.shape, "f32") });
    for (const i of [1, 2]) expect(values(zeros.values.output.row(i))).toEqual(values(zeros.values.output.row(0)));
    await expect(probe(pictures)).rejects.toThrow("the value instead of 'conv' must be an array, got nothing");
    await expect(probe(pictures, 3, { conv })).rejects.toThrow("index 3, the target 'class' has 3 numbers, 0 to 2");
  });

  it("names the classes", () => expect(classIndex("look", model, "bee")).toBe(1));

  it("has no derivative by tokens, and says where there is one", async () => {
    const words = nn.Model.build(nn.sequential(nn.embedding(9, 4), nn.flatten(), nn.linear(2)), {
      input: nn.tokens(5),
    });
    const tokens = array([[1, 2, 3, 4, 5]], "i32");
    await expect(createProbe(words, { gradients: ["input"] })(tokens)).rejects.toThrow("'input' has integers");
    const { gradients } = await createProbe(words, { gradients: ["0"] })(tokens, 1);
    expect(gradients["0"].shape).toEqual([1, 5, 4]);
  });
});
