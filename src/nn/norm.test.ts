import { describe, expect, it } from "vitest";
import { compute } from "../../tests/support/values.ts";
import { array, type NdArray, Random, ShapeError, zeros } from "../array/index.ts";
import * as nn from "./index.ts";

/** Of float32 results near 1. */
const DIGITS = 5;

function maps(...shape: number[]): NdArray {
  const random = new Random(2, "maps");
  const x = zeros(shape);
  for (let i = 0; i < x.size; i++) x.data[i] = random.normal(-4, 2);
  return x;
}

const shapesOf = (layer: nn.Layer, input: readonly number[]) =>
  nn.Model.build(layer, { input }).variables.map(({ name, shape }) => [name, shape]);

/** What the layer makes of x, cut into lists of `size` neighbors. */
async function pieces(layer: nn.Layer, x: NdArray, size: number): Promise<number[][]> {
  const model = nn.Model.build(layer, { input: x.shape.slice(1) });
  const { data } = await compute((t) => model(t), x);
  return Array.from({ length: data.length / size }, (_, i) => [...data.slice(i * size, (i + 1) * size)]);
}

const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

describe.each<[string, nn.Layer, number]>([
  ["layerNorm", nn.layerNorm(), 4],
  ["layerNorm over three axes", nn.layerNorm({ axes: 3 }), 72],
  ["groupNorm", nn.groupNorm(3), 24],
  ["groupNorm in one group", nn.groupNorm(1), 72],
  ["instanceNorm", nn.instanceNorm(), 12],
])("%s of [2, 6, 3, 4]", (_, layer, size) => {
  it(`gives each ${size} neighbors mean 0 and variance 1`, async () => {
    for (const piece of await pieces(layer, maps(2, 6, 3, 4), size)) {
      expect(mean(piece)).toBeCloseTo(0, DIGITS);
      expect(mean(piece.map((y) => y * y))).toBeCloseTo(1, DIGITS - 2);
    }
  });
});

it("layerNorm2d is layerNorm with the channels last", async () => {
  const x = maps(2, 6, 3, 4);
  const last = nn.sequential(
    nn.op("transpose", { order: [0, 2, 3, 1] }),
    nn.layerNorm({ epsilon: 0.1 }),
    nn.op("transpose", { order: [0, 3, 1, 2] }),
  );
  const [ours, theirs] = await Promise.all([pieces(nn.layerNorm2d({ epsilon: 0.1 }), x, 4), pieces(last, x, 4)]);
  expect(ours.flat()).toEqual(theirs.flat().map((y) => expect.closeTo(y, DIGITS)));
});

describe("their parameters", () => {
  it.each<[string, nn.Layer, unknown[]]>([
    ["layerNorm", nn.layerNorm(), [["weight", [4]], ["bias", [4]]]],
    ["layerNorm of two axes", nn.layerNorm({ axes: 2 }), [["weight", [3, 4]], ["bias", [3, 4]]]],
    ["layerNorm2d", nn.layerNorm2d(), [["weight", [6]], ["bias", [6]]]],
    ["groupNorm", nn.groupNorm(2), [["weight", [6]], ["bias", [6]]]],
    ["instanceNorm", nn.instanceNorm({ affine: true }), [["weight", [6]], ["bias", [6]]]],
    ["instanceNorm by default", nn.instanceNorm(), []],
    ["groupNorm without", nn.groupNorm(2, { affine: false }), []],
  ])("of %s", (_, layer, expected) => {
    expect(shapesOf(layer, [6, 3, 4])).toEqual(expected);
  }); // biome-ignore format: a table

  it("scale and shift channels", async () => {
    for (const layer of [nn.groupNorm(1), nn.instanceNorm({ affine: true })]) {
      const model = nn.Model.build(layer, { input: [2, 4] });
      const plain = await compute((x) => model(x), maps(1, 2, 4));
      model.variables[0].value = array([2, 3]);
      model.variables[1].value = array([0, 1]);
      const { data } = await compute((x) => model(x), maps(1, 2, 4));
      data.forEach((y, i) => {
        expect(y).toBeCloseTo(i < 4 ? 2 * plain.data[i] : 3 * plain.data[i] + 1, DIGITS);
      });
    }
  });
});

describe("localResponseNorm", () => {
  it("divides by what the channels around add up to", async () => {
    const model = nn.Model.build(nn.localResponseNorm(3, { alpha: 3, beta: 1, k: 2 }), { input: [4] });
    // Denominators 2 + Σ x² over the channel before, the channel, and the one after.
    const { data } = await compute((x) => model(x), array([[1, 2, 3, 4]]));
    [1 / 7, 2 / 16, 3 / 31, 4 / 27].forEach((y, i) => {
      expect(data[i]).toBeCloseTo(y, DIGITS);
    });
  });

  it("of even size looks one channel further back than ahead", async () => {
    const model = nn.Model.build(nn.localResponseNorm(2, { alpha: 2, beta: 1, k: 1 }), { input: [3, 1] });
    const { data } = await compute((x) => model(x), array([[[1], [2], [3]]]));
    [1 / 2, 2 / 6, 3 / 14].forEach((y, i) => {
      expect(data[i]).toBeCloseTo(y, DIGITS);
    });
  });

  it("may be wider than there are channels", async () => {
    const model = nn.Model.build(nn.localResponseNorm(7, { alpha: 7, beta: 1, k: 1 }), { input: [2] });
    const { data } = await compute((x) => model(x), array([[1, 2]]));
    expect(data[0]).toBeCloseTo(1 / 6, DIGITS);
  });
});

it.each<[string, nn.Layer, number[], string]>([
  ["layerNorm of the batch", nn.layerNorm({ axes: 2 }), [4], "layerNorm: the last 2 axes of f32[1,4] are to be normalized, but the first is the batch"],
  ["groups that do not divide", nn.groupNorm(4), [6, 2], "groupNorm: 4 groups must divide the channels of f32[1,6,2]"],
  ["instanceNorm without maps", nn.instanceNorm(), [6], "instanceNorm: expects [n, channels] and spatial axes, got f32[1,6]"],
  ["localResponseNorm without channels", nn.localResponseNorm(3), [], "localResponseNorm: expects [n, channels, …], got f32[1]"],
])("there is no %s", (_, layer, input, message) => {
  expect(() => nn.Model.build(layer, { input })).toThrow(new ShapeError(message));
}); // biome-ignore format: a table
