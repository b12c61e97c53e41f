import { describe, expect, it } from "vitest";
import { NdArray, OptionError, Random, ShapeError, zeros } from "../../array/index.ts";
import { dataset, picture, points } from "../../data/index.ts";
import { compile } from "../../engines/index.ts";
import * as nn from "../../nn/index.ts";
import * as optim from "../../optim/index.ts";
import { evaluateModel, fit, poseEstimation } from "../../train/index.ts";
import { poseMaps, poseRegression } from "./index.ts";

const SIDE = 16;

/** A bright dot and a dark one on gray noise, and where they are. */
function dots(count: number, seed: number, side = SIDE) {
  const random = new Random(seed, "dots");
  const images = new Uint8Array(count * side * side).map(() => 110 + random.integer(40));
  const places = new Float32Array(count * 4);
  for (let i = 0; i < count; i++)
    for (const [k, value] of [250, 5].entries()) {
      const [x, y] = [1 + random.integer(side - 2), 1 + random.integer(side - 2)];
      for (const [dx, dy] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) // biome-ignore format: a cross
        images[(i * side + y + dy) * side + x + dx] = value;
      places.set([x, y], 4 * i + 2 * k);
    }
  return dataset("dots", {
    image: picture(new NdArray(images, [count, 1, side, side], "u8")),
    points: points(new NdArray(places, [count, 2, 2], "f32"), { names: ["bright", "dark"] }),
  });
}

/** Mean distances in pixels, on dots of a seed; the middle of the picture is 5.3 away. Few pictures do not teach coordinates more. */
const networks: readonly [string, nn.Layer, seed: number, most: number][] = [
  ["maps of half the size", poseMaps({ points: 2, maps: [8, 12], convolutions: 1 }), 2, 1.2],
  ["maps of the picture's size", poseMaps({ points: 2, stride: 1, maps: [8, 12], convolutions: 1 }), 2, 1],
  ["coordinates", poseRegression({ points: 2, maps: [8, 16], units: 32 }), 1, 4.3],
];

describe.each(networks)("%s", (_, network, seed, most) => {
  it("learn where points are", async () => {
    const { model } = await fit(network, dots(64, 1), {
      ...{ task: poseEstimation(), epochs: 14, batch: 16, seed: 1 },
      optimizer: optim.adam({ learningRate: 1e-2 }),
    });
    expect((await evaluateModel(model, dots(64, seed))).figures.meanDistance).toBeLessThan(most);
  });
});

it("give maps of the size that the stride says, and refuse pictures that it does not divide", async () => {
  const shapeOf = async (stride: number, side: number) => {
    const model = nn.Model.build(poseMaps({ points: 3, stride, maps: [4, 6, 8] }), { input: [1, side, side] });
    const image = zeros([1, 1, side, side]);
    return (await compile((x) => ({ y: model(x) }), [image], { engine: "interpreter" })(image)).y.shape;
  };
  expect(await shapeOf(4, 20)).toEqual([1, 3, 5, 5]);
  expect(await shapeOf(8, 24)).toEqual([1, 3, 3, 3]);
  const train = fit(poseMaps({ points: 2, maps: [4] }), dots(4, 1, 13), {
    ...{ task: poseEstimation(), epochs: 1, batch: 2, seed: 1 },
  });
  await expect(train).rejects.toThrow(ShapeError);
});

it("have options that they check", () => {
  for (const stride of [0, 3, 16, 2.5]) expect(() => poseMaps({ points: 2, stride })).toThrow(OptionError);
  for (const make of [poseMaps, poseRegression]) {
    expect(() => make({ points: 0 })).toThrow(OptionError);
    expect(() => make({ points: 2, maps: [0] })).toThrow(OptionError);
  }
});
