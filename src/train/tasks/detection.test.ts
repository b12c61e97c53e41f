/** Boxes as maps and back, the loss and the figures, on grids of a few cells that were worked out by hand. */
import { describe, expect, it } from "vitest";
import { array, type NdArray } from "../../array/index.ts";
import { compile } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { measured } from "../programs.ts";
import { Collection } from "../totals.ts";
import { findBoxes, mapsOfBoxes } from "./box-maps.ts";
import { type Arrays, detection, type Scene, type Tensors } from "./index.ts";

const f32 = (values: unknown[]): NdArray => array(values as number[], "f32");
const i32 = (values: unknown[]): NdArray => array(values as number[], "i32");

/** Runs a function of tensors on the interpreter. */
const run = async (build: (...tensors: Tensor[]) => Tensors, ...inputs: NdArray[]): Promise<Arrays> =>
  (await compile(build as (...tensors: Tensor[]) => Record<string, Tensor>, inputs, { engine: "interpreter" })(
    ...inputs,
  )) as Arrays;

const numbers = ({ data }: NdArray, digits = 4): number[] => Array.from(data, (x) => Number(x.toFixed(digits)));

/** The x of which the distance 4 · stride · softplus(x) is so long. */
const edgeOf = (distance: number, stride: number): number => Math.log(Math.expm1(distance / (4 * stride)));

describe("maps of boxes", () => {
  const grid = { h: 1, w: 3, stride: 4 };

  it("are 1 in the cell of the center, and fall off as a Gaussian of the box's size", async () => {
    // The center, 5, is in the second cell, whose center is 6; σ = 1 · √(2 · 2).
    const build = (boxes: Tensor, labels: Tensor): Tensors => ({ ...mapsOfBoxes(boxes, labels, 2, 1, grid) });
    const maps = await run(build, f32([[[4, 1, 6, 3], [0, 0, 0, 0]]]), i32([[1, -1]])); // biome-ignore format: a list
    const beside = Math.exp(-(4 ** 2) / (2 * 2 ** 2));
    expect(numbers(maps.centers)).toEqual([0, 0, 0, ...[beside, 1, beside].map((x) => Number(x.toFixed(4)))]);
    expect(numbers(maps.weights)).toEqual([beside, 1, beside].map((x) => Number((x / (1 + 2 * beside)).toFixed(4))));
    expect(maps.boxes.toNested()).toEqual([[[4, 1, 6, 3], [4, 1, 6, 3], [4, 1, 6, 3]]]); // biome-ignore format: a list
  });

  it("are of the nearer box where two meet, and 0 without any", async () => {
    const build = (boxes: Tensor, labels: Tensor): Tensors => ({ ...mapsOfBoxes(boxes, labels, 1, 0.5, grid) });
    const two = await run(build, f32([[[0, 0, 4, 4], [8, 0, 12, 4]]]), i32([[0, 0]])); // biome-ignore format: a list
    expect(two.boxes.toNested()).toEqual([[[0, 0, 4, 4], [0, 0, 4, 4], [8, 0, 12, 4]]]); // biome-ignore format: a list
    const none = await run(build, f32([[[0, 0, 0, 0]]]), i32([[-1]]));
    expect([numbers(none.centers), numbers(none.weights)]).toEqual([[0, 0, 0], [0, 0, 0]]); // biome-ignore format: a list
  });
});

describe("found boxes", () => {
  const grid = { h: 1, w: 3, stride: 4 };
  const find = (scores: number[][], most = 3) => {
    const edges = f32([Array.from({ length: 4 }, () => [[0, 0, 0].map(() => edgeOf(2, 4))])]);
    return run(
      (s, e) => ({ ...findBoxes(s, e, { most, overlap: 0.5 }, grid) }),
      f32([scores.map((row) => [row])]),
      edges,
    );
  };

  it("are the peaks of each class, the best first, clipped to the picture", async () => {
    const found = await find([
      [0, -9, -9],
      [-9, -9, 2],
    ]);
    expect(numbers(found.scores)).toEqual([0.8808, 0.5, 0]);
    expect(numbers(found.classes)).toEqual([1, 0, -1]);
    expect(numbers(found.boxes)).toEqual([8, 0, 12, 4, 0, 0, 4, 4, 0, 0, 0, 0]);
  });

  it("are none where a neighbor is higher, where scores are NaN, and below a hundredth", async () => {
    expect(numbers((await find([[1, 2, -9]])).classes)).toEqual([0, -1, -1]);
    expect(numbers((await find([[3, Number.NaN, -9]])).classes)).toEqual([-1, -1, -1]);
    expect(numbers((await find([[-5, -9, -9]])).classes)).toEqual([-1, -1, -1]);
  });
});

const scene: Scene = { names: { labels: ["cat", "dog"] }, shapes: {}, input: [3, 4, 4], training: false };

