import { describe, expect, it } from "vitest";
import { halves, record } from "../../tests/support/training.ts";
import { array, OptionError, ShapeError, zeros } from "../array/index.ts";
import { type Dataset, firstSamples } from "../data/index.ts";
import * as nn from "../nn/index.ts";
import { defineLayer } from "../nn/index.ts";
import { reshape } from "../ops/index.ts";
import { placesOf, planEpoch } from "./epoch-plan.ts";
import { type FitOptions, fit, type NoticeKind } from "./index.ts";

const takesAll = () => undefined;
const needsTwo = (size: number) => (size < 2 ? new ShapeError("too few") : undefined);
const sizes = (...args: Parameters<typeof planEpoch>): number[] => {
  const plan = planEpoch(...args);
  return Array.from({ length: plan.steps }, (_, step) => placesOf(plan, step)).map(([from, to]) => to - from);
};

describe("the batches of an epoch", () => {
  it("are as the caller wants the last one", () => {
    expect(sizes(10, 4, undefined, takesAll)).toEqual([4, 4, 2]);
    expect(sizes(10, 4, "keep", takesAll)).toEqual([4, 4, 2]);
    expect(sizes(10, 4, "merge", takesAll)).toEqual([4, 6]);
    expect(sizes(10, 4, "drop", takesAll)).toEqual([4, 4]);
    for (const choice of [undefined, "keep", "merge", "drop"] as const)
      expect(sizes(8, 4, choice, takesAll)).toEqual([4, 4]);
  });

  it("end with a larger one where a single sample cannot be taken", () => {
    expect(sizes(9, 4, undefined, takesAll)).toEqual([4, 4, 1]);
    expect(sizes(9, 4, undefined, needsTwo)).toEqual([4, 5]);
    expect(planEpoch(9, 4, undefined, needsTwo).notice).toMatch(/^9 samples in batches of 4 leave one/);
    expect(sizes(9, 4, "drop", needsTwo)).toEqual([4, 4]);
    expect(() => planEpoch(9, 4, "keep", needsTwo)).toThrow(
      new ShapeError(
        "fit: 9 samples in batches of 4 leave 1 for the last one, which the network cannot take: too few; choose another " +
          "batch, or what becomes of the last one: lastBatch: 'merge' or 'drop'",
      ),
    );
  });
});

const normalized = nn.sequential(nn.linear(8), nn.batchNorm1d(), nn.linear(2));
const rows = (count: number): Dataset => ({
  name: "rows",
  images: array(Array.from({ length: count }, (_, i) => Array.from({ length: 6 }, (_, j) => Math.sin(i * 7 + j)))),
  labels: array(
    Array.from({ length: count }, (_, i) => i % 2),
    "i32",
  ),
  classes: ["a", "b"],
});

/** The sizes of steps, what was told, and what went wrong. */
async function steps(data: Dataset, options: FitOptions, network = normalized) {
  const taken: number[] = [];
  const told: NoticeKind[] = [];
  const error: unknown = await fit(network, data, {
    epochs: 2,
    onNotice: (_, kind) => told.push(kind),
    onEvent: (event) => event.type === "step" && taken.push(event.samples),
    ...options,
  }).then(
    () => undefined,
    (error) => error,
  );
  return { taken, told, error };
}

describe("batch normalization", () => {
  it("is trained on a last batch of one together with the batch before, which is said", async () => {
    expect(await steps(rows(9), { batch: 4 })).toEqual({ taken: [4, 5, 4, 5], told: ["lastBatch"], error: undefined });
    expect(await steps(rows(9), { batch: 4, lastBatch: "drop" })).toEqual({
      ...{ taken: [4, 4, 4, 4], told: [], error: undefined },
    });
    expect(await steps(rows(8), { batch: 4 })).toMatchObject({ taken: [4, 4, 4, 4], told: [] });
  });

  it("refuses single samples before the first step, with what to do", async () => {
    const single = await steps(rows(9), { batch: 1 });
    expect(single.taken).toEqual([]);
    expect(single.error).toEqual(
      new ShapeError(
        "fit: the network cannot be trained on batches of one sample: batchNorm1d (1): while training it needs more than one " +
          "value for each channel, got f32[1,8]; take a larger batch",
      ),
    );
    expect(String((await steps(rows(1), {})).error)).toMatch(/the data set has one sample: give more$/);
    expect(String((await steps(rows(9), { batch: 4, lastBatch: "keep" })).error)).toMatch(
      /lastBatch: 'merge' or 'drop'$/,
    );
  });

  it("is trained in parts of two samples and more", async () => {
    // The last batch of 5 in 4 parts would have parts of one.
    const { taken, error } = await steps(rows(13), { batch: 8, accumulate: 4 });
    expect({ taken, error }).toEqual({ taken: [8, 5, 8, 5], error: undefined });
    expect(await steps(rows(9), { batch: 8, accumulate: 4 })).toMatchObject({ taken: [9, 9], told: ["lastBatch"] });
    const { taken: none, error: refused } = await steps(rows(9), { batch: 5, accumulate: 4 });
    expect(none).toEqual([]);
    expect(String(refused)).toMatch(
      /^ShapeError: fit: a batch of 5 in 4 parts has parts of one sample.*accumulate at most 2$/,
    );
  });

  it("ends with the same bits when a run with a merged batch is resumed", async () => {
    const options = { epochs: 2, batch: 4, seed: 3, onNotice: () => {} };
    const whole = await record(normalized, rows(9), options);
    const first = await record(normalized, rows(9), { ...options, stopAfter: 2 });
    const resumed = await fit(normalized, rows(9), { ...options, resume: first.store.checkpoints.at(-1) });
    expect(await resumed.model.toBytes()).toEqual(await whole.model.toBytes());
    await expect(
      fit(normalized, rows(9), { ...options, lastBatch: "drop", resume: first.store.checkpoints.at(-1) }),
    ).rejects.toThrow("batch 4, the last merged; this run has batch 4, the last dropped");
  });
});

