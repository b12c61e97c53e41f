/** What a user reads when a network cannot be trained or tried as asked: what is wrong, with both sides, and what to change. */
import { describe, expect, it } from "vitest";
import { array, DataError, NumericError, OptionError, ShapeError, zeros } from "../../src/array/index.ts";
import * as nn from "../../src/nn/index.ts";
import { log, reshape } from "../../src/ops/index.ts";
import * as optim from "../../src/optim/index.ts";
import { sgd } from "../../src/optim/index.ts";
import { classification, evaluateModel, type FitOptions, fit } from "../../src/train/index.ts";
import { halves, record, smallNetwork } from "../support/training.ts";

const data = halves(12);

/** What a run that should fail says. A failure must come before the first step, unless told otherwise. */
async function failure(
  set: typeof data,
  options: FitOptions = {},
  network = smallNetwork(),
  steps = 0,
): Promise<unknown> {
  let done = 0;
  const onEvent = () => {
    done++;
  };
  const error: unknown = await fit(network, set, { epochs: 1, batch: 4, ...options, onEvent }).catch((error) => error);
  expect(done).toBe(steps);
  return error;
}

describe("data", () => {
  it.each<[string, Partial<typeof data>, string]>([
    [
      "of which a label names no class",
      { labels: array([0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0], "i32") },
      "label 4 is 4; there are 4 classes, 0 to 3",
    ],
    [
      "of which a label is negative",
      { labels: array([-1, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0], "i32") },
      "label 0 is -1; there are 4 classes, 0 to 3",
    ],
    ["with fewer labels than pictures", { labels: zeros([11], "i32") }, "12 pictures, but 11 labels"],
    ["with labels as bytes", { labels: zeros([12], "u8") }, "labels must be i32 [count], got u8 [12]"],
    ["with pictures as integers", { images: zeros([12, 1, 8, 8], "i32") }, "pictures must be u8 or f32, got i32"],
    ["that are none", { images: zeros([0, 1, 8, 8], "u8"), labels: zeros([0], "i32") }, "it is empty"],
  ])("%s, for training, validation and evaluation alike", async (_, change, message) => {
    const error = new DataError(`data set halves: ${message}`);
    expect(await failure({ ...data, ...change })).toEqual(error);
    expect(await failure({ ...data, name: "others" }, { validation: { ...data, ...change } })).toEqual(error);
    const model = nn.Model.build(smallNetwork(), { input: [1, 8, 8] });
    await expect(evaluateModel(model, { ...data, ...change })).rejects.toThrow(error);
  });

  it("for validation that are of another kind", async () => {
    const small = { ...data, name: "thumbnails", images: zeros([12, 1, 4, 4], "u8") };
    expect(await failure(data, { validation: small })).toEqual(
      new DataError(
        "validation data must be like the training data: thumbnails has inputs [1,4,4], halves has [1,8,8]",
      ),
    );
    const other = { ...data, name: "two", labels: zeros([12], "i32"), classes: ["top", "middle"] };
    expect(String(await failure(data, { validation: other }))).toMatch(
      /^DataError: data set two: the model does not know its class "middle"; the data have "top", "middle", the model "top", "bot/,
    );
  });

  it("with another number of classes than the network tells apart", async () => {
    for (const classes of [3, 5]) {
      expect(await failure(data, {}, smallNetwork({ classes }))).toEqual(
        new ShapeError(
          `classification: the network gives output as f32[4,${classes}], expected [n, 4]: scores, one for each class; ` +
            "change its last layer",
        ),
      );
    }
    const flat = nn.sequential(nn.conv2d(4, { kernel: 8 }));
    expect(await failure(data, {}, flat)).toEqual(
      new ShapeError(
        "classification: the network gives output as f32[4,4,1,1], expected [n, 4]: scores, one for each class; " +
          "change its last layer",
      ),
    );
  });
});

