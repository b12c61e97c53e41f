/** Everything above the engines, on one that has to wait for its device: the same bits as on the interpreter. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CapabilityError, NdArray, NumericError, Random, StateError } from "../../src/array/index.ts";
import { compile, createInterpreter, type EngineChoice } from "../../src/engines/index.ts";
import { f32 } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { log, mean, square } from "../../src/ops/index.ts";
import { minimize, sgd, withAverages } from "../../src/optim/index.ts";
import { cropVote, evaluateModel, type FitOptions, fit, predict, singleView } from "../../src/train/index.ts";
import { openAsyncEngine } from "../support/async-engine.ts";
import { asFloats, digest, halves, type Recorded, record, smallNetwork } from "../support/training.ts";

const interpreter = createInterpreter();
const data = halves(20);
const validation = halves(12, { name: "held out" });
const images = validation.images;

/** With all that reads variables: averages, momentum, validation, a store, a learning rate that changes. */
const train = (engine: EngineChoice, options: FitOptions & { stopAfter?: number } = {}): Promise<Recorded> =>
  record(smallNetwork(), data, {
    epochs: 2,
    batch: 8,
    seed: 4,
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, average: 0.9 }),
    schedule: "linear",
    validation,
    engine,
    ...options,
  });

const outcome = async ({ model, store, history, events }: Recorded) => ({
  model: digest(await model.toBytes()),
  checkpoints: store.checkpoints.map(digest),
  best: store.best.map(digest),
  history,
  events: events.map(({ type }) => type),
});

describe("training on an engine that has to wait for its device", () => {
  it("keeps the same models and checkpoints, validation and averages included", async () => {
    const engine = await openAsyncEngine();
    expect(await outcome(await train(engine))).toEqual(await outcome(await train(interpreter)));
    expect(engine.counts.run).toBeGreaterThan(0);
  });

  it("begins while the engine is being opened, and goes in parts", async () => {
    const options = { accumulate: 3, epochs: 1 };
    expect(await outcome(await train(openAsyncEngine(), options))).toEqual(
      await outcome(await train(interpreter, options)),
    );
  });

  it("ends with the same bits when it is stopped and resumed", async () => {
    const { model, store } = await train(interpreter);
    const stopped = await train(openAsyncEngine(), { stopAfter: 2 });
    expect(stopped.interrupted).toBe(true);
    const resumed = await train(openAsyncEngine(), { resume: stopped.store.checkpoints.at(-1) });
    expect(digest(await resumed.model.toBytes())).toBe(digest(await model.toBytes()));
    expect(digest(resumed.store.checkpoints.at(-1)!)).toBe(digest(store.checkpoints.at(-1)!));
  });

  it("takes parameters to the device once, however many steps there are", async () => {
    const uploads = async (batch: number): Promise<number> => {
      const engine = await openAsyncEngine();
      await fit(smallNetwork(), data, { epochs: 1, batch, engine, optimizer: sgd() });
      return engine.counts.upload;
    };
    expect(await uploads(4)).toBe(await uploads(20));
  });

  it("says where a value that is not finite first came up", async () => {
    const broken = nn.defineLayer({ type: "broken", options: {}, forward: (_, x) => log(x) });
    const network = nn.sequential(nn.flatten(), nn.linear(4), broken());
    const failure = async (engine: EngineChoice): Promise<Error> =>
      fit(network, asFloats(data), { epochs: 1, batch: 8, engine }).then(
        () => new Error("it did not fail"),
        (error: Error) => error,
      );
    const error = await failure(openAsyncEngine());
    expect(error).toBeInstanceOf(NumericError);
    expect(error.message).toBe((await failure(interpreter)).message);
  });

  it("fails with the one error of a compilation, an opening or a device that failed", async () => {
    await expect(train(openAsyncEngine({ lacking: "tanh" }))).rejects.toThrow(
      new CapabilityError("the engine async has no kernel for tanh"),
    );
    await expect(train(Promise.reject(new CapabilityError("no device")))).rejects.toThrow("no device");
    for (const lost of ["upload", "run", "download"] as const)
      await expect(train(openAsyncEngine({ lost }))).rejects.toThrow(`the device was lost during ${lost}`);
  });
});

