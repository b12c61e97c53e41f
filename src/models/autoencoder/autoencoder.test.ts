import { describe, expect, it } from "vitest";
import { NdArray, OptionError, Random, ShapeError } from "../../array/index.ts";
import { dataset, picture } from "../../data/index.ts";
import { createDecoder, layerFeatures, walk } from "../../inspect/index.ts";
import * as nn from "../../nn/index.ts";
import * as optim from "../../optim/index.ts";
import { evaluateModel, fit, predict, reconstruction } from "../../train/index.ts";
import { autoencoder, variationalAutoencoder } from "./index.ts";

const [HEIGHT, WIDTH] = [9, 11];

/** Gray pictures with a bright square of 4 on a darker ground: four numbers say all. */
function squares(count: number, seed: number) {
  const random = new Random(seed, "squares");
  const data = new Uint8Array(count * HEIGHT * WIDTH);
  for (let i = 0; i < count; i++) {
    const [left, top] = [random.integer(WIDTH - 3), random.integer(HEIGHT - 3)];
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++)
        data[(i * HEIGHT + y) * WIDTH + x] = x >= left && x < left + 4 && y >= top && y < top + 4 ? 220 : 40;
  }
  return dataset("squares", { image: picture(new NdArray(data, [count, 1, HEIGHT, WIDTH], "u8")) });
}

const options = { size: [HEIGHT, WIDTH], code: 6, maps: [8, 8], units: 32 } as const;
const training = { epochs: 12, batch: 16, seed: 1, optimizer: optim.adam({ learningRate: 1e-2 }) };
const test = squares(32, 2);

describe("an autoencoder", () => {
  const trained = fit(autoencoder(options), squares(256, 1), { task: reconstruction(), ...training });

  it("reconstructs pictures of odd sizes from a code", async () => {
    const { model } = await trained;
    const { figures } = await evaluateModel(model, test);
    // The variance of the pictures is 0.07.
    expect(figures.mse).toBeLessThan(0.02);
    expect((await layerFeatures(model, test, "code")).shape).toEqual([32, 6]);
  });

  it("makes pictures of codes, those of the samples and others between them", async () => {
    const { model } = await trained;
    const codes = await layerFeatures(model, test, "code");
    const decode = createDecoder(model);
    const { values } = await predict(model, test.columns.image.values as NdArray);
    const decoded = await decode(codes);
    for (const [i, value] of decoded.data.entries()) expect(value).toBeCloseTo(values.data[i], 4);
    const between = await decode(walk(codes.row(0), codes.row(1), 5));
    expect(between.shape).toEqual([5, 1, HEIGHT, WIDTH]);
    expect([...between.row(4).data]).toEqual([...decoded.row(1).data]);
    expect(() => walk(codes.row(0), codes, 3)).toThrow(ShapeError);
    expect(() => walk(codes.row(0), codes.row(1), 1)).toThrow(OptionError);
    await expect(createDecoder(model, { code: "cod" })(codes)).rejects.toThrow(/cod/);
  });

  it("adds noise while training only", () => {
    const noisy = autoencoder({ ...options, noise: 0.5 });
    expect(JSON.stringify(noisy)).toContain('"gaussianNoise"');
    expect(JSON.stringify(autoencoder(options))).not.toContain('"gaussianNoise"');
    expect(() => autoencoder({ ...options, size: [9] as unknown as [number, number] })).toThrow(OptionError);
  });
});

describe("a variational autoencoder", () => {
  it("has codes near the standard normal distribution, and makes pictures of such codes", async () => {
    const task = reconstruction({ loss: "binaryCrossEntropy", divergence: 1 });
    const { model } = await fit(variationalAutoencoder(options), squares(256, 1), { task, ...training });
    const { figures } = await evaluateModel(model, test);
    expect(figures.mse).toBeLessThan(0.05);
    // A code that holds nothing has 0; one that holds each of 48 places exactly needs at least ln 48 = 3.9.
    expect(figures.divergence).toBeGreaterThan(1);
    expect(figures.divergence).toBeLessThan(12);
    const random = new Random(3, "codes");
    const codes = new NdArray(
      Float32Array.from({ length: 24 }, () => random.normal()),
      [4, 6],
      "f32",
    );
    const scores = await createDecoder(model)(codes);
    expect(scores.shape).toEqual([4, 1, HEIGHT, WIDTH]);
    expect(new Set(scores.data).size).toBeGreaterThan(100);
  });

  it("needs a network with a distribution", async () => {
    const task = reconstruction({ divergence: 1 });
    await expect(fit(autoencoder(options), squares(4, 1), { task, epochs: 1 })).rejects.toThrow(/mean/);
    expect(() => reconstruction({ divergence: -1 })).toThrow(OptionError);
  });

  it("is the same when it is loaded", async () => {
    const model = nn.Model.build(variationalAutoencoder(options), { inputs: { image: [1, HEIGHT, WIDTH] }, seed: 4 });
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(loaded.outputs).toEqual(["values", "mean", "logVariance"]);
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
  });
});
