/** What `fit` does beside plain steps: parts of batches, averages of weights, rates by figures, early ends. */
import { describe, expect, it } from "vitest";
import { digest, halves, mislabeled, record, smallNetwork } from "../../tests/support/training.ts";
import { NumericError, OptionError } from "../array/index.ts";
import { createInterpreter } from "../engines/index.ts";
import * as nn from "../nn/index.ts";
import { log } from "../ops/index.ts";
import { adam, cosine, plateau, type Schedule, sgd, warmup } from "../optim/index.ts";
import { evaluateModel, type FitOptions, fit } from "./index.ts";

const data = halves(30);
const noDropout = smallNetwork({ rate: 0 });
const engine = createInterpreter({ float64: true });
/** Doubles within a step; parameters are rounded to float32 (2⁻²⁴ of numbers below 1) after each of a few. */
const DIGITS = 6;

const numbers = (model: nn.Model): number[] => model.variables.flatMap(({ value }) => [...value.data]);

describe("a batch that is gone through in parts", () => {
  const whole = { epochs: 2, batch: 12, engine, optimizer: undefined } satisfies FitOptions;
  const create = () => sgd({ learningRate: 0.1, momentum: 0.9, clipNorm: 1 });

  it.each([2, 3, 5, 12])("of %d gives the same model and figures as in one", async (accumulate) => {
    const one = await record(noDropout, data, { ...whole, optimizer: create() });
    const parted = await record(noDropout, data, { ...whole, optimizer: create(), accumulate });
    numbers(parted.model).forEach((value, i) => {
      expect(value).toBeCloseTo(numbers(one.model)[i], DIGITS);
    });
    parted.history.forEach(({ training: { loss, accuracy } }, i) => {
      expect(loss).toBeCloseTo(one.history[i].training.loss, DIGITS);
      expect(accuracy).toBe(one.history[i].training.accuracy);
    });
    // Also of the last batch, of 6 samples: as many steps, of as many samples, with gradients of the same length.
    const told = ({ events }: typeof one) => events.filter(({ type }) => type === "step");
    expect(told(parted)).toHaveLength(6);
    told(parted).forEach((event, i) => {
      const other = told(one)[i];
      if (event.type !== "step" || other.type !== "step") return;
      expect(event).toMatchObject({ step: other.step, samples: other.samples });
      expect(event.gradientNorm).toBeCloseTo(other.gradientNorm, DIGITS);
    });
  });

  it("is told apart from others when a run is resumed", async () => {
    const { store } = await record(noDropout, data, { epochs: 1, batch: 12, accumulate: 3 });
    const resume = store.checkpoints[0];
    await expect(fit(noDropout, data, { epochs: 2, batch: 12, resume })).rejects.toThrow(
      "it was made with batch 12 in 3 parts; this run has batch 12; resume with the same settings",
    );
  });

  it("stops where its numbers break, with the parameters of the step before", async () => {
    const logarithm = nn.defineLayer({ type: "logarithm", options: {}, forward: (_, x) => log(x) });
    const network = nn.sequential(nn.conv2d(2, { kernel: 3 }), logarithm(), nn.flatten(), nn.linear(4));
    const model = nn.Model.build(network, { input: [1, 8, 8] });
    const before = digest(await model.toBytes());
    const error: unknown = await fit(model, data, { epochs: 1, batch: 12, accumulate: 3 }).catch((error) => error);
    expect(error).toBeInstanceOf(NumericError);
    expect(String(error)).toMatch(/epoch 1, step 1: the loss is NaN; it first came up as NaN in log of layer 1 /);
    expect(digest(await model.toBytes())).toBe(before);
  });
});

describe("moving averages of the weights", () => {
  const options = { epochs: 3, batch: 8, seed: 2 } satisfies FitOptions;
  const create = (average?: number) => adam({ learningRate: 0.05, average });
  const validation = halves(40, { name: "held out" });

  it("are what is validated, kept as the best and given back", async () => {
    const averaged = await record(smallNetwork(), data, { ...options, optimizer: create(0.5), validation });
    expect(digest(await averaged.model.toBytes())).toBe(digest(averaged.store.best.at(-1)!));
    const {
      figures: { loss, accuracy },
    } = await evaluateModel(averaged.model, validation);
    const best = averaged.history[averaged.bestEpoch - 1];
    expect([loss, accuracy]).toEqual([best.validation?.loss, best.validation?.accuracy]);
    const plain = await record(smallNetwork(), data, { ...options, optimizer: create(), validation });
    expect(averaged.history[0].validation?.loss).not.toBe(plain.history[0].validation?.loss);
  });

  it("leave the training itself alone", async () => {
    const [plain, averaged] = await Promise.all(
      [undefined, 0.9].map((average) => record(smallNetwork(), data, { ...options, optimizer: create(average) })),
    );
    expect(averaged.history).toEqual(plain.history);
    expect(digest(await averaged.model.toBytes())).not.toBe(digest(await plain.model.toBytes()));
    // With decay 0 the average is the weights as they are.
    const forgetful = await record(smallNetwork(), data, { ...options, optimizer: create(0) });
    expect(numbers(forgetful.model)).toEqual(numbers(plain.model).map((value) => expect.closeTo(value, 6)));
  });

  it("put the weights back when a run is stopped while they are validated", async () => {
    const long = halves(300, { name: "held out" });
    const run = (more: FitOptions & { stopAfter?: number } = {}) =>
      record(smallNetwork(), data, { ...options, optimizer: create(0.5), validation: long, ...more });
    const all = await run();
    // 4 steps, then two parts of the validation, of which the first is the last thing that happens.
    const stopped = await run({ stopAfter: 5 });
    expect(stopped.interrupted).toBe(true);
    const resumed = await run({ resume: stopped.store.checkpoints.at(-1) });
    expect(digest(resumed.store.checkpoints.at(-1)!)).toBe(digest(all.store.checkpoints.at(-1)!));
    expect(digest(await resumed.model.toBytes())).toBe(digest(await all.model.toBytes()));
  });
});

