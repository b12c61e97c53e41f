/** Which model a run keeps, and what it leaves behind when its numbers break. */
import { describe, expect, it } from "vitest";
import {
  asFloats,
  digest,
  halves,
  memoryStore,
  mislabeled,
  record,
  smallNetwork,
} from "../../tests/support/training.ts";
import { NumericError } from "../array/index.ts";
import { createInterpreter, type Engine, type Program } from "../engines/index.ts";
import * as nn from "../nn/index.ts";
import { add, log, mul, sqrt } from "../ops/index.ts";
import { adam, sgd } from "../optim/index.ts";
import { classification, evaluateModel, type FitOptions, fit, type Loss, type TrainingEvent } from "./index.ts";

const data = halves(32);
const fast = () => sgd({ learningRate: 0.1, momentum: 0.9 });
const options = (change: FitOptions = {}): FitOptions => ({ epochs: 4, batch: 8, optimizer: fast(), ...change });
const build = (layer = smallNetwork()) => nn.Model.build(layer, { input: [1, 8, 8], classes: data.classes });

/** The interpreter, keeping each variable in the same memory, as an engine may. */
function inPlace(): Engine {
  const interpreter = createInterpreter();
  const compile: Engine["compile"] = (graph) => {
    const program = interpreter.compile(graph);
    const run: Program["run"] = async (inputs) => {
      const memory = graph.assignments.map(({ variable }) => variable.value);
      const outputs = await program.run(inputs);
      graph.assignments.forEach(({ variable }, i) => {
        memory[i].data.set(variable.value.data);
        variable.value = memory[i];
      });
      return outputs;
    };
    return { run };
  };
  return { ...interpreter, compile };
}

