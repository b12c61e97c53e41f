import { describe, expect, it } from "vitest";
import { halves, smallNetwork } from "../../../tests/support/training.ts";
import { flip, mixup } from "../../data/index.ts";
import * as nn from "../../nn/index.ts";
import { sgd } from "../../optim/index.ts";
import { fit, type TrainingEvent } from "../../train/index.ts";
import { layerStatistics, type TrainingStatistics, trainingStatistics } from "./index.ts";

/** Float32 sums, in another order. */
const DIGITS = 5;

type Found = Extract<TrainingEvent, { type: "statistics" }> & { readonly statistics: TrainingStatistics };

const data = halves(40);
const model = () => nn.Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes, seed: 4 });
const rate = 0.1;

async function trained(options: object, net = model()) {
  const events: Found[] = [];
  const onEvent = (event: TrainingEvent) => void (event.type === "statistics" && events.push(event as Found));
  await fit(net, data, { epochs: 2, batch: 12, seed: 3, optimizer: sgd({ learningRate: rate }), ...options, onEvent });
  return { net, events };
}

describe("statistics while training", () => {
  it("are taken every n-th step of the run, or in the last of each epoch if no number is given", async () => {
    const places = async (options: object) =>
      (await trained({ statistics: trainingStatistics(options) })).events.map(({ epoch, step }) => [epoch, step]);
    expect(await places({ every: 3 })).toEqual([
      [1, 3],
      [2, 2],
    ]);
    expect(await places({})).toEqual([
      [1, 4],
      [2, 4],
    ]);
  });

  it("change no bit of the run, dropout included", async () => {
    const [bare, measured] = await Promise.all([
      trained({}),
      trained({ statistics: trainingStatistics({ every: 1 }) }),
    ]);
    expect(measured.events).toHaveLength(8);
    for (const [i, { value }] of measured.net.variables.entries())
      expect(value.data).toEqual(bare.net.variables[i].value.data);
  });

  it("are those of the layers over the batch before the step, in any number of parts", async () => {
    // One step over all samples: what is measured is the network as it was.
    const whole = { batch: 40, epochs: 1 };
    const expected = await layerStatistics(model(), data);
    for (const batch of [64, 7]) {
      const { events } = await trained({ ...whole, statistics: trainingStatistics({ batch }) });
      const { samples, loss, layers } = events[0].statistics;
      expect(samples).toBe(40);
      expect(loss).toBeCloseTo(expected.loss!, DIGITS);
      for (const [i, layer] of layers.entries()) {
        const { mean, deviation, gradientNorm, dead, path } = expected.layers[i];
        expect([layer.path, layer.dead]).toEqual([path, dead]);
        expect(layer.mean).toBeCloseTo(mean, DIGITS);
        expect(layer.deviation).toBeCloseTo(deviation, DIGITS);
        expect(layer.gradientNorm).toBeCloseTo(gradientNorm!, DIGITS);
      }
    }
  });

  it("have the ratio of a step to its weights: with plain descent and without dropout, rate · ‖gradient‖ / ‖w‖", async () => {
    const net = nn.Model.build(smallNetwork({ rate: 0 }), { input: [1, 8, 8], classes: data.classes, seed: 4 });
    const { events } = await trained({ batch: 40, epochs: 1, statistics: trainingStatistics() }, net);
    for (const { name, updateRatio, gradientNorm } of events[0].statistics.parameters) {
      const after = Math.hypot(...net.variables.find((variable) => variable.name === name)!.value.data);
      expect(updateRatio).toBeCloseTo((rate * gradientNorm) / after, DIGITS);
      expect(updateRatio).toBeGreaterThan(0);
    }
  });

  it("leave frozen parameters out, and see batches as they are augmented, mixed labels included", async () => {
    const first = async (options: object) =>
      (await trained({ freeze: ["0"], statistics: trainingStatistics({ every: 1 }), ...options })).events[0].statistics;
    const [plain, mixed] = [await first({}), await first({ augment: [flip(), mixup()] })];
    expect(plain.parameters.map(({ name }) => name)).toEqual(["5.weight", "5.bias"]);
    expect(mixed.layers[0].mean).not.toBe(plain.layers[0].mean);
    expect(Number.isFinite(mixed.loss)).toBe(true);
  });

  it("refuse options that make no sense", async () => {
    expect(() => trainingStatistics({ every: 0 })).toThrow(
      "trainingStatistics: every must be an integer of at least 1",
    );
    const pass = (statistics: unknown) => fit(model(), data, { statistics: statistics as never });
    await expect(pass(trainingStatistics)).rejects.toThrow("statistics, such as trainingStatistics()");
    await expect(pass({ every: 1 })).rejects.toThrow("fit: statistics must be");
    const single = nn.linear(4);
    const flat = { ...data, images: data.images.reshape([40, 64]) };
    await expect(fit(single, flat, { statistics: trainingStatistics() })).rejects.toThrow("a single layer");
  });
});