describe("options", () => {
  it.each<[FitOptions, string]>([
    [{ epochs: 0 }, "fit: epochs must be an integer of at least 1, got 0"],
    [{ epochs: 1.5 }, "fit: epochs must be an integer of at least 1, got 1.5"],
    [{ batch: 0 }, "fit: batch must be an integer of at least 1, got 0"],
    [{ batch: Number.NaN }, "fit: batch must be an integer of at least 1, got NaN"],
    [{ accumulate: 0 }, "fit: accumulate must be an integer of at least 1, got 0"],
    [{ accumulate: 5 }, "fit: accumulate (5) must not exceed batch (4)"],
    [{ patience: 0, validation: data }, "fit: patience must be an integer of at least 1, got 0"],
    [{ patience: 2 }, "fit: patience needs validation data"],
    [
      { schedule: optim.linear as never },
      "fit: schedule must be a schedule, such as cosine(), or the name of one, got a function; call it: cosine()",
    ],
    [{ schedule: "liner" as never }, "there is no schedule 'liner'; did you mean linear?"],
    [{ schedule: "step" }, "step: every must be an integer of at least 1, got nothing"],
    [{ epoch: 3 } as object, "fit: there is no option 'epoch'; did you mean epochs?"],
    [{ seed: -1 }, "seed -1 is out of range: expected an integer from 0 to 4294967295"],
    [{ seed: 2 ** 32 }, "seed 4294967296 is out of range: expected an integer from 0 to 4294967295"],
  ])("%o", async (options, message) => {
    expect(await failure(data, options)).toEqual(new OptionError(message));
  });
});

describe("a network", () => {
  it("that does not fit the pictures, with the layer's path", async () => {
    const network = nn.sequential({ features: nn.sequential(nn.relu(), nn.conv2d(2, { kernel: 9 })) });
    const error = await failure(data, {}, network);
    expect(error).toBeInstanceOf(ShapeError);
    expect(String(error)).toMatch(
      /conv2d \(features\.1\): the kernel spans 9 .* has 8.*: input f32\[1,1,8,8\], filters f32\[2,1,9,9\]$/,
    );
  });

  it("whose loss is not one number", async () => {
    const error = await failure(data, { task: classification({ loss: (scores) => reshape(scores, [-1]) }) });
    expect(error).toBeInstanceOf(ShapeError);
    expect(String(error)).toMatch(/^ShapeError: classification: the loss .*f32\[16\]/);
  });

  it("whose loss breaks in the middle of an epoch", async () => {
    const explosive = sgd({ learningRate: 1e39 });
    expect(await failure(data, { optimizer: explosive }, smallNetwork({ rate: 0 }), 1)).toEqual(
      new NumericError(
        "training stopped at epoch 1, step 2: the loss is NaN; it first came up as Infinity in variable 0.weight of layer 0 (f32[4,1,3,3]). " +
          "The parameters are as before that step. Try a smaller learning rate than Infinity, and check the data for values that are not finite",
      ),
    );
  });

  it("with a layer of one's own that takes the logarithm of what is negative", async () => {
    const logarithm = nn.defineLayer({ type: "logarithm", options: {}, forward: (_, x) => log(x) });
    const network = nn.sequential({
      scores: nn.sequential(nn.conv2d(1, { kernel: 3 }), logarithm(), nn.flatten(), nn.linear(4)),
    });
    expect(await failure(data, {}, network)).toEqual(
      new NumericError(
        "training stopped at epoch 1, step 1: the loss is NaN; it first came up as NaN in log of layer scores.1 (f32[4,1,6,6]). " +
          "The parameters are as before that step. Check the data for values that are not finite or very large, and the network's layers and loss",
      ),
    );
  });

  it("that was made for other pictures", async () => {
    const model = nn.Model.build(smallNetwork(), { input: [1, 9, 9] });
    await expect(fit(model, data)).rejects.toThrow(
      new ShapeError("the model takes inputs of shape [n,1,9,9], got u8[12,1,8,8]"),
    );
    await expect(evaluateModel(model, data)).rejects.toThrow(ShapeError);
  });
});

it("a checkpoint of another run says which settings are not the same", async () => {
  const { store } = await record(smallNetwork(), data, { epochs: 1, batch: 4, seed: 1 });
  const resume = store.checkpoints[0];
  await expect(fit(smallNetwork(), data, { epochs: 2, batch: 4, seed: 2, resume })).rejects.toThrow(
    "the checkpoint: belongs to another run: it was made with seed 1; this run has seed 2; resume with the same settings",
  );
});
