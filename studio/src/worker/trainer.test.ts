import { createWasmEngine, nn, optim } from "fovea";
import { digits, holdOut, inputShape } from "fovea/data";
import { fit } from "fovea/train";
import { describe, expect, it } from "vitest";
import type { Moment, Recipe, Snapshot } from "./api.ts";
import type { Parts } from "./data/load-data.ts";
import { withOwnLabels } from "./labels.ts";
import { Trainer } from "./trainer.ts";

const RECIPE: Recipe = {
  ...{ data: "digits", network: "", seed: 3, limit: 300, heldOut: 60, epochs: 4, batch: 32 },
  ...{ rate: 0.05, momentum: 0.9, decay: 0, schedule: "linear", changes: "", threads: 1 },
};
const engine = createWasmEngine({ threads: 1 });
const all = digits({ train: RECIPE.limit, test: 1 }).train;
const { train, validation } = holdOut(all, RECIPE.heldOut, RECIPE.seed);
const parts: Parts = { train, heldOut: validation };
const STEPS = Math.ceil((RECIPE.limit - RECIPE.heldOut) / RECIPE.batch);

/** Dropout, so that the position in the random stream counts. */
const newModel = (): nn.Model =>
  nn.Model.build(nn.sequential(nn.flatten(), nn.linear(16), nn.relu(), nn.dropout(0.2), nn.linear(10)), {
    ...{ input: inputShape(train), seed: RECIPE.seed, classes: train.classes, normalization: train.normalization },
  });

const weightsOf = async (model: nn.Model): Promise<number[]> => {
  const values = await Promise.all(model.variables.map((variable) => variable.fetch()));
  return values.flatMap(({ data }) => Array.from(data));
};

/** A run, with a promise for each state that it comes to. */
function start(recipe: Partial<Recipe> = {}) {
  const model = newModel();
  const own = withOwnLabels(parts);
  const heard: ((snapshot: Snapshot) => void)[] = [];
  const trainer: Trainer = new Trainer(model, own, { ...RECIPE, ...recipe }, engine, () => {
    for (const tell of heard) tell(trainer.snapshot());
  });
  const until = (isIt: (snapshot: Snapshot) => boolean): Promise<Snapshot> =>
    new Promise((resolve) => {
      const tell = (snapshot: Snapshot): void => {
        if (!isIt(snapshot)) return;
        heard.splice(heard.indexOf(tell), 1);
        resolve(snapshot);
      };
      heard.push(tell);
      tell(trainer.snapshot());
    });
  const toEnd = async (): Promise<number[]> => {
    await trainer.train();
    const { failure } = await until(({ state }) => state === "done" || state === "failed");
    expect(failure).toBeUndefined();
    return weightsOf(model);
  };
  const steps = async (count: number): Promise<Snapshot> => {
    await trainer.step(count);
    return until(({ state }) => state === "paused");
  };
  return { model, trainer, own, until, toEnd, steps };
}

/** What `fit` makes of the recipe. */
async function fitted(): Promise<{ weights: number[]; bestEpoch: number }> {
  const { epochs, batch, seed, rate, momentum } = RECIPE;
  const { model, bestEpoch } = await fit(newModel(), train, {
    ...{ validation, epochs, batch, seed, engine },
    optimizer: optim.sgd({ learningRate: rate, momentum }),
    schedule: optim.schedules.linear(),
    onNotice: () => undefined,
  });
  return { weights: await weightsOf(model), bestEpoch };
}

const reference = await fitted();

describe("a run that is trained through", () => {
  it("ends with the network of fit, that of the best epoch", async () => {
    const { trainer, toEnd } = start();
    expect(await toEnd()).toEqual(reference.weights);
    const { moment, reached, bestEpoch, epochs } = trainer.snapshot();
    expect({ moment, reached, bestEpoch }).toEqual({
      ...{ moment: { epoch: reference.bestEpoch, step: 0 }, reached: { epoch: 4, step: 0 } },
      bestEpoch: reference.bestEpoch,
    });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });
});

describe("a run that is held and taken back ends with the same bits when it", () => {
  it("was stepped and paused", async () => {
    const { steps, trainer, until, toEnd } = start();
    const { moment } = await steps(3);
    expect(moment).toEqual({ epoch: 0, step: 3 });
    await steps(1);
    await trainer.train();
    await trainer.pause();
    await until(({ state }) => state === "paused");
    expect(await toEnd()).toEqual(reference.weights);
  });

  it("was held at the end of an epoch, which has been validated then", async () => {
    const { steps, toEnd } = start();
    const { moment, epochs } = await steps(STEPS);
    expect(moment).toEqual({ epoch: 1, step: 0 });
    expect(epochs).toHaveLength(1);
    expect(await toEnd()).toEqual(reference.weights);
  });

  it.each<[string, number, Moment]>([
    ["within an epoch, to an earlier one", 3 * STEPS + 2, { epoch: 2, step: 0 }],
    ["to the beginning", STEPS + 1, { epoch: 0, step: 0 }],
  ])("was taken back %s", async (_, count, moment) => {
    const { steps, trainer, toEnd, model } = start();
    const before = await weightsOf(model);
    await steps(count);
    await trainer.rewind(moment);
    if (moment.epoch === 0) expect(await weightsOf(model)).toEqual(before);
    expect(trainer.snapshot()).toMatchObject({ state: "paused", moment });
    expect(await toEnd()).toEqual(reference.weights);
  });

  it("was taken back while a step was taken, and told to train at once", async () => {
    const { trainer, until, toEnd } = start();
    await trainer.train();
    await until(({ moment }) => moment.epoch === 2 && moment.step > 0);
    const back = trainer.rewind({ epoch: 1, step: 0 });
    const on = trainer.train();
    await Promise.all([back, on]);
    expect(await toEnd()).toEqual(reference.weights);
  });

  it("was seen at other moments, and at the pause again", async () => {
    const { steps, trainer, model, toEnd } = start();
    const { moment: pause } = await steps(2 * STEPS + 1);
    const there = await weightsOf(model);
    await trainer.rewind({ epoch: 1, step: 0 });
    expect(trainer.snapshot().reached).toEqual(pause);
    await trainer.rewind(pause);
    expect(await weightsOf(model)).toEqual(there);
    expect(await toEnd()).toEqual(reference.weights);
  });

  it("was done", async () => {
    const { trainer, toEnd } = start();
    await toEnd();
    await trainer.rewind({ epoch: 2, step: 0 });
    expect(await toEnd()).toEqual(reference.weights);
  });
});

