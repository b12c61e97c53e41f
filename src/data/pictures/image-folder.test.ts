import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classesOf, pngOf, type Tree, tarOfTree, writeTree } from "../../../tests/support/pictures.ts";
import { DataError, FormatError, NdArray, OptionError } from "../../array/index.ts";
import { loadSamples } from "../batches.ts";
import type { Samples } from "../dataset.ts";
import { type ImageFolderOptions, imageFolder } from "./image-folder.ts";
import { openRows } from "./picture-rows.ts";
import { openStore, StoreWriter } from "./picture-store.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-folder-"));
  vi.stubEnv("FOVEA_CACHE", join(folder, "cache"));
  vi.stubEnv("FOVEA_CACHE_LIMIT", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const put = (tree: Tree, name = "pets") => writeTree(at(name), tree);
async function putArchive(name: string, tree: Tree, more?: Parameters<typeof tarOfTree>[1]): Promise<string> {
  const bytes = tarOfTree(tree, more);
  await writeFile(at(name), name.endsWith("gz") ? gzipSync(bytes) : bytes);
  return at(name);
}
const cacheFiles = async (): Promise<string[]> =>
  existsSync(at("cache/pictures")) ? (await readdir(at("cache/pictures"))).sort() : [];

/** The color of each picture, and its label. */
async function colorsOf(samples: Samples): Promise<[color: number, label: number][]> {
  const { images, labels } = await loadSamples(samples);
  return Array.from(labels.data, (label, i) => [images.row(i).data[0], label]);
}
const failureOf = async (path: string, options?: ImageFolderOptions): Promise<Error> =>
  imageFolder(path, options).then(
    () => new Error("it was accepted"),
    (error) => error,
  );

describe("where pictures are", () => {
  it("in folders of classes: one of each class in turn, some set aside by class", async () => {
    const path = await put(await classesOf({ cat: 10, dog: 10 }));
    const { train, test, validation, classes, report } = await imageFolder(path, { test: 0.2, seed: 1 });
    expect([classes, validation]).toEqual([["cat", "dog"], undefined]);
    expect([train.name, test!.name]).toEqual(["pets/train", "pets/test"]);
    expect(report.counts).toEqual({ train: [8, 8], test: [2, 2] });
    expect(report.notices).toEqual([]);
    const all = [...(await colorsOf(train)), ...(await colorsOf(test!))];
    expect(all.map(([color]) => color).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(all.every(([color, label]) => label === (color > 10 ? 1 : 0))).toBe(true);
    expect((await colorsOf(train)).slice(0, 4).map(([, label]) => label)).toEqual([0, 1, 0, 1]);
    expect([train.images.dtype, train.images.shape]).toEqual(["u8", [16, 3, 4, 4]]);
  });

  it("all of them in one part, unless an option sets some aside: the report says how they are divided", async () => {
    const path = await put(await classesOf({ cat: 10, dog: 10, emu: 1 }));
    const splitOf = async (options: ImageFolderOptions) => (await imageFolder(path, options)).report.split;
    const all = await imageFolder(path);
    expect([Object.keys(all.report.counts), all.report.split]).toEqual([
      ["train"],
      "all 21 pictures are to train on; the options validation and test set some aside",
    ]);
    expect(await splitOf({ validation: 0, test: 0 })).toBe(all.report.split);
    expect(await splitOf({ validation: 0.1 })).toBe(
      "19 pictures to train on, 2 pictures to validate with (option validation: 0.1, by class)",
    );
    const { report } = await imageFolder(path, { validation: 0.1, test: 0.2 });
    expect(report.split).toBe(
      "15 pictures to train on, 2 pictures to validate with (option validation: 0.1, by class), " +
        "4 pictures to test with (option test: 0.2, by class)",
    );
    expect(report.counts.train![2]).toBe(1);
    expect(report.notices.filter((text) => text.includes("has no"))).toEqual([
      "validation has no pictures of emu",
      "test has no pictures of emu",
    ]);
  });

  it("in parts under other spellings of their names", async () => {
    const tree = await classesOf({ "Train_set/cat": 2, "Train_set/dog": 2, "DEV/cat": 1, "Testing/dog": 1 });
    for (const path of [await put(tree), await putArchive("pets.tar", tree)]) {
      const { classes, report } = await imageFolder(path, { validation: 0 });
      expect([classes, report.counts]).toEqual([["cat", "dog"], { train: [2, 2], validation: [1, 0], test: [0, 1] }]);
      expect(report.split).toBe(
        "4 pictures to train on (folder Train_set), 1 pictures to validate with (folder DEV), " +
          "1 pictures to test with (folder Testing)",
      );
    }
  });

  it("in folders with names that every object has", async () => {
    const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];
    const trees = names.map(async (name) => Object.entries(await classesOf(Object.fromEntries([[name, 2]]))));
    const tree = Object.fromEntries((await Promise.all(trees)).flat());
    const { classes, report } = await imageFolder(await put(tree), { test: 4 });
    expect([classes, report.counts]).toEqual([names, { train: [1, 1, 1, 1], test: [1, 1, 1, 1] }]);
    const inParts = Object.fromEntries(Object.entries(tree).map(([path, bytes]) => [`train/${path}`, bytes]));
    const more = { ...inParts, ...(await classesOf({ "test/__proto__": 1, "constructor/cat": 1 })) };
    const parted = await imageFolder(await put(more, "parted"));
    expect([parted.classes, parted.report.counts.test]).toEqual([names, [1, 0, 0, 0]]);
    expect(parted.report.notices[0]).toBe("1 file skipped, because it is in no class\n  constructor/cat/000.png");
  });

  it("in parts, which are left as they are", async () => {
    const tree = {
      ...(await classesOf({ "train/cat": 2, "train/dog": 2, "val/dog": 1, "test/cat": 1 })),
      "train/cat/notes.txt": "no picture",
      "train/.hidden.png": "hidden",
    };
    const { train, test, validation, report } = await imageFolder(await put(tree));
    expect(await colorsOf(train)).toEqual([
      [1, 0],
      [3, 1],
      [2, 0],
      [4, 1],
    ]);
    expect([await colorsOf(validation!), await colorsOf(test!)]).toEqual([[[5, 1]], [[6, 0]]]);
    expect(report.others).toEqual(["train/.hidden.png", "train/cat/notes.txt"]);
    expect(report.notices).toEqual(["validation has no pictures of cat", "test has no pictures of dog"]);
  });

  it.each(["pets.tar", "pets.tar.gz", "pets.tgz"])("in %s, as in the folder", async (name) => {
    const tree = await classesOf({ "a/cat": 3, "a/dog": 3 });
    const fromArchive = await imageFolder(await putArchive(name, tree), { test: 2 });
    const fromFolder = await imageFolder(await put(tree), { test: 2 });
    expect(await colorsOf(fromArchive.train)).toEqual(await colorsOf(fromFolder.train));
    expect(fromArchive.classes).toEqual(["cat", "dog"]);
    await mkdir(at("around"));
    await writeFile(at(`around/${name}`), await readFile(at(name)));
    expect(await colorsOf((await imageFolder(at("around"), { test: 2 })).test!)).toHaveLength(2);
  });

  it("nowhere", async () => {
    expect(await failureOf(at("none"))).toEqual(new DataError(`${at("none")}: there is no such folder or archive`));
    await writeFile(at("text.txt"), "x");
    expect((await failureOf(at("text.txt"))).message).toMatch("is a file; expected a folder, or an archive .tar");
  });
});

describe("a set that is not one", () => {
  const expected = "expected folders CLASS/*.jpg, or train|val|test/CLASS/*.jpg";

  it("has no pictures", async () => {
    await mkdir(at("empty/cat"), { recursive: true });
    expect(await failureOf(at("empty"))).toEqual(
      new DataError(`${at("empty")}: there are no pictures in it, and 0 files of another kind; ${expected}`),
    );
    const path = await put({ "cat/a.jpg": "text", "dog/b.jpg": "" });
    const failure = await failureOf(path);
    expect(failure).toBeInstanceOf(DataError);
    expect(failure.message).toContain(
      'there are no pictures in it; 2 cannot be read, such as cat/a.jpg: it looks like text beginning with "text"',
    );
  });

  it.each<[string, Record<string, number>, string]>([
    [
      "two spellings",
      { "train/a": 1, "train/b": 1, "Train/a": 1 },
      "Train and train are both called as the part train is",
    ],
    [
      "nothing to train on",
      { "test/a": 1, "val/b": 1 },
      "test has folders of classes in it, and there is no folder train",
    ],
    ["classes beside a part", { a: 1, b: 1, "test/a": 1 }, "put the pictures to train on into train/CLASS"],
    [
      "parts inside of classes",
      { "a/train": 1, "a/test": 1, "b/train": 1 },
      "the class a has folders test and train in it",
    ],
  ])("has folders that can be read in two ways: %s", async (_, counts, message) => {
    const failure = await failureOf(await put(await classesOf(counts)));
    expect(failure).toBeInstanceOf(DataError);
    expect(failure.message).toContain(message);
  });

  it("has one class, or none", async () => {
    expect((await failureOf(await put(await classesOf({ cat: 2 })))).message).toContain(
      "there are pictures of one class only, cat, and nothing to tell it from",
    );
    expect((await failureOf(await put({ "a.png": await pngOf(1) }, "flat"))).message).toContain(
      "its 1 pictures are in no folders of classes",
    );
  });

  it("has a class that there is nothing to train on", async () => {
    const path = await put(await classesOf({ "train/a": 1, "train/b": 1, "test/c": 1 }));
    expect((await failureOf(path)).message).toContain("c has pictures to test with, but none to train on");
  });

  it("has pictures of several sizes and is not told which", async () => {
    const tree = { "a/1.png": await pngOf(1), "a/2.png": await pngOf(2, 6, 4), "b/1.png": await pngOf(3) };
    const path = await put(tree);
    expect(await failureOf(path)).toEqual(
      new DataError(
        "a/2.png is 6×4, a/1.png is 4×4: say which size all are to have, such as { size: [4, 4] } or --size 4x4, and they " +
          "are scaled to it",
      ),
    );
    expect(await cacheFiles()).toEqual([]);
    const { train } = await imageFolder(path, { size: [2, 3], test: 1 });
    expect(train.images.shape).toEqual([2, 3, 2, 3]);
  });

  it.each<[string, ImageFolderOptions, string]>([
    ["a size that is none", { size: [0, 4] }, "imageFolder: size must be [height, width] in pixels, got [0,4]"],
    [
      "a size that is too large",
      { size: [1e9, 1e9] },
      "size is 1000000000×1000000000 pixels, expected at most 100000000",
    ],
    ["colors that are none", { colors: "red" as "rgb" }, "imageFolder: colors must be"],
    ["a word for a choice", { strict: "no" as unknown as boolean }, "imageFolder: strict must be"],
    ["memory that is none", { memory: NaN }, "imageFolder: memory must be a number of at least 0, got NaN"],
    ["a share in words", { test: "0.5" as unknown as number }, "test: 0.5 of 4 samples cannot be set aside"],
    ["too much set aside", { test: 4 }, "test: 4 of 4 samples cannot be set aside"],
    ["an option that is none", { sizes: 3 } as ImageFolderOptions, "imageFolder"],
  ])("is asked for with %s", async (_, options, message) => {
    const failure = await failureOf(await put(await classesOf({ a: 2, b: 2 })), options);
    expect(failure).toBeInstanceOf(OptionError);
    expect(failure.message).toContain(message);
  });

  it("is to set a part aside that it has", async () => {
    const path = await put(await classesOf({ "train/a": 2, "train/b": 2, "test/a": 1 }));
    expect((await failureOf(path, { test: 0.5 })).message).toContain("has a part test; leave out the option test");
  });
});

describe("files that cannot be read", () => {
  const broken = async (): Promise<Tree> => {
    const jpeg = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#040404" } })
      .jpeg()
      .toBuffer();
    return {
      ...(await classesOf({ cat: 2, dog: 2 })),
      "cat/cut.jpg": jpeg.subarray(0, jpeg.length >> 1),
      "cat/empty.png": "",
      "dog/text.jpg": "dear diary",
      "dog/good.jpg": jpeg,
    };
  };

  it.each(["folder", "pets.tar.gz"])("are listed and skipped: %s", async (kind) => {
    const path = kind === "folder" ? await put(await broken()) : await putArchive(kind, await broken());
    const notices: string[] = [];
    const options: ImageFolderOptions = { test: 0, onNotice: (text) => notices.push(text) };
    for (let time = 0; time < 2; time++) {
      // The second time they are known from the cache.
      const { report, train } = await imageFolder(path, options);
      expect(train.images.shape[0]).toBe(5);
      expect(report.skipped.map(({ path }) => path).sort()).toEqual(["cat/cut.jpg", "cat/empty.png", "dog/text.jpg"]);
      expect(report.skipped.find(({ path }) => path === "cat/empty.png")!.reason).toBe(
        "the file is empty, expected a picture",
      );
    }
    expect(notices[0]).toMatch(/^pets: 3 files skipped, because\n {2}cat\/cut\.jpg: the JPEG is broken/);
    expect(await cacheFiles()).toHaveLength(1);
  });

  it("are errors when that is asked for, from the cache too", async () => {
    const path = await put(await broken());
    const expectFailure = async () => {
      const failure = await failureOf(path, { strict: true });
      expect(failure).toBeInstanceOf(DataError);
      expect(failure.message).toMatch(
        /cat\/cut\.jpg cannot be read: the JPEG is broken: .+; without strict it is skipped$/,
      );
    };
    await expectFailure();
    expect(await cacheFiles()).toEqual([]);
    await imageFolder(path);
    await expectFailure();
  });

  it("lead out of an archive, or are links", async () => {
    const good = await classesOf({ cat: 1, dog: 1 });
    const path = await putArchive("evil.tar", good, [
      { path: "cat/../../evil.png", bytes: await pngOf(9) },
      { path: "cat/link.png", type: "2", link: "/etc/passwd" },
    ]);
    const { train, report } = await imageFolder(path, { test: 0 });
    expect(await colorsOf(train)).toHaveLength(2);
    expect(report.skipped).toEqual([
      { path: "cat/../../evil.png", reason: "its path leads out of the archive" },
      { path: "cat/link.png", reason: "it is a link, and links are not followed" },
    ]);
    expect((await failureOf(path, { strict: true })).message).toContain("leads out of the archive");
  });

  it("are links in a folder: followed to files, not to folders", async () => {
    const path = await put(await classesOf({ cat: 1, dog: 1 }));
    await symlink(join(path, "dog/000.png"), join(path, "cat/again.png"));
    await symlink(path, join(path, "cat/loop"));
    await symlink(join(path, "nowhere"), join(path, "cat/gone.png"));
    const { train, report } = await imageFolder(path, { test: 0 });
    expect(await colorsOf(train)).toEqual([
      [1, 0],
      [2, 1],
      [2, 0],
    ]);
    expect(report.skipped.map(({ path }) => path)).toEqual(["cat/gone.png", "cat/loop"]);
  });

  it("make an archive that is cut off an error, and nothing stays in the cache", async () => {
    const path = await putArchive("pets.tar", await classesOf({ cat: 2, dog: 2 }));
    await truncate(path, 2000);
    expect(await failureOf(path)).toBeInstanceOf(FormatError);
    const packed = await putArchive("pets.tar.gz", await classesOf({ cat: 2, dog: 2 }));
    await truncate(packed, 200);
    const failure = await failureOf(packed);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message).toMatch(/broken gzip data|is cut off/);
    expect(await cacheFiles()).toEqual([]);
  });
});

