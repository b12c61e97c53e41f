import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DataError } from "../array/index.ts";
import { cached } from "./cache.ts";

const contents = new TextEncoder().encode("digits");
const sha256 = createHash("sha256").update(contents).digest("hex");

let folder = "";
let fetches = 0;
let notices: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-cache-"));
  fetches = 0;
  notices = [];
});
afterEach(() => rm(folder, { recursive: true }));

const options = (bytes = contents, where = folder) => ({
  folder: where,
  sha256,
  onNotice: (text: string) => notices.push(text),
  fetch: async () => {
    fetches++;
    return bytes;
  },
});

it("fetches once", async () => {
  const deep = join(folder, "a", "b");
  for (let i = 0; i < 3; i++) expect(await cached("x.gz", options(contents, deep))).toEqual(contents);
  expect(fetches).toBe(1);
  expect(await readdir(deep)).toEqual(["x.gz"]);
  expect(notices).toEqual([]);
});

it("replaces a damaged file and says so once", async () => {
  const path = join(folder, "x.gz");
  await writeFile(path, "digitz");
  expect(await cached("x.gz", options())).toEqual(contents);
  expect(await cached("x.gz", options())).toEqual(contents);
  expect(fetches).toBe(1);
  expect(notices).toEqual([`${path} is damaged (its checksum is wrong) and will be replaced`]);
  expect(await readFile(path, "utf8")).toBe("digits");
});

it("keeps nothing that has the wrong checksum", async () => {
  const other = new TextEncoder().encode("other");
  const failure = await cached("x.gz", options(other)).catch((error) => error);
  expect(failure).toBeInstanceOf(DataError);
  expect(failure.message).toMatch(/^x\.gz: another file was fetched: its SHA-256 is d9298a10\w+, expected \w{64}$/);
  expect(await readdir(folder)).toEqual([]);
});

it("keeps a damaged file for as long as nothing better comes", async () => {
  await writeFile(join(folder, "x.gz"), "digitz");
  const offline = { ...options(), fetch: () => Promise.reject(new DataError("no network")) };
  await expect(cached("x.gz", offline)).rejects.toThrow("no network");
  expect(await readFile(join(folder, "x.gz"), "utf8")).toBe("digitz");
});

it("does without a cache that cannot be written", async () => {
  await writeFile(join(folder, "file"), "x");
  expect(await cached("x.gz", options(contents, join(folder, "file")))).toEqual(contents);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(
    /^cannot write .+; it will be fetched again next time \(FOVEA_CACHE names another folder\)$/,
  );
});

it("is not stopped by a folder that has the file's name", async () => {
  await mkdir(join(folder, "x.gz"));
  expect(await cached("x.gz", options())).toEqual(contents);
  expect(notices[0]).toContain("it is a folder");
});

it("stands two at once", async () => {
  const both = await Promise.all([cached("x.gz", options()), cached("x.gz", options())]);
  expect(both).toEqual([contents, contents]);
  expect(await readdir(folder)).toEqual(["x.gz"]);
});
