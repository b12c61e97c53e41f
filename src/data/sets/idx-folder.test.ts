import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { array, DataError, FormatError, type NdArray, NdArray as Values } from "../../array/index.ts";
import { writeIdx } from "../../formats/idx.ts";
import { idxFolder } from "./idx-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-idx-"));
});
afterEach(() => rm(folder, { recursive: true }));

const pixels = (count: number, height = 3, width = 2) =>
  new Values(new Uint8Array(count * height * width).fill(51), [count, height, width]);
const labels = (...values: number[]) => array(values, "u8");

async function put(files: Readonly<Record<string, NdArray | string>>): Promise<string> {
  const place = join(folder, "letters");
  await mkdir(place, { recursive: true });
  for (const [name, contents] of Object.entries(files)) {
    const bytes = typeof contents === "string" ? contents : writeIdx(contents);
    await writeFile(join(place, name), name.endsWith(".gz") ? gzipSync(bytes) : bytes);
  }
  return place;
}

const good = {
  "train-images-idx3-ubyte.gz": pixels(3),
  "train-labels-idx1-ubyte": labels(7, 26, 7),
  "t10k-images.idx3-ubyte": pixels(1),
  "t10k-labels.idx1-ubyte": labels(26),
};

describe("a folder of IDX files", () => {
  it("is a data set of its own: named after the folder, with the labels for classes and its own statistics", async () => {
    const { train, test, validation, classes } = await idxFolder(`${await put(good)}/`);
    expect([train.name, test!.name, validation]).toEqual(["letters/train", "letters/test", undefined]);
    expect([classes, train.classes, test!.classes]).toEqual([["7", "26"], classes, classes]);
    expect([train.labels.toNested(), test!.labels.toNested()]).toEqual([[0, 1, 0], [1]]);
    expect([train.images.dtype, train.images.shape, train.labels.dtype]).toEqual(["u8", [3, 1, 3, 2], "i32"]);
    expect(train.normalization!.mean[0]).toBeCloseTo(0.2, 6);
    expect(test!.normalization).toEqual(train.normalization);
  });

  it.each([
    ["emnist-letters-train-images-idx3-ubyte", "emnist-letters-test-images-idx3-ubyte", "test"],
    ["images-idx3-ubyte", "test-images-idx3-ubyte", "test"],
    ["Training-images-idx3-ubyte", "val-images-idx3-ubyte", "validation"],
  ] as const)("has parts by the names of files: %s, %s", async (first, second, part) => {
    const labelsOf = (name: string) => name.replace("images-idx3", "labels-idx1");
    const path = await put({
      [first]: pixels(2),
      [labelsOf(first)]: labels(0, 1),
      [second]: pixels(1),
      [labelsOf(second)]: labels(1),
    });
    const found = await idxFolder(path);
    expect(found.train.labels.toNested()).toEqual([0, 1]);
    expect(found[part]!.labels.toNested()).toEqual([1]);
  });

  it("has the names of classes in a file, where there is one", async () => {
    const path = await put({
      ...good,
      "train-labels-idx1-ubyte": labels(0, 2, 0),
      "t10k-labels.idx1-ubyte": labels(1),
    });
    await writeFile(join(path, "classes.txt"), "constructor\r\n a b \n__proto__\n\n");
    const { classes, train, test } = await idxFolder(path);
    expect(classes).toEqual(["constructor", "a b", "__proto__"]);
    expect([train.labels.toNested(), test!.labels.toNested()]).toEqual([[0, 2, 0], [1]]);
    await writeFile(join(path, "classes.txt"), "a\nb");
    await expect(idxFolder(path)).rejects.toThrow("label 2 at position 1, expected 0 to 1");
    await writeFile(join(path, "classes.txt"), "a\nb\na");
    await expect(idxFolder(path)).rejects.toThrow("classes.txt: a is there twice; expected a name a line");
    await writeFile(join(path, "names.txt"), "a\nb\nc");
    await expect(idxFolder(path)).rejects.toThrow("classes.txt and names.txt both name classes");
  });

  it.each<[string, Record<string, NdArray>, string]>([
    ["a file", { "train-images-idx3-ubyte": pixels(1) }, "train-labels-idx1-ubyte is missing, with or without .gz"],
    [
      "what to train on",
      { "t10k-images-idx3-ubyte": pixels(1), "t10k-labels-idx1-ubyte": labels(1) },
      "nothing to train on",
    ],
    [
      "a part that is known",
      { "raw-images-idx3-ubyte": pixels(1) },
      "raw-images-idx3-ubyte is of no part that is known",
    ],
    ["one data set", { ...good, "b-train-images-idx3-ubyte": pixels(3) }, "two data sets to train, "],
    ["a label to learn from", { ...good, "t10k-labels.idx1-ubyte": labels(3) }, "label 3 at position 0 is not in "],
    [
      "one size",
      { ...good, "t10k-images.idx3-ubyte": pixels(1, 2, 2) },
      "pictures are u8 [1,2,2], expected u8 [n,3,2]",
    ],
    ["as many labels", { ...good, "t10k-labels.idx1-ubyte": labels(7, 7) }, "1 pictures, "],
  ])("lacks %s", async (_, files, message) => {
    const failure = await idxFolder(await put(files)).catch((error) => error);
    expect([DataError, FormatError]).toContain(failure.constructor);
    expect(failure.message).toContain(message);
  });

  it("is not there", async () => {
    await expect(idxFolder(join(folder, "none"))).rejects.toThrow(
      new DataError(`${join(folder, "none")}: there is no such folder`),
    );
  });
});
