import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { array, DataError, FormatError, type NdArray, NdArray as Values, zeros } from "../../array/index.ts";
import { writeIdx } from "../../formats/idx.ts";
import { type IdxSource, loadIdxSource, type SourceFile } from "./idx-source.ts";
import { fashionMnist, fashionMnistSource, kmnist, kmnistSource, mnist, mnistSource } from "./mnist.ts";

const pixels = (count: number, side = 28) =>
  new Values(
    Uint8Array.from({ length: count * side * side }, (_, i) => i * 7),
    [count, side, side],
    "u8",
  );
const labels = (...values: number[]) => array(values, "u8");

/** Three digits to train on, two to test with, under their usual names; parts may be replaced. */
const tiny = (replaced: Record<string, NdArray> = {}): Record<string, Uint8Array> =>
  Object.fromEntries(
    Object.entries({
      "train-images-idx3-ubyte": pixels(3),
      "train-labels-idx1-ubyte": labels(5, 0, 9),
      "t10k-images-idx3-ubyte": pixels(2),
      "t10k-labels-idx1-ubyte": labels(7, 2),
      ...replaced,
    }).map(([name, values]) => [name, writeIdx(values)]),
  );

let folder = "";
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-mnist-"));
  vi.stubEnv("FOVEA_DATA", "");
  vi.stubEnv("FOVEA_CACHE", join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function put(where: string, files: Record<string, Uint8Array>): Promise<string> {
  const place = join(folder, where);
  await mkdir(place, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(place, name), bytes);
  return place;
}

const expectTiny = ({ train, test }: Awaited<ReturnType<typeof mnist>>) => {
  expect([train.name, test.name]).toEqual(["mnist/train", "mnist/test"]);
  expect([train.images.dtype, train.images.shape, test.images.shape]).toEqual(["u8", [3, 1, 28, 28], [2, 1, 28, 28]]);
  expect([train.images.data[1], train.images.row(1).data[0]]).toEqual([7, (784 * 7) & 255]);
  expect([train.labels.dtype, train.labels.toNested(), test.labels.toNested()]).toEqual(["i32", [5, 0, 9], [7, 2]]);
  expect(train.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(train.normalization).toEqual({ mean: [0.1307], std: [0.3081] });
};

const renamed = (
  files: Record<string, Uint8Array>,
  rename: (name: string) => string,
  pack = (bytes: Uint8Array) => bytes,
) => Object.fromEntries(Object.entries(files).map(([name, bytes]) => [rename(name), pack(bytes)]));

describe("from a folder", () => {
  it.each([
    ["as published", (name: string) => `${name}.gz`, gzipSync],
    ["unpacked", (name: string) => name, (bytes: Uint8Array) => bytes],
    ["with dots", (name: string) => name.replace("-idx", ".idx"), (bytes: Uint8Array) => bytes],
    ["unpacked under the packed name", (name: string) => `${name}.gz`, (bytes: Uint8Array) => bytes],
  ])("%s, in the folder itself or in one called mnist", async (_, rename, pack) => {
    const files = renamed(tiny(), rename, pack);
    expectTiny(await mnist({ folder: await put("a", files), mirrors: [] }));
    await put("b/mnist", files);
    expectTiny(await mnist({ folder: join(folder, "b"), mirrors: [] }));
  });

  it.each([
    ["mnist", mnist, "5"],
    ["fashion-mnist", fashionMnist, "Sandal"],
    ["kmnist", kmnist, "ha"],
  ] as const)("called %s, in the one that FOVEA_DATA names", async (name, load, first) => {
    vi.stubEnv("FOVEA_DATA", join(folder, "data"));
    await put(`data/${name}`, tiny());
    const { train, test } = await load({ mirrors: [] });
    expect([train.name, test.name]).toEqual([`${name}/train`, `${name}/test`]);
    expect([train.classes[train.labels.data[0]], train.classes.length]).toEqual([first, 10]);
  });

  it("that FOVEA_DATA names: files in it may be of any data set, and are not taken", async () => {
    vi.stubEnv("FOVEA_DATA", await put("data", tiny()));
    const notices: string[] = [];
    const failure = mnist({ mirrors: [], offline: true, onNotice: (text) => notices.push(text) });
    await expect(failure).rejects.toThrow("put the four files into FOLDER/mnist and set FOVEA_DATA=FOLDER");
    expect(notices[0]).toContain(`in ${join(folder, "data", "mnist")}); looking in the cache`);
  });

  it("does not exist", async () => {
    const missing = join(folder, "none");
    await expect(mnist({ folder: missing })).rejects.toThrow(
      new DataError(`mnist: the folder ${missing} does not exist`),
    );
  });

  it("lacks files: says which, and never falls back", async () => {
    vi.stubEnv("FOVEA_DATA", await put("full", tiny()));
    const { "train-labels-idx1-ubyte": _, ...rest } = tiny();
    const place = await put("part", rest);
    await expect(mnist({ folder: place })).rejects.toThrow(
      new DataError(
        `mnist: ${place} lacks train-labels-idx1-ubyte (looked for with or without .gz, - or . before idx, ` +
          `in ${join(place, "mnist")} and ${place})`,
      ),
    );
  });
});

describe("files that do not fit together", () => {
  it.each<[string, Record<string, NdArray>, string]>([
    [
      "counts",
      { "train-labels-idx1-ubyte": labels(1, 2) },
      "train-images-idx3-ubyte has 3 pictures, PLACE/train-labels-idx1-ubyte has 2 labels; they must match",
    ],
    [
      "labels",
      { "t10k-labels-idx1-ubyte": labels(1, 10) },
      "t10k-labels-idx1-ubyte: label 10 at position 1, expected 0 to 9",
    ],
    [
      "size",
      { "train-images-idx3-ubyte": pixels(3, 27) },
      "train-images-idx3-ubyte: pictures are u8 [3,27,27], expected u8 [n,28,28]",
    ],
    ["type", { "train-images-idx3-ubyte": pixels(3).cast("f32") }, "pictures are f32 [3,28,28], expected u8 [n,28,28]"],
    ["exchanged", { "train-images-idx3-ubyte": labels(1, 2, 3) }, "pictures are u8 [3], expected u8 [n,28,28]"],
    ["rank of labels", { "train-labels-idx1-ubyte": pixels(3) }, "labels are u8 [3,28,28], expected u8 [n]"],
    [
      "none",
      { "train-images-idx3-ubyte": pixels(0), "train-labels-idx1-ubyte": zeros([0], "u8") },
      "there are no pictures",
    ],
  ])("%s", async (_, replaced, message) => {
    const place = await put("bad", tiny(replaced));
    const failure = await mnist({ folder: place }).catch((error) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message.replaceAll(place, "PLACE")).toContain(message);
  });

  it("names the file that is cut off, packed or not", async () => {
    const files = tiny();
    const place = await put("bad", {
      ...files,
      "train-images-idx3-ubyte": files["train-images-idx3-ubyte"].subarray(0, 99),
    });
    await expect(mnist({ folder: place })).rejects.toThrow(
      `${join(place, "train-images-idx3-ubyte")}: its header promises [3,28,28]`,
    );
    const packed = { ...files, "train-images-idx3-ubyte": gzipSync(files["train-images-idx3-ubyte"]).subarray(0, 99) };
    await expect(mnist({ folder: await put("bad", packed) })).rejects.toThrow(
      "train-images-idx3-ubyte: broken gzip data",
    );
  });
});

describe("from mirrors and the cache", () => {
  let served: Record<string, Uint8Array> = {};
  beforeEach(() => {
    served = renamed(tiny(), (name) => `${name}.gz`, gzipSync);
    source = asServed(mnistSource);
  });
  const sumOf = (stem: string) => {
    const [, bytes] = Object.entries(served).find(([name]) => name.startsWith(stem))!;
    return createHash("sha256").update(bytes).digest("hex");
  };
  const asServed = (published: IdxSource): IdxSource => {
    const file = (known: SourceFile) => ({ ...known, bytes: 1e5, sha256: sumOf(known.stem) });
    const { train, test } = published.parts;
    const pair = ({ images, labels }: typeof train) => ({ images: file(images), labels: file(labels) });
    return { ...published, parts: { train: pair(train), test: pair(test) } };
  };
  let source = mnistSource;

  let requests: string[] = [];
  async function serve(): Promise<string> {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      const bytes = served[(request.url ?? "").split("/").at(-1)!];
      if (bytes) response.end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mnist`;
  }

  it("fetches each file once, and then none", async () => {
    const mirror = await serve();
    const seen = new Set<string>();
    const options = { mirrors: [mirror], onProgress: ({ file }: { file: string }) => seen.add(file) };
    expectTiny(await loadIdxSource(source, options));
    expect(requests.sort()).toEqual(
      Object.keys(served)
        .map((name) => `/mnist/${name}`)
        .sort(),
    );
    expect([...seen].sort()).toEqual(Object.keys(served).sort());
    expect((await readdir(join(folder, "cache", "mnist"))).sort()).toEqual(Object.keys(served).sort());
    expectTiny(await loadIdxSource(source, { mirrors: [mirror] }));
    expectTiny(await loadIdxSource(source, { mirrors: [], offline: true }));
    expect(requests).toHaveLength(4);
  });

  it.each([fashionMnistSource, kmnistSource])(
    "fetches $name into a folder of its own, with its classes",
    async (published) => {
      const { train, test } = await loadIdxSource(asServed(published), { mirrors: [await serve()] });
      expect([train.name, train.classes, test.normalization]).toEqual([
        `${published.name}/train`,
        published.classes,
        published.normalization,
      ]);
      expect(await readdir(join(folder, "cache"))).toEqual([published.name]);
      expect(new Set(published.classes).size).toBe(10);
    },
  );

  it("accepts files as long as those that are published, and no longer ones", async () => {
    const count = 34_000;
    const images = gzipSync(writeIdx(pixels(count)), { level: 0 });
    const { bytes } = fashionMnistSource.parts.train.images;
    expect(images.length).toBeGreaterThan(bytes);
    served["train-images-idx3-ubyte.gz"] = images;
    served["train-labels-idx1-ubyte.gz"] = gzipSync(writeIdx(zeros([count], "u8")));
    const long = asServed(fashionMnistSource);
    const withLength = (length: number): IdxSource => {
      const { train, test } = long.parts;
      return { ...long, parts: { test, train: { ...train, images: { ...train.images, bytes: length } } } };
    };
    const mirrors = [await serve()];
    await expect(loadIdxSource(withLength(bytes), { mirrors })).rejects.toThrow(`at most ${bytes} are accepted`);
    expect((await loadIdxSource(withLength(images.length), { mirrors })).train.labels.size).toBe(count);
  });

  it("fetches again what is damaged in the cache, and says so", async () => {
    const mirrors = [await serve()];
    await loadIdxSource(source, { mirrors });
    await writeFile(join(folder, "cache", "mnist", "t10k-labels-idx1-ubyte.gz"), "rot");
    const notices: string[] = [];
    expectTiny(await loadIdxSource(source, { mirrors, onNotice: (text) => notices.push(text) }));
    expect(requests.slice(4)).toEqual(["/mnist/t10k-labels-idx1-ubyte.gz"]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/t10k-labels-idx1-ubyte\.gz is damaged/);
  });

  it("notices when FOVEA_DATA has no MNIST, and goes on", async () => {
    vi.stubEnv("FOVEA_DATA", await put("other", {}));
    const notices: string[] = [];
    expectTiny(await loadIdxSource(source, { mirrors: [await serve()], onNotice: (text) => notices.push(text) }));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(
      /^mnist: FOVEA_DATA is set, but .+ lacks train-images-idx3-ubyte, .+; looking in the cache$/,
    );
  });

  it("refuses files that are not the published ones, and keeps none of them", async () => {
    const failure = await mnist({ mirrors: [await serve()] }).catch((error) => error);
    expect(failure).toBeInstanceOf(DataError);
    expect(failure.message).toMatch(
      /cannot download train-images-idx3-ubyte\.gz:\n.+another file came.+expected 440fcabf/,
    );
    expect(existsSync(join(folder, "cache"))).toBe(false);
  });

  it("does not ask the network when offline", async () => {
    const mirrors = [await serve()];
    const failure = await mnist({ mirrors, offline: true }).catch((error) => error);
    expect(failure).toBeInstanceOf(DataError);
    expect(failure.message).toContain(
      `train-images-idx3-ubyte.gz is not in the cache (${join(folder, "cache", "mnist")})`,
    );
    expect(requests).toEqual([]);
  });
});

const shared = process.env.FOVEA_DATA || fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const real = [join(shared, "mnist"), shared].find((place) => existsSync(join(place, "train-images-idx3-ubyte.gz")));
const reason = real === undefined ? " (skipped: no files; set FOVEA_DATA to a folder that has them)" : "";

describe.skipIf(real === undefined)(`the real MNIST${reason}`, () => {
  it("has the digits that everybody has", async () => {
    const { train, test } = await mnist({ folder: real });
    expect([train.images.shape, test.images.shape]).toEqual([
      [60_000, 1, 28, 28],
      [10_000, 1, 28, 28],
    ]);
    expect([...train.labels.data.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    const counts = new Array(10).fill(0);
    for (const label of train.labels.data) counts[label]++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    let [sum, squares] = [0, 0];
    for (const value of train.images.data) {
      sum += value / 255;
      squares += (value / 255) ** 2;
    }
    const mean = sum / train.images.size;
    expect(train.normalization!.mean[0]).toBeCloseTo(mean, 4);
    expect(train.normalization!.std[0]).toBeCloseTo(Math.sqrt(squares / train.images.size - mean ** 2), 4);
  });

  // Packing differs between copies, and only the contents are the data set.
  it.each([
    ["train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"],
    ["train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"],
    ["t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"],
    ["t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"],
  ])("%s unpacks to the published bytes", async (name, sum) => {
    const bytes = gunzipSync(await readFile(join(real as string, `${name}.gz`)));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sum);
  });
});
