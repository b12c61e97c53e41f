import { beforeEach, describe, expect, it, vi } from "vitest";
import { array, CapabilityError, DataError, type NdArray, OptionError, zeros } from "../../array/index.ts";
import { takeRows } from "../batches.ts";
import { numbers as numbersColumn } from "../columns/numbers.ts";
import { picture } from "../columns/picture.ts";
import { dataset } from "../columns/table.ts";
import type { PictureRows, Samples } from "../dataset.ts";
import { type BatchPlan, Loader } from "./loader.ts";
import { restoreError } from "./loader-messages.ts";

const augmentBatch = vi.hoisted(() => vi.fn());
vi.mock("../augment/augment-batch.ts", async (original) => ({ ...(await original<object>()), augmentBatch }));

const numbers = Array.from({ length: 10 }, (_, i) => i);
const images = array(numbers.map((i) => [[[i]]]));
const data: Samples = {
  name: "numbers",
  images,
  labels: array(
    numbers.map((i) => i % 3),
    "i32",
  ),
  classes: ["a", "b", "c"],
};
const plans = (...batches: number[][]): BatchPlan[] =>
  batches.map((rows, i) => ({ epoch: i, rows: Int32Array.from(rows) }));

async function all(loader: Loader): Promise<{ images: NdArray; labels: NdArray }[]> {
  const batches: { images: NdArray; labels: NdArray }[] = [];
  for (let batch = await loader.next(); batch !== undefined; batch = await loader.next()) batches.push(batch);
  return batches;
}

describe("a loader on the calling thread", () => {
  beforeEach(() => {
    augmentBatch.mockReset();
  });

  it("gives the batches that are planned, in order, and then none", async () => {
    const batches = await all(new Loader(data, plans([3, 1], [], [9, 9, 0]), { workers: 0 }));
    expect(batches.map(({ images }) => [...images.data])).toEqual([[3, 1], [], [9, 9, 0]]);
    expect(batches.map(({ labels }) => [...labels.data])).toEqual([[0, 1], [], [0, 0, 0]]);
  });

  it("fetches rows that are not in memory, each when it is asked for", async () => {
    const taken: number[][] = [];
    const rows: PictureRows = {
      shape: images.shape,
      dtype: "f32",
      take: async (chosen) => {
        taken.push([...chosen]);
        return takeRows(images, chosen);
      },
    };
    const loader = new Loader({ ...data, images: rows }, plans([1, 2], [3]));
    expect(taken).toEqual([]);
    expect([...(await loader.next())!.images.data]).toEqual([1, 2]);
    expect(taken).toEqual([[1, 2]]);
  });

  it("fetches the columns that are needed, and with augmentation those that go along", async () => {
    const taken: string[] = [];
    const rows = (name: string, shape: readonly number[]): PictureRows => ({
      ...{ shape, dtype: "f32" },
      take: async (chosen) => {
        taken.push(name);
        return zeros([chosen.length, ...shape.slice(1)]);
      },
    });
    const table = dataset("d", {
      image: picture(rows("image", [4, 1, 2, 2])),
      clean: picture(rows("clean", [4, 1, 2, 2]), { of: "image" }),
      signal: numbersColumn(rows("signal", [4, 3])),
      value: numbersColumn(zeros([4])),
    });
    const batch = await new Loader(table, plans([1, 2]), { columns: ["value", "image"] }).next();
    expect([Object.keys(batch!).sort(), taken]).toEqual([["image", "value"], ["image"]]);
    taken.length = 0;
    augmentBatch.mockImplementation((_, { images, labels }) => ({ images, labels }));
    const augment = [{ type: "flip", options: {} }];
    await new Loader(table, plans([1, 2]), { columns: ["value"], augment, workers: 0 }).next();
    expect(taken).toEqual(["image", "clean"]);
    expect(() => new Loader(table, [], { columns: ["valeu"] })).toThrow("Loader: there is no column 'valeu'");
  });

  it("augments with the epoch, the samples' numbers and the seed", async () => {
    const doubled = array([[[[2]]]]);
    augmentBatch.mockImplementation((_, { labels }) => ({ images: doubled, labels }));
    const augment = [{ type: "flip", options: {} }];
    const [, batch] = await all(new Loader(data, plans([1], [4, 2]), { augment, seed: 7, workers: 0 }));
    expect(batch.images).toBe(doubled);
    expect(augmentBatch).toHaveBeenCalledTimes(2);
    expect(augmentBatch).toHaveBeenLastCalledWith(
      augment,
      expect.objectContaining({ labels: array([1, 2], "i32") }),
      { seed: 7, epoch: 1, samples: Int32Array.of(4, 2) },
      3,
    );
  });

  it("passes errors on to whoever asks for the batch", async () => {
    const failure = new DataError("the disk fell off");
    const rows: PictureRows = { shape: images.shape, dtype: "f32", take: async () => Promise.reject(failure) };
    const loader = new Loader({ ...data, images: rows }, plans([1]));
    await expect(loader.next()).rejects.toBe(failure);
  });

  it("tells how long it was waited for", async () => {
    const loader = new Loader(data, plans([1]));
    expect(loader.waited).toBe(0);
    await loader.next();
    expect(loader.waited).toBeGreaterThan(0);
  });

  it.each([-1, 1.5, 65, NaN])("cannot have %d workers", (workers) => {
    expect(() => new Loader(data, [], { workers })).toThrow(
      new OptionError(`workers must be an integer from 0 to 64, got ${workers}`),
    );
  });
});

describe("errors from other threads", () => {
  it("come as what they were", () => {
    expect(restoreError({ name: "DataError", message: "x" })).toEqual(new DataError("x"));
    expect(restoreError({ name: "CapabilityError", message: "x" })).toBeInstanceOf(CapabilityError);
    expect(restoreError({ name: "TypeError", message: "x" }).message).toBe("TypeError: x");
    expect(restoreError({ name: "nearMisses", message: "x" }).message).toBe("nearMisses: x");
  });
});