/** The loss and figures of one batch of maps of one cell of 4 × 4 pixels. */
async function figuresOf(scores: number[][], distances: number[], boxes: number[][][], labels: number[][]) {
  const task = detection();
  const edges = distances.map((d) => Array.from({ length: 4 }, () => [[edgeOf(d, 4)]]));
  const arrays = [f32(scores.map((row) => row.map((x) => [[x]]))), f32(edges), f32(boxes), i32(labels)];
  const step = compile(
    (s: Tensor, e: Tensor, b: Tensor, l: Tensor) =>
      measured(task, { scores: s, edges: e }, { boxes: b, labels: l }, scene),
    arrays,
    { engine: "interpreter" },
  );
  const { loss, collected } = await step(...arrays);
  const totals = { sums: {}, collected: collected as Arrays, count: scores.length };
  return { loss: loss.item(), figures: task.figures(totals, scene), details: task.details(totals, scene) };
}

describe("detection", () => {
  const HIGH = 20;

  it("adds the focal loss of centers and what overlaps lack", async () => {
    // A box of 2 × 2 in the middle, found as all of the cell: GIoU = IoU = 4 / 16.
    const { loss } = await figuresOf([[0, -HIGH]], [2], [[[1, 1, 3, 3]]], [[0]]);
    expect(loss).toBeCloseTo(0.25 * Math.LN2 + 5 * 0.75, 5);
    const right = await figuresOf([[HIGH, -HIGH]], [1], [[[1, 1, 3, 3]]], [[0]]);
    expect(right.loss).toBeCloseTo(0, 5);
  });

  it("measures average precisions, of classes that occur", async () => {
    // The first picture is right; in the second, which is empty, a dog is found with a lower score, which does not count.
    const { figures, details } = await figuresOf([[HIGH, -HIGH], [-HIGH, 1]], [1, 1], [[[1, 1, 3, 3]], [[0, 0, 0, 0]]], [[0], [-1]]); // biome-ignore format: a table
    expect(figures).toEqual({ map: 1, ap50: 1, ap75: 1 });
    expect(details.perClass).toEqual({
      cat: { map: 1, ap50: 1, ap75: 1, support: 1 },
      dog: { map: Number.NaN, ap50: Number.NaN, ap75: Number.NaN, support: 0 },
    });
    expect([details.small, details.large]).toEqual([1, Number.NaN]);
  });

  it("has a loss and no figures where there is nothing to be found", async () => {
    const { loss, figures } = await figuresOf([[-HIGH, -HIGH]], [1], [[[0, 0, 0, 0]]], [[-1]]);
    expect(loss).toBeCloseTo(0, 5);
    expect(figures.map).toBeNaN();
    expect(detection().figures({ sums: {}, collected: {}, count: 1 }, scene)).toEqual({});
  });

  it("answers in the picture's pixels, and draws there", () => {
    const task = detection();
    const prediction = {
      boxes: f32([[1, 0, 3, 4], [0, 0, 2, 2], [0, 0, 0, 0]]), // biome-ignore format: a list
      scores: f32([0.9, 0.2, 0]),
      classes: i32([1, 0, -1]),
    };
    const view = { x: 10, y: 20, width: 8, height: 8 };
    const { text, json } = task.answer(prediction, { ...scene, view });
    expect(text).toBe("dog (90.0 %) at 12, 20, 16, 28");
    expect(json).toEqual([{ class: "dog", score: prediction.scores.data[0], box: [12, 20, 16, 28] }]);
    const gray = { width: 40, height: 40, channels: 1 as const, data: new Uint8Array(1600) };
    const { data } = task.draw!(prediction, gray, { ...scene, view });
    expect([...data.subarray(3 * (28 * 40 + 14), 3 * (28 * 40 + 14) + 3)]).not.toEqual([0, 0, 0]);
    expect([...data.subarray(3 * (35 * 40 + 14), 3 * (35 * 40 + 14) + 3)]).toEqual([0, 0, 0]);
    const nothing = { ...prediction, scores: f32([0, 0, 0]) };
    expect(task.answer(nothing, scene)).toMatchObject({ text: "nothing", json: [] });
  });

  it("refuses maps whose cells do not fill the picture", () => {
    const odd = { ...scene, input: [3, 10, 10] };
    const maps = [f32([[[[0, 0, 0], [0, 0, 0], [0, 0, 0]]]]), f32([Array.from({ length: 4 }, () => [[0, 0, 0], [0, 0, 0], [0, 0, 0]])])]; // biome-ignore format: maps
    const build = (scores: Tensor, edges: Tensor): Record<string, Tensor> =>
      detection().predict({ scores, edges }, odd);
    expect(() => compile(build, maps, { engine: "interpreter" })).toThrow(
      "the network gives maps of 3 × 3 cells for pictures of 10 × 10 pixels, which no cells of one size fill",
    );
  });
});

it("batches that were padded to different lengths are joined", () => {
  const collection = new Collection();
  collection.add(detection(), { boxes: f32([[[1, 2]]]) }, 1);
  collection.add(detection(), { boxes: f32([[[3, 4], [5, 6]]]) }, 1); // biome-ignore format: a list
  expect(collection.finish().boxes.toNested()).toEqual([[[1, 2], [0, 0]], [[3, 4], [5, 6]]]); // biome-ignore format: a list
});
