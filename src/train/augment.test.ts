/** `fit` with its option `augment`: what networks are trained on, what they are validated on, what a run remembers. */
import { describe, expect, it } from "vitest";
import { asFloats, digest, halves, record, smallNetwork } from "../../tests/support/training.ts";
import { DataError, FormatError, NdArray, OptionError, ShapeError, sameArray } from "../array/index.ts";
import {
  type Augmentation,
  augmentBatch,
  centerCrop,
  centerCropped,
  colorJitter,
  cutMix,
  flip,
  mixup,
  normalize,
  randomCrop,
  randomResizedCrop,
} from "../data/augment/index.ts";
import { epochOrder, takeRows } from "../data/batches.ts";
import { createInterpreter, type Engine } from "../engines/index.ts";
import { crossEntropy, Model } from "../nn/index.ts";
import { cosine, sgd } from "../optim/index.ts";
import { classification, evaluateModel, type FitOptions, fit, type Loss } from "./index.ts";

const data = halves(20);
const still = sgd({ learningRate: 0 });
const noDropout = smallNetwork({ rate: 0 });
const steps = [randomCrop({ padding: 2 }), colorJitter({ brightness: 0.2 })];

/** The interpreter, keeping the inputs of each run. */
function watched(): Engine & { readonly seen: (readonly NdArray[])[] } {
  const interpreter = createInterpreter();
  const seen: (readonly NdArray[])[] = [];
  return {
    ...interpreter,
    seen,
    compile: (graph) => {
      const program = interpreter.compile(graph);
      return { ...program, run: (inputs) => program.run(seen[seen.push(inputs) - 1]) };
    },
  };
}

describe("training with augmentation", () => {
  it("gives the network what augmentBatch makes of the rows, anew in each epoch", async () => {
    const engine = watched();
    await fit(smallNetwork(), data, { epochs: 2, batch: 8, seed: 6, augment: steps, engine });
    expect(engine.seen).toHaveLength(6);
    engine.seen.forEach(([images, labels], k) => {
      const [epoch, step] = [Math.floor(k / 3), k % 3];
      const samples = epochOrder(20, 6, epoch).subarray(8 * step, 8 * step + 8);
      const batch = { images: takeRows(data.images, samples), labels: takeRows(data.labels, samples) };
      const expected = augmentBatch(steps, batch, { seed: 6, epoch, samples }, 4);
      expect(sameArray(images, expected.images)).toBe(true);
      expect(sameArray(images, batch.images)).toBe(false);
      expect(sameArray(labels, batch.labels)).toBe(true);
    });
  });

  it("in parts uses the same pictures, mixed before they are divided", async () => {
    const options = { epochs: 1, batch: 12, augment: [...steps, mixup()] };
    const [whole, parts] = [watched(), watched()];
    await fit(noDropout, data, { ...options, engine: whole, optimizer: sgd() });
    await fit(noDropout, data, { ...options, engine: parts, optimizer: sgd(), accumulate: 3 });
    const images = parts.seen.filter(({ length }) => length > 0).map(([images]) => [...images.data]);
    expect(images.slice(0, 3).flat()).toEqual([...whole.seen[0][0].data]);
    expect(images.slice(3).flat()).toEqual([...whole.seen[1][0].data]);
  });

  it("ends with the same bytes for the same seed, wherever it was stopped", async () => {
    const train = (options: FitOptions & { stopAfter?: number } = {}) =>
      record(smallNetwork(), data, {
        ...{ epochs: 2, batch: 8, seed: 4, schedule: cosine(), optimizer: sgd({ momentum: 0.9 }) },
        augment: [...steps, flip(), cutMix()],
        ...options,
      });
    const whole = await train();
    expect(digest(await (await train()).model.toBytes())).toBe(digest(await whole.model.toBytes()));
    expect(digest(await (await train({ seed: 5 })).model.toBytes())).not.toBe(digest(await whole.model.toBytes()));
    expect(digest(await (await train({ augment: steps })).model.toBytes())).not.toBe(
      digest(await whole.model.toBytes()),
    );
    for (const stopAfter of [1, 2, 5]) {
      const stopped = await train({ stopAfter });
      const resumed = await train({ resume: stopped.store.checkpoints.at(-1) });
      expect(digest(resumed.store.checkpoints.at(-1)!)).toBe(digest(whole.store.checkpoints.at(-1)!));
      expect(digest(await resumed.model.toBytes())).toBe(digest(await whole.model.toBytes()));
    }
  });

  it("is resumed with the same steps only", async () => {
    const { store } = await record(noDropout, data, { epochs: 1, augment: [flip({ vertical: 0.5 })] });
    const resume = (augment: Augmentation[]) =>
      fit(noDropout, data, { epochs: 2, augment, resume: store.checkpoints[0] }).catch((error: unknown) => error);
    for (const [other, words] of [
      [[flip()], '"vertical":0}'],
      [[], "this run has augment none"],
      [[flip({ vertical: 0.5 }), flip()], '"vertical":0}'],
    ] as const) {
      const error = await resume([...other]);
      expect(error).toBeInstanceOf(FormatError);
      expect(String(error)).toContain(
        'it was made with augment [{"type":"flip","options":{"horizontal":0.5,"vertical":0.5}}]',
      );
      expect(String(error)).toContain(words);
    }
    await fit(noDropout, data, { epochs: 2, augment: [flip({ vertical: 0.5 })], resume: store.checkpoints[0] });
  });
});

