/** Outputs in other shapes than a task expects, and targets that do not belong to the steps of sequences. */
import { describe, expect, it } from "vitest";
import { array, zeros } from "../array/index.ts";
import { boxes, classes, dataset, mask, numbers, picture, points, ragged, randomCrop, tokens } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { vocabulary } from "../text/index.ts";
import {
  answer,
  defineTask,
  evaluateModel,
  type FitOptions,
  fit,
  localization,
  poseEstimation,
  predict,
  reconstruction,
  regression,
  segmentation,
  type Task,
  tagging,
} from "./index.ts";

const N = 6;
const quick: FitOptions = { epochs: 1, batch: 4, engine: "interpreter", onNotice: () => {} };
const on = { engine: "interpreter" } as const;
const image = picture(zeros([N, 1, 4, 4], "u8"));
const flat = (count: number, ...shape: number[]) =>
  nn.sequential(nn.flatten(), nn.linear(count), nn.op("reshape", { shape: [-1, ...shape] }));

describe("outputs", () => {
  const box = dataset("box", { image, box: boxes(zeros([N, 1, 4])) });
  const pair = dataset("pair", { image, box: boxes(zeros([N, 2, 4])) });
  const pose = dataset("pose", { image, joints: points(zeros([N, 3, 2])) });
  const value = dataset("value", { image, value: numbers(zeros([N])) });
  it.each<[string, nn.Layer, Task, typeof box | typeof pose | typeof value]>([
    ["[n, 4] for one box", flat(4, 4), localization(), box],
    ["[n, 1, 4] for one box", flat(4, 1, 4), localization(), box],
    ["[n, 2, 4] for two boxes", flat(8, 2, 4), localization(), pair],
    ["[n, 8] for two boxes", flat(8, 8), localization(), pair],
    ["[n, 6] for three points", flat(6, 6), poseEstimation(), pose],
    ["[n, 3, 2, 2] for three points", nn.conv2d(3, { kernel: 2, stride: 2 }), poseEstimation(), pose],
    ["[n, 1] for numbers [n]", flat(1, 1), regression(), value],
    ["[n] for numbers [n]", flat(1), regression(), value],
  ])("%s will do, in training and for a saved model without data", async (_, network, task, data) => {
    const { model } = await fit(network, data, { ...quick, task });
    const saved = nn.Model.fromBytes(await model.toBytes());
    expect((await evaluateModel(saved, data, on)).figures.loss).toBeGreaterThanOrEqual(0);
    expect(await answer(saved, zeros([2, 1, 4, 4]), on)).toHaveLength(2);
  });

  it("of a picture are one, whatever its size", async () => {
    const { model } = await fit(nn.conv2d(1, { kernel: 1 }), dataset("d", { image }), {
      ...quick,
      task: reconstruction(),
    });
    expect((await predict(model, zeros([2, 1, 4, 4]), on)).values.shape).toEqual([2, 1, 4, 4]);
  });

  it("of other numbers are refused", async () => {
    await expect(fit(flat(5, 5), box, { ...quick, task: localization() })).rejects.toThrow(
      "localization: the network gives output as f32[4,5], expected [n, 1, 4]",
    );
    await expect(fit(flat(5, 5), pose, { ...quick, task: poseEstimation() })).rejects.toThrow(
      "poseEstimation: the network gives output as f32[4,5], expected [n, 3, 2] or [n, 3, h, w]: points in fractions",
    );
  });
});

it.each<[string, nn.Layer, Task]>([
  ["masks", nn.conv2d(2, { kernel: 1 }), segmentation()],
  ["pictures", nn.conv2d(1, { kernel: 1 }), reconstruction()],
])("targets that are %s have the size that augmentation makes", async (_, network, task) => {
  const data = dataset("d", { image, seen: mask(zeros([N, 4, 4], "u8"), { classes: ["a", "b"] }) });
  const { model, history } = await fit(network, data, {
    ...{ ...quick, task, validation: data },
    augment: [randomCrop({ size: 3 })],
  });
  expect(model.input).toEqual([1, 3, 3]);
  expect(history[0].validation?.loss).toBeGreaterThanOrEqual(0);
});