describe("a rate that falls when a figure stays where it is", () => {
  // What helps on the training data hurts on these: the first epoch is the best.
  const validation = mislabeled(halves(40, { name: "held out" }));
  const schedule = plateau({ figure: "loss", patience: 1, factor: 0.1 });
  const run = async (options: FitOptions & { stopAfter?: number } = {}) => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const rates: number[] = [];
    const recorded = await record(smallNetwork(), data, {
      ...{ epochs: 6, batch: 30, optimizer, schedule, validation, ...options },
      onEvent: ({ type }) => {
        if (type === "step") rates.push(optimizer.learningRate.value.item());
      },
    });
    return { ...recorded, rates };
  };

  it("falls after validation has told, and goes on so when it is resumed", async () => {
    const whole = await run();
    expect(whole.history.map(({ validation }) => validation?.loss)).toEqual(
      whole.history.map(({ validation }) => validation?.loss).toSorted((a, b) => a! - b!),
    );
    expect(whole.rates).toEqual([0.1, 0.1, 0.1, 0.01, 0.01, 0.001].map((rate) => expect.closeTo(rate, 8)));
    for (const stopAfter of [3, 7, 10]) {
      const stopped = await run({ stopAfter });
      const resumed = await run({ resume: stopped.store.checkpoints.at(-1) });
      expect([...stopped.rates, ...resumed.rates], `stopped after event ${stopAfter}`).toEqual(whole.rates);
      expect(digest(resumed.store.checkpoints.at(-1)!)).toBe(digest(whole.store.checkpoints.at(-1)!));
    }
  });

  it("needs the figure that it looks at", async () => {
    await expect(fit(smallNetwork(), data, { schedule: plateau() })).rejects.toThrow(
      new OptionError(`fit: the schedule ${plateau().name} watches the validation data, and there are none`),
    );
    const trained = (schedule: Schedule) => fit(smallNetwork(), data, { epochs: 1, schedule });
    await expect(trained(plateau({ figure: "loss", on: "training" }))).resolves.toBeDefined();
    await expect(trained(plateau({ figure: "f1", on: "training" }))).rejects.toThrow(
      new OptionError("fit: the schedule watches f1 on the training data, where the figures are loss, accuracy"),
    );
  });
});

describe("patience", () => {
  const validation = mislabeled(halves(40, { name: "held out" }));
  const options = { batch: 8, optimizer: undefined, validation } satisfies FitOptions;
  const run = (more: FitOptions & { stopAfter?: number }) =>
    record(smallNetwork(), data, { ...options, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), ...more });

  it("ends a run when no epoch was better than the best for so long", async () => {
    const { history, bestEpoch, stoppedEarly, interrupted } = await run({ epochs: 9, patience: 2 });
    expect({ epochs: history.length, bestEpoch, stoppedEarly, interrupted }).toEqual({
      ...{ epochs: 3, bestEpoch: 1, stoppedEarly: true, interrupted: false },
    });
  });

  it("does not end one that gets better, nor speaks of an end that came with the last epoch", async () => {
    const better = await run({ epochs: 4, patience: 1, validation: halves(40, { name: "held out" }) });
    expect([better.history.length >= 2, better.bestEpoch > 1]).toEqual([true, true]);
    const last = await run({ epochs: 3, patience: 2 });
    expect([last.history.length, last.stoppedEarly]).toEqual([3, false]);
  });

  it("ends it again when it is resumed, unless there is more of it", async () => {
    const ended = await run({ epochs: 9, patience: 2 });
    const resume = ended.store.checkpoints.at(-1);
    const again = await run({ epochs: 9, patience: 2, resume });
    expect([again.events, again.stoppedEarly]).toEqual([[], true]);
    expect((await run({ epochs: 9, patience: 4, resume })).history).toHaveLength(5);
  });
});

describe("a schedule that goes by the length of the run", () => {
  const begin = (schedule: Schedule) => record(smallNetwork(), data, { epochs: 2, batch: 8, schedule });

  it("cannot be resumed for more epochs, which would raise the rate again", async () => {
    for (const schedule of [cosine(), warmup(cosine(), { epochs: 1 })]) {
      const resume = (await begin(schedule)).store.checkpoints.at(-1);
      await expect(fit(smallNetwork(), data, { epochs: 3, batch: 8, schedule, resume })).rejects.toThrow(
        `the checkpoint: belongs to another run: it was made with schedule ${schedule.name} over 2 epochs; this run has schedule ${schedule.name} over 3 epochs; resume with the same settings`,
      );
      await expect(fit(smallNetwork(), data, { epochs: 2, batch: 8, schedule, resume })).resolves.toBeDefined();
    }
  });
});
