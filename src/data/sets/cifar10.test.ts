import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classesOf, pngOf, tarOfTree, writeTree } from "../../../tests/support/pictures.ts";
import { tarOf } from "../../../tests/support/tar.ts";
import { DataError, FormatError, NdArray } from "../../array/index.ts";
import { loadSamples } from "../batches.ts";
import { type Cifar10Options, cifar10, cifar10Source, loadCifar } from "./cifar10.ts";

let folder = "";
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-cifar-"));
  vi.stubEnv("FOVEA_DATA", "");
  vi.stubEnv("FOVEA_CACHE", join(folder, "cache"));
  vi.stubEnv("FOVEA_CACHE_LIMIT", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** A record: the class, and three planes of colors that say which. */
const record = (label: number, color: number): Uint8Array =>
  Uint8Array.from({ length: 3073 }, (_, i) => (i === 0 ? label : color + Math.floor((i - 1) / 1024)));

const { parts, archive } = cifar10Source;
/** Two records in each file, of classes 0 and 9; the first file's colors are 10, 20, the next one's 30, 40, … */
const files: Record<string, Uint8Array> = Object.fromEntries(
  [...parts.train, ...parts.test].map((name, i) => [
    name,
    Buffer.concat([record(0, 20 * i + 10), record(9, 20 * i + 20)]),
  ]),
);
/** As published: in a folder, in no order, with other files beside. */
const packed = gzipSync(
  tarOf([
    { path: "cifar-10-batches-bin/", type: "5" },
    { path: "cifar-10-batches-bin/readme.html", bytes: "<html>" },
    ...Object.entries(files)
      .reverse()
      .map(([name, bytes]) => ({ path: `cifar-10-batches-bin/${name}`, bytes })),
  ]),
);
const source = { ...cifar10Source, archive: { ...archive, sha256: createHash("sha256").update(packed).digest("hex") } };

async function expectTiny({ train, test }: Awaited<ReturnType<typeof cifar10>>): Promise<void> {
  expect([train.name, test.name]).toEqual(["cifar10/train", "cifar10/test"]);
  expect([train.images.shape, test.images.shape]).toEqual([
    [10, 3, 32, 32],
    [2, 3, 32, 32],
  ]);
  expect([train.normalization, train.classes]).toEqual([cifar10Source.normalization, cifar10Source.classes]);
  const { images, labels } = await loadSamples(train);
  expect([...labels.data]).toEqual([0, 9, 0, 9, 0, 9, 0, 9, 0, 9]);
  expect(Array.from({ length: 10 }, (_, i) => images.row(i).data[0])).toEqual([
    10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
  ]);
  expect([images.row(0).data[1023], images.row(0).data[1024], images.row(0).data[3071]]).toEqual([10, 11, 12]);
  expect((await loadSamples(test)).images.row(1).data[0]).toBe(120);
}

const put = (where: string, contents: Record<string, Uint8Array>) => writeTree(join(folder, where), contents);
const load = (options: Cifar10Options = {}) => loadCifar(source, { mirrors: [], ...options });

describe("CIFAR-10 in a folder", () => {
  it.each([
    ["packed", () => ({ [archive.name]: packed })],
    ["unpacked", () => files],
    [
      "unpacked in its own folder",
      () => Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`cifar-10-batches-bin/${name}`, bytes])),
    ],
  ])("%s, there or in one called cifar10, in memory or not", async (_, contents) => {
    const here = await put("here", contents());
    await put("there/cifar10", contents());
    await expectTiny(await load({ folder: here }));
    await expectTiny(await load({ folder: join(folder, "there") }));
    const streamed = await load({ folder: here, memory: 0 });
    expect(streamed.train.images).not.toBeInstanceOf(NdArray);
    await expectTiny(streamed);
    vi.stubEnv("FOVEA_DATA", here);
    await expectTiny(await load());
  });

  it("as an archive of pictures", async () => {
    const names = cifar10Source.classes.flatMap((name) => [`train/${name}/1.png`, `test/${name}/1.png`]);
    const tree = Object.fromEntries(await Promise.all(names.map(async (name, i) => [name, await pngOf(i, 32, 32)])));
    const here = await put("data/cifar10", { "cifar10-jpeg.tar.gz": gzipSync(tarOfTree(tree)) });
    const { train, test } = await load({ folder: here });
    expect([train.name, test.name, train.images.shape]).toEqual(["cifar10/train", "cifar10/test", [10, 3, 32, 32]]);
    expect(train.normalization).toEqual(cifar10Source.normalization);
    const others = await put("others", { "cifar10.tar": tarOfTree(await classesOf({ a: 3, b: 3 })) });
    await expect(load({ folder: others })).rejects.toThrow(/expected pictures \[3,32,32\] of airplane/);
  });

  it("is not there", async () => {
    const empty = await put("empty", { x: new Uint8Array(1) });
    await expect(load({ folder: empty })).rejects.toThrow(
      new DataError(
        `cifar10: ${empty} has neither cifar-10-binary.tar.gz (packed or unpacked) nor cifar10-jpeg.tar.gz, and nor has a ` +
          "folder cifar10 in it",
      ),
    );
    await expect(load({ folder: join(folder, "none") })).rejects.toThrow("does not exist");
  });

  it.each<[string, Record<string, Uint8Array>, string]>([
    [
      "a record that is cut off",
      { "test_batch.bin": new Uint8Array(3072) },
      "3072 bytes are no whole number of records of 3073",
    ],
    ["no records", { "test_batch.bin": new Uint8Array(0) }, "0 bytes are no whole number of records"],
    ["a class that is none", { "test_batch.bin": record(10, 1) }, "class 10 at byte 0, expected 0 to 9"],
  ])("with %s", async (_, replaced, message) => {
    const failure = await load({ folder: await put("bad", { ...files, ...replaced }) }).catch((error) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message).toContain(message);
    expect(await readdir(join(folder, "cache/pictures"))).toEqual([]);
  });

  it("with an archive that lacks files, or is cut off", async () => {
    const few = gzipSync(tarOf([{ path: "data_batch_1.bin", bytes: files["data_batch_1.bin"] }]));
    await expect(load({ folder: await put("few", { [archive.name]: few }) })).rejects.toThrow(
      "cifar10: data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, test_batch.bin must be there once",
    );
    const cut = packed.subarray(0, packed.length - 20);
    await expect(load({ folder: await put("cut", { [archive.name]: cut }) })).rejects.toThrow(FormatError);
  });
});

