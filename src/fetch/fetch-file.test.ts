import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DataError } from "../array/index.ts";
import { fetchFile, type PublishedFile, urlsIn } from "./index.ts";

const contents = Buffer.from("weights");
const sha256 = createHash("sha256").update(contents).digest("hex");

let cache = "";
let server: Server;
let asked = 0;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "fovea-fetch-"));
  vi.stubEnv("FOVEA_CACHE", cache);
  asked = 0;
  server = createServer((_, response) => {
    asked++;
    response.end(contents);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.close();
  await rm(cache, { recursive: true });
});

const file = (more: Partial<PublishedFile> = {}): PublishedFile => ({
  name: "net-1234.pth",
  set: "weights",
  sha256,
  limit: 1000,
  urls: urlsIn([`http://127.0.0.1:${(server.address() as AddressInfo).port}/models`], "net-1234.pth"),
  ...more,
});

it("accepts a checksum of which only the beginning is known, and keeps the file", async () => {
  for (let i = 0; i < 2; i++)
    expect(Buffer.from(await fetchFile(file({ sha256: sha256.slice(0, 8) }), {}))).toEqual(contents);
  expect(asked).toBe(1);
  expect(await readFile(join(cache, "weights", "net-1234.pth"))).toEqual(contents);
});

it("keeps nothing of another file, and says what was expected", async () => {
  const failure = await fetchFile(file({ sha256: "0123abcd" }), {}).catch((error) => error);
  expect(failure).toBeInstanceOf(DataError);
  expect(failure.message).toMatch(
    /models\/net-1234\.pth: another file came: its SHA-256 is \w{64}, expected 0123abcd…/,
  );
  expect(failure.message).toContain("put the file into FOLDER/weights and set FOVEA_DATA=FOLDER");
  expect(await readdir(cache)).toEqual([]);
});

it("asks no mirror when told to work offline, and says what to put where", async () => {
  await expect(fetchFile(file(), { offline: true })).rejects.toThrow(
    `weights: net-1234.pth is not in the cache (${join(cache, "weights")}), and offline was asked for: allow the download ` +
      "once, or put it into FOLDER/weights and set FOVEA_DATA=FOLDER",
  );
  expect(asked).toBe(0);
});
