import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FoveaError, NdArray, type Shape } from "../../array/index.ts";
import { architectures } from "../../models/index.ts";
import { layerCatalog } from "../../nn/catalog.ts";
import * as nn from "../../nn/index.ts";
import { layerFromJson } from "../../nn/layer-json.ts";
import { type Box, connectedInputs, effectiveField, receptiveFields } from "./index.ts";

const square = (first: number, last: number): Box => ({ first: [first, first], last: [last, last] });
const built = (layer: nn.Layer, input: Shape = [1, 16, 16]): nn.Model => nn.Model.build(layer, { input, seed: 2 });

describe("receptive fields", () => {
  it("have the place, the size and the distance of Araujo et al.'s equations", () => {
    const layers = nn.sequential(
      nn.conv2d(2, { kernel: 5, stride: 2, padding: 2 }),
      nn.maxPool2d(3, { stride: 2, padding: 1 }),
      nn.conv2d(2, { kernel: 3, padding: 1, dilation: 2 }),
    );
    const { of, input, spatial } = receptiveFields(built(layers, [3, 64, 64]));
    expect({ input, spatial }).toEqual({ input: "input", spatial: [64, 64] });
    // r: 5, 5 + 2 · 2 = 9, 9 + 4 · 4 = 25; j: 2, 4, 4; start: −2, −2 − 2 = −4, −4 − 4 = −8.
    expect(["0", "1", "2"].map((path) => [of(path).size, of(path).jump])).toEqual([
      [[5, 5], [2, 2]],
      [[9, 9], [4, 4]],
      [[25, 25], [4, 4]],
    ]); // biome-ignore format: layers
    expect(of("2").fieldOf([1, 0, 3])).toEqual({
      open: { first: [-8, 4], last: [16, 28] },
      // The first tap of the dilated filter lies in the padding, the second sees the pool's first window.
      inside: { first: [0, 4], last: [16, 28] },
    });
    expect(of("2").fieldOf().open).toEqual(of("2").fieldOf([0, 7, 7]).open);
  });

  it("follow branches, upsampling and transposed convolutions, phase by phase", () => {
    const up = built(
      nn.sequential(nn.conv2d(1, { kernel: 3, padding: 1 }), nn.convTranspose2d(1, { kernel: 3, stride: 2 })),
    );
    const { of } = receptiveFields(up);
    expect([of("1").size, of("1").jump]).toEqual([undefined, [0.5, 0.5]]);
    expect([6, 7].map((at) => of("1").fieldOf([0, at, at]).open)).toEqual([square(1, 4), square(2, 4)]);
    const nearest = receptiveFields(
      built(nn.sequential(nn.upsampleNearest({ scale: 2 }), nn.conv2d(1, { kernel: 3 }))),
    );
    expect([0, 1].map((at) => nearest.of("1").fieldOf([0, at, at]).open)).toEqual([square(0, 1), square(0, 1)]);
  });

  it("of all of an input are all of it, and of flat values those of their elements", () => {
    const { of } = receptiveFields(
      built(nn.sequential(nn.conv2d(2, { kernel: 3 }), nn.flatten(), nn.linear(3)), [1, 6, 6]),
    );
    expect(of("1").fieldOf([16 + 4 * 2 + 1])).toEqual({ open: { first: [2, 1], last: [4, 3] }, inside: { first: [2, 1], last: [4, 3] } }); // biome-ignore format: one unit
    expect([of("2").size, of("2").fieldOf([1]).inside]).toEqual([undefined, square(0, 5)]);
  });

  it.each<[string, () => unknown, string]>([
    ["an unknown path", () => receptiveFields(built(nn.conv2d(1, { kernel: 3 }))).of("outptu"), "did you mean output"],
    ["a unit outside", () => receptiveFields(built(nn.conv2d(1, { kernel: 3 }))).of("output").fieldOf([0, 14, 0]), "there is no unit [0,14,0] in 'output', which is [1,14,14]"],
    ["another number of axes", () => receptiveFields(built(nn.relu())).of("output").fieldOf([0, 1]), "there is no unit [0,1]"],
    ["an input without maps", () => receptiveFields(built(nn.linear(2), [4])), "expected spatial axes"],
    ["an unknown input", () => receptiveFields(built(nn.relu()), { input: "inptu" }), "there is no input 'inptu'"],
    ["an unknown option", () => receptiveFields(built(nn.relu()), { inputs: "a" } as never), "there is no option 'inputs'"],
    ["an effective field of no samples", () => effectiveField(built(nn.relu()), "output", { samples: 0 }), "samples must be"],
    ["ones from no unit", () => connectedInputs(built(nn.relu()), "output", { unit: [1, 0, 0] }), "there is no unit [1,0,0]"],
  ])("are refused for %s", async (_, attempt, message) => {
    await expect((async () => attempt())()).rejects.toThrow(message);
  }); // biome-ignore format: a case a line
});

