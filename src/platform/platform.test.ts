import { chmod, mkdir, mkdtemp, readdir, readFile as readRaw, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inPieces } from "../../tests/support/tar.ts";
import { CapabilityError, DataError, FormatError } from "../array/index.ts";
import * as browser from "./browser.ts";
import { cacheFolderOf } from "./cache-folder.ts";
import * as node from "./node.ts";
import type { Platform } from "./types.ts";

const platforms: [string, Platform][] = [
  ["node", node],
  ["browser", browser],
];
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const gather = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};
const bytesOf = (value: string) => new TextEncoder().encode(value);

describe.each(platforms)("what both platforms do: %s", (_, platform) => {
  it("unpacks gzip and zlib", async () => {
    expect(text(await platform.gunzip(gzipSync("a fovea"), 7))).toBe("a fovea");
    expect(text(await platform.inflate(deflateSync("a fovea"), 7))).toBe("a fovea");
    expect(await platform.inflate(deflateSync(""), 0)).toEqual(new Uint8Array(0));
    expect(text(await platform.inflateRaw(deflateRawSync("a fovea"), 7))).toBe("a fovea");
  });

  it("packs what it can unpack", async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);
    expect(Buffer.compare(await platform.inflate(await platform.deflate(bytes), bytes.length), bytes)).toBe(0);
  });

  it("stops at the limit: a bomb of 50 MB does not get past one byte less than it needs", async () => {
    const bomb = deflateSync(new Uint8Array(50_000_000));
    await expect(platform.inflate(bomb, 49_999_999, "bomb.png")).rejects.toThrow(
      new FormatError(
        "bomb.png: unpacks to more than the 49999999 bytes that were expected; the file is corrupt or hostile",
      ),
    );
    await expect(platform.gunzip(gzipSync("x"), 0)).rejects.toThrow("more than the 0 bytes");
  });

  it.each([
    ["not gzip at all", bytesOf("<html>404 Not Found</html>")],
    ["cut off", gzipSync("a fovea in the retina").subarray(0, 20)],
    ["a wrong checksum", gzipSync("a fovea").map((byte, i, all) => (i === all.length - 8 ? byte ^ 1 : byte))],
    ["nothing", new Uint8Array(0)],
  ])("refuses %s", async (_, bytes) => {
    const failure = await platform.gunzip(bytes, 1000, "digits.gz").catch((error) => error);
    expect(failure).toBeInstanceOf(FormatError);
    expect(failure.message).toMatch(/^digits\.gz: broken gzip data \(.+\); fetch or write the file again$/);
  });

  it("unpacks gzip as it comes in, in pieces of any length", async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);
    const packed = gzipSync(bytes);
    for (const piece of [100, 70_000, 1_000_000]) {
      expect(Buffer.compare(await gather(platform.gunzipChunks(inPieces(packed, piece), bytes.length)), bytes)).toBe(0);
    }
  });

  it("stops unpacking at the limit, at a break and at broken data, with the file's name", async () => {
    const packed = gzipSync(new Uint8Array(5_000_000));
    const unpack = (bytes: Uint8Array, limit = 5_000_000) =>
      gather(platform.gunzipChunks(inPieces(bytes, 1000), limit, "x.tar.gz"));
    await expect(unpack(packed, 4_999_999)).rejects.toThrow(
      new FormatError(
        "x.tar.gz: unpacks to more than the 4999999 bytes that were expected; the file is corrupt or hostile",
      ),
    );
    for (const bytes of [packed.subarray(0, 900), bytesOf("no gzip at all"), new Uint8Array(0)]) {
      const failure = await unpack(bytes).catch((error) => error);
      expect(failure).toBeInstanceOf(FormatError);
      expect(failure.message).toMatch(/^x\.tar\.gz: broken gzip data \(.+\)/);
    }
  });

  it("passes on what goes wrong where packed bytes come from, and tells it when nobody wants more", async () => {
    const failure = new DataError("the disk fell off");
    async function* chunks() {
      yield gzipSync(bytesOf("x".repeat(1000))).subarray(0, 15);
      throw failure;
    }
    await expect(gather(platform.gunzipChunks(chunks(), 1000))).rejects.toBe(failure);
    let closed = false;
    async function* endless() {
      try {
        for (;;) {
          await platform.pause();
          yield gzipSync(new Uint8Array(100_000));
        }
      } finally {
        closed = true;
      }
    }
    for await (const _ of platform.gunzipChunks(endless(), 1e9)) break;
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it("knows the SHA-256 of NIST's example", async () => {
    expect(await platform.sha256(bytesOf("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("lets a macrotask run during a pause", async () => {
    let ran = false;
    setImmediate(() => {
      ran = true;
    });
    await Promise.resolve();
    expect(ran).toBe(false);
    for (let i = 0; i < 10 && !ran; i++) await platform.pause();
    expect(ran).toBe(true);
  });

  it("joins paths", () => {
    expect(platform.joinPath("data", "mnist", "x.gz")).toBe("data/mnist/x.gz");
  });
});

describe("files in node", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-platform-"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it("writes and reads, and makes the folders on the way", async () => {
    const path = join(folder, "runs", "1", "model.bin");
    await node.writeFileAtomic(path, bytesOf("first, longer"));
    await node.writeFileAtomic(path, bytesOf("second"));
    expect(text(await node.readFile(path))).toBe("second");
    expect(await readdir(join(folder, "runs", "1"))).toEqual(["model.bin"]);
  });

  it("says why a file cannot be read", async () => {
    await writeFile(join(folder, "file"), "x");
    const missing = join(folder, "missing.bin");
    await expect(node.readFile(missing)).rejects.toThrow(new DataError(`cannot read ${missing}: no such file`));
    await expect(node.readFile(folder)).rejects.toThrow(`cannot read ${folder}: it is a folder`);
    await expect(node.readFile(join(folder, "file", "x"))).rejects.toThrow(
      "a part of the path is a file, not a folder",
    );
  });

  it("leaves nothing behind, and the old file as it was, when writing fails", async () => {
    const path = join(folder, "taken");
    await mkdir(path);
    await writeFile(join(path, "inside"), "kept");
    await expect(node.writeFileAtomic(path, bytesOf("x"))).rejects.toThrow(`cannot write ${path}: it is a folder`);
    expect(await readdir(folder)).toEqual(["taken"]);
    expect(await readRaw(join(path, "inside"), "utf8")).toBe("kept");
    await expect(node.writeFileAtomic(join(path, "inside", "x"), bytesOf("x"))).rejects.toThrow(DataError);
  });

  it.skipIf(process.getuid?.() === 0)("says so when permission is denied (root is never denied: skipped)", async () => {
    await chmod(folder, 0o500);
    await expect(node.writeFileAtomic(join(folder, "x"), bytesOf("x"))).rejects.toThrow("permission denied");
    await chmod(folder, 0o700);
  });

  it("tells files from folders, through links", async () => {
    await writeFile(join(folder, "file"), "x");
    await symlink(join(folder, "nowhere"), join(folder, "dangling"));
    expect(
      await Promise.all(["file", ".", "none", "dangling"].map((name) => node.fileExists(join(folder, name)))),
    ).toEqual([true, false, false, false]);
    expect(await node.folderExists(folder)).toBe(true);
    expect(await node.folderExists(join(folder, "file"))).toBe(false);
  });

  it("lists a folder by name, with links followed to files only", async () => {
    await mkdir(join(folder, "b"));
    await writeFile(join(folder, "é"), "12");
    await writeFile(join(folder, "C"), "345");
    await symlink(join(folder, "C"), join(folder, "link"));
    await symlink(join(folder, "b"), join(folder, "a"));
    await symlink(join(folder, "nowhere"), join(folder, "z"));
    const listed = await node.listFolder(folder);
    expect(listed.map(({ name, kind, size }) => [name, kind, kind === "file" ? size : 0])).toEqual([
      ["C", "file", 3],
      ["a", "other", 0],
      ["b", "folder", 0],
      ["link", "file", 3],
      ["z", "other", 0],
      ["é", "file", 2],
    ]);
    expect(await node.fileInfo(join(folder, "C"))).toEqual({ size: 3, modified: listed[0].modified });
    expect(await node.fileInfo(join(folder, "b"))).toBeUndefined();
    await expect(node.listFolder(join(folder, "none"))).rejects.toThrow(
      new DataError(`cannot read ${join(folder, "none")}: no such file`),
    );
  });

  it("reads a file in pieces, and here and there", async () => {
    const path = join(folder, "long");
    const bytes = Uint8Array.from({ length: 600_000 }, (_, i) => i >> 8);
    await writeFile(path, bytes);
    expect(Buffer.compare(await gather(node.readChunks(path)), bytes)).toBe(0);
    await expect(gather(node.readChunks(join(folder, "none")))).rejects.toThrow(DataError);
    const file = await node.openFile(path);
    const into = new Uint8Array(1000);
    await file.readAt(into, 1000);
    expect([file.size, Buffer.compare(into, bytes.subarray(1000, 2000))]).toEqual([600_000, 0]);
    await expect(file.readAt(into, 599_500)).rejects.toThrow(
      `cannot read ${path}: it ends at byte 600000, before what was to be read`,
    );
    await file.close();
    await file.close();
    await expect(file.readAt(into, 0)).rejects.toThrow("it was closed");
    await expect(node.openFile(join(folder, "none"))).rejects.toThrow(DataError);
  });

  it("lets a file grow, and shows it when it is whole", async () => {
    const path = join(folder, "deep", "er", "file");
    const file = await node.createFile(path);
    await file.append(bytesOf("one "));
    await file.append(bytesOf("two"));
    await file.writeAt(bytesOf("ONE"), 0);
    expect(await node.fileExists(path)).toBe(false);
    await file.finish();
    await file.discard();
    expect(text(await node.readFile(path))).toBe("ONE two");
    const given = await node.createFile(path);
    await given.append(bytesOf("x"));
    await given.discard();
    expect(await readdir(join(folder, "deep", "er"))).toEqual(["file"]);
    await expect(node.createFile(join(path, "x"))).rejects.toThrow("a part of the path is a file, not a folder");
    const taken = await node.createFile(join(folder, "deep"));
    await expect(taken.finish()).rejects.toThrow(/^cannot write .+deep: it is a folder$/);
    expect(await readdir(folder)).toEqual(["deep"]);
  });

  it("removes and touches files", async () => {
    const path = join(folder, "file");
    await writeFile(path, "x");
    const { modified } = (await node.fileInfo(path))!;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await node.touchFile(path);
    expect((await node.fileInfo(path))!.modified).toBeGreaterThan(modified);
    await node.removeFile(path);
    await node.removeFile(path);
    expect(await node.fileExists(path)).toBe(false);
    await expect(node.touchFile(path)).rejects.toThrow(`cannot write ${path}: no such file`);
  });

  it("finds the files of packages", async () => {
    expect(text((await node.packageFile("typescript/package.json"))!)).toContain('"typescript"');
    expect(await node.packageFile("fovea-no-such-package/x")).toBeUndefined();
  });

  it("reads the environment; empty counts as not set", () => {
    vi.stubEnv("FOVEA_CACHE", "/somewhere");
    vi.stubEnv("FOVEA_DATA", "");
    expect(node.cacheFolder()).toBe("/somewhere");
    expect(node.environment("FOVEA_DATA")).toBeUndefined();
  });

  it("refuses bytes after the end of a stream", async () => {
    const longer = Buffer.concat([deflateSync("a fovea"), bytesOf("junk")]);
    await expect(node.inflate(longer, 7, "x.png")).rejects.toThrow("x.png: broken zlib data (4 bytes follow its end)");
  });

  it("tells a package that is missing from one that does not load", async () => {
    expect(await node.optionalPackage("fovea-no-such-package")).toEqual({ found: false, reason: "is not installed" });
    const path = join(folder, "broken.mjs");
    await writeFile(path, 'throw new Error("no binary for this machine\\nsecond line")');
    expect(await node.optionalPackage(path)).toEqual({
      found: false,
      reason: "is installed but does not load: no binary for this machine",
    });
    expect(await node.optionalPackage("node:path")).toMatchObject({ found: true });
  });
});

