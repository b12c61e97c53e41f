/** Every task by hand: losses, sums and figures of a few samples against numbers that were worked out on paper. */
import { describe, expect, it } from "vitest";
import { array, type NdArray } from "../../array/index.ts";
import { compile } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { measured } from "../programs.ts";
import { addToSums, type Sums } from "../totals.ts";
import {
  type Arrays,
  classification,
  localization,
  multiLabelClassification,
  nextToken,
  poseEstimation,
  ranking,
  reconstruction,
  regression,
  type Scene,
  type SegmentationLoss,
  segmentation,
  type Task,
  tagging,
  taskFromJson,
  tasks,
  together,
} from "./index.ts";

/** Float32 sums of a few terms. */
const DIGITS = 5;

const sceneOf = (given: Partial<Scene> = {}): Scene => ({
  names: {},
  shapes: {},
  input: [1, 10, 20],
  training: false,
  ...given,
});

type Told = { readonly details: object } & Readonly<Record<string, number>>;

/** The loss and the figures of one batch. */
async function figuresOf(task: Task, outputs: Arrays, targets: Arrays, given: Partial<Scene> = {}): Promise<Told> {
  const scene = sceneOf(given);
  const names = [...Object.keys(outputs), ...Object.keys(targets).map((name) => `target ${name}`)];
  const arrays = [...Object.values(outputs), ...Object.values(targets)];
  const part = (tensors: readonly Tensor[], record: Arrays, from: number) =>
    Object.fromEntries(Object.keys(record).map((name, i) => [name, tensors[from + i]]));
  expect(names).toHaveLength(arrays.length);
  const step = compile(
    (...tensors: Tensor[]) =>
      measured(task, part(tensors, outputs, 0), part(tensors, targets, Object.keys(outputs).length), scene),
    arrays,
    { engine: "interpreter" },
  );
  const { loss, sums, collected } = await step(...arrays);
  const totals: Sums = {};
  addToSums(totals, sums as Arrays);
  const count = arrays[0].shape[0];
  const all = { sums: totals, collected: collected as Arrays, count };
  const figures = { loss: loss.item(), ...task.figures(all, scene) };
  return Object.assign({ details: task.details(all, scene) }, figures) as unknown as Told;
}

const f32 = (values: unknown[]): NdArray => array(values as number[], "f32");
const i32 = (values: unknown[]): NdArray => array(values as number[], "i32");