/** The layer with the options of some inner layers changed, by path. */
function changed(layer: nn.Layer, change: (path: string, options: Record<string, unknown>) => object): nn.Layer {
  const walk = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((entry) => walk(entry, path));
    if (typeof value !== "object" || value === null) return value;
    const { name, ...rest } = value as { readonly name?: string };
    const at = name === undefined ? path : `${path}.${name}`;
    const options = "type" in rest ? { ...rest, ...change(at, rest) } : rest;
    const entries = Object.entries(options).map(([key, entry]) => [
      key,
      key === "initializer" ? entry : walk(entry, at),
    ]);
    return { ...(name !== undefined && { name }), ...Object.fromEntries(entries) };
  };
  return layerFromJson(walk(JSON.parse(JSON.stringify(layer)), "") as never, layerCatalog([]), "the layer");
}

describe("published sizes", () => {
  const sizes = (layer: nn.Layer, paths: string): unknown[] => {
    const { of } = receptiveFields(nn.Model.build(layer, { input: [3, 224, 224] }));
    return paths.split(" ").map((path) => of(path).size?.[0]);
  };

  it("of AlexNet and VGG-16 (Araujo et al. 2019)", () => {
    expect(sizes(architectures.alexnet(), "features")).toEqual([195]);
    expect(sizes(architectures.vgg16(), "features")).toEqual([212]);
  });

  it("of ResNet-50, with strides in 3×3 convolutions as here, and in 1×1 as in the paper (Araujo et al. 2019: 483)", () => {
    const stages = "layer1 layer2 layer3 layer4";
    expect(sizes(architectures.resnet50(), stages)).toEqual([35, 91, 267, 427]);
    const strides = changed(architectures.resnet50(), (path) => {
      const isFirst = /layer[234]\.0\.conv[12]$/.test(path);
      return isFirst ? { stride: path.endsWith("1") ? 2 : 1 } : {};
    });
    expect(sizes(strides, stages)).toEqual([35, 99, 291, 483]);
  });

  it("of GoogLeNet, with 3×3 in place of 5×5 as in torchvision, and as in the paper", () => {
    const modules = "inception3a inception3b inception4a inception4e inception5a inception5b";
    expect(sizes(architectures.googlenet(), modules)).toEqual([43, 59, 107, 235, 315, 379]);
    const paper = changed(architectures.googlenet(), (path) => {
      if (path.endsWith("maxpool4")) return { kernel: 3 };
      return path.endsWith("branch3.1.conv") ? { kernel: 5, padding: 2 } : {};
    });
    expect(sizes(paper, modules)).toEqual([59, 91, 171, 427, 587, 715]);
  });
});

const one = { bias: false, initializer: "ones" } as const;
const size = fc
  .record({ y: fc.integer({ min: 1, max: 3 }), x: fc.integer({ min: 1, max: 3 }) })
  .map(({ y, x }) => [y, x]);
const strides = fc.constantFrom([1, 1], [2, 1], [2, 2], [3, 2]);