describe("what is reported", () => {
  it("is a class that is much larger than another", async () => {
    const { report } = await imageFolder(await put(await classesOf({ cat: 8, dog: 4, emu: 3 })), { test: 0 });
    expect(report.notices).toEqual([
      "the classes differ in size: 8 pictures of cat, 3 of emu, 2.7 times as many; accuracy will favor the large ones; " +
        "weights of classes in the loss can make up for it",
    ]);
  });

  it("is a file that an archive has twice, of which the last one counts", async () => {
    const tree = await classesOf({ cat: 1, dog: 1 });
    const path = await putArchive("pets.tar", tree, [{ path: "cat/000.png", bytes: await pngOf(99) }]);
    const { train, report } = await imageFolder(path, { test: 0 });
    expect(await colorsOf(train)).toEqual([
      [99, 0],
      [2, 1],
    ]);
    expect(report.notices).toEqual(["1 file in the archive more than once; the last one counts\n  cat/000.png"]);
  });

  it("is a folder for a class without pictures, or without any that can be read", async () => {
    const tree = { ...(await classesOf({ cat: 1, dog: 1 })), "emu/1.png": "no picture", "emu/deep/2.png": "none" };
    const path = await put(tree);
    await mkdir(join(path, "fox/deep"), { recursive: true });
    await mkdir(join(path, "cat/notes"));
    for (let time = 0; time < 2; time++) {
      const { classes, report } = await imageFolder(path);
      expect(classes).toEqual(["cat", "dog"]);
      expect(report.notices).toContain("2 folders without pictures that can be read\n  emu\n  fox");
    }
    await mkdir(join(path, "gnu"));
    expect((await imageFolder(path)).report.notices.join()).toContain("gnu");
    const archive = await putArchive("pets.tar", tree, [{ path: "fox/", type: "5" }]);
    expect((await imageFolder(archive)).report.notices).toContain(
      "2 folders without pictures that can be read\n  emu\n  fox",
    );
    await mkdir(at("one/fox"), { recursive: true });
    await put(await classesOf({ cat: 1 }), "one");
    expect((await failureOf(at("one"))).message).toContain("nothing to tell it from; fox without pictures");
  });

  it("is a part without pictures, and a class that is called as a part is", async () => {
    const path = await put(await classesOf({ "train/a": 1, "train/b": 1 }));
    await mkdir(join(path, "test/a"), { recursive: true });
    expect((await imageFolder(path)).report.notices).toContain("1 folder without pictures that can be read\n  test");
    const notice = "train is taken for a class, as there are no parts";
    const { classes, report } = await imageFolder(await put(await classesOf({ car: 1, train: 1 }), "wheels"));
    expect([classes, report.notices]).toEqual([["car", "train"], [notice]]);
    const alone = await imageFolder(await put(await classesOf({ "test/a": 1, "test/b": 1 }), "alone"));
    expect([alone.classes, alone.report.notices]).toEqual([
      ["a", "b"],
      ["all pictures lie in test; here they are pictures to train on"],
    ]);
  });

  it("is a picture in no class", async () => {
    const { report } = await imageFolder(await put({ ...(await classesOf({ a: 1, b: 1 })), "x.png": await pngOf(9) }), {
      test: 0,
    });
    expect(report.notices).toEqual(["1 file skipped, because it is in no class\n  x.png"]);
  });
});