describe("classification", () => {
  it("counts hits and confusions, and reports on request", async () => {
    const scores = f32([[2, 0], [0, 2], [0, 1]]); // biome-ignore format: a matrix
    const labels = i32([0, 1, 0]);
    const names = { labels: ["cat", "dog"] };
    const task = classification({ report: { mistakes: 1 } });
    const { loss, accuracy, details } = await figuresOf(task, { scores }, { labels }, { names });
    const losses = [-2, -2, 1].map((gap) => Math.log1p(Math.exp(gap)));
    expect(loss).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, DIGITS);
    expect(accuracy).toBeCloseTo(2 / 3, 12);
    expect(details).toMatchObject({ correct: 2, report: { mistakes: [{ sample: 2, label: 0, predicted: 1 }] } });
    expect((details as { confusion: NdArray }).confusion.toNested()).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  it("takes probabilities of mixed labels", async () => {
    const given = { scores: f32([[0, 0]]) };
    const { loss } = await figuresOf(classification(), given, { labels: f32([[0.25, 0.75]]) });
    expect(loss).toBeCloseTo(Math.LN2, DIGITS);
  });
});

it("several classes at once are counted class by class", async () => {
  const scores = f32([[3, -3], [3, 3], [-3, 3]]); // biome-ignore format: a matrix
  const labels = f32([[1, 0], [1, 0], [1, 1]]); // biome-ignore format: a matrix
  const figures = await figuresOf(multiLabelClassification(), { scores }, { labels });
  // Class 0: 2 hits, 3 occurring, 2 predicted; class 1: 1 hit, 1 occurring, 2 predicted.
  expect(figures).toMatchObject({ macroF1: (4 / 5 + 2 / 3) / 2, exactMatch: 1 / 3, hamming: 4 / 6 });
});

it("regression tells the root of the mean square, the mean and the explained share", async () => {
  const values = f32([[1], [2], [4]]);
  const target = f32([[1], [3], [2]]);
  const figures = await figuresOf(regression({ loss: "huber" }), { values }, { target }, { shapes: { target: [1] } });
  expect(figures.rmse).toBeCloseTo(Math.sqrt(5 / 3), DIGITS);
  expect(figures.mae).toBeCloseTo(1, DIGITS);
  expect(figures.r2).toBeCloseTo(1 - 5 / 2, DIGITS);
  expect(figures.loss).toBeCloseTo((0.5 + 1.5) / 3, DIGITS);
});

it("segmentation draws classes over the picture, but not the background", () => {
  const task = segmentation();
  const mask = array([[0, 1]], "i32");
  const gray = { width: 4, height: 2, channels: 1 as const, data: new Uint8Array(8).fill(100) };
  const scene = sceneOf({ names: { mask: ["background", "cat"] }, input: [1, 1, 2] });
  const { data } = task.draw!({ mask }, gray, { ...scene, view: { x: 0, y: 0, width: 4, height: 2 } });
  expect([...data.subarray(0, 6)]).toEqual([100, 100, 100, 100, 100, 100]);
  // 55 % of the second color over gray: 100 + 0.55 · (255 − 100), …
  expect([...data.subarray(6, 9)]).toEqual([185, 115, 53]);
});

it("segmentation measures boundaries on request", async () => {
  // The square of class 1 is found one pixel too wide; its right edge is beside the true one.
  const truth = [0, 1, 1, 0, 0];
  const rows = [[0, 0, 0, 0, 0], truth, truth, [0, 0, 0, 0, 0]];
  const found = rows.map((row) => (row === truth ? [0, 1, 1, 1, 0] : row));
  const scores = f32([[found.map((row) => row.map((k) => 1 - k)), found]] as never);
  const mask = array([rows], "u8");
  const names = { mask: ["ground", "square"] };
  const near = await figuresOf(segmentation({ boundaries: true }), { scores }, { mask }, { names });
  // Within 0.75 % of the diagonal are only equal pixels: of the square 4 of 6 found, and all 4 true ones.
  expect((near.details as { classBoundaryF1: Record<string, number> }).classBoundaryF1.square).toBeCloseTo(0.8, 12);
  expect(near.boundaryF1).toBeLessThan(1);
  const plain = await figuresOf(segmentation(), { scores }, { mask }, { names });
  expect(plain).not.toHaveProperty("boundaryF1");
  expect(segmentation({ boundaries: true }).toSaved()).not.toHaveProperty("boundaries");
});

it("reconstruction compares with bytes as 0 … 1", async () => {
  const target = array([[[[0, 255]]]], "u8");
  const values = f32([[[[0.5, 1]]]]);
  const { loss, mse } = await figuresOf(reconstruction(), { values }, { target }, { shapes: { target: [1, 1, 2] } });
  expect(loss).toBeCloseTo(0.125, DIGITS);
  expect(mse).toBeCloseTo(0.125, DIGITS);
});

it("segmentation leaves out what is unknown, in loss and figures", async () => {
  const scores = f32([[[[9, 0, 0, 9]], [[0, 9, 9, 0]]]]);
  const mask = array([[[0, 1, 0, 255]]], "u8");
  const names = { mask: ["ground", "thing"] };
  const figures = await figuresOf(segmentation({ ignore: 255 }), { scores }, { mask }, { names });
  expect(figures).toMatchObject({ meanIoU: 0.5, pixelAccuracy: 2 / 3 });
  expect(figures.details).toMatchObject({ classIoU: { ground: 0.5, thing: 0.5 } });
  expect(figures.loss).toBeCloseTo((2 * Math.log1p(Math.exp(-9)) + Math.log1p(Math.exp(9))) / 3, 4);
});

it("segmentation has losses by name", async () => {
  const scores = f32([[[[Math.log(3), 0]], [[0, Math.log(3)]]]]);
  const mask = i32([[[0, 0]]]);
  const lossBy = async (loss: SegmentationLoss) => (await figuresOf(segmentation({ loss }), { scores }, { mask })).loss;
  // The right class has 3/4 of the first pixel and 1/4 of the second.
  const entropy = (Math.log(4 / 3) + Math.log(4)) / 2;
  // Overlap of class 0: 2·1 + 1 of 1 + 2 + 1; of class 1, which is not there: 1 of 1 + 0 + 1.
  const dice = (1 - 3 / 4 + 1 - 1 / 2) / 2;
  expect(await lossBy("crossEntropy")).toBeCloseTo(entropy, 5);
  expect(await lossBy("dice")).toBeCloseTo(dice, 5);
  expect(await lossBy("crossEntropyDice")).toBeCloseTo(entropy + dice, 5);
  expect(await lossBy("focal")).toBeCloseTo((Math.log(4 / 3) / 16 + (9 * Math.log(4)) / 16) / 2, 5);
});

it("segmentation leaves out unknown pixels by themselves, 255 of bytes and −1 of integers", async () => {
  const scores = f32([[[[9, 0, 0, 9]], [[0, 9, 9, 0]]]]);
  const names = { mask: ["ground", "thing"] };
  const masks = [array([[[0, 1, 0, 255]]], "u8"), i32([[[0, 1, 0, -1]]])];
  const [bytes, integers] = await Promise.all(
    masks.map((mask) => figuresOf(segmentation(), { scores }, { mask }, { names })),
  );
  expect(bytes).toEqual(integers);
  expect(bytes).toMatchObject({ meanIoU: 0.5, pixelAccuracy: 2 / 3 });
  expect(bytes.loss).toBeCloseTo((2 * Math.log1p(Math.exp(-9)) + Math.log1p(Math.exp(9))) / 3, 4);
});

it.each<[string, Task, Arrays, Arrays]>([
  ["pixels", segmentation(), { scores: f32([[[[1]], [[2]]]]) }, { mask: i32([[[-1]]]) }],
  ["boxes", localization(), { boxes: f32([[[0, 0, 1, 1]]]) }, { boxes: f32([[[0, 0, 0, 0]]]) }],
  ["points", poseEstimation(), { points: f32([[[0, 0]]]) }, { points: f32([[[NaN, NaN]]]) }],
  ["places", tagging(), { scores: f32([[[1, 2]]]) }, { labels: i32([[-1]]) }],
  ["tokens", nextToken(), { scores: f32([[[1, 2], [1, 2]]]) }, { tokens: i32([[1, 0]]), "tokens.length": i32([1]) }], // biome-ignore format: a row
])("a batch without %s that count has the loss 0, and training goes on", async (_, task, outputs, targets) => {
  expect((await figuresOf(task, outputs, targets)).loss).toBe(0);
});

it("localization measures overlaps in pixels, without samples that have no box", async () => {
  // Pictures of 10 × 20: shares of width 20 and height 10.
  const boxes = f32([[0, 0, 0.5, 1], [0, 0, 1, 1]]); // biome-ignore format: boxes
  const truth = f32([[0, 0, 20, 10], [0, 0, 0, 0]]); // biome-ignore format: boxes
  const figures = await figuresOf(localization({ beta: 1 }), { boxes }, { boxes: truth });
  expect(figures).toMatchObject({ meanIoU: 0.5, found: 0 });
  expect(figures.loss).toBeCloseTo(0.5 * 0.25 * (1 / 4), DIGITS);
});

it("localization takes four corners, whose means are the edges, and squared errors", async () => {
  // The left edge is off by 0.2 of the width above and by 0 below: the mean is off by 0.1, 2 pixels of 20.
  const boxes = f32([[0.2, 0, 1, 0, 1, 1, 0, 1]]);
  const task = localization({ corners: true, loss: "squared" });
  const figures = await figuresOf(task, { boxes }, { boxes: f32([[[0, 0, 20, 10]]]) }, { shapes: { boxes: [1, 4] } });
  expect(figures.loss).toBeCloseTo(0.2 ** 2 / 8, DIGITS);
  expect(figures.meanIoU).toBeCloseTo(0.9, DIGITS);
  const predict = (tensor: Tensor): Record<string, Tensor> => task.predict({ boxes: tensor }, sceneOf());
  const found = await compile(predict, [boxes], { engine: "interpreter" })(boxes);
  expect((found as Arrays).boxes.toNested()).toEqual([[2, 0, 20, 10]]);
});

it("poses leave out points that are unknown", async () => {
  const points = f32([[[0.5, 0.5], [0, 0], [1, 1]]]); // biome-ignore format: points
  const truth = f32([[[10, 8], [NaN, NaN], [20, 10]]]); // biome-ignore format: points
  const figures = await figuresOf(poseEstimation({ within: 0.1 }), { points }, { points: truth });
  expect(figures.meanDistance).toBeCloseTo(1.5, DIGITS);
  expect(figures.pck).toBe(0.5);
  expect(figures.loss).toBeGreaterThan(0);
});

describe("sequences", () => {
  const tokens = i32([[0, 1, 2], [1, 0, 0]]); // biome-ignore format: a matrix
  const lengths = i32([3, 2]);
  // Certain of token 1 after 0, of 2 after 1, and of 0 after 2.
  const follower = [1, 2, 0];
  const certain = (token: number) => [0, 1, 2].map((k) => (k === follower[token] ? 20 : 0));
  const scores = f32((tokens.toNested() as number[][]).map((row) => row.map(certain)));

  it("are tagged place by place, padding left out", async () => {
    const labels = i32([[1, 2, 1], [2, 1, 1]]); // biome-ignore format: a matrix
    const { accuracy } = await figuresOf(tagging(), { scores }, { labels, "labels.length": lengths });
    expect(accuracy).toBe(4 / 5);
  });

  it("do not count places without a label", async () => {
    const labels = i32([[1, -1, 1], [2, -1, 1]]); // biome-ignore format: a matrix
    const { accuracy, loss } = await figuresOf(tagging(), { scores }, { labels, "labels.length": lengths });
    expect(accuracy).toBe(2 / 3);
    // 0 → 1 and 1 → 2 are right; the last place of the first row is held to be 0, for a loss of 20.
    expect(loss).toBeCloseTo(20 / 3, 4);
  });

  it("are continued by language models, from the first token to the last one inside", async () => {
    const figures = await figuresOf(nextToken(), { scores }, { tokens, "tokens.length": lengths });
    // 0 → 1 and 1 → 2 are right, 1 → 0 is not: a loss of 20.
    expect(figures.accuracy).toBe(2 / 3);
    expect(figures.perplexity).toBeCloseTo(Math.exp(20 / 3), 1);
    expect(figures.bitsPerToken).toBeCloseTo(20 / 3 / Math.LN2, 4);
    expect(figures.loss).toBeCloseTo(20 / 3, 4);
  });
});

describe("ranking", () => {
  const score = f32([[3], [1], [2], [0]]);
  const relevant = i32([1, 0, 0, 1]);
  const group = i32([7, 7, 8, 8]);

  it("tells the share of pairs in order, within groups the places of what is relevant", async () => {
    expect(await figuresOf(ranking(), { score }, { relevant })).toMatchObject({ auc: 0.5 });
    const grouped = await figuresOf(ranking({ group: "question" }), { score }, { relevant, group });
    expect(grouped).toMatchObject({ auc: 0.5, map: 0.75, mrr: 0.75 });
  });

  it("learns pairs of one group alone", async () => {
    const { loss } = await figuresOf(ranking({ group: "question", loss: "pairs" }), { score }, { relevant, group });
    // Pairs (3 over 1) and (0 over 2), both with differences of 2.
    expect(loss).toBeCloseTo((Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(2))) / 2, DIGITS);
  });
});

