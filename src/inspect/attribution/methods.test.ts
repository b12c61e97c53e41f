import { describe, expect, it } from "vitest";
import { array, NdArray, Random } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { unitTarget } from "../probe/index.ts";
import {
  type AttributeOptions,
  attribute,
  attributionMethods,
  createAttributor,
  perturbationCurves,
  randomizationCheck,
} from "./index.ts";
import { quadratures } from "./quadrature.ts";
import { rankCorrelation } from "./rank-correlation.ts";
import { ridge } from "./ridge.ts";

const random = new Random(3, "test");
const drawn = (...shape: number[]): NdArray =>
  new NdArray(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform()),
    shape,
  );

const model = nn.Model.build(
  nn.sequential({
    conv: nn.conv2d(4, { kernel: 3 }),
    act: nn.relu(),
    pool: nn.maxPool2d(2),
    flat: nn.flatten(),
    fc: nn.linear(3),
  }),
  { input: [1, 10, 10], classes: ["ant", "bee", "cow"], normalization: { mean: [0.5], std: [0.25] }, seed: 5 },
);
const pictures = drawn(2, 1, 10, 10);
const values = (x: NdArray): number[] => [...x.data];

/** The score is the sum of weight · x: what each number contributes is known. */
const weights = [3, -2, 0, 1, 5, -4];
function linearModel(): nn.Model {
  const linear = nn.Model.build(nn.sequential({ fc: nn.linear(1) }), { input: [6] });
  for (const variable of linear.variables) variable.value = variable.name === "fc.bias" ? array([2]) : array([weights]);
  return linear;
}