describe("pictures become planes", () => {
  it("of three colors, or gray", async () => {
    const data = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
    const file = await sharp(data, { raw: { width: 2, height: 2, channels: 3 } })
      .png()
      .toBuffer();
    const path = await put({ "a/1.png": file, "b/1.png": await pngOf(7, 2, 2, 1) });
    const colors = await loadSamples((await imageFolder(path, { test: 0 })).train);
    expect(colors.images.toNested()).toEqual([
      [
        [
          [0, 60],
          [120, 180],
        ],
        [
          [20, 80],
          [140, 200],
        ],
        [
          [40, 100],
          [160, 220],
        ],
      ],
      Array(3).fill([
        [7, 7],
        [7, 7],
      ]),
    ]);
    const gray = await imageFolder(path, { test: 0, colors: "gray" });
    expect(gray.train.images.shape).toEqual([2, 1, 2, 2]);
    expect((await colorsOf(gray.train)).map(([value]) => value)).toEqual([16, 7]);
  });

  it("are scaled until they cover the size, and cut in the middle", async () => {
    // Columns of 0, 1, 2, … of which the middle four remain.
    const data = Uint8Array.from({ length: 8 * 4 }, (_, i) => (i % 8) * 10);
    const file = await sharp(data, { raw: { width: 8, height: 4, channels: 1 } })
      .png()
      .toBuffer();
    const path = await put({ "a/1.png": file, "b/1.png": await pngOf(1) });
    const { train } = await imageFolder(path, { size: [4, 4], test: 0, colors: "gray" });
    const { images } = await loadSamples(train);
    expect([...images.data.subarray(0, 4)]).toEqual([20, 30, 40, 50]);
  });

  it("come with the mean and deviation of what is trained on", async () => {
    const { train } = await imageFolder(await put(await classesOf({ a: 1, b: 1 }, { first: 51 })), { test: 0 });
    expect(train.normalization!.mean[0]).toBeCloseTo(51.5 / 255, 6);
    // Both are flat, and half a level from the mean.
    expect(train.normalization!.std).toEqual([1 / 255, 1 / 255, 1 / 255]);
  });

  it("of 50 megapixels are read, where a size is asked for", async () => {
    const huge = await sharp({ create: { width: 10_000, height: 5_000, channels: 3, background: "#102030" } })
      .jpeg()
      .toBuffer();
    const path = await put({ "a/huge.jpg": huge, "b/1.png": await pngOf(7) });
    const { train } = await imageFolder(path, { size: [4, 4], test: 0 });
    expect((await colorsOf(train))[0][0]).toBeCloseTo(0x10, -1);
  });
});

