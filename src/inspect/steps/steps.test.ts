import { describe, expect, it } from "vitest";
import { NdArray, Random } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { createProbe } from "../probe/index.ts";
import { explainStep as explain, type StepOptions } from "./index.ts";

const explainStep = (network: nn.Model, x: NdArray, path: string, options: StepOptions = {}) =>
  explain(network, x, path, { engine: "interpreter", ...options });

const random = new Random(5, "picture");
const picture = new NdArray(
  Float32Array.from({ length: 2 * 36 }, () => random.uniform(-1, 1)),
  [1, 2, 6, 6],
);
const model = nn.Model.build(
  nn.sequential({
    conv: nn.conv2d(3, { kernel: 3, padding: 1, biasInitializer: "ones" }),
    bn: nn.batchNorm2d(),
    act: nn.tanh(),
    pool: nn.maxPool2d(2),
    mean: nn.avgPool2d(3),
    flat: nn.flatten(),
    norm: nn.layerNorm(),
    fc: nn.linear(4),
    share: nn.softmax(),
  }),
  { input: [2, 6, 6], seed: 4 },
);
model.variables.find(({ name }) => name === "bn.running_mean")!.value.data.set([0.5, -0.25, 1]);
model.variables.find(({ name }) => name === "bn.running_var")!.value.data.set([2, 0.5, 1.5]);

/** Numbers of f32 programs against sums in double precision. */
const DIGITS = 5;

describe("a step", () => {
  it("of a convolution has every product inside of the picture, and its bias", async () => {
    const { terms, forward, output } = await explainStep(model, picture, "conv", { unit: [1, 0, 3] });
    expect([terms.length, terms[0].at, terms.at(-1)!.at]).toEqual([12, [0, 0, 2], [1, 1, 4]]);
    const filters = model.variables.find(({ name }) => name === "conv.weight")!.value;
    // The first row of the filter lies in the padding.
    expect(terms.map(({ factor }) => factor)).toEqual([
      ...filters.data.slice(18 + 3, 18 + 9),
      ...filters.data.slice(27 + 3, 27 + 9),
    ]);
    expect(terms.map(({ value }) => value).slice(0, 3)).toEqual([...picture.data.slice(2, 5)]);
    expect(forward).toMatchObject({ kind: "sum", bias: 1 });
    expect("result" in forward && forward.result).toBeCloseTo(output, DIGITS);
  });

  it.each(["conv", "bn", "pool", "mean", "norm", "fc", "share"])(
    "of %s gives what the network computes",
    async (path) => {
      const { forward, output } = await explainStep(model, picture, path);
      expect("result" in forward && forward.result).toBeCloseTo(output, DIGITS);
    },
  );

  it("of a maximum has its whole window, of an activation its one input and the derivative", async () => {
    const pool = await explainStep(model, picture, "pool", { unit: [2, 1, 1] });
    expect(pool.terms.map(({ at }) => at)).toEqual([[2, 2, 2], [2, 2, 3], [2, 3, 2], [2, 3, 3]]); // biome-ignore format: a window
    expect(pool.terms.map(({ factor }) => factor).sort()).toEqual([0, 0, 0, 1]);
    const { terms, output, forward } = await explainStep(model, picture, "act", { unit: [0, 2, 2] });
    expect([terms.length, forward.kind]).toEqual([1, "function"]);
    expect(terms[0].factor).toBeCloseTo(1 - output ** 2, DIGITS);
  });

  it.each(["conv", "act", "pool", "mean", "norm", "fc"])(
    "backwards, the derivatives that meet behind %s add up",
    async (path) => {
      const step = await explainStep(model, picture, path, { index: 2 });
      const before = ["conv", "bn", "act", "pool", "mean", "flat", "norm", "fc"];
      const inputPath = path === "conv" ? "input" : before[before.indexOf(path) - 1];
      const { gradients, target } = await createProbe(model, { gradients: [inputPath] })(picture, 2);
      const { shape, data } = gradients[inputPath];
      const offset = shape.slice(1).reduce((at, n, axis) => at * n + step.backward.element[axis], 0);
      expect(step.backward.sum).toBeCloseTo(data[offset], DIGITS);
      expect(step.backward.value).toBeCloseTo(target!.item(), DIGITS);
      expect(step.backward.meetings.length).toBeGreaterThan(0);
      for (const { product, outputGradient, factor } of step.backward.meetings)
        expect(product).toBe(outputGradient * factor);
    },
  );

  it("of a sum of branches has both inputs", async () => {
    const branches = nn.Model.build(
      nn.network({ x: [1, 4, 4] }, ({ x }) => ({ scores: nn.linear(2)(nn.relu()(x).add(x).named("both").flatten()) })),
    );
    const sample = new NdArray(
      Float32Array.from({ length: 16 }, (_, i) => i - 8),
      [1, 1, 4, 4],
    );
    const { terms, output, forward } = await explainStep(branches, sample, "both", { unit: [0, 3, 3] });
    expect(terms.map(({ input, value }) => [input, value])).toEqual([[0, 7], [1, 7]]); // biome-ignore format: two
    expect([output, forward]).toEqual([14, { kind: "sum", bias: 0, result: 14 }]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["an unknown layer", () => explainStep(model, picture, "cnv"), "there is no layer 'cnv'; did you mean conv"],
    ["a unit outside", () => explainStep(model, picture, "conv", { unit: [3, 0, 0] }), "there is no unit [3,0,0] in 'conv'"],
    ["an element outside", () => explainStep(model, picture, "conv", { element: [0, 6, 0] }), "there is no unit [0,6,0] in 'the input of conv'"],
    ["several samples", () => explainStep(model, new NdArray(new Float32Array(144), [2, 2, 6, 6]), "conv"), "expected one sample, [1,2,6,6]"],
    ["an odd index", () => explainStep(model, picture, "conv", { index: 0.5 }), "index 0.5"],
    ["an unknown option", () => explainStep(model, picture, "conv", { units: [] } as never), "there is no option 'units'"],
  ])("is refused for %s", async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  }); // biome-ignore format: a case a line
});
