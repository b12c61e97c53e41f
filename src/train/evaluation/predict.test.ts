/** What models say of samples, and which task they say it for. */
import { describe, expect, it } from "vitest";
import { array, zeros } from "../../array/index.ts";
import { classes, dataset, numbers } from "../../data/index.ts";
import * as nn from "../../nn/index.ts";
import {
  answer,
  classification,
  defineTask,
  evaluateModel,
  type FitOptions,
  fit,
  nextToken,
  predict,
  regression,
  type Task,
  tagging,
  taskFromJson,
} from "../index.ts";

const on = { engine: "interpreter" } as const;
const quick: FitOptions = { epochs: 1, batch: 4, ...on, onNotice: () => {} };
const reader = nn.sequential(nn.embedding(4, 3), nn.gru(3), nn.linear(2));
const readerFor = (task: Task) => nn.Model.build(reader, { input: nn.tokens(4), task: task.toJSON(), seed: 1 });

describe("answers of sequences", () => {
  const padded = { input: array([[1, 2, 0, 0], [3, 1, 2, 1]], "i32"), "input.length": array([2, 4], "i32") }; // biome-ignore format: rows
  const alone = array([[1, 2]], "i32");

  it("end with them", async () => {
    const model = readerFor(tagging());
    const [short] = await answer(model, padded, on);
    expect(short.json).toHaveLength(2);
    expect(short).toEqual((await answer(model, alone, on))[0]);
    expect((await predict(model, padded, on))["labels.length"]).toEqual(padded["input.length"]);
  });

  it("continue them where they end", async () => {
    const model = readerFor(nextToken());
    const [short] = await answer(model, padded, on);
    const [same] = await answer(model, alone, on);
    expect(short.text).toBe(same.text);
  });

  it("have none to continue without a step", async () => {
    const nothing = { input: zeros([1, 1], "i32"), "input.length": zeros([1], "i32") };
    expect((await answer(readerFor(nextToken()), nothing, on))[0].text).toBe("none");
  });
});

describe("the task of a model", () => {
  const data = dataset("d", { x: numbers(zeros([6, 3])), value: numbers(zeros([6])) });
  const inputs = { input: "x" };
  const task = regression({ target: "value" });

  it("is the last one that it was trained for", async () => {
    const model = nn.Model.build(nn.linear(1), { input: [3], classes: ["a"] });
    await fit(model, data, { ...quick, task, inputs });
    const saved = nn.Model.fromBytes(await model.toBytes());
    expect(taskFromJson(saved.task).toJSON()).toEqual(task.toJSON());
    expect(saved.classes).toBeUndefined();
    expect((await evaluateModel(saved, data, { ...on, inputs })).figures).toHaveProperty("rmse");
  });

  it("has the column and the output of classes where they were named", async () => {
    const labels = (names: string[]) => classes(array([0, 1, 0, 1, 0, 1], "i32"), names);
    const two = dataset("d", { x: numbers(zeros([6, 3])), one: labels(["a", "b"]), two: labels(["c", "d"]) });
    const { model } = await fit(nn.linear(2), two, { ...quick, task: classification({ target: "two" }) });
    const saved = nn.Model.fromBytes(await model.toBytes());
    expect(saved.classes).toEqual(["c", "d"]);
    expect(saved.task).toMatchObject({ type: "classification", target: "two" });
    expect((await evaluateModel(saved, two, on)).classes).toEqual(["c", "d"]);
    const plain = await fit(nn.linear(2), dataset("d", { x: two.columns.x, one: two.columns.one }), quick);
    expect([plain.model.classes, plain.model.task]).toEqual([["a", "b"], undefined]);
  });

  it("must be given where it is one of another program", async () => {
    const dots = defineTask({
      type: "dots",
      options: {},
      targets: () => ({ count: { kinds: ["numbers"], column: "value" } }),
      outputs: () => ({ guess: { shape: ["n", 1], holds: "the number of dots" } }),
      loss: ({ guess }, { count }) => nn.huber(guess, count.reshape([-1, 1])),
    })();
    const { model } = await fit(nn.linear(1), data, { ...quick, task: dots, inputs });
    const saved = nn.Model.fromBytes(await model.toBytes());
    await expect(evaluateModel(saved, data, { ...on, inputs })).rejects.toThrow(
      /^the model was trained for the task 'dots', which cannot be made .* give the task as the option task$/,
    );
    expect((await evaluateModel(saved, data, { ...on, inputs, task: dots })).figures).toHaveProperty("loss");
  });
});