describe("pictures that are not in memory", () => {
  const options: ImageFolderOptions = { memory: 0, test: 2 };

  it("are read from the cache, and give what those in memory give", async () => {
    const path = await putArchive("pets.tar.gz", await classesOf({ cat: 4, dog: 4 }));
    const streamed = await imageFolder(path, options);
    const held = await imageFolder(path, { test: 2 });
    expect(streamed.train.images).not.toBeInstanceOf(NdArray);
    expect(held.train.images).toBeInstanceOf(NdArray);
    expect(await loadSamples(streamed.train)).toEqual(held.train);
    expect(await loadSamples(streamed.test!)).toEqual(held.test);
    expect(await cacheFiles()).toHaveLength(1);
  });

  it.each(["folder", "pets.tar"])("are decoded again and again without a cache: %s", async (kind) => {
    const tree = await classesOf({ cat: 4, dog: 4 });
    const path = kind === "folder" ? await put(tree) : await putArchive(kind, tree);
    const streamed = await imageFolder(path, { ...options, cache: false });
    expect((streamed.train.images as { source?: { kind: string } }).source?.kind).toBe("encoded");
    expect(await loadSamples(streamed.train)).toEqual((await imageFolder(path, { test: 2 })).train);
  });

  it("cannot be, in a compressed archive", async () => {
    const path = await putArchive("pets.tar.gz", await classesOf({ cat: 4, dog: 4 }));
    expect((await failureOf(path, { ...options, cache: false })).message).toContain(
      "nothing can be read from the middle of a compressed archive: unpack it, or give the cache more room",
    );
  });
});

