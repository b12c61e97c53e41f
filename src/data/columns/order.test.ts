import { describe, expect, it } from "vitest";
import { array, zeros } from "../../array/index.ts";
import { batches, classes, dataset, epochOrder, picture, ragged, subset, tokens } from "../index.ts";
import { batchLengths, batchTypes } from "./batch-types.ts";
import { batchOrder, paddingOf } from "./order.ts";

const COUNT = 1000;
/** Sentences of 1 to 40 words, whose words are the sentence's number. */
const lengthOf = (i: number): number => 1 + ((i * 7919) % 40);
const sentences = (count = COUNT) =>
  dataset("sentences", {
    text: tokens(ragged(Array.from({ length: count }, (_, i) => new Int32Array(lengthOf(i)).fill(i)))),
    label: classes(
      array(
        Array.from({ length: count }, (_, i) => i % 2),
        "i32",
      ),
      ["even", "odd"],
    ),
  });

describe("the order of batches", () => {
  it("is that of the epoch where all rows have one length", () => {
    const pictures = dataset("pictures", { image: picture(zeros([50, 1, 2, 2])) });
    expect(batchOrder(pictures, { seed: 3, epoch: 2, batch: 8 })).toEqual(epochOrder(50, 3, 2));
  });

  it("has every sample once, another in each epoch, the same in every run", () => {
    const data = sentences();
    const order = batchOrder(data, { seed: 1, epoch: 0, batch: 32 });
    expect(order.slice().sort()).toEqual(Int32Array.from({ length: COUNT }, (_, i) => i));
    expect(batchOrder(data, { seed: 1, epoch: 0, batch: 32 })).toEqual(order);
    for (const other of [
      { seed: 2, epoch: 0 },
      { seed: 1, epoch: 1 },
    ])
      expect(batchOrder(data, { ...other, batch: 32 })).not.toEqual(order);
  });

  it("leaves little padding, and batches in no order of length", () => {
    const data = sentences();
    const order = batchOrder(data, { seed: 1, epoch: 0, batch: 16 });
    const plain = paddingOf(data, epochOrder(COUNT, 1, 0), 16);
    expect(plain).toBeGreaterThan(0.4);
    expect(paddingOf(data, order, 16)).toBeLessThan(0.15);
    const first = Array.from({ length: 62 }, (_, i) => lengthOf(order[16 * i]));
    const rises = first.filter((length, i) => i > 0 && length > first[i - 1]).length;
    expect(rises).toBeGreaterThan(15);
    expect(rises).toBeLessThan(45);
  });

  it("chooses the samples of a smaller last batch at random", () => {
    const data = sentences(120);
    const last = Array.from({ length: 200 }, (_, epoch) => batchOrder(data, { seed: 5, epoch, batch: 32 }).slice(96));
    const lengths = last.flatMap((rows) => Array.from(rows, lengthOf));
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    // Uniform in 1 … 40 with deviation 11.5: the mean of 200 · 24 lies within 4 · 0.17 of 20.5.
    expect(Math.abs(mean - 20.5)).toBeLessThan(0.7);
  });

  it("sorts by all columns that differ in length", () => {
    const rows = (step: number) =>
      tokens(ragged(Array.from({ length: 256 }, (_, i) => new Int32Array(1 + ((i * step) % 4)))));
    const pairs = dataset("pairs", { question: rows(3), answer: rows(1) });
    expect(paddingOf(pairs, batchOrder(pairs, { seed: 0, epoch: 0, batch: 4 }), 4)).toBeLessThan(0.05);
  });

  it("is that of `batches`, whose padding is what is told", async () => {
    const data = sentences(100);
    const order = batchOrder(data, { seed: 4, epoch: 1, batch: 8 });
    let [from, taken, held] = [0, 0, 0];
    for await (const batch of batches(data, { batch: 8, seed: 4, epoch: 1 })) {
      const lengths = batch["text.length"];
      const rows = order.slice(from, from + 8);
      expect(Array.from(lengths.data)).toEqual(Array.from(rows, lengthOf));
      expect(Array.from(rows, (_, i) => batch.text.row(i).data[0])).toEqual([...rows]);
      expect([...batch.label.data]).toEqual(Array.from(rows, (row) => row % 2));
      const types = batchTypes(data, { size: rows.length, lengths: { text: batch.text.shape[1] } });
      expect(Object.keys(batch)).toEqual(Object.keys(types));
      for (const [name, { shape, dtype }] of Object.entries(batch)) expect({ shape, dtype }).toEqual(types[name]);
      taken += batch.text.size;
      for (const length of lengths.data) held += length;
      from += 8;
    }
    expect(paddingOf(data, order, 8)).toBeCloseTo(1 - held / taken, 12);
  });
});

describe("the types of a batch", () => {
  it("are known beforehand", () => {
    const data = sentences();
    const [most] = batchLengths(data).text.slice(-1);
    expect(batchTypes(data, { size: 3 })).toEqual({
      text: { shape: [3, most], dtype: "i32" },
      "text.length": { shape: [3], dtype: "i32" },
      label: { shape: [3], dtype: "i32" },
    });
    expect(batchLengths(subset(data, [0]))).toEqual(batchLengths(data));
  });

  it("are of lengths and sizes that there are", () => {
    const data = sentences();
    expect(() => batchTypes(data, { size: 3, lengths: { text: 39 } })).toThrow("column text is padded to");
    expect(() => batchTypes(data, { size: 3, lengths: { label: 1 } })).toThrow(
      "batchTypes: lengths: there is no option 'label'",
    );
    expect(() => batchTypes(data, { size: -1 })).toThrow("batchTypes: size must be an integer of at least 0, got -1");
  });
});
