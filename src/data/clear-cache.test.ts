import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classesOf, writeTree } from "../../tests/support/pictures.ts";
import { OptionError } from "../array/index.ts";
import { clearCache } from "./clear-cache.ts";
import { imageFolder } from "./pictures/image-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-clear-"));
  vi.stubEnv("FOVEA_CACHE", join(folder, "cache"));
  vi.stubEnv("FOVEA_CACHE_LIMIT", "");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const at = (...names: string[]): string => join(folder, "cache", ...names);
const left = async () =>
  (await readdir(at(), { recursive: true, withFileTypes: true }))
    .flatMap((entry) => (entry.isFile() ? [entry.name.replace(/-.{24}\./, ".")] : []))
    .sort();

async function fill(): Promise<void> {
  for (const name of ["pets", "pets-2"])
    await imageFolder(await writeTree(join(folder, name), await classesOf({ a: 2, b: 2 })));
  for (const [set, file] of [
    ["mnist", "t10k-labels-idx1-ubyte.gz"],
    ["mnist", "my notes.txt"],
    ["kmnist", "t10k-labels-idx1-ubyte.gz"],
    ["kmnist", ".t10k-labels-idx1-ubyte.gz.1-2.tmp"],
    ["cifar10", "cifar-10-binary.tar.gz"],
    ["cifar10", "t10k-labels-idx1-ubyte.gz"],
    ["weights", "resnet18-f37072fd.pth"],
    ["weights", ".resnet18-f37072fd.pth.1-2.tmp"],
    ["weights", "mine.pth"],
    ["other", "cifar-10-binary.tar.gz"],
  ] as const) {
    await mkdir(at(set), { recursive: true });
    await writeFile(at(set, file), "12345");
  }
  await writeFile(at("pictures", "notes.txt"), "mine");
}

const others = ["cifar-10-binary.tar.gz", "mine.pth", "my notes.txt", "notes.txt", "t10k-labels-idx1-ubyte.gz"];

describe("clearing the cache", () => {
  it("removes pictures and downloads, says how much that was, and leaves the files of others", async () => {
    await fill();
    const [first, second] = (await readdir(at("pictures"))).filter((name) => name.endsWith(".pictures"));
    const sizes = (await stat(at("pictures", first))).size + (await stat(at("pictures", second))).size;
    const { files, bytes } = await clearCache();
    expect([files.length, bytes]).toEqual([8, sizes + 6 * 5]);
    expect(files).toContain(at("mnist", "t10k-labels-idx1-ubyte.gz"));
    expect(await left()).toEqual(others);
    expect(await clearCache()).toEqual({ files: [], bytes: 0 });
  });

  it.each([
    ["pictures", { pictures: true }, 2],
    ["downloads", { downloads: true }, 6],
    ["all but pictures", { pictures: false }, 6],
    ["all but downloads", { downloads: false }, 2],
    ["both", { downloads: true, pictures: true }, 8],
    ["weights", { name: "weights" }, 2],
    ["a data set", { name: "kmnist" }, 2],
    ["a folder of pictures", { name: "pets" }, 1],
    ["a folder of pictures by its path", { name: "../somewhere/pets-2/" }, 1],
    ["a data set's pictures", { name: "kmnist", pictures: true }, 0],
    ["what nobody knows", { name: "constructor" }, 0],
  ])("removes %s only", async (_, options, count) => {
    await fill();
    expect((await clearCache(options)).files).toHaveLength(count);
    expect((await clearCache()).files).toHaveLength(8 - count);
  });

  it("does nothing where there is no cache, and is told what to do", async () => {
    expect(await clearCache()).toEqual({ files: [], bytes: 0 });
    await expect(clearCache({ pictures: false, downloads: false })).rejects.toThrow(OptionError);
    await expect(clearCache({ set: "mnist" } as never)).rejects.toThrow("clearCache: there is no option 'set'");
  });
});

describe("what killed processes left of decoded pictures", () => {
  const leave = (host: string, pid: number, bytes: number) =>
    writeFile(at("pictures", `.pets-${"0".repeat(24)}.pictures.${host}${pid}-0123456789ab.tmp`), new Uint8Array(bytes));

  it("is removed when pictures are kept, and counts until then", async () => {
    await mkdir(at("pictures"), { recursive: true });
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const tree = await classesOf({ a: 4, b: 4 });
    const load = async (name: string) => imageFolder(await writeTree(join(folder, name), tree), { cacheLimit: 1500 });
    await load("one");
    await leave("", dead, 1e6);
    await load("two");
    expect(await left()).toEqual(["one.pictures", "two.pictures"]);
    // Of another host: nothing is known of its process, but it takes room.
    await leave("00000000-", dead, 1e6);
    await load("three");
    expect((await left()).filter((name) => !name.startsWith("."))).toEqual(["three.pictures"]);
  });
});