it("a layer that takes batches of one size only is refused its last batch before the first step", async () => {
  const fixed = defineLayer({
    type: "fixed",
    options: {},
    forward: (_, x) => reshape(x, [x.shape[0] === 1 ? 1 : 4, 6]),
  });
  const { taken, error } = await steps(rows(10), { batch: 4 }, nn.sequential(fixed(), nn.linear(2)));
  expect(taken).toEqual([]);
  expect(error).toBeInstanceOf(ShapeError);
  expect(String(error)).toMatch(/leave 2 for the last one, which the network cannot take: reshape/);
});

describe("data of any rank", () => {
  const shaped = (shape: number[], count: number, dtype: "u8" | "f32" | "i32" = "f32"): Dataset => ({
    name: `inputs [${shape}]`,
    images: zeros([count, ...shape], dtype),
    labels: zeros([count], "i32"),
    classes: ["a", "b"],
  });
  it.each<[string, number[], nn.Layer, "f32" | "i32"]>([
    ["rows of numbers", [5], nn.linear(2), "f32"],
    ["signals", [2, 9], nn.sequential(nn.conv1d(4, { kernel: 3 }), nn.flatten(), nn.linear(2)), "f32"],
    ["pictures", [1, 6, 5], nn.sequential(nn.flatten(), nn.linear(2)), "f32"],
    ["volumes", [1, 4, 4, 4], nn.sequential(nn.conv3d(2, { kernel: 3 }), nn.flatten(), nn.linear(2)), "f32"],
    ["words", [7], nn.sequential(nn.embedding(20, 3), nn.flatten(), nn.linear(2)), "i32"],
  ])("trains and validates: %s", async (_, shape, network, dtype) => {
    const data = shaped(shape, 8, dtype);
    for (const validation of [shaped(shape, 4, dtype), 0.25]) {
      const { history } = await fit(network, data, { epochs: 1, validation, onNotice: () => {} });
      expect(history[0].validation?.accuracy).toBe(1);
    }
    const other = shaped([...shape.slice(1), 3], 4, dtype);
    await expect(fit(network, data, { epochs: 1, validation: other, onNotice: () => {} })).rejects.toThrow(
      `validation data must be like the training data: ${other.name} has inputs [${[...shape.slice(1), 3]}]`,
    );
  });

  it("takes steps of augmentation for pictures only", async () => {
    const step = { type: "flip", options: { horizontal: 0.5, vertical: 0 } };
    await expect(fit(nn.linear(2), shaped([5], 8), { augment: [step] })).rejects.toThrow(
      new ShapeError("augment: flip is for pictures [channels, height, width], the inputs are [5]; leave augment out"),
    );
  });
});

describe("validation as a share", () => {
  it("is held out of every class, by the seed, and said", async () => {
    const told: string[] = [];
    const options = { epochs: 1, seed: 2, validation: 0.25, onNotice: (message: string) => told.push(message) };
    const network = nn.sequential(nn.flatten(), nn.linear(4));
    const first = await record(network, halves(40), options);
    expect(told).toEqual(["10 of 40 training samples are held out for validation (validation: 0.25)"]);
    expect(first.events.filter(({ type }) => type === "validate")).toMatchObject([{ total: 10 }]);
    expect(await (await fit(network, halves(40), options)).model.toBytes()).toEqual(await first.model.toBytes());
    await expect(fit(network, firstSamples(halves(40), 3), { validation: 3 })).rejects.toThrow(OptionError);
  });
});
