import { expect, it } from "vitest";
import { halves, memoryStore } from "../../tests/support/training.ts";
import { full, OptionError } from "../array/index.ts";
import { inputShape } from "../data/index.ts";
import { compile, createInterpreter } from "../engines/index.ts";
import * as nn from "../nn/index.ts";
import { minimize, sgd } from "../optim/index.ts";
import { type FitOptions, fit } from "./index.ts";

const data = halves(20);
const engine = createInterpreter();

/** Two blocks with batch normalization and dropout, which training would change, and a head. */
const network = () =>
  nn.sequential(
    nn.named("stem", nn.sequential(nn.conv2d(2, { kernel: 3 }), nn.batchNorm2d(), nn.dropout(0.5), nn.maxPool2d(2))),
    nn.named("body", nn.sequential(nn.conv2d(3, { kernel: 2 }), nn.batchNorm2d())),
    nn.named("head", nn.sequential(nn.flatten(), nn.linear(4))),
  );
const build = () => nn.Model.build(network(), { input: inputShape(data), classes: data.classes, seed: 1 });

/** The names of what training changed. */
async function changedBy(options: FitOptions): Promise<string[]> {
  const model = build();
  const before = model.variables.map(({ value }) => value);
  await fit(model, data, { epochs: 1, batch: 10, optimizer: sgd({ weightDecay: 0.1 }), engine, ...options });
  return model.variables
    .filter(({ value }, i) => value.data.some((x, j) => x !== before[i].data[j]))
    .map((v) => v.name);
}

const all = build().variables.map(({ name }) => name);
const within = (...layers: string[]) => all.filter((name) => layers.some((layer) => name.startsWith(`${layer}.`)));

it.each<[string[], string[]]>([
  [["stem"], within("body", "head")],
  [["stem", "body.*"], within("head")],
  [["stem.*"], within("body", "head")],
  [["*.0.weight"], all.filter((name) => !name.endsWith(".0.weight"))],
  [["stem.1.*"], [...within("stem.0"), ...within("body", "head")]],
])("freezing %j trains the rest, running statistics included", async (freeze, changed) => {
  expect(await changedBy({ freeze })).toEqual(changed);
});

it("freezes steps in parts alike", async () => {
  expect(await changedBy({ freeze: ["stem"], accumulate: 2 })).toEqual(within("body", "head"));
});

it("a frozen layer works as when predicting: a step depends on no random numbers", async () => {
  const outcome = async (seed: number): Promise<Uint8Array> => {
    const model = nn.Model.build(network(), { input: inputShape(data), seed: 1 });
    model.random.seed.value = full([], seed, "i32");
    const freeze = ["stem", "body"];
    const optimizer = sgd();
    const step = compile(
      (x, y) => {
        const loss = nn.crossEntropy(model(x, { training: true, freeze }), y);
        return void minimize(loss, optimizer, { variables: nn.parametersToTrain(model, freeze) });
      },
      [data.images, data.labels],
      { engine },
    );
    await step(data.images, data.labels);
    return model.toBytes();
  };
  expect(await outcome(1)).toEqual(await outcome(2));
});

it("a run resumes with the same layers frozen, and no others", async () => {
  const [straight, store] = [memoryStore(), memoryStore()];
  const options = { epochs: 2, batch: 10, engine, freeze: ["stem"] };
  const { model: expected } = await fit(build(), data, { ...options, store: straight });
  const { model } = await fit(build(), data, { ...options, resume: straight.checkpoints[0], store });
  expect(await model.toBytes()).toEqual(await expected.toBytes());
  await expect(fit(build(), data, { ...options, freeze: ["body"], resume: straight.checkpoints[0] })).rejects.toThrow(
    "it was made with freeze stem; this run has freeze body",
  );
});

it.each<[unknown, RegExp]>([
  [["stam"], /^freeze: no layer or parameter matches "stam"; the outermost layers are stem, body, head$/],
  [["*"], /^freeze: "\*" freezes all parameters; leave the last layer to be trained$/],
  ["stem", /^fit: freeze must be a list of names or patterns of layers, .*; put it into a list: \["stem"\]/],
])("refuses %j", async (freeze, message) => {
  const refused = fit(build(), data, { freeze: freeze as string[], engine });
  await expect(refused).rejects.toThrow(OptionError);
  await expect(refused).rejects.toThrow(message);
});
