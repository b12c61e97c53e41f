/** What batch normalization keeps beside its parameters, through training, stopping, going on, and saving. */
import { describe, expect, it } from "vitest";
import { digest, halves, record } from "../../tests/support/training.ts";
import * as nn from "../nn/index.ts";
import { sgd } from "../optim/index.ts";
import { evaluateModel, type FitOptions, predict } from "./index.ts";

const data = halves(24);

/** A residual block with batch normalization, and dropout of channels, which draws random numbers. */
const network = (): nn.Layer =>
  nn.sequential({
    conv: nn.conv2d(4, { kernel: 3, bias: false }),
    bn: nn.batchNorm2d(),
    block: nn.residual(
      nn.sequential(nn.conv2d(4, { kernel: 3, padding: 1, bias: false }), nn.batchNorm2d(), nn.channelDropout(0.2)),
    ),
    relu: nn.relu(),
    flat: nn.flatten(),
    fc: nn.linear(4),
  });

const train = (options: FitOptions & { stopAfter?: number } = {}) =>
  record(network(), data, { epochs: 3, batch: 8, seed: 2, optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), ...options }); // biome-ignore format: one call

const statistics = (model: nn.Model) =>
  model.variables.filter(({ trainable }) => !trainable).map(({ name, value }) => [name, ...value.data]);

describe("running statistics", () => {
  it("move while training: one batch counted for each step", async () => {
    const { model } = await train();
    const counts = model.variables.filter(({ name }) => name.endsWith("num_batches_tracked"));
    expect(counts.map(({ name, value }) => [name, value.item()])).toEqual([
      ["bn.num_batches_tracked", 9],
      ["block.body.1.num_batches_tracked", 9],
    ]);
  });

  it("are not moved by evaluating and predicting", async () => {
    const { model } = await train({ epochs: 1 });
    const before = statistics(model);
    await evaluateModel(model, data);
    await predict(model, data.images);
    expect(statistics(model)).toEqual(before);
  });

  it("are in the checkpoint: a run that was stopped ends with the same bytes as one that was not", async () => {
    const whole = await train();
    for (const stopAfter of [1, 4, 7]) {
      const stopped = await train({ stopAfter });
      expect(stopped.interrupted).toBe(true);
      const resumed = await train({ resume: stopped.store.checkpoints.at(-1) });
      expect(digest(await resumed.model.toBytes()), `stopped after event ${stopAfter}`).toBe(
        digest(await whole.model.toBytes()),
      );
    }
  });

  it("are in the model file, so that a loaded model predicts the same", async () => {
    const { model } = await train({ epochs: 1 });
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(statistics(loaded)).toEqual(statistics(model));
    expect((await predict(loaded, data.images)).data).toEqual((await predict(model, data.images)).data);
  });
});