describe("a model whose values lie on a device", () => {
  /** Trained there, with its values still there. */
  async function trained() {
    const engine = await openAsyncEngine();
    const model = nn.Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes });
    const optimizer = sgd({ learningRate: 0.1, average: 0.5 });
    const stepOn = (on: EngineChoice, of: nn.Model, by: typeof optimizer) =>
      compile((x) => void minimize(mean(square(of(x))), by), [f32(2, 1, 8, 8)], { engine: on });
    const x = asFloats(data).images;
    const batch = new NdArray(x.data.slice(0, 128), [2, 1, 8, 8]);
    const twin = nn.Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes });
    const twinOptimizer = sgd({ learningRate: 0.1, average: 0.5 });
    const [step, twinStep] = [stepOn(engine, model, optimizer), stepOn(interpreter, twin, twinOptimizer)];
    for (let i = 0; i < 2; i++) await Promise.all([step(batch), twinStep(batch)]);
    return { engine, model, optimizer, twin, twinOptimizer };
  }

  it("is saved", async () => {
    const { model, twin } = await trained();
    expect(() => model.variables[0].value).toThrow(StateError);
    expect(digest(await model.toBytes())).toBe(digest(await twin.toBytes()));
    const folder = await mkdtemp(join(tmpdir(), "fovea-async-"));
    try {
      await model.save(join(folder, "model.safetensors"));
      const loaded = await nn.Model.load(join(folder, "model.safetensors"));
      expect(digest(await loaded.toBytes())).toBe(digest(await twin.toBytes()));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is evaluated and predicts, there and here", async () => {
    const { engine, model, twin } = await trained();
    for (const there of [engine, interpreter]) {
      expect(await evaluateModel(model, validation, { engine: there })).toEqual(
        await evaluateModel(twin, validation, { engine: interpreter }),
      );
      expect(await predict(model, images, { engine: there })).toEqual(
        await predict(twin, images, { engine: interpreter }),
      );
      for (const view of [singleView, (one: nn.Model, options: object) => cropVote(one, { ...options, padding: 1 })])
        expect(await view(model, { engine: there }).predict(images)).toEqual(
          await view(twin, { engine: interpreter }).predict(images),
        );
    }
  });

  it("has averages in place of its parameters for a while", async () => {
    const { model, optimizer, twin, twinOptimizer } = await trained();
    const averaged = await withAverages(optimizer, () => model.toBytes());
    expect(digest(averaged)).toBe(digest(await withAverages(twinOptimizer, () => twin.toBytes())));
    expect(digest(averaged)).not.toBe(digest(await model.toBytes()));
    expect(digest(await model.toBytes())).toBe(digest(await twin.toBytes()));
  });

  it("becomes a convolutional one, with the values of that moment", async () => {
    const { engine, model, twin } = await trained();
    const dense = (from: nn.Model) => nn.toConvolutional(from, { input: [1, 10, 10] });
    const [scanner, expected] = [dense(model), dense(twin)];
    const [weight] = model.variables;
    await compile(() => weight.assign(square(weight.read())), [], { engine })();
    expect(digest(await scanner.toBytes())).toBe(digest(await expected.toBytes()));
  });

  it("carries states from call to call", async () => {
    const model = nn.Model.build(nn.sequential(nn.lstm(4), nn.linear(2)), { input: [6, 3], seed: 2 });
    const random = new Random(1, "sequences");
    const stretches = [1, 2, 3].map(
      () =>
        new NdArray(
          Float32Array.from({ length: 12 }, () => random.uniform(-1, 1)),
          [2, 2, 3],
          "f32",
        ),
    );
    const run = async (engine: EngineChoice) => {
      const carried = nn.carryStates(model, { batch: 2 });
      const next = compile((y) => carried(y), [f32(2, 2, 3)], { engine });
      const outputs: NdArray[] = [];
      for (const stretch of stretches) outputs.push(await next(stretch));
      outputs.push(...(await Promise.all([...carried.states.values()].map((state) => state.fetch()))));
      carried.reset();
      outputs.push(await next(stretches[0]));
      return outputs.map(({ data }) => [...data]);
    };
    const outputs = await run(openAsyncEngine());
    expect(outputs).toEqual(await run(interpreter));
    expect(outputs.at(-1)).toEqual(outputs[0]);
  });
});