describe("files in a browser", () => {
  it("are refused with the way to go instead", async () => {
    await expect(browser.readFile("model.safetensors")).rejects.toThrow(
      new CapabilityError(
        "a page cannot read files by path (model.safetensors): pass bytes, " +
          "e.g. Model.fromBytes(await (await fetch(url)).arrayBuffer())",
      ),
    );
    await expect(browser.writeFileAtomic("a", new Uint8Array(1))).rejects.toThrow(
      "a page cannot write files by path (a)",
    );
    await expect(browser.fileExists("a")).rejects.toThrow(CapabilityError);
    for (const refuse of [
      browser.folderExists,
      browser.listFolder,
      browser.fileInfo,
      browser.openFile,
      browser.createFile,
      browser.removeFile,
      browser.touchFile,
      browser.sweepTemporaries,
    ])
      await expect(refuse("a")).rejects.toThrow(CapabilityError);
    await expect(gather(browser.readChunks("a"))).rejects.toThrow(CapabilityError);
    expect(await browser.packageFile("typescript/package.json")).toBeUndefined();
    expect(() => browser.cacheFolder()).toThrow(CapabilityError);
    expect(browser.environment("HOME")).toBeUndefined();
    expect(browser.hasFiles).toBe(false);
    expect(await browser.optionalPackage("sharp")).toMatchObject({ found: false });
  });
});

describe("the cache folder", () => {
  const of = (system: string, home: string, variables: Record<string, string>) =>
    cacheFolderOf({ system, home, environment: (name) => variables[name] });

  it.each([
    ["linux", "/home/a", {}, "/home/a/.cache/fovea"],
    ["linux", "/home/a", { XDG_CACHE_HOME: "/var/x" }, "/var/x/fovea"],
    ["linux", "/home/a", { XDG_CACHE_HOME: "relative" }, "/home/a/.cache/fovea"],
    ["linux", "/home/a", { XDG_CACHE_HOME: "/var/x", FOVEA_CACHE: "/mine" }, "/mine"],
    ["darwin", "/Users/a", { XDG_CACHE_HOME: "/var/x" }, "/Users/a/Library/Caches/fovea"],
    ["win32", "C:\\Users\\a", { LOCALAPPDATA: "D:\\Local" }, "D:\\Local\\fovea"],
    ["win32", "C:\\Users\\a", {}, "C:\\Users\\a\\AppData\\Local\\fovea"],
  ])("on %s, home %s, %j is %s", (system, home, variables, expected) => {
    expect(of(system, home, variables as Record<string, string>)).toBe(expected);
  });
});