it("all pictures of validation data are cut to the size that augmentation makes", async () => {
  const network = nn.network({ left: [1, 3, 3], right: [1, 3, 3] }, ({ left, right }) =>
    nn.linear(2)(nn.flatten()(nn.concat(left, right))),
  );
  const data = dataset("d", { left: image, right: image, label: classes(zeros([N], "i32"), ["a", "b"]) });
  const { history } = await fit(network, data, { ...quick, validation: data, augment: [randomCrop({ size: 3 })] });
  expect(history[0].validation?.loss).toBeGreaterThanOrEqual(0);
});

it("columns that are named for inputs must be there", async () => {
  const data = dataset("d", { image, label: classes(zeros([N], "i32"), ["a", "b"]) });
  const run = fit(flat(2, 2), data, { ...quick, inputs: { input: "imagee" } });
  await expect(run).rejects.toThrow(
    "data set d: the network's input input needs a column 'imagee', which is missing; did you mean image?; rename one",
  );
});

it("a network's only input has the normalization of the column that it takes, whatever its name", async () => {
  const normalization = { mean: [0.5], std: [0.25] };
  const data = dataset("d", {
    photo: picture(zeros([N, 1, 4, 4], "u8"), { normalization }),
    label: classes(zeros([N], "i32"), ["a", "b"]),
  });
  const network = nn.network({ x: [1, 4, 4] }, ({ x }) => flat(2, 2)(x));
  expect((await fit(network, data, quick)).model.normalization).toEqual(normalization);
});

it("a task goes by a figure that it has", async () => {
  const task = defineTask({
    type: "guess",
    options: {},
    targets: () => ({ value: { kinds: ["numbers"] } }),
    outputs: () => ({ value: { shape: ["n", 1], holds: "a number" } }),
    loss: ({ value: given }, { value }) => nn.huber(given, value),
    best: "acuracy",
  })();
  const data = dataset("d", { image, value: numbers(zeros([N, 1])) });
  const run = fit(flat(1, 1), data, { ...quick, task, validation: data });
  await expect(run).rejects.toThrow("guess: best is 'acuracy', but the figures are loss");
});

describe("rows of different lengths", () => {
  const words = vocabulary(["a b"]);
  const rows = (...lengths: number[]) => ragged(lengths.map((length) => new Int32Array(length).fill(1)));
  const reader = nn.sequential(nn.embedding(4, 2), nn.linear(2));

  it("of labels must be as long as the sequences", async () => {
    const data = dataset("d", { text: tokens(rows(3, 2, 4), words), tags: classes(rows(3, 4, 2), ["x", "y"]) });
    await expect(fit(reader, data, { ...quick, task: tagging() })).rejects.toThrow(
      "data set d: row 1 has 2 steps in column text, and 4 in column tags; tagging needs one for each step",
    );
  });

  it("are refused as targets of one shape", async () => {
    const data = dataset("d", { image, box: boxes(ragged(Array.from({ length: N }, () => [[0, 0, 1, 1]]))) });
    await expect(fit(flat(4, 4), data, { ...quick, task: localization() })).rejects.toThrow(
      "data set d: localization needs rows of one shape as boxes; those of column box differ in length",
    );
  });

  const named = (...lengths: number[]) =>
    dataset("d", {
      text: tokens(rows(...lengths), words),
      label: classes(array(lengths.map((_, i) => i % 2), "i32"), ["x", "y"]), // biome-ignore format: short
    });
  const last = nn.sequential(nn.embedding(4, 2), nn.gru(2, { output: "last" }), nn.linear(2));

  it("that are too long for the model are refused in validation data before training", async () => {
    let steps = 0;
    const run = fit(last, named(1, 2, 3, 2), { ...quick, validation: named(5, 1), onEvent: () => steps++ });
    await expect(run).rejects.toThrow("cut sequences to 3 steps, or build the model for longer ones");
    expect(steps).toBe(0);
  });

  it("are padded by as much as the epoch says", async () => {
    const paddings: number[] = [];
    const onEvent: FitOptions["onEvent"] = (event) => event.type === "epoch" && paddings.push(event.padding);
    await fit(last, named(1, 3), { ...quick, onEvent });
    await fit(flat(2, 2), dataset("d", { image, label: classes(zeros([N], "i32"), ["x", "y"]) }), {
      ...quick,
      onEvent,
    });
    expect(paddings).toEqual([expect.closeTo(1 / 3, 12), 0]);
  });
});
