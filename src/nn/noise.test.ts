import { describe, expect, it } from "vitest";
import { array, NdArray, ShapeError } from "../array/index.ts";
import { evaluate } from "../engines/index.ts";
import { constant, f32, trace } from "../graph/index.ts";
import * as nn from "./index.ts";

const COUNT = 4000;
const zeros = new NdArray(new Float32Array(COUNT), [COUNT, 1], "f32");

/** Mean, deviation and share beyond two deviations of what a layer makes of zeros while training. */
async function momentsOf(layer: nn.Layer) {
  const model = nn.Model.build(layer, { input: [1], seed: 3 });
  const { y } = await evaluate(() => ({ y: model(constant(zeros), { training: true }) }));
  const values = [...y.data];
  const mean = values.reduce((a, b) => a + b) / COUNT;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / COUNT);
  return { mean, deviation, beyond: values.filter((x) => Math.abs(x - mean) > 2 * deviation).length / COUNT };
}

describe("noise", () => {
  it("is normal while training: 4.6 % lie beyond two deviations", async () => {
    const { mean, deviation, beyond } = await momentsOf(nn.gaussianNoise(0.5));
    // Four standard errors of each.
    expect(Math.abs(mean)).toBeLessThan(4 * (0.5 / Math.sqrt(COUNT)));
    expect(Math.abs(deviation - 0.5)).toBeLessThan(4 * (0.5 / Math.sqrt(2 * COUNT)));
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(4 * Math.sqrt((0.0455 * 0.9545) / COUNT));
  });

  it("is drawn from the mean and variance that the network gives", async () => {
    const bias = (value: number): nn.Layer =>
      nn.linear(1, { initializer: "zeros", biasInitializer: { type: "constant", value } });
    const draw = nn.network({ x: [1] }, ({ x }) => nn.normalSample()(bias(3)(x), bias(Math.log(0.04))(x)));
    const { mean, deviation } = await momentsOf(draw);
    expect(Math.abs(mean - 3)).toBeLessThan(4 * (0.2 / Math.sqrt(COUNT)));
    expect(Math.abs(deviation - 0.2)).toBeLessThan(4 * (0.2 / Math.sqrt(2 * COUNT)));
  });

  it("is left out when predicting, and where the deviation is 0", async () => {
    const model = nn.Model.build(nn.gaussianNoise(2), { input: [2] });
    const { y } = await evaluate(() => ({ y: model(constant(array([[1, 2]]))) }));
    expect(y.toNested()).toEqual([[1, 2]]);
    const none = nn.Model.build(nn.gaussianNoise(0), { input: [2] });
    const { z } = await evaluate(() => ({ z: none(constant(array([[1, 2]])), { training: true }) }));
    expect(z.toNested()).toEqual([[1, 2]]);
  });

  it("wants mean and variance of one shape", () => {
    const uneven = nn.network({ x: [4] }, ({ x }) => nn.normalSample()(nn.linear(3)(x), nn.linear(2)(x)));
    expect(() => trace((x) => nn.Model.build(uneven, { input: [4] })(x), [f32(1, 4)])).toThrow(ShapeError);
  });
});
