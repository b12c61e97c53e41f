import { describe, expect, it } from "vitest";
import { halves, smallNetwork } from "../../../tests/support/training.ts";
import { array, DataError, full, OptionError, ShapeError, zeros } from "../../array/index.ts";
import { compile } from "../../engines/index.ts";
import * as nn from "../../nn/index.ts";
import { mean, square, sub } from "../../ops/index.ts";
import { classification, fit } from "../index.ts";
import { createEvaluator, evaluateModel, predict } from "./index.ts";

/** Sums of float32 probabilities and losses: 24 bits each. */
const DIGITS = 5;

/** Two pixels are the scores of two classes. */
const pixels = {
  name: "pixels",
  images: array(
    [
      [3, 0],
      [0, 2],
      [1, 0],
      [0, 1],
      [5, 4],
    ].map((scores) => [[scores]]),
  ),
  labels: array([0, 0, 1, 1, 0], "i32"),
  classes: ["left", "right"],
};
const scoreByPixels = nn.Model.build(nn.flatten(), { input: [1, 1, 2] });

const model = nn.Model.build(smallNetwork(), { input: [1, 8, 8], seed: 2 });
const data = halves(50);

const total = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b);

describe("the evaluation of a model", () => {
  it("is what one counts by hand", async () => {
    const {
      figures: { loss, accuracy },
      details: { correct, confusion },
      count,
    } = await evaluateModel(scoreByPixels, pixels);
    // −log softmax of two scores is log(1 + e^(other − own)).
    const losses = [-3, 2, 1, -1, -1].map((gap) => Math.log1p(Math.exp(gap)));
    expect(loss).toBeCloseTo(total(losses) / 5, DIGITS);
    expect({ correct, count, accuracy }).toEqual({ correct: 3, count: 5, accuracy: 0.6 });
    expect(confusion.toNested()).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect(confusion.dtype).toBe("i32");
  });

  it("does not depend on the batch, also where the last one is smaller", async () => {
    const whole = await evaluateModel(model, data);
    expect(whole.count).toBe(50);
    expect(whole.figures.accuracy).toBe(whole.details.correct / 50);
    expect(total(whole.details.confusion.data)).toBe(50);
    for (const batch of [1, 7, 49, 50, 51]) {
      const parts = await evaluateModel(model, data, { batch });
      expect({ ...parts, figures: {} }).toEqual({ ...whole, figures: {} });
      expect(parts.figures.accuracy).toBe(whole.figures.accuracy);
      expect(parts.figures.loss).toBeCloseTo(whole.figures.loss, DIGITS);
    }
  });

  it("counts the correct ones on the confusion's diagonal", async () => {
    const { model: trained } = await fit(smallNetwork(), data, { epochs: 3, batch: 8 });
    const {
      figures: { accuracy },
      details: { confusion, correct },
    } = await evaluateModel(trained, data);
    expect(accuracy).toBeGreaterThan(0.5);
    expect(total([0, 1, 2, 3].map((k) => confusion.row(k).data[k]))).toBe(correct);
    // 50 samples of four classes in turn.
    expect([0, 1, 2, 3].map((k) => total(confusion.row(k).data))).toEqual([13, 13, 12, 12]);
  });

  it("takes the first of equal scores, in both counts alike", async () => {
    const undecided = { ...pixels, images: full([5, 1, 1, 2], 1) };
    const {
      details: { correct, confusion },
    } = await evaluateModel(scoreByPixels, undecided);
    expect(correct).toBe(3);
    expect(confusion.toNested()).toEqual([
      [3, 0],
      [2, 0],
    ]);
  });

  it("takes a score that is not a number for the largest, in both counts alike", async () => {
    const images = pixels.images.copy();
    images.data.set([3, NaN], 0); // a hit that becomes a miss
    images.data.set([1, NaN], 4); // a miss that becomes a hit
    const {
      figures: { loss },
      details: { correct, confusion },
    } = await evaluateModel(scoreByPixels, { ...pixels, images });
    expect({ correct, loss }).toEqual({ correct: 3, loss: NaN });
    expect(confusion.toNested()).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });

  it("drops nothing out, and so comes out the same each time", async () => {
    const first = await evaluateModel(model, data);
    expect(await evaluateModel(model, data)).toEqual(first);
    expect(model.random.position.value.item()).toBe(0);
  });

  it("uses the loss that it is given", async () => {
    const {
      figures: { loss },
    } = await evaluateModel(scoreByPixels, pixels, {
      task: classification({ loss: (scores) => mean(square(sub(scores, 1))) }),
    });
    // Of (score − 1)²: 4, 1, 1, 1, 0, 1, 1, 0, 16, 9.
    expect(loss).toBeCloseTo(34 / 10, DIGITS);
  });

  it("tells how far it is, and stops when asked to", async () => {
    const told: string[] = [];
    const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
    await evaluateModel(model, data, { batch: 20, onProgress });
    expect(told).toEqual(["20/50", "40/50", "50/50"]);
    const controller = new AbortController();
    const evaluate = createEvaluator(model, data, { batch: 20 });
    expect(await evaluate({ signal: controller.signal, onProgress: () => controller.abort() })).toBeUndefined();
    expect(await evaluate()).toMatchObject({ count: 50 });
  });

  it("is refused for data that are empty, contradict themselves, or have other classes", async () => {
    const labeled = (labels: number[]) => ({ ...pixels, labels: array(labels, "i32") });
    await expect(evaluateModel(scoreByPixels, labeled([0, 0, 1, 2, 0]))).rejects.toThrow(DataError);
    await expect(evaluateModel(scoreByPixels, labeled([0, 0]))).rejects.toThrow(DataError);
    const none = { ...pixels, images: zeros([0, 1, 1, 2]), labels: zeros([0], "i32") };
    await expect(evaluateModel(scoreByPixels, none)).rejects.toThrow("data set pixels: it is empty");
    // A score for a class that the data do not have would count for a wrong one.
    for (const classes of [["only"], ["left", "right", "middle"]]) {
      const other = { ...pixels, labels: zeros([5], "i32"), classes };
      await expect(evaluateModel(scoreByPixels, other)).rejects.toThrow(
        `classification: the network gives output as f32[5,2], expected [n, ${classes.length}]: scores, one for each class`,
      );
    }
    for (const batch of [0, -1, 2.5]) {
      await expect(evaluateModel(model, data, { batch })).rejects.toThrow(
        new OptionError(`evaluate: batch must be an integer of at least 1, got ${batch}`),
      );
    }
  });
});