describe("every method of attribution", () => {
  it.each(attributionMethods)("%s: gives a map for each sample, whatever is beside it in the batch", async (method) => {
    const options = { method, index: [1, 2] } as AttributeOptions;
    const together = await attribute(model, pictures, options);
    const alone = await attribute(model, pictures.row(1).reshape([1, 1, 10, 10]), { ...options, index: "cow" });
    expect(together.maps.input.shape).toEqual([2, 1, 10, 10]);
    expect(values(together.index!)).toEqual([1, 2]);
    expect(together.maps.input.data.some((x) => x !== 0)).toBe(true);
    for (const [i, x] of values(together.maps.input.row(1)).entries())
      expect(x).toBeCloseTo(alone.maps.input.data[i], 4);
  });

  it.each(["gradient-times-input", "integrated-gradients", "occlusion", "lrp"] as const)(
    "%s: gives each number of a linear network weight · (x − baseline)",
    async (method) => {
      const x = [1, 2, 3, 4, 5, 6];
      const base = method === "lrp" ? {} : { baseline: 1 };
      const options = { method, ...base, ...(method === "occlusion" && { window: 1 }) } as AttributeOptions;
      const { maps } = await attribute(linearModel(), array([x]), options);
      const level = method === "lrp" ? 0 : 1;
      for (const [i, m] of values(maps.input).entries()) expect(m).toBeCloseTo(weights[i] * (x[i] - level), 3);
    },
  );

  it("lime finds the weights of a linear network's segments, and says that the fit is perfect", async () => {
    const { maps, fit, segments } = await attribute(linearModel(), array([[1, 1, 1, 1, 1, 1]]), {
      method: "lime",
      segments: 6,
      lambda: 1e-6,
    });
    for (const [i, m] of values(maps.input).entries()) expect(m).toBeCloseTo(weights[i], 3);
    expect(values(segments!.input)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(fit!.item()).toBeCloseTo(1, 4);
  });
});

describe("single methods", () => {
  it("integrated gradients add up to the change from the baseline, and report the gap", async () => {
    const { maps, gap, expected, target } = await attribute(model, pictures, {
      method: "integrated-gradients",
      steps: 200,
    });
    for (const i of [0, 1]) {
      const sum = values(maps.input.row(i)).reduce((a, b) => a + b);
      expect(Math.abs(gap!.data[i] / expected!.data[i])).toBeLessThan(0.01);
      expect(sum - expected!.data[i]).toBeCloseTo(gap!.data[i], 4);
    }
    const mean = await attribute(model, new NdArray(new Float32Array(200).fill(0.5), [2, 1, 10, 10]), {
      method: "gradient",
      index: [...(await attribute(model, pictures, { method: "gradient" })).index!.data],
    });
    for (const i of [0, 1]) expect(target.data[i] - mean.target.data[i]).toBeCloseTo(expected!.data[i], 4);
  });

  it("smooth-grad is the mean of gradients at copies with its noise", async () => {
    const { maps, index } = await attribute(model, pictures, {
      method: "smooth-grad",
      samples: 3,
      noise: 0.2,
      seed: 9,
    });
    const explain = createAttributor(model, { method: "gradient" });
    const own = values(pictures.row(0));
    const range = Math.max(...own) - Math.min(...own);
    const sums = new Float64Array(100);
    for (const copy of [0, 1, 2]) {
      const noise = new Float64Array(100);
      new Random(9, "smooth-grad input", copy).fillNormal(noise, 0, 0.2 * range);
      const noisy = new NdArray(
        Float32Array.from(own, (x, i) => x + noise[i]),
        [1, 1, 10, 10],
      );
      const gradient = await explain(noisy, index!.data[0]);
      for (const [i, slope] of values(gradient.maps.input).entries()) sums[i] += slope / 3;
    }
    for (const [i, m] of values(maps.input.row(0)).entries()) expect(m).toBeCloseTo(sums[i], 4);
  });

  it("class maps take the last layer with maps, or the one that is named", async () => {
    const [last, named] = await Promise.all([
      attribute(model, pictures, { method: "grad-cam" }),
      attribute(model, pictures, { method: "score-cam", layer: "conv" }),
    ]);
    expect([last.layer, last.coarse!.shape]).toEqual(["pool", [2, 4, 4]]);
    expect([named.layer, named.coarse!.shape]).toEqual(["conv", [2, 8, 8]]);
  });

  it("attributes any number: a unit of a layer, to another layer", async () => {
    const { maps, target } = await attribute(model, pictures, {
      method: "gradient",
      target: unitTarget("output"),
      index: 2,
      of: ["act"],
    });
    const usual = await attribute(model, pictures, { method: "gradient", index: "cow", of: ["act"] });
    expect([values(target), values(maps.act)]).toEqual([values(usual.target), values(usual.maps.act)]);
  });

  it("knows relu6 as a rectifier, and lrp passes clipped relevance on", async () => {
    const clipped = nn.Model.build(nn.sequential({ fc: nn.linear(8), act: nn.relu6(), out: nn.linear(2) }), {
      input: [4],
      seed: 2,
    });
    const large = array([[9, -8, 7, 10]]);
    const guided = await attribute(clipped, large, { method: "guided-backpropagation", of: ["fc"], index: 0 });
    expect(values(guided.maps.fc).every((x) => x >= 0)).toBe(true);
    const { gap } = await attribute(clipped, large, { method: "lrp", index: 0 });
    expect(gap!.item()).toBeCloseTo(0, 3);
  });

  it.each(["gradient-times-input", "integrated-gradients", "lrp", "occlusion", "lime", "smooth-grad"] as const)(
    "%s: explains words by the embedding's output",
    async (method) => {
      const words = nn.Model.build(nn.sequential({ embed: nn.embedding(9, 4), flat: nn.flatten(), fc: nn.linear(2) }), {
        input: nn.tokens(5),
        seed: 1,
      });
      const tokens = array([[1, 2, 3, 4, 5]], "i32");
      const { maps, gap, expected } = await attribute(words, tokens, { method, index: 1 } as AttributeOptions);
      expect(Object.keys(maps)).toEqual(["embed"]);
      expect(maps.embed.shape.slice(0, 2)).toEqual([1, 5]);
      if (method === "integrated-gradients") expect(gap!.item() / expected!.item()).toBeCloseTo(0, 3);
    },
  );

  it("explains sounds: maps of one axis are brought to the length of the input", async () => {
    const layers = {
      conv: nn.conv1d(3, { kernel: 5, stride: 2 }),
      act: nn.relu(),
      pool: nn.globalAvgPool(),
      flat: nn.flatten(),
      fc: nn.linear(2),
    };
    const sounds = nn.Model.build(nn.sequential(layers), { input: [1, 33], seed: 4 });
    const { maps, layer } = await attribute(sounds, drawn(2, 1, 33), { method: "grad-cam" });
    expect([layer, maps.input.shape]).toEqual(["act", [2, 1, 33]]);
  });
});

describe("comparing methods", () => {
  it("the randomization check leaves the model alone, and ends at other maps", async () => {
    const before = await model.toBytes();
    const rows = await randomizationCheck(model, pictures, { method: "gradient", index: "bee" });
    expect(rows.map(({ layer }) => layer)).toEqual(["fc", "conv"]);
    for (const { signed, absolute } of rows) expect(Math.max(Math.abs(signed), Math.abs(absolute))).toBeLessThan(0.95);
    expect(await model.toBytes()).toEqual(before);
  });

  it("deletion of what contributes most lowers the target at once, insertion raises it", async () => {
    const linear = linearModel();
    const x = array([[1, 1, 1, 1, 1, 1]]);
    const { maps } = await attribute(linear, x, { method: "gradient-times-input" });
    const curves = await perturbationCurves(linear, x, maps, { target: unitTarget("output"), steps: 6 });
    expect(values(curves.deletion).map(Math.round)).toEqual([5, 0, -3, -4, -4, -2, 2]);
    expect(values(curves.insertion).map(Math.round)).toEqual([2, 7, 10, 11, 11, 9, 5]);
    expect(curves.deletionArea.item()).toBeCloseTo((3.5 + -13) / 6, 4);
    expect(curves.insertionArea.item()).toBeCloseTo((3.5 + 48) / 6, 4);
  });

  it("rank correlation is 1 for the same order, −1 for the opposite, and shares ranks of ties", () => {
    expect(rankCorrelation([1, 5, 3], [10, 90, 20])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 5, 3], [-1, -9, -2])).toBeCloseTo(-1, 12);
    expect(rankCorrelation([1, 1, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9486832980505138, 12);
    expect(rankCorrelation([2, 2, 2], [1, 2, 3])).toBe(0);
  });

  it("Gauss–Legendre integrates polynomials of degree 2n − 1", () => {
    for (const [degree, count] of [
      [1, 1],
      [5, 3],
      [63, 32],
    ] as const) {
      const { points, weights: w } = quadratures["gauss-legendre"](count);
      const integral = points.reduce((sum, point, k) => sum + w[k] * point ** degree, 0);
      expect(integral).toBeCloseTo(1 / (degree + 1), 12);
    }
  });

  it("ridge regression solves the normal equations", () => {
    const { coefficients, intercept, explained } = ridge(
      Float64Array.of(0, 0, 1, 0, 0, 1, 1, 1),
      Float64Array.of(1, 3, 0, 2),
      new Float64Array(4).fill(1),
      1e-12,
    );
    expect([...coefficients, intercept, explained].map((x) => Math.round(1e6 * x) / 1e6)).toEqual([2, -1, 1, 1]);
  });
});

describe("what cannot be attributed", () => {
  const table = nn.Model.build(nn.sequential({ fc: nn.linear(3), act: nn.tanh(), out: nn.linear(2) }), { input: [6] });
  const row = drawn(1, 6);
  it.each<[string, () => unknown, string]>([
    [
      "an unknown method",
      () => attribute(model, pictures, { method: "gradcam" } as never),
      "there is no method 'gradcam'; did you mean grad-cam?",
    ],
    ["no method", () => attribute(model, pictures, {} as never), "there is no method"],
    [
      "an option of another method",
      () => attribute(model, pictures, { method: "gradient", steps: 3 } as never),
      "attribute, gradient: there is no option 'steps'",
    ],
    [
      "no steps",
      () => attribute(model, pictures, { method: "integrated-gradients", steps: 0 }),
      "steps must be an integer of at least 1, got 0",
    ],
    [
      "an unknown class",
      () => attribute(model, pictures, { method: "gradient", index: "cat" }),
      "there is no class 'cat'",
    ],
    [
      "a class out of range",
      () => attribute(model, pictures, { method: "gradient", index: 3 }),
      "index 3, the target 'class' has 3 numbers, 0 to 2",
    ],
    [
      "a path that matches nothing",
      () => attribute(model, pictures, { method: "gradient", of: ["cnv"] }),
      "no value 'cnv' to tap; did you mean conv?",
    ],
    [
      "Grad-CAM without maps",
      () => attribute(table, row, { method: "grad-cam" }),
      "grad-cam: the network has no layer with maps",
    ],
    [
      "a layer without maps",
      () => attribute(model, pictures, { method: "grad-cam", layer: "fc" }),
      "there is no layer 'fc' with maps",
    ],
    [
      "guided back-propagation without ReLU",
      () => attribute(table, row, { method: "guided-backpropagation" }),
      "another rule for ReLU, and the network has none",
    ],
    [
      "pictures of another size",
      () => attribute(model, drawn(1, 1, 9, 9), { method: "gradient" }),
      "the model takes inputs of shape [n,1,10,10]",
    ],
    [
      "a target that is NaN",
      () =>
        attribute(model, new NdArray(new Float32Array(100).fill(Number.NaN), [1, 1, 10, 10]), { method: "occlusion" }),
      "the target of sample 0 is NaN",
    ],
    [
      "a baseline of another shape",
      () => attribute(model, pictures, { method: "integrated-gradients", baseline: drawn(3) }),
      "the baseline of 'input' is [3]",
    ],
    [
      "a window beyond the picture",
      () => attribute(model, pictures, { method: "occlusion", window: 11 }),
      "window 11, the axis has 10 positions",
    ],
    [
      "curves of another map",
      () => perturbationCurves(model, pictures, { input: drawn(2, 1, 3, 3) }),
      "the map of 'input' is [2,1,3,3]",
    ],
  ])("is refused for %s", async (_, attempt, message) => {
    await expect((async () => attempt())()).rejects.toThrow(message);
  });
});