describe("CIFAR-10 from a mirror", () => {
  let requests = 0;
  async function serve(bytes: Uint8Array): Promise<string> {
    requests = 0;
    server = createServer((_, response) => {
      requests++;
      response.end(bytes);
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/kriz`;
  }

  it("is fetched once, and decoded once", async () => {
    const mirrors = [await serve(packed)];
    await expectTiny(await load({ mirrors }));
    await expectTiny(await load({ mirrors }));
    await expectTiny(await load({ offline: true }));
    expect(requests).toBe(1);
    // What was made of it is enough.
    await rm(join(folder, "cache/cifar10"), { recursive: true });
    await expectTiny(await load({ offline: true }));
  });

  it("is refused when it is another file", async () => {
    await expect(cifar10({ mirrors: [await serve(packed)] })).rejects.toThrow(/another file came.+expected c4a38c50/);
  });

  it("is not fetched when offline; FOVEA_DATA without it is noticed", async () => {
    await mkdir(join(folder, "data"));
    vi.stubEnv("FOVEA_DATA", join(folder, "data"));
    const notices: string[] = [];
    await expect(load({ offline: true, onNotice: (text) => notices.push(text) })).rejects.toThrow(
      "cifar-10-binary.tar.gz is not in the cache",
    );
    expect(notices).toEqual([expect.stringContaining("FOVEA_DATA is set, but")]);
  });
});

const shared = process.env.FOVEA_DATA || fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const real = [join(shared, "cifar10"), shared].find((place) => existsSync(join(place, "cifar10-jpeg.tar.gz")));
const reason = real === undefined ? " (skipped: no cifar10-jpeg.tar.gz; set FOVEA_DATA to a folder that has it)" : "";

it.skipIf(real === undefined)(`the real pictures of CIFAR-10, all 60 000 of them${reason}`, async () => {
  const { train, test } = await cifar10({ folder: real });
  expect([train.images.shape, test.images.shape]).toEqual([
    [50_000, 3, 32, 32],
    [10_000, 3, 32, 32],
  ]);
  for (const [set, each] of [
    [train, 5000],
    [test, 1000],
  ] as const) {
    const counts = new Array(10).fill(0);
    for (const label of set.labels.data) counts[label]++;
    expect(counts).toEqual(new Array(10).fill(each));
  }
});