describe("the network that is shown", () => {
  it("is that of the moment after an interruption, not that of the best epoch", async () => {
    const { steps, trainer, model } = start();
    await steps(STEPS + 2);
    const held = await weightsOf(model);
    await trainer.steer({ momentum: 0.3 });
    expect(trainer.snapshot().moment).toEqual({ epoch: 1, step: 2 });
    expect(await weightsOf(model)).toEqual(held);
  });
});

describe("a run that was changed by hand", () => {
  it.each([
    ["rate", async (trainer: Trainer) => trainer.steer({ rate: 0.01 })],
    ["momentum", async (trainer: Trainer) => trainer.steer({ momentum: 0.5 })],
    ["decay", async (trainer: Trainer) => trainer.steer({ decay: 0.01 })],
    ["label", async (trainer: Trainer) => trainer.relabel("train", 7, 1)],
    ["held-out label", async (trainer: Trainer) => trainer.relabel("heldOut", 7, 1)],
  ])("has its bits in its recipe: %s", async (name, change) => {
    const touched = start();
    await touched.steps(STEPS + 3);
    await change(touched.trainer);
    await touched.steps(2);
    const weights = await touched.toEnd();
    const { changes } = touched.trainer.snapshot().recipe;
    expect(changes).toMatch(new RegExp(`^${STEPS + 3}:`));
    if (name !== "held-out label") expect(weights).not.toEqual(reference.weights);
    const again = start({ changes });
    expect(await again.toEnd()).toEqual(weights);
    expect(again.trainer.snapshot().epochs.map(({ validation: v }) => v)).toEqual(
      touched.trainer.snapshot().epochs.map(({ validation: v }) => v),
    );
  });

  it("while steps were taken has them, too", async () => {
    const touched = start({ epochs: 8 });
    await touched.trainer.train();
    await touched.until(({ moment }) => moment.epoch === 1);
    await Promise.all([touched.trainer.steer({ rate: 0.02, momentum: 0.8 }), touched.trainer.relabel("train", 3, 3)]);
    const weights = await touched.toEnd();
    const { changes } = touched.trainer.snapshot().recipe;
    expect(changes.split(",")).toHaveLength(3);
    expect(await start({ epochs: 8, changes }).toEnd()).toEqual(weights);
  });

  it("before the first step is another recipe without changes", async () => {
    const { trainer, toEnd } = start();
    await trainer.steer({ rate: 0.1 });
    expect(trainer.snapshot().recipe).toMatchObject({ rate: 0.1, changes: "" });
    expect(await toEnd()).toEqual(await start({ rate: 0.1 }).toEnd());
  });

  it("has its labels as they were at each moment, and those of the data when they are set back", async () => {
    const { trainer, steps, own } = start();
    const was = train.labels.data[5];
    const label = (was + 1) % 10;
    await steps(STEPS + 1);
    await trainer.relabel("train", 5, label);
    expect(trainer.snapshot().relabeled).toEqual([{ part: "train", row: 5, label, was }]);
    expect([own.train.labels.data[5], train.labels.data[5]]).toEqual([label, was]);
    await trainer.rewind({ epoch: 1, step: 0 });
    expect(own.train.labels.data[5]).toBe(was);
    await trainer.relabel("train", 5, label);
    await trainer.relabel("train", 5, was);
    expect(trainer.snapshot().relabeled).toEqual([]);
  });

  it("refuses rows and classes that are not there", async () => {
    const { trainer } = start();
    await expect(trainer.relabel("train", 240, 0)).rejects.toThrow("rows 0 to 239, got 240");
    await expect(trainer.relabel("heldOut", 0, 10)).rejects.toThrow("classes 0 to 9, got 10");
  });
});

describe("more epochs", () => {
  it("go on with a constant rate as if the run had been as long", async () => {
    const short = start({ schedule: "constant", epochs: 2 });
    await short.toEnd();
    await short.trainer.extend(4);
    const weights = await short.toEnd();
    expect(weights).toEqual(await start({ schedule: "constant", epochs: 4 }).toEnd());
  });

  it("are refused where the rate spans the run", async () => {
    await expect(start().trainer.extend(8)).rejects.toThrow("schedule linear spans the run");
  });
});
