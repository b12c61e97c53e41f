import { describe, expect, it, vi } from "vitest";
import { asFloats, halves } from "../../tests/support/training.ts";
import { NdArray, OptionError } from "../array/index.ts";
import * as nn from "../nn/index.ts";
import { sgd } from "../optim/index.ts";
import { classification, evaluateModel, type FitOptions, fit, type NoticeKind } from "./index.ts";

const data = halves(24);
const plain = nn.sequential(nn.flatten(), nn.linear(4));

interface Notice {
  readonly kind: NoticeKind;
  readonly message: string;
}

async function told(set = data, options: FitOptions = {}, network: nn.Layer = plain): Promise<Notice[]> {
  const notices: Notice[] = [];
  await fit(network, set, {
    epochs: 1,
    batch: 8,
    onNotice: (message, kind) => notices.push({ kind, message }),
    ...options,
  });
  return notices;
}

describe("notices", () => {
  it("are not given of what is in order", async () => {
    expect(await told()).toEqual([]);
    expect(await told(asFloats(data))).toEqual([]);
  });

  it("tell of floats in 0 … 255", async () => {
    const { images } = data;
    const raw = { ...data, images: images.cast("f32") };
    const [notice] = await told(raw, { optimizer: sgd({ learningRate: 1e-6 }) });
    expect(notice).toMatchObject({ kind: "unscaledInputs" });
    expect(notice.message).toMatch(/^data set halves has pictures of floats from \d+ to \d+, .* divide them by 255/);
    const centered = { ...raw, images: new NdArray((raw.images.data as Float32Array).map((x) => x - 100), images.shape, "f32") }; // biome-ignore format: one set
    expect(await told(centered, { optimizer: sgd({ learningRate: 1e-6 }) })).toEqual([]);
  });

  it.each([
    ["softmax", nn.softmax()],
    ["sigmoid", nn.sigmoid()],
    ["logSoftmax", nn.logSoftmax()],
  ])("tell of %s before cross-entropy, and not before other losses", async (name, layer) => {
    const network = nn.sequential(nn.flatten(), nn.linear(4), layer);
    const [notice] = await told(data, {}, network);
    expect(notice.kind).toBe("repeatedSoftmax");
    expect(notice.message).toMatch(
      new RegExp(`^the network ends with ${name} \\(layer 2\\), and crossEntropy takes .* leave that layer out`),
    );
    expect(
      await told(
        data,
        { task: classification({ loss: (scores, labels) => nn.crossEntropy(scores, labels) }) },
        network,
      ),
    ).toEqual([notice]);
    expect(await told(data, { task: classification({ loss: "mse" }) }, network)).toEqual([]);
  });

  it("tell of classes without samples", async () => {
    const more = { ...data, classes: [...data.classes, "middle"] };
    expect(await told(more, {}, nn.sequential(nn.flatten(), nn.linear(5)))).toEqual([
      {
        kind: "emptyClass",
        message: 'data set halves has no samples of 1 of its 5 classes ("middle"), which cannot be learned',
      },
    ]);
  });

  it("tell once of a loss that explodes in the first epoch", async () => {
    const notices = await told(data, { optimizer: sgd({ learningRate: 20 }) });
    expect(notices.map(({ kind }) => kind)).toEqual(["lossGrows"]);
    expect(notices[0].message).toMatch(/^the loss has grown to .* the learning rate, 20, is probably too large/);
  });

  it("go to the console by default, a line each", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await fit(plain, data, { epochs: 1, validation: 4 });
    expect(warn.mock.calls).toEqual([["fovea: 4 of 24 training samples are held out for validation (validation: 4)"]]);
    warn.mockRestore();
  });
});

describe("losses and class weights", () => {
  /** Three of the first class for each of another. */
  const lopsided = { ...data, labels: new NdArray(data.labels.data.map((label, i) => (i % 3 > 0 ? 0 : label)) as Int32Array<ArrayBuffer>, [24], "i32") }; // biome-ignore format: one set
  const options = { epochs: 1, batch: 8, onNotice: () => {} } as const;
  const bytes = async (given: FitOptions) =>
    await (await fit(plain, lopsided, { ...options, ...given })).model.toBytes();

  it("by name are the functions that they name", async () => {
    const named = await bytes({ task: classification({ loss: "crossEntropy" }) });
    expect(named).toEqual(await bytes({}));
    expect(named).toEqual(
      await bytes({ task: classification({ loss: (scores, labels) => nn.crossEntropy(scores, labels) }) }),
    );
    const { model } = await fit(plain, lopsided, options);
    const {
      figures: { loss },
    } = await evaluateModel(model, lopsided, { task: classification({ loss: "negativeLogLikelihood" }) });
    expect(loss).toBe(
      (await evaluateModel(model, lopsided, { task: classification({ loss: nn.negativeLogLikelihood }) })).figures.loss,
    );
    expect(() => classification({ loss: "mes" as never })).toThrow(
      new OptionError("there is no loss 'mes'; did you mean mse?"),
    );
  });

  it("balanced are those of the counts of all training labels", async () => {
    const counts = [0, 1, 2, 3].map((k) => [...lopsided.labels.data].filter((label) => label === k).length);
    const weights = counts.map((count) => 24 / (4 * count));
    const balanced = await bytes({ task: classification({ classWeights: "balanced" }) });
    expect(balanced).toEqual(await bytes({ task: classification({ classWeights: weights }) }));
    expect(balanced).toEqual(
      await bytes({ task: classification({ loss: (s, y) => nn.crossEntropy(s, y, { classWeights: weights }) }) }),
    );
    expect(balanced).not.toEqual(await bytes({}));
  });

  it("are refused where they do not fit", async () => {
    const refused = (given: object, message: string) =>
      expect(async () => bytes({ task: classification(given) })).rejects.toThrow(
        new OptionError(`classification: ${message}`),
      );
    await refused({ classWeights: [1, 2] }, "classWeights must have a number for each of 4 classes, got 2");
    await refused({ classWeights: [1, 2, -1, 1] }, "classWeights must be a list of finite numbers of at least 0, one for each class, or 'balanced', got [1,2,-1,1]"); // biome-ignore format: one message
    await refused(
      { classWeights: "balanced", loss: () => undefined },
      "classWeights needs a loss by name, one of crossEntropy, negativeLogLikelihood, multiMargin, got a function; weigh the classes in a loss of your own",
    );
  });
});