describe("the model that is kept", () => {
  it("is that of the best epoch when later ones do worse on the validation data", async () => {
    // What helps on the training data hurts on these: the first epoch is the best.
    const validation = mislabeled(halves(40, { name: "held out" }));
    const { model, bestEpoch, history, store, events } = await record(smallNetwork(), data, options({ validation }));
    expect(bestEpoch).toBe(1);
    expect(history[3].validation!.loss).toBeGreaterThan(history[0].validation!.loss);
    expect(events.flatMap((event) => (event.type === "epoch" ? [event.isBest] : []))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(store.best).toHaveLength(1);
    expect(digest(await model.toBytes())).toBe(digest(store.best[0]));
    expect((await evaluateModel(model, validation)).figures).toEqual(history[0].validation);
  });

  it("is that of the best epoch on an engine that writes parameters where they were", async () => {
    const validation = mislabeled(halves(40, { name: "held out" }));
    const { model, bestEpoch, store } = await record(smallNetwork(), data, options({ validation, engine: inPlace() }));
    expect(bestEpoch).toBe(1);
    expect(digest(await model.toBytes())).toBe(digest(store.best[0]));
  });

  it("is the later one when it does better, by accuracy first and then by loss", async () => {
    const { bestEpoch, history, store } = await record(
      smallNetwork({ rate: 0 }),
      data,
      options({ epochs: 6, validation: data }),
    );
    expect(history.slice(-2)).toMatchObject([{ validation: { accuracy: 1 } }, { validation: { accuracy: 1 } }]);
    expect(history[5].validation!.loss).toBeLessThan(history[4].validation!.loss);
    expect(bestEpoch).toBe(6);
    expect(store.best.length).toBeGreaterThan(1);
  });

  it("is the earlier one of two that do equally well", async () => {
    const still = sgd({ learningRate: 0 });
    const { bestEpoch, store } = await record(smallNetwork(), data, options({ optimizer: still, validation: data }));
    expect(bestEpoch).toBe(1);
    expect(store.best).toHaveLength(1);
  });

  it("is the last one when there are no validation data", async () => {
    const { model, bestEpoch, store } = await record(smallNetwork(), data, options());
    expect(bestEpoch).toBe(4);
    expect(store.best).toHaveLength(4);
    expect(digest(await model.toBytes())).toBe(digest(store.best[3]));
  });

  it("is the best so far when the run was stopped, and the network as it was before there was a best", async () => {
    const validation = mislabeled(halves(40, { name: "held out" }));
    const early = await record(smallNetwork(), data, { ...options({ validation }), stopAfter: 2 });
    expect(early.bestEpoch).toBe(0);
    expect(early.store.best).toEqual([]);
    expect(digest(await early.model.toBytes())).not.toBe(digest(await build().toBytes()));
    // 4 steps, a part of the validation and the epoch's end, twice; and 2 steps more.
    const late = await record(smallNetwork(), data, { ...options({ validation }), stopAfter: 14 });
    expect(late.interrupted).toBe(true);
    expect(late.bestEpoch).toBe(1);
    expect(digest(await late.model.toBytes())).toBe(digest(late.store.best[0]));
  });

  it("is chosen by other epochs when one has a validation loss that is not a number", async () => {
    const validation = { ...asFloats(halves(8)), name: "held out" };
    validation.images.data[0] = NaN;
    const result = await record(smallNetwork(), asFloats(data), { ...options({ validation }), stopAfter: 8 });
    expect(result.history).toMatchObject([{ epoch: 1, validation: { loss: NaN } }]);
    const resumed = await record(
      smallNetwork(),
      asFloats(data),
      options({ validation, resume: result.store.checkpoints.at(-1) }),
    );
    expect(resumed.history.map(({ validation }) => validation?.loss)).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe("a run whose numbers break", () => {
  /** Trains until it fails, keeping the bytes of the model as each step left it. */
  async function fail(layer: nn.Layer, set: typeof data, change: FitOptions = {}) {
    const model = build(layer);
    const bytes = [model.toBytes()];
    const store = memoryStore();
    const onEvent = (event: TrainingEvent): void => {
      if (event.type === "step") bytes.push(model.toBytes());
      change.onEvent?.(event);
    };
    const error = await fit(model, set, { ...options(change), store, onEvent }).then(
      () => new Error("it did not fail"),
      (error: Error) => error,
    );
    const afterStep = (await Promise.all(bytes)).map(digest);
    return { error, message: error.message, model, afterStep, store };
  }

  it("names epoch, step, operation and layer", async () => {
    const logarithm = nn.defineLayer({ type: "logarithm", options: {}, forward: (_, x) => log(x) });
    const layer = nn.sequential({
      features: nn.sequential(nn.conv2d(2, { kernel: 3 }), logarithm()),
      flat: nn.flatten(),
      classifier: nn.linear(4),
    });
    const { error, message, model, afterStep } = await fail(layer, data);
    expect(error).toBeInstanceOf(NumericError);
    expect(message).toMatch(
      /^training stopped at epoch 1, step 1: the loss is NaN; it first came up as NaN in log of layer features\.1 \(f32\[8,2,6,6\]\)\. The parameters are as before that step\./,
    );
    expect(digest(await model.toBytes())).toBe(afterStep[0]);
  });

  it("finds a gradient that is not finite behind a loss that is", async () => {
    // √0 is 0, but its slope is infinite; times the 0 with which the pictures enter, that is not a number.
    const root = nn.defineLayer({ type: "root", options: {}, forward: (_, x) => sqrt(mul(x, 0)) });
    const layer = nn.sequential(nn.conv2d(2, { kernel: 3, bias: false }), root(), nn.flatten(), nn.linear(4));
    const { message, model, afterStep } = await fail(layer, data);
    expect(message).toMatch(
      /^training stopped at epoch 1, step 1: a gradient is not finite; it first came up as \w+ in \w+ of layer 1 /,
    );
    expect(digest(await model.toBytes())).toBe(afterStep[0]);
  });

  it("stops at a loss that is not finite though its gradient is", async () => {
    const loss: Loss = (scores, labels) => add(nn.crossEntropy(scores, labels), Number.POSITIVE_INFINITY);
    const { message, model, afterStep } = await fail(smallNetwork(), data, { task: classification({ loss }) });
    expect(message).toMatch(/^training stopped at epoch 1, step 1: the loss is Infinity; /);
    expect(digest(await model.toBytes())).toBe(afterStep[0]);
  });

  it("tells broken pictures from a broken network", async () => {
    const set = asFloats(data);
    set.images.data[40 * 8] = Infinity;
    const { message } = await fail(smallNetwork(), set);
    expect(message).toMatch(/it first came up as Infinity in the inputs \(f32\[8,1,8,8\]\)/);
  });

  it("stops when the learning rate is far too large, with the parameters of the step before", async () => {
    const { error, message, model, afterStep } = await fail(smallNetwork(), data, {
      optimizer: sgd({ learningRate: 1e38 }),
    });
    expect(error).toBeInstanceOf(NumericError);
    const [, epoch, step] = /^training stopped at epoch (\d), step (\d): /.exec(message) ?? [];
    expect([epoch, step]).toEqual(["1", String(afterStep.length)]);
    expect(digest(await model.toBytes())).toBe(afterStep.at(-1));
  });

  it("keeps nothing of a step that overflowed, though its loss and gradient were finite", async () => {
    // As a float32 this rate is infinite; the only step of the epoch is made before anything can tell.
    const { error, message, store } = await fail(smallNetwork(), data, {
      optimizer: sgd({ learningRate: 1e39 }),
      batch: 32,
    });
    expect(error).toBeInstanceOf(NumericError);
    expect(message).toMatch(/^training stopped after epoch 1, step 1: 0\.weight has values that are not finite; /);
    expect(store).toMatchObject({ checkpoints: [], best: [], log: [] });
  });

  it.each([
    ["stochastic gradient descent with momentum", fast],
    ["Adam", () => adam({ learningRate: 0.01 })],
  ])(
    "in a later epoch, with %s, keeps the checkpoint, the best model and the state as they were",
    async (_, create) => {
      const set = asFloats(data);
      const optimizer = create();
      let state: string[] = [];
      const stateOf = () => optimizer.variables.map(({ value }) => `${value.data}`);
      const { message, model, afterStep, store } = await fail(smallNetwork(), set, {
        optimizer,
        onEvent: (event) => {
          if (event.type === "step") state = stateOf();
          if (event.type === "epoch" && event.epoch === 2) set.images.data.fill(NaN, 0, 64);
        },
      });
      expect(message).toMatch(/^training stopped at epoch 3, step \d: the loss is NaN; .* in the inputs/);
      expect(digest(await model.toBytes())).toBe(afterStep.at(-1));
      expect(stateOf()).toEqual(state);
      const sound = await record(build(), asFloats(data), { ...options({ optimizer: create() }), epochs: 2 });
      expect(store.checkpoints.map(digest)).toEqual(sound.store.checkpoints.map(digest));
      expect(store.best.map(digest)).toEqual(sound.store.best.map(digest));
      // Once the data are mended the run goes on from there as if nothing had been.
      const mended = await record(
        build(),
        asFloats(data),
        options({ optimizer: create(), resume: store.checkpoints.at(-1) }),
      );
      const whole = await record(build(), asFloats(data), options({ optimizer: create() }));
      expect(digest(await mended.model.toBytes())).toBe(digest(await whole.model.toBytes()));
    },
  );
});
