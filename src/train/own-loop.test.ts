/** A training loop of one's own, made of what is public, against `fit`. */
import { describe, expect, it } from "vitest";
import { halves, smallNetwork } from "../../tests/support/training.ts";
import { array, OptionError, ShapeError } from "../array/index.ts";
import { batches, epochOrder, flip, inputShape, randomCrop } from "../data/index.ts";
import { compile, createInterpreter } from "../engines/index.ts";
import * as nn from "../nn/index.ts";
import { cosine, minimize, setLearningRate, sgd } from "../optim/index.ts";
import { fit, type TrainingEvent } from "./index.ts";

const data = halves(20);
const engine = createInterpreter();

describe("a loop of one's own", () => {
  it("ends with the bits that fit ends with: batches, augmentation and learning rate are the same", async () => {
    const [epochs, batch, seed] = [2, 8, 3];
    const augment = [flip(), randomCrop({ padding: 1 })];
    const { model: fitted } = await fit(smallNetwork(), data, {
      ...{ epochs, batch, seed, augment, engine, schedule: cosine() },
      optimizer: sgd({ learningRate: 0.1 }),
    });

    const model = nn.Model.build(smallNetwork(), { input: inputShape(data), classes: data.classes, seed });
    const optimizer = sgd({ learningRate: 0.1 });
    const stepFor = (size: number) =>
      compile(
        (x, y) => void minimize(nn.crossEntropy(model(x, { training: true }), y), optimizer),
        [
          { shape: [size, 1, 8, 8], dtype: "u8" },
          { shape: [size], dtype: "i32" },
        ],
        { engine },
      );
    const steps = epochs * Math.ceil(20 / batch);
    let step = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for await (const { images, labels } of batches(data, { batch, seed, epoch, augment })) {
        setLearningRate(optimizer, 0.1 * cosine().factor({ step: step++, steps, epoch, epochs, history: [] }));
        await stepFor(labels.size)(images, labels);
      }
    }
    expect(await model.toBytes()).toEqual(await fitted.toBytes());
  });

  it("sets rates that are numbers, of optimizers", () => {
    const optimizer = sgd();
    setLearningRate(optimizer, 0.25);
    expect(optimizer.learningRate.value.item()).toBe(0.25);
    for (const wrong of [Number.NaN, -1, Infinity, "0.1"])
      expect(() => setLearningRate(optimizer, wrong as number)).toThrow(OptionError);
    expect(() => setLearningRate("sgd" as never, 1)).toThrow(OptionError);
  });
});

describe("batches", () => {
  const labelsOf = async (options: Parameters<typeof batches>[1]): Promise<number[][]> => {
    const taken: number[][] = [];
    for await (const { labels } of batches(data, options)) taken.push([...labels.data]);
    return taken;
  };

  it("have as many samples by default as those of fit", async () => {
    const sizes: number[] = [];
    for await (const { labels } of batches(halves(70))) sizes.push(labels.size);
    const steps: number[] = [];
    const onEvent = (event: TrainingEvent): void => void (event.type === "step" && steps.push(event.samples));
    await fit(smallNetwork(), halves(70), { epochs: 1, engine, onEvent });
    expect([sizes[0], steps[0]]).toEqual([64, 64]);
  });

  it("are slices of the epoch's order, or of the data as they are", async () => {
    const order = [...epochOrder(20, 5, 2)];
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    const expected = [order.slice(0, 8), order.slice(8, 16), order.slice(16)];
    expect(await labelsOf({ batch: 8, seed: 5, epoch: 2 })).toEqual(
      expected.map((rows) => rows.map((row) => data.labels.data[row])),
    );
    expect(await labelsOf({ batch: 20, shuffle: false })).toEqual([[...data.labels.data]]);
    expect((await labelsOf({ batch: 8, lastBatch: "drop" })).map(({ length }) => length)).toEqual([8, 8]);
  });

  it("end their threads when the loop is left", async () => {
    for await (const { images } of batches(data, { batch: 4, augment: [flip()], workers: 0 })) {
      expect(images.shape).toEqual([4, 1, 8, 8]);
      break;
    }
  });

  it("are refused at once, before the first is asked for", () => {
    const refused = (options: object) => () => batches(data, options);
    expect(refused({ batch: 0 })).toThrow(new OptionError("batches: batch must be an integer of at least 1, got 0"));
    expect(refused({ batches: 3 })).toThrow("batches: there is no option 'batches'; did you mean batch?");
    expect(refused({ batch: 21, lastBatch: "drop" })).toThrow("batch (21) must not exceed the 20 samples");
    expect(refused({ augment: "flip" })).toThrow(OptionError);
    const rows = { ...data, images: array(Array.from({ length: 20 }, () => [1, 2])) };
    expect(() => batches(rows, { augment: [flip()] })).toThrow(ShapeError);
    expect(() => epochOrder(-1, 0, 0)).toThrow("epochOrder: count must be an integer of at least 0, got -1");
  });
});
