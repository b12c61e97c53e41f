import { describe, expect, it } from "vitest";
import { digest, halves, type Recorded, record, smallNetwork } from "../../tests/support/training.ts";
import { FormatError } from "../array/index.ts";
import * as nn from "../nn/index.ts";
import * as optim from "../optim/index.ts";
import { adam, linear, rmsprop, sgd } from "../optim/index.ts";
import { type FitOptions, fit } from "./index.ts";

const data = halves(20);
/** More than an evaluator takes at once, so that a run can be stopped between two of its batches. */
const validation = halves(300, { name: "held out" });

const optimizers = {
  "stochastic gradient descent with momentum": () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  "Adam with weight decay": () => adam({ learningRate: 0.01, weightDecay: 0.01 }),
  "RMSprop with every memory, clipping and averages": () =>
    rmsprop({ momentum: 0.5, centered: true, clipNorm: 1, average: 0.9 }),
};

/** What must not depend on where a run was stopped. */
const outcome = async ({ model, store, history, bestEpoch }: Recorded) => ({
  model: digest(await model.toBytes()),
  best: digest(store.best.at(-1) ?? new Uint8Array()),
  checkpoint: digest(store.checkpoints.at(-1)!),
  history,
  bestEpoch,
});

describe.each(Object.entries(optimizers))("a run with %s", (_, optimizer) => {
  // Everything is made anew for each part of a run, as after a restart.
  const train = (options: FitOptions & { stopAfter?: number } = {}) =>
    record(smallNetwork(), data, {
      epochs: 2,
      batch: 8,
      seed: 4,
      schedule: linear(),
      optimizer: optimizer(),
      validation,
      ...options,
    });

  it("ends with the same bytes wherever it was stopped", async () => {
    const whole = await train();
    // Of each epoch: 3 steps (the last one short), 2 parts of the validation, its end.
    expect(whole.events).toHaveLength(12);
    for (let stopAfter = 1; stopAfter <= 11; stopAfter++) {
      const stopped = await train({ stopAfter });
      expect(stopped.interrupted, `stopped after event ${stopAfter}`).toBe(true);
      const resumed = await train({ resume: stopped.store.checkpoints.at(-1) });
      resumed.store.best.unshift(...stopped.store.best);
      expect(await outcome(resumed), `stopped after event ${stopAfter}`).toEqual(await outcome(whole));
      expect([...stopped.store.log, ...resumed.store.log]).toEqual(whole.store.log);
    }
  });

  it("in parts ends with the same bytes when it is stopped between steps", async () => {
    const whole = await train({ accumulate: 3 });
    for (const stopAfter of [1, 4, 8]) {
      const stopped = await train({ accumulate: 3, stopAfter });
      const resumed = await train({ accumulate: 3, resume: stopped.store.checkpoints.at(-1) });
      resumed.store.best.unshift(...stopped.store.best);
      expect(await outcome(resumed), `stopped after event ${stopAfter}`).toEqual(await outcome(whole));
    }
  });

  it("ends with the same bytes when it is stopped after every single step", async () => {
    const steps = { validation: undefined };
    const whole = await train(steps);
    let part = await train({ ...steps, stopAfter: 1 });
    let parts = 1;
    for (; part.interrupted; parts++) {
      part = await train({ ...steps, stopAfter: 1, resume: part.store.checkpoints.at(-1) });
    }
    expect(parts).toBe(6);
    expect(await outcome(part)).toEqual(await outcome(whole));
  });
});

describe("every optimizer", () => {
  it.each(Object.entries(optim.optimizers))("%s keeps all that it remembers", async (_, create) => {
    const train = (options: FitOptions & { stopAfter?: number } = {}) =>
      record(smallNetwork(), data, { epochs: 1, batch: 5, optimizer: create({ average: 0.5 }), ...options });
    const whole = await train();
    const stopped = await train({ stopAfter: 2 });
    const resumed = await train({ resume: stopped.store.checkpoints.at(-1) });
    resumed.store.best.unshift(...stopped.store.best);
    expect(await outcome(resumed)).toEqual(await outcome(whole));
  });
});