describe("predictions", () => {
  it("are probabilities that add up to 1", async () => {
    const { probabilities } = await predict(model, data.images);
    expect(probabilities.shape).toEqual([50, 4]);
    for (let i = 0; i < 50; i++) {
      const row = Array.from(probabilities.row(i).data);
      expect(total(row)).toBeCloseTo(1, DIGITS);
      expect(Math.min(...row)).toBeGreaterThan(0);
    }
  });

  it("are the softmax of the scores", async () => {
    const one = await predict(scoreByPixels, array([[[[3, 0]]]]));
    const [[share]] = one.probabilities.toNested() as number[][];
    expect(share).toBeCloseTo(1 / (1 + Math.exp(-3)), DIGITS);
    const scores = await compile((x) => ({ y: model(x) }), [data.images])(data.images);
    const { probabilities } = await predict(model, data.images);
    const largest = (values: ArrayLike<number>) => Array.from(values).indexOf(Math.max(...Array.from(values)));
    for (let i = 0; i < 50; i++) expect(largest(probabilities.row(i).data)).toBe(largest(scores.y.row(i).data));
  });

  it("are refused for pictures of another size", async () => {
    await expect(predict(model, zeros([1, 1, 9, 8], "u8"))).rejects.toThrow(
      new ShapeError("the model takes inputs of shape [n,1,8,8], got u8[1,1,9,8]"),
    );
  });
});
