import { chmod, mkdir, mkdtemp, readdir, readFile as readRaw, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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
const bytesOf = (value: string) => new TextEncoder().encode(value);

describe.each(platforms)("what both platforms do: %s", (_, platform) => {
  it("unpacks gzip and zlib", async () => {
    expect(text(await platform.gunzip(gzipSync("a fovea"), 7))).toBe("a fovea");
    expect(text(await platform.inflate(deflateSync("a fovea"), 7))).toBe("a fovea");
    expect(await platform.inflate(deflateSync(""), 0)).toEqual(new Uint8Array(0));
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
    await expect(browser.folderExists("a")).rejects.toThrow(CapabilityError);
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