describe("labels that are mixed", () => {
  it("reach the loss as probabilities, and hits are counted by the larger share", async () => {
    const shapes: (readonly number[])[] = [];
    const engine = watched();
    const loss: Loss = (scores, labels) => {
      shapes.push(labels.shape);
      return crossEntropy(scores, labels);
    };
    const model = Model.build(noDropout, { input: [1, 8, 8], seed: 2 });
    const options = { epochs: 1, batch: 20, augment: [mixup({ alpha: 1 })], optimizer: still };
    const { history } = await fit(model, data, { ...options, task: classification({ loss }), engine });
    expect(shapes).toEqual([[20, 4]]);
    const [[images, labels]] = engine.seen;
    expect([labels.dtype, labels.shape]).toEqual(["f32", [20, 4]]);
    const larger = Int32Array.from({ length: 20 }, (_, i) => {
      const row = [...labels.row(i).data];
      return row.indexOf(Math.max(...row));
    });
    const alike = { ...data, images, labels: new NdArray(larger, [20], "i32") };
    expect(history[0].training.accuracy).toBeCloseTo((await evaluateModel(model, alike)).figures.accuracy, 6);
  });

  it("are learned from", async () => {
    const { model } = await fit(smallNetwork(), halves(64), {
      ...{ epochs: 10, batch: 8, augment: [cutMix({ probability: 0.3 })] },
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    });
    expect((await evaluateModel(model, halves(40, { name: "unseen" }))).figures.accuracy).toBeGreaterThan(0.9);
  });
});

describe("steps that change the size of pictures", () => {
  const crops = [randomResizedCrop({ size: [6, 7] })];
  const validation = halves(12, { name: "held out" });

  it("make the model for that size, and validation looks at the middles", async () => {
    const { model, history } = await fit(smallNetwork(), data, { epochs: 1, augment: crops, validation });
    expect(model.input).toEqual([1, 6, 7]);
    const {
      figures: { loss, accuracy },
    } = await evaluateModel(model, centerCropped(validation, [1, 6, 7]));
    expect(history[0]).toMatchObject({ validation: { loss, accuracy } });
  });

  it("take validation data that have the size already as they are", async () => {
    const ready = centerCropped(validation, [1, 6, 7]);
    const { model, history } = await fit(smallNetwork(), data, { epochs: 1, augment: crops, validation: ready });
    expect(history[0].validation?.loss).toBe((await evaluateModel(model, ready)).figures.loss);
  });

  it("refuse validation data that are too small, or of another kind", async () => {
    const larger = randomResizedCrop({ size: 12 });
    await expect(fit(smallNetwork(), data, { augment: [larger], validation })).rejects.toThrow(
      new DataError(
        "validation data held out have pictures of 8×8, augment makes 12×12 of those that are trained on; " +
          "give validation data of that size",
      ),
    );
    const small = centerCropped(validation, [1, 7, 7]);
    await expect(fit(smallNetwork(), data, { augment: crops, validation: small })).rejects.toThrow(
      "validation data must be like the training data: held out has inputs [1,7,7], halves has [1,8,8]",
    );
    const fewer = { ...centerCropped(validation, [1, 6, 7]), classes: ["a", "b", "c", "d", "e"] };
    await expect(fit(smallNetwork(), data, { augment: crops, validation: fewer })).rejects.toThrow(DataError);
  });
});

describe("steps that cannot be", () => {
  it.each<[unknown, Error]>([
    [
      flip(),
      new OptionError(
        "fit: augment must be a list of steps, such as [flip(), randomCrop({ padding: 4 })], got an object",
      ),
    ],
    [[flip], new OptionError("fit: augment must be a list of steps, which calls make: flip(); got a function")],
    [[{ type: "flop", options: {} }], new OptionError("there is no augmentation 'flop'; did you mean flip?")],
    [
      [centerCrop({ size: 9 })],
      new ShapeError("centerCrop: 9×9 cannot be cut out of pictures of 8×8; choose a smaller size"),
    ],
  ])("%# are refused before training", async (given, error) => {
    await expect(fit(noDropout, data, { augment: given as Augmentation[] })).rejects.toThrow(error);
  });

  it("are normalizations, of bytes: the model has its own", async () => {
    const step = normalize({ mean: [0.5], std: [0.2] });
    await expect(fit(noDropout, data, { augment: [step] })).rejects.toThrow(
      "fit: augment has the step normalize, but the model normalizes by itself",
    );
    await expect(fit(noDropout, asFloats(data), { augment: [step] })).rejects.toThrow("the model normalizes by itself");
  });
});
