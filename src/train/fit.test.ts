import { describe, expect, it } from "vitest";
import { digest, halves, record, smallNetwork } from "../../tests/support/training.ts";
import type { NdArray } from "../array/index.ts";
import { createInterpreter, type Engine } from "../engines/index.ts";
import { Model } from "../nn/index.ts";
import { cosine, linear, sgd } from "../optim/index.ts";
import { evaluateModel, fit } from "./index.ts";

const data = halves(30);
const short = { epochs: 2, batch: 8 };
/** With a learning rate of 0 the model stays as it began, so that what is said of it can be counted again. */
const still = sgd({ learningRate: 0 });
const noDropout = smallNetwork({ rate: 0 });

/** A mean of float32 losses, taken batch by batch or of all at once: each is rounded to 24 bits. */
const LOSS_DIGITS = 5;

describe("a run", () => {
  it("ends with the same bytes for the same seed, and with others for another", async () => {
    const run = async (seed: number) => {
      const { model, store } = await record(smallNetwork(), data, { ...short, seed });
      return { model: digest(await model.toBytes()), checkpoint: digest(store.checkpoints.at(-1)!) };
    };
    const [first, second, other] = [await run(1), await run(1), await run(2)];
    expect(second).toEqual(first);
    expect(other.model).not.toBe(first.model);
    expect(other.checkpoint).not.toBe(first.checkpoint);
  });

  it("learns what can be learned", async () => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const { model, history } = await fit(smallNetwork(), halves(64), { epochs: 8, batch: 8, optimizer });
    expect((await evaluateModel(model, halves(40, { name: "unseen" }))).figures.accuracy).toBe(1);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(history[7].training.loss).toBeLessThan(history[0].training.loss / 4);
  });

  it("goes on with a model that it is given", async () => {
    const model = Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes, seed: 3 });
    const before = digest(await model.toBytes());
    const result = await fit(model, data, short);
    expect(result.model).toBe(model);
    expect(digest(await model.toBytes())).not.toBe(before);
  });

  it("gives a new model what the data say: the shape of pictures, classes, normalization", async () => {
    const normalization = { mean: [0.4], std: [0.3] };
    const { model } = await fit(smallNetwork(), { ...data, normalization }, { epochs: 1 });
    expect(model.input).toEqual([1, 8, 8]);
    expect(model.classes).toEqual(["top", "bottom", "left", "right"]);
    expect(model.normalization).toEqual(normalization);
  });

  it("takes each sample once an epoch, in another order in each", async () => {
    const numbered = { ...halves(10), name: "numbered" };
    for (let i = 0; i < 10; i++) numbered.images.data[i * 64] = i;
    const batches: number[][] = [];
    const engine = watched(([images]) => {
      batches.push(Array.from({ length: images.shape[0] }, (_, i) => images.row(i).data[0]));
    });
    await fit(smallNetwork(), numbered, { epochs: 2, batch: 4, engine });
    expect(batches.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2]);
    const [first, second] = [batches.slice(0, 3).flat(), batches.slice(3).flat()];
    const inOrder = Array.from({ length: 10 }, (_, i) => i);
    for (const order of [first, second]) expect(order.toSorted((a, b) => a - b)).toEqual(inOrder);
    expect(first).not.toEqual(inOrder);
    expect(second).not.toEqual(first);
  });

  it("takes all samples at once when there are fewer than a batch", async () => {
    const { events } = await record(smallNetwork(), halves(6), { epochs: 1, batch: 128 });
    expect(events[0]).toMatchObject({ type: "step", step: 1, steps: 1, samples: 6 });
  });

  it("sets the learning rate of each step as the schedule says, the last epoch included", async () => {
    for (const [schedule, rates] of [
      [linear(), [0.8, 0.6, 0.4, 0.2]],
      [cosine(), [0.8, 0.6828, 0.4, 0.1172]],
    ] as const) {
      const optimizer = sgd({ learningRate: 0.8 });
      const seen: number[] = [];
      const engine = watched(() => seen.push(optimizer.learningRate.value.item()));
      await fit(noDropout, halves(8), { epochs: 2, batch: 4, optimizer, schedule, engine });
      // Rounded to float32, and cosine's to four digits above.
      seen.forEach((rate, i) => {
        expect(rate).toBeCloseTo(rates[i], 4);
      });
      expect(seen).toHaveLength(4);
    }
  });
});