/** A step of a network that looks at neighbors: random, with ones as weights, so that nothing cancels. */
const steps: Readonly<Record<string, fc.Arbitrary<nn.Layer>>> = {
  convolution: fc
    .record({ kernel: size, stride: strides, dilation: fc.constantFrom(1, 2), more: fc.integer({ min: 0, max: 2 }) })
    .map(({ kernel, stride, dilation, more }) =>
      nn.conv2d(1, { ...one, kernel, stride, dilation, padding: kernel.map((k) => Math.min(more, k - 1)) }),
    ),
  "transposed convolution": fc
    .record({ kernel: size, stride: strides })
    .map(({ kernel, stride }) => nn.convTranspose2d(1, { ...one, kernel, stride })),
  "mean pooling": fc
    .record({ kernel: size, stride: strides })
    .map(({ kernel, stride }) => nn.avgPool2d(kernel, { stride })),
  "repeated pixels": strides.map((scale) => nn.upsampleNearest({ scale })),
  "a sum of branches": size.map((kernel) => nn.residual(nn.conv2d(1, { ...one, kernel, padding: "same" }))),
  "branches side by side": size.map((kernel) =>
    nn.branches({
      a: nn.conv2d(1, { ...one, kernel, padding: "same" }),
      b: nn.conv2d(1, { ...one, kernel: 3, padding: 1 }),
    }),
  ),
};

/** Some of its weights are 0, so that derivatives vanish where it looks. */
const interpolation = strides.map((scale) => nn.upsampleBilinear({ scale }));

const maxima = fc
  .record({ kernel: size, stride: strides, dilation: fc.constantFrom(1, 2) })
  .map((options) => nn.maxPool2d(options.kernel, { stride: options.stride, dilation: options.dilation }));

describe("theoretical and effective fields have the same support", () => {
  const anyStep = fc.oneof(...Object.values(steps));
  const units = fc.record({
    y: fc.double({ min: 0, max: 0.999, noNaN: true }),
    x: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });

  /** The box by the records, and the unit it is of; nothing where the network leaves nothing of its input. */
  function boxOf(layers: readonly nn.Layer[], { y, x }: { readonly y: number; readonly x: number }) {
    const built = attempt(() => nn.Model.build(nn.sequential(...layers, nn.relu()), { input: [1, 13, 11] }));
    if (built === undefined) return undefined;
    const fields = receptiveFields(built).of("output");
    const [, height, width] = fields.shape;
    const unit = [-1, Math.floor(y * height), Math.floor(x * width)];
    return { model: built, unit, inside: fields.fieldOf([0, ...unit.slice(1)]).inside };
  }

  it.each<[string, fc.Arbitrary<nn.Layer>]>([...Object.entries(steps), ["a random network", anyStep]])(
    "by derivatives, of %s among others",
    async (_, step) => {
      const property = fc.asyncProperty(anyStep, step, anyStep, units, async (a, b, c, at) => {
        const found = boxOf([a, b, c], at);
        if (found === undefined) return;
        const { model, unit, inside } = found;
        const inputs = new NdArray(new Float32Array(143).fill(1), [1, 1, 13, 11]);
        const effective = await effectiveField(model, "output", { unit, inputs, engine: "interpreter" });
        expect(effective.box).toEqual(inside);
      });
      await fc.assert(property, { numRuns: 12, seed: 7 });
    },
  );

  it("by ones, through maxima, interpolation and whatever the weights are", async () => {
    const property = fc.asyncProperty(anyStep, fc.oneof(maxima, interpolation), anyStep, units, async (a, b, c, at) => {
      const layers = [a, b, nn.tanh(), c].map((layer) =>
        changed(layer, (_, { initializer }) => (initializer ? { initializer: "heNormal" } : {})),
      );
      const found = boxOf(layers, at);
      if (found === undefined) return;
      const { box, map } = await connectedInputs(found.model, "output", { unit: found.unit, engine: "interpreter" });
      expect(box).toEqual(found.inside);
      expect(new Set(map.data).size).toBeLessThanOrEqual(2);
    });
    await fc.assert(property, { numRuns: 30, seed: 7 });
  });
});

/** What cannot be built, such as pooling of what is too small, is no case. */
function attempt<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}
