import { expect, it } from "vitest";
import { choiceIn, withChoice } from "./choice.ts";
import { obstaclesOf, recipeOfRun } from "./recipe-of-run.ts";
import { bestOf, figureNames, type Run, secondsOf, settingRows, withLines } from "./run-log.ts";

const empty = (name: string, config: Run["config"] = {}): Run => ({
  name,
  config,
  hasModel: false,
  lines: [],
  epochs: [],
});
const line = (epoch: number, loss: number, accuracy?: number) => ({
  ...{ epoch, training: { loss: loss / 2 }, seconds: 0.5 },
  ...(accuracy !== undefined && { validation: { loss, accuracy } }),
});

it("a log is what its lines say; later lines replace those from their place on", () => {
  const first = withLines(empty("a"), 0, [line(1, 1, 0.5), line(2, 0.4, 0.9), line(3, 0.5, 0.9)]);
  expect(bestOf(first, "loss")).toEqual({ epoch: 2, value: 0.4 });
  expect(bestOf(first, "accuracy")).toEqual({ epoch: 2, value: 0.9 });
  expect(secondsOf(first)).toBe(1.5);
  const resumed = withLines(first, 1, [line(2, 0.3, 0.8)]);
  expect(resumed.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(bestOf(resumed, "accuracy")).toEqual({ epoch: 2, value: 0.8 });
  expect(withLines(resumed, 0, []).epochs).toEqual([]);
});

it("statistics of steps are lines, but no epochs", () => {
  const run = withLines(empty("a"), 0, [{ epoch: 1, step: 10, statistics: {} }, line(1, 1)]);
  expect([run.lines.length, run.epochs.length]).toEqual([2, 1]);
  expect(run.epochs[0].validation).toBeUndefined();
});

it("figures of all runs have a column, the loss first; without held-out data those of training count", () => {
  const runs = [withLines(empty("a"), 0, [line(1, 1, 0.5)]), withLines(empty("b"), 0, [line(1, 2)])];
  expect(figureNames(runs)).toEqual(["loss", "accuracy"]);
  expect(bestOf(runs[1], "loss")).toEqual({ epoch: 1, value: 1 });
  expect(bestOf(runs[1], "accuracy")).toBeUndefined();
  expect(figureNames([empty("c")])).toEqual([]);
});

it("settings stand side by side, and it is said which differ", () => {
  const runs = [
    empty("a", { seed: 1, augment: [], lr: null }),
    empty("b", { seed: 2, augment: [], lr: null, more: 0.1 }),
  ];
  expect(settingRows(runs)).toEqual([
    { name: "seed", texts: ["1", "2"], differs: true },
    { name: "augment", texts: ["–", "–"], differs: false },
    { name: "lr", texts: ["–", "–"], differs: false },
    { name: "more", texts: ["–", "0.1"], differs: true },
  ]);
});

it("a choice survives the address, also of names with commas; none is a choice, too", () => {
  const all = ["a,b", "c", "d e", "f", "g"].map((name) => empty(name));
  for (const chosen of [["a,b", "d e"], [], ["g"]]) expect(choiceIn(withChoice({}, chosen), all)).toEqual(chosen);
  expect(choiceIn({}, all)).toEqual(["c", "d e", "f", "g"]);
});

const config = {
  ...{ model: "lenet5", data: "digits", limit: 600, validation: 1 / 12, epochs: 2, batch: 32, seed: 7 },
  schedule: "linear",
  optimizer: "sgd",
  learningRate: null,
  augment: [],
  warmup: 0,
};

it("a run of digits is a recipe of the page, with the defaults of the command", () => {
  expect(recipeOfRun(empty("a", config))).toEqual({
    ...{ data: "digits", network: "lenet5", limit: 600, heldOut: 50, seed: 7, epochs: 2, batch: 32 },
    ...{ rate: 0.05, momentum: 0.9, decay: 0, schedule: "linear" },
  });
  expect(recipeOfRun(empty("a", { ...config, limit: 0, validation: 500 }))).toMatchObject({
    limit: 30_000,
    heldOut: 500,
  });
  expect(recipeOfRun(empty("a", { ...config, data: "mnist", limit: 0 }))).toMatchObject({
    limit: 60_000,
    heldOut: 5000,
  });
});

it.each([
  ["optimizer", "adam"],
  ["augment", ["flip"]],
  ["data", "pets"],
  ["data", "cifar10"],
  ["model", "vgg11:dropout=0.3"],
  ["warmup", 1],
  ["schedule", "step:every=2"],
  ["task", "boxes"],
])("a run with %s %s is none", (name, value) => {
  const run = empty("a", { ...config, [name]: value });
  expect(obstaclesOf(run)).toEqual([name]);
  expect(recipeOfRun(run)).toBeUndefined();
});