describe("the cache of decoded pictures", () => {
  const load = async (path: string, more: ImageFolderOptions = {}) => {
    const decoded: number[] = [];
    const notices: string[] = [];
    const { train } = await imageFolder(path, {
      test: 0,
      onProgress: (count) => decoded.push(count),
      onNotice: (text) => notices.push(text),
      ...more,
    });
    return { colors: await colorsOf(train), notices };
  };

  it("is made again when files, sizes or colors change", async () => {
    const path = await put(await classesOf({ cat: 2, dog: 2 }));
    await load(path);
    await load(path, { colors: "gray" });
    await load(path, { size: [2, 2] });
    expect(await cacheFiles()).toHaveLength(3);
    await load(path);
    expect(await cacheFiles()).toHaveLength(3);
    await writeFile(join(path, "cat/000.png"), await pngOf(77));
    await utimes(join(path, "cat/000.png"), 1, 1);
    expect((await load(path)).colors[0]).toEqual([77, 0]);
    expect(await cacheFiles()).toHaveLength(4);
  });

  it("heals: what is damaged is decoded again, with a notice", async () => {
    const path = await put(await classesOf({ cat: 2, dog: 2 }));
    const { colors } = await load(path);
    const [name] = await cacheFiles();
    await truncate(at(`cache/pictures/${name}`), 100);
    const again = await load(path);
    expect(again.colors).toEqual(colors);
    expect(again.notices).toHaveLength(1);
    expect(again.notices[0]).toMatch(/is damaged: it has 100 bytes, expected \d+; the pictures are decoded again$/);
    expect((await load(path)).notices).toEqual([]);
  });

  it("heals: a damaged picture too, at once in memory, and with the next run where pictures are streamed", async () => {
    const path = await put(await classesOf({ cat: 2, dog: 2 }));
    const { colors } = await load(path);
    const [name] = await cacheFiles();
    const damage = async () => {
      const bytes = await readFile(at(`cache/pictures/${name}`));
      bytes[64] ^= 1;
      await writeFile(at(`cache/pictures/${name}`), bytes);
    };
    await damage();
    const again = await load(path);
    expect([again.colors, again.notices.length]).toEqual([colors, 1]);
    await damage();
    await expect(load(path, { memory: 0 })).rejects.toThrow(/the checksum of picture 0 is wrong; it was removed/);
    expect((await load(path, { memory: 0 })).colors).toEqual(colors);
  });

  it.each<[string, (note: Record<string, unknown>) => unknown]>([
    ["a path too many", (note) => ({ ...note, paths: [...(note.paths as string[]), "x.png"] })],
    ["numbers for paths", (note) => ({ ...note, paths: [1, 2, 3, 1e300] })],
    ["paths of other files", (note) => ({ ...note, paths: ["a/1.png", "b/1.png", "c/1.png", "d/1.png"] })],
    ["a path twice", (note) => ({ ...note, paths: (note.paths as string[]).map((_, __, [first]) => first) })],
    ["no lists", (note) => ({ ...note, skipped: { length: 1e9 } })],
    ["a file skipped without a reason", (note) => ({ ...note, skipped: [{ path: "x" }] })],
    ["no object", () => 1e9],
    ["nothing", () => null],
  ])("is made again when its note has %s", async (_, change) => {
    const path = await put(await classesOf({ cat: 2, dog: 2 }));
    const { colors } = await load(path);
    const [name] = await cacheFiles();
    const place = at(`cache/pictures/${name}`);
    const { note, pictures } = await openStore(place);
    const again = await StoreWriter.create(place, pictures.picture);
    const { data } = await openRows(pictures).take(Int32Array.of(0, 1, 2, 3));
    for (let i = 0; i < 4; i++) await again.add((data as Uint8Array).slice(48 * i, 48 * (i + 1)));
    await again.finish(change(note as Record<string, unknown>));
    const { colors: seen, notices } = await load(path);
    expect(seen).toEqual(colors);
    expect(notices).toEqual(["the note on 4 pictures in the cache is not one; the pictures are decoded again"]);
    expect((await load(path)).notices).toEqual([]);
  });

  it.each([
    ["of another size", [3, 2, 2], 16],
    ["of no size", [3, 0, 0], 4],
    ["none", [3, 4, 4], 0],
  ])("is made again when its pictures are %s", async (_, picture, count) => {
    const path = await put(await classesOf({ cat: 2, dog: 2 }));
    const { colors } = await load(path, { size: [4, 4] });
    const [name] = await cacheFiles();
    const writer = await StoreWriter.create(at(`cache/pictures/${name}`), picture);
    for (let i = 0; i < count; i++) await writer.add(new Uint8Array(picture[0] * picture[1] * picture[2]));
    await writer.finish({ paths: Array(count).fill("a/x.png"), skipped: [], others: [], empty: [] });
    const { colors: seen, notices } = await load(path, { size: [4, 4] });
    expect(seen).toEqual(colors);
    expect(notices[0]).toMatch(
      /is damaged: it has \d+ pictures \[.+\], expected \[3,4,4\]; the pictures are decoded again/,
    );
  });

  it("stays within its limit: what was not used for longest goes first", async () => {
    const trees = await Promise.all(
      ["one", "two", "three"].map(async (name) => put(await classesOf({ a: 4, b: 4 }), name)),
    );
    const cacheLimit = 1500;
    await load(trees[0], { cacheLimit });
    await load(trees[1], { cacheLimit });
    const [first, second] = await cacheFiles();
    await utimes(at(`cache/pictures/${first}`), 1000, 1000);
    await utimes(at(`cache/pictures/${second}`), 2000, 2000);
    await load(trees[0], { cacheLimit });
    await load(trees[2], { cacheLimit });
    const names = (await cacheFiles()).map((name) => name.split("-")[0]);
    expect(names).toEqual(["one", "three"]);
  });

  it("is not filled when its limit is too small, which is said", async () => {
    const path = await put(await classesOf({ cat: 2, dog: 2 }));
    vi.stubEnv("FOVEA_CACHE_LIMIT", "0.2K");
    const { notices, colors } = await load(path);
    expect(colors).toHaveLength(4);
    expect(notices[0]).toContain("take more than the cache's limit of 204.8 bytes (FOVEA_CACHE_LIMIT)");
    expect(await cacheFiles()).toEqual([]);
    vi.stubEnv("FOVEA_CACHE_LIMIT", "many");
    await expect(load(path)).rejects.toThrow(
      new OptionError("FOVEA_CACHE_LIMIT must be a number of bytes, such as 500M or 2G, got many"),
    );
  });

  it("is not needed: where it cannot be written, that is said", async () => {
    await writeFile(at("cache"), "a file");
    const { notices, colors } = await load(await put(await classesOf({ cat: 2, dog: 2 })));
    expect(colors).toHaveLength(4);
    expect(notices[0]).toMatch(/^cannot write .+; the pictures are decoded anew each time$/);
  });

  it("is not used when that is asked for", async () => {
    await load(await put(await classesOf({ cat: 2, dog: 2 })), { cache: false });
    expect(await cacheFiles()).toEqual([]);
  });
});

it("stops at the signal", async () => {
  const stop = AbortSignal.abort(new Error("interrupted"));
  await expect(imageFolder(await put(await classesOf({ a: 2, b: 2 })), { signal: stop })).rejects.toThrow(
    "interrupted",
  );
});
