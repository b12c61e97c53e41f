import { describe, expect, it } from "vitest";
import { NdArray, OptionError, Random } from "../../array/index.ts";
import { dataset, mask, picture } from "../../data/index.ts";
import { summarize } from "../../inspect/index.ts";
import * as nn from "../../nn/index.ts";
import * as optim from "../../optim/index.ts";
import { evaluateModel, fit, segmentation } from "../../train/index.ts";
import { squeezenet1_0 } from "../squeezenet.ts";
import { loadWeights } from "../weights/index.ts";
import { type SegmentationNetworkOptions, segnet, squeezenetUnet, unet } from "./index.ts";

const SIDE = 16;

/** Bright squares of 5 and dark ones of 3 before noise, with their classes. */
function squares(count: number, seed: number) {
  const random = new Random(seed, "squares");
  const images = new Uint8Array(count * SIDE * SIDE).map(() => 100 + random.integer(40));
  const classes = new Uint8Array(images.length);
  for (let i = 0; i < count; i++)
    for (const [kind, side, value] of [
      [1, 5, 220],
      [2, 3, 10],
    ]) {
      const [left, top] = [random.integer(SIDE - side), random.integer(SIDE - side)];
      for (let y = top; y < top + side; y++)
        for (let x = left; x < left + side; x++) {
          images[(i * SIDE + y) * SIDE + x] = value;
          classes[(i * SIDE + y) * SIDE + x] = kind;
        }
    }
  return dataset("squares", {
    image: picture(new NdArray(images, [count, 1, SIDE, SIDE], "u8")),
    mask: mask(new NdArray(classes, [count, SIDE, SIDE], "u8"), { classes: ["background", "bright", "dark"] }),
  });
}

const maps = [8, 12];
const networks: readonly [string, (options: SegmentationNetworkOptions) => nn.Layer, least: number][] = [
  ["unet", unet, 0.95],
  ["segnet", segnet, 0.9],
  ["segnet with transposed convolutions", (options) => segnet({ ...options, up: "transposed" }), 0.8],
];

describe.each(networks)("%s", (_, network, least) => {
  it("learns the classes of pixels", async () => {
    const { model } = await fit(network({ classes: 3, maps }), squares(96, 1), {
      ...{ task: segmentation(), epochs: 30, batch: 16, seed: 1 },
      optimizer: optim.adam({ learningRate: 1e-2 }),
    });
    expect((await evaluateModel(model, squares(32, 2))).figures.meanIoU).toBeGreaterThan(least);
  });
});

it("take pictures of any size", async () => {
  const odd = dataset("odd", {
    image: picture(new NdArray(new Uint8Array(2 * 13 * 16), [2, 1, 13, 16], "u8")),
    mask: mask(new NdArray(new Uint8Array(2 * 13 * 16), [2, 13, 16], "u8"), { classes: ["a", "b"] }),
  });
  const train = (network: nn.Layer) => fit(network, odd, { task: segmentation(), epochs: 1, batch: 2, seed: 1 });
  await expect(train(unet({ classes: 2, maps }))).resolves.toMatchObject({ bestEpoch: 1 });
  await expect(train(segnet({ classes: 2, maps, up: "transposed" }))).resolves.toMatchObject({ bestEpoch: 1 });
  await expect(train(segnet({ classes: 2, maps }))).resolves.toMatchObject({ bestEpoch: 1 });
});

it("have as many levels as they are told, and convolutions in them", () => {
  const namesOf = (layer: nn.Layer): string[] =>
    nn.Model.build(layer, { input: [3, 32, 32] }).variables.flatMap(({ name, shape }) =>
      shape.length === 4 ? [name] : [],
    );
  const options = { classes: 2, maps: [4, 6, 8], convolutions: 1 };
  // Down, up, and the transposed convolutions of the two upper levels; the lowest; the scores.
  expect(namesOf(unet(options))).toHaveLength(2 * 3 + 1 + 1);
  expect(namesOf(segnet(options))).toHaveLength(2 * 3 + 1);
  expect(namesOf(segnet({ ...options, up: "transposed" }))).toHaveLength(3 * 3 + 1);
  expect(() => unet({ classes: 2, maps: [] })).toThrow(OptionError);
});

describe("squeezenetUnet", () => {
  const build = (side: number) => nn.Model.build(squeezenetUnet({ classes: 2 }), { input: [3, side, side + 3] });

  it("begins with the weights of SqueezeNet", async () => {
    const model = build(33);
    const { variables } = nn.Model.build(squeezenet1_0(), { input: [3, 64, 64], seed: 7 });
    const weights = new Map(variables.map(({ name, value }) => [name, value]));
    const { loaded, kept } = await loadWeights(model, weights, { partial: true });
    expect(loaded).toHaveLength(variables.filter(({ name }) => name.startsWith("features.")).length);
    expect(kept.every((name) => !name.startsWith("features."))).toBe(true);
  });

  it("scores the pixels of pictures of any size", () => {
    for (const side of [16, 29, 33]) {
      const layers = summarize(build(side)).layers;
      expect(layers.at(-1)?.output).toEqual([2, side, side + 3]);
    }
  });
});