describe("several tasks together", () => {
  const task = together({ digit: classification(), box: localization() }, { weights: { box: 2 } });
  const outputs = { "digit.scores": f32([[0, 0]]), "box.boxes": f32([[0, 0, 0.5, 1]]) };
  const targets = { "digit.labels": i32([1]), "box.boxes": f32([[0, 0, 20, 10]]) };

  it("add their losses with weights and put their names in front of the figures", async () => {
    const names = { "digit.labels": ["0", "1"] };
    const figures = await figuresOf(task, outputs, targets, { names });
    expect(figures).toMatchObject({ "digit.accuracy": 0, "box.meanIoU": 0.5 });
    const alone = await figuresOf(localization(), { boxes: outputs["box.boxes"] }, { boxes: targets["box.boxes"] });
    expect(figures.loss).toBeCloseTo(Math.LN2 + 2 * alone.loss, DIGITS);
    expect(task.best).toBe("digit.accuracy");
    expect(task.lowerIsBetter).toContain("loss");
  });

  it("come back from their plain data", () => {
    expect(taskFromJson(JSON.parse(JSON.stringify(task))).toJSON()).toEqual(task.toJSON());
  });

  it.each<[string, () => unknown, string]>([
    ["no task", () => together({}), "together: needs at least one task, { name: task }"],
    ["what is none", () => together({ a: classification as never }), "together: a must be a task"],
    [
      "a weight of none",
      () => together({ a: classification() }, { weights: { b: 1 } }),
      "weights has 'b', the tasks are a",
    ],
    ["a negative weight", () => together({ a: classification() }, { weights: { a: -1 } }), "the weight of a must be"],
    [
      "a best of none",
      () => together({ a: classification() }, { best: "b" }),
      "best must be loss or one of the tasks a, got 'b'",
    ],
  ])("refuse %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

it.each(Object.entries(tasks))("%s is made again from its plain data", (type, factory) => {
  const task = factory({});
  expect(task.type).toBe(type);
  expect(taskFromJson(JSON.parse(JSON.stringify(task))).toJSON()).toEqual(JSON.parse(JSON.stringify(task)));
  expect(task.lowerIsBetter.includes("loss")).toBe(true);
});

it("a task of no known type is refused with the near ones", () => {
  expect(() => taskFromJson({ type: "segmentatoin" })).toThrow(
    "there is no task 'segmentatoin'; did you mean segmentation?",
  );
  expect(() => taskFromJson(3)).toThrow("task: expected { type, … }, got 3");
});
