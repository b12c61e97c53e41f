import fc from "fast-check";
import { sampleCount } from "fovea/data";
import { expect, test } from "vitest";
import { datasetOf, ownPictures } from "../sources/own.ts";
import { KeptSets, type Storage } from "./kept-sets.ts";
import { checksumOf, readReference, writeReference } from "./reference.ts";

/** In memory, in place of IndexedDB. */
function memory(): Storage {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => values.get(key),
    setMany: async (entries) => {
      for (const [key, value] of entries) values.set(key, value);
    },
    del: async (key) => void values.delete(key),
    keys: async () => [...values.keys()],
  };
}

const form = { side: 2, channels: 1 } as const;
const picture = (value: number): Uint8Array => new Uint8Array(4).fill(value);
const classes = new Map([
  ["cat", [picture(0), picture(255)]],
  ["dog", [picture(51), picture(102), picture(153)]],
]);

test("kept pictures are found again as a data set, by the reference in the address", async () => {
  const kept = new KeptSets(memory());
  const about = await kept.keep(" my pets ", form, classes);
  expect(about).toMatchObject({ name: "my pets", classes: ["cat", "dog"], counts: [2, 3], side: 2, channels: 1 });
  const reference = readReference(writeReference(about))!;
  const data = await ownPictures(reference, kept);
  expect(data.images.shape).toEqual([5, 1, 2, 2]);
  expect([...data.images.data].filter((_, i) => i % 4 === 0)).toEqual([0, 255, 51, 102, 153]);
  expect([...data.labels.data]).toEqual([0, 0, 1, 1, 1]);
  expect(sampleCount(data)).toBe(5);
  const values = [0, 1, 0.2, 0.4, 0.6];
  const mean = values.reduce((sum, value) => sum + value) / 5;
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5);
  expect(data.normalization!.mean[0]).toBeCloseTo(mean, 12);
  expect(data.normalization!.std[0]).toBeCloseTo(std, 12);
});

test("other pictures under the name are not trained on", async () => {
  const kept = new KeptSets(memory());
  const about = await kept.keep("pets", form, classes);
  await kept.keep("pets", form, new Map([...classes].reverse()));
  await expect(ownPictures(about, kept)).rejects.toThrow("the pictures 'pets' in this browser are others");
  await expect(ownPictures({ ...about, name: "pet" }, kept)).rejects.toThrow("'pet' are not in this browser");
});

test("they are listed by name and removed", async () => {
  const kept = new KeptSets(memory());
  await kept.keep("b", form, classes);
  await kept.keep("a", form, classes);
  expect((await kept.list()).map(({ name }) => name)).toEqual(["a", "b"]);
  await kept.remove("a");
  expect((await kept.list()).map(({ name }) => name)).toEqual(["b"]);
  expect(await kept.read("a")).toBeUndefined();
});

test("names are checked", async () => {
  const kept = new KeptSets(memory());
  await expect(kept.keep("  ", form, classes)).rejects.toThrow("give the pictures a name");
  await expect(kept.keep("n".repeat(61), form, classes)).rejects.toThrow("the limit is 60");
});

test("pictures of one color have the deviation 1", async () => {
  const kept = new KeptSets(memory());
  await kept.keep("gray", form, new Map([["a", [picture(51)]]]));
  expect(datasetOf((await kept.read("gray"))!).normalization).toEqual({ mean: [0.2], std: [1] });
});

test("the checksum depends on pictures, labels, shape and names", async () => {
  const images = new Uint8Array([1, 2, 3, 4]);
  const labels = new Int32Array([0]);
  const about = { side: 2, channels: 1, classes: ["a"] };
  const all = await Promise.all([
    checksumOf(images, labels, about),
    checksumOf(new Uint8Array([1, 2, 3, 5]), labels, about),
    checksumOf(images, new Int32Array([1]), about),
    checksumOf(images, labels, { ...about, side: 1 }),
    checksumOf(images, labels, { ...about, classes: ["b"] }),
  ]);
  expect(new Set(all).size).toBe(5);
  expect(await checksumOf(images.slice(), labels.slice(), { ...about })).toBe(all[0]);
});

test("a reference is read as it was written, whatever the name", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const reference = { name, checksum: "0123456789ab" };
      expect(readReference(writeReference(reference))).toEqual(reference);
    }),
  );
  for (const text of ["digits", "pets@", "@0123456789ab", "pets@0123"]) expect(readReference(text)).toBeUndefined();
});
