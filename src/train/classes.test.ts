/** The same pictures under the same class names in another order: nothing that training and evaluation say may change. */
import { describe, expect, it } from "vitest";
import { halves, memoryStore, smallNetwork } from "../../tests/support/training.ts";
import { DataError, FormatError, NdArray } from "../array/index.ts";
import type { Dataset } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { classification, ensemble, evaluateModel, fit, singleView } from "./index.ts";

const data = halves(40);
const reporting = { task: classification({ report: true }) };
const ORDER = [2, 0, 3, 1];

/** Its classes in another order, and more of them. */
const reordered = (given: Dataset, further: readonly string[] = []): Dataset => ({
  ...given,
  labels: new NdArray(
    Int32Array.from(given.labels.data, (label) => ORDER.indexOf(label)),
    given.labels.shape,
    "i32",
  ),
  classes: [...ORDER.map((k) => given.classes[k]), ...further],
});

/** Every fifth sample is of a class that nobody was trained for. */
const withStrangers: Dataset = {
  ...reordered(data, ["middle"]),
  labels: new NdArray(
    reordered(data).labels.data.map((label, i) => (i % 5 === 0 ? 4 : label)) as Int32Array<ArrayBuffer>,
    [40],
    "i32",
  ),
};

const { model } = await fit(smallNetwork(), data, { epochs: 4, batch: 8 });

describe("classes in another order", () => {
  it("give the same figures, in the model's order", async () => {
    const evaluation = await evaluateModel(model, data);
    expect(evaluation.figures.accuracy).toBeGreaterThan(0.5);
    expect(await evaluateModel(model, reordered(data))).toEqual(evaluation);
    const report = await evaluateModel(singleView(model), data, reporting);
    expect(await evaluateModel(singleView(model), reordered(data), reporting)).toEqual(report);
    expect(report.classes).toEqual(data.classes);
  });

  it("do not matter to an ensemble", async () => {
    const twin = (await fit(smallNetwork(), reordered(data), { epochs: 4, batch: 8, seed: 4 })).model;
    const [one, other] = [singleView(model), singleView(twin)];
    const { figures } = await evaluateModel(ensemble([one, other]), data);
    expect(figures.accuracy).toBeGreaterThan(0.5);
    const turned = await evaluateModel(ensemble([other, one]), reordered(data));
    expect([turned.figures.accuracy, turned.classes]).toEqual([figures.accuracy, reordered(data).classes]);
  });

  it("do not matter to validation, nor to a model that is trained further", async () => {
    const options = { epochs: 2, batch: 10 };
    const plain = await fit(smallNetwork(), data, { ...options, validation: halves(12, { seed: 1 }) });
    const turned = await fit(smallNetwork(), data, { ...options, validation: reordered(halves(12, { seed: 1 })) });
    expect(turned.history).toEqual(plain.history);
    const again = await fit(nn.Model.fromBytes(await model.toBytes()), data, options);
    const further = await fit(nn.Model.fromBytes(await model.toBytes()), reordered(data), options);
    expect(further.history).toEqual(again.history);
    expect(await further.model.toBytes()).toEqual(await again.model.toBytes());
  });

  it("do not go on with a run of a network that learns them in the first order", async () => {
    const store = memoryStore();
    await fit(smallNetwork(), data, { epochs: 1, batch: 10, store });
    const options = { epochs: 2, batch: 10, resume: store.checkpoints[0] };
    await expect(fit(smallNetwork(), reordered(data), options)).rejects.toThrow(FormatError);
    await expect(fit(smallNetwork(), reordered(data), options)).rejects.toThrow(
      'classes ["top","bottom","left","right"]',
    );
  });
});

describe("classes that a model does not know", () => {
  it("are refused, or left out and counted", async () => {
    await expect(evaluateModel(model, withStrangers)).rejects.toThrow(DataError);
    await expect(evaluateModel(singleView(model), withStrangers)).rejects.toThrow('does not know its class "middle"');
    await expect(fit(model, withStrangers)).rejects.toThrow('does not know its class "middle"');
    await expect(fit(smallNetwork(), data, { validation: withStrangers })).rejects.toThrow('its class "middle"');
    const { count, leftOut, missing } = await evaluateModel(model, withStrangers, { unknownClasses: "leave out" });
    expect({ count, leftOut, missing }).toEqual({ count: 32, leftOut: [{ name: "middle", samples: 8 }], missing: [] });
  });

  it("do not change the numbers that mistakes have in the data", async () => {
    const view = singleView(nn.Model.build(smallNetwork(), { input: [1, 8, 8], classes: data.classes }));
    const task = classification({ report: { mistakes: 40 } });
    const wanted = (await evaluateModel(view, data, { task })).details.report!.mistakes;
    const known = wanted.filter(({ sample }) => sample % 5 !== 0);
    expect(known.length).toBeGreaterThan(0);
    const options = { unknownClasses: "leave out", task } as const;
    const { details } = await evaluateModel(view, withStrangers, options);
    expect(details.report!.mistakes.map(({ sample }) => sample)).toEqual(known.map(({ sample }) => sample));
  });

  it("may be more than the data have: those have no samples", async () => {
    const two = { ...data, labels: new NdArray(data.labels.data.map((label) => label % 2) as Int32Array<ArrayBuffer>, [40], "i32"), classes: ["right", "top"] }; // biome-ignore format: one set
    const {
      details: { confusion },
      missing,
    } = await evaluateModel(model, two);
    expect(missing).toEqual(["bottom", "left"]);
    expect(Array.from(confusion.row(1).data)).toEqual([0, 0, 0, 0]);
  });
});