describe("resuming", () => {
  const options = { epochs: 2, batch: 8, seed: 4 };
  const checkpoint = async () =>
    (await record(smallNetwork(), data, { ...options, stopAfter: 2 })).store.checkpoints[0];

  it("stops at once, and loses nothing, when the signal came before the first step", async () => {
    const aborted = AbortSignal.abort();
    const { interrupted, store, events, history, bestEpoch } = await record(smallNetwork(), data, {
      ...options,
      signal: aborted,
    });
    expect({ interrupted, events, history, bestEpoch }).toEqual({
      interrupted: true,
      events: [],
      history: [],
      bestEpoch: 0,
    });
    const resumed = await record(smallNetwork(), data, { ...options, resume: store.checkpoints[0] });
    expect(await outcome(resumed)).toEqual(await outcome(await record(smallNetwork(), data, options)));
  });

  it("of a run that is done trains no more, and gives the best model again", async () => {
    const done = await record(smallNetwork(), data, options);
    const again = await record(smallNetwork(), data, { ...options, resume: done.store.checkpoints.at(-1) });
    expect(again.events).toEqual([]);
    expect(again.history).toEqual(done.history);
    expect(digest(await again.model.toBytes())).toBe(digest(await done.model.toBytes()));
  });

  it("with more epochs goes on as if they had been asked for at first", async () => {
    const done = await record(smallNetwork(), data, options);
    const longer = await record(smallNetwork(), data, { ...options, epochs: 4, resume: done.store.checkpoints.at(-1) });
    expect(longer.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(await outcome(longer)).toEqual(await outcome(await record(smallNetwork(), data, { ...options, epochs: 4 })));
  });

  it("needs the settings that the run began with, and names those that differ on both sides", async () => {
    const resume = await checkpoint();
    const attempt = (change: FitOptions, set = data, network = smallNetwork()) =>
      fit(network, set, { ...options, ...change, resume }).then(
        () => "resumed",
        (error: unknown) => (error instanceof FormatError ? error.message : error),
      );
    const refused = (theirs: string, ours: string) =>
      `the checkpoint: belongs to another run: it was made with ${theirs}; this run has ${ours}; resume with the same settings`;
    expect(await attempt({ seed: 5 })).toBe(refused("seed 4", "seed 5"));
    expect(await attempt({ batch: 9, seed: 5 })).toBe(refused("batch 8, seed 4", "batch 9, seed 5"));
    expect(await attempt({}, halves(21))).toBe(refused("data halves (20 samples)", "data halves (21 samples)"));
    expect(await attempt({ validation })).toBe(refused("validation none", "validation held out (300 samples)"));
    expect(await attempt({ schedule: linear() })).toBe(
      refused("schedule none", "schedule linear (floor 0) over 2 epochs"),
    );
    expect(await attempt({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) })).toMatch(
      /with optimizer sgd \(learningRate 0\.05, momentum 0\.9, .*; this run has optimizer sgd \(learningRate 0\.1, momentum 0\.9, /,
    );
    expect(await attempt({ optimizer: adam() })).toMatch(/optimizer sgd \(.*; this run has optimizer adam \(/);
    expect(await attempt({}, data, smallNetwork({ rate: 0.5 }))).toMatch(
      /architecture .*"rate":0\.25.*; this run has architecture .*"rate":0\.5/,
    );
    expect(await attempt({})).toBe("resumed");
  });

  it("does not touch a model whose checkpoint is another's", async () => {
    const model = nn.Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes, seed: 9 });
    const before = digest(await model.toBytes());
    await expect(fit(model, data, { ...options, seed: 5, resume: await checkpoint() })).rejects.toThrow(FormatError);
    expect(digest(await model.toBytes())).toBe(before);
  });
});

describe("a run that is steered", () => {
  const train = (options: FitOptions = {}) =>
    record(smallNetwork(), data, { epochs: 2, batch: 8, seed: 4, optimizer: sgd({ learningRate: 0.05 }), ...options });

  it("goes on with another optimizer where that may differ, which keeps its own rate", async () => {
    const { store } = await train({ epochs: 1 });
    const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
    const resume = store.checkpoints[0];
    await expect(train({ resume, optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }) })).rejects.toThrow(
      /another run/,
    );
    const { history } = await train({ resume, optimizer, mayDiffer: ["optimizer"] });
    expect(history).toHaveLength(2);
    expect(optimizer.learningRate.value.item()).toBeCloseTo(0.01, 6);
    // And back, without the slots of the momentum.
    const second = await train({ resume, optimizer: sgd({ momentum: 0.9 }), mayDiffer: ["optimizer"] });
    await expect(
      train({ epochs: 3, resume: second.store.checkpoints[0], mayDiffer: ["optimizer"] }),
    ).resolves.toBeDefined();
  });

  it("still refuses what else differs", async () => {
    const { store } = await train({ epochs: 1 });
    await expect(train({ resume: store.checkpoints[0], seed: 5, mayDiffer: ["optimizer"] })).rejects.toThrow(/seed/);
  });

  it("waits for the promises of its steps", async () => {
    const order: string[] = [];
    const onEvent: FitOptions["onEvent"] = async (event) => {
      if (event.type !== "step") return;
      order.push(`${event.step}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`${event.step} done`);
    };
    await fit(smallNetwork(), data, { epochs: 1, batch: 8, onEvent });
    expect(order).toEqual(["1", "1 done", "2", "2 done", "3", "3 done"]);
  });
});