describe("what a run reports", () => {
  it("comes in order: the steps of an epoch, its validation, its end", async () => {
    const validation = halves(300, { name: "held out" });
    const { events } = await record(smallNetwork(), data, { epochs: 2, batch: 12, validation });
    const told = events.map((event) => {
      if (event.type === "step") return `${event.epoch}: step ${event.step}/${event.steps} of ${event.samples}`;
      if (event.type === "validate") return `${event.epoch}: validated ${event.done}/${event.total}`;
      return event.type === "epoch" && `${event.epoch}/${event.epochs} done`;
    });
    expect(told).toEqual([
      ...["1: step 1/3 of 12", "1: step 2/3 of 12", "1: step 3/3 of 6"],
      ...["1: validated 256/300", "1: validated 300/300", "1/2 done"],
      ...["2: step 1/3 of 12", "2: step 2/3 of 12", "2: step 3/3 of 6"],
      ...["2: validated 256/300", "2: validated 300/300", "2/2 done"],
    ]);
  });

  it("weighs every sample the same, also those of a short last batch", async () => {
    // 10 samples in batches of 8 and 2: the mean of the two batches' means would be another number.
    const few = halves(10, { seed: 5 });
    const { model, events, history } = await record(noDropout, few, { epochs: 1, batch: 8, optimizer: still });
    const alone = await Promise.all(Array.from({ length: 10 }, (_, i) => evaluateModel(model, oneOf(few, i))));
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
    expect(history[0].training.loss).toBeCloseTo(mean(alone.map(({ figures }) => figures.loss)), LOSS_DIGITS);
    expect(history[0].training.accuracy).toBe(mean(alone.map(({ figures }) => figures.accuracy)));
    expect(events[1]).toMatchObject({ type: "step", step: 2, figures: history[0].training });
  });

  it("starts each epoch's means anew", async () => {
    const { history } = await record(noDropout, data, { ...short, optimizer: still });
    expect(history[1].training.loss).toBeCloseTo(history[0].training.loss, LOSS_DIGITS);
    expect(history[1].training.accuracy).toBe(history[0].training.accuracy);
  });

  it("has the length of the gradient, by which plain descent moves the parameters", async () => {
    const start = Model.build(noDropout, { input: [1, 8, 8] });
    const optimizer = sgd({ learningRate: 0.5 });
    const { model, events } = await record(noDropout, data, { epochs: 1, batch: 30, optimizer });
    const moved = model.variables.flatMap(({ value }, i) =>
      Array.from(value.data, (x, k) => (x - start.variables[i].value.data[k]) / 0.5),
    );
    const [step] = events;
    expect(step.type === "step" && step.gradientNorm).toBeCloseTo(Math.hypot(...moved), LOSS_DIGITS);
  });
});

const oneOf = (set: typeof data, i: number): typeof data => ({
  ...set,
  images: set.images.row(i).reshape([1, 1, 8, 8]),
  labels: set.labels.row(i).reshape([1]),
});

/** The interpreter, telling the inputs of each run beforehand. */
function watched(onRun: (inputs: readonly NdArray[]) => void): Engine {
  const interpreter = createInterpreter();
  return {
    ...interpreter,
    compile: (graph) => {
      const program = interpreter.compile(graph);
      return {
        run: (inputs) => {
          onRun(inputs);
          return program.run(inputs);
        },
      };
    },
  };
}
