import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { array, FormatError, type NdArray, OptionError } from "../array/index.ts";
import { readTensors } from "./read-tensors.ts";
import { writeSafetensors } from "./safetensors.ts";
import { loadTensors, readShardedTensors } from "./sharded.ts";
import { writeZip } from "./zip/index.ts";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../tests/fixtures/formats/${name}`, import.meta.url)));
const text = (value: string) => new TextEncoder().encode(value);
const file = (...names: string[]) =>
  writeSafetensors(
    names.map((name, i): [string, NdArray] => [name, array([i])]),
    { format: "pt" },
  );
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it was accepted",
    (error) => error,
  );

describe("a file of any form", () => {
  it.each<[string, () => Uint8Array, number]>([
    ["safetensors", () => file("a", "b"), 2],
    ["safetensors in gzip", () => gzipSync(file("a", "b")), 2],
    ["a PyTorch archive", () => fixture("tensors.zip.pth"), 17],
    ["a PyTorch archive in gzip", () => gzipSync(fixture("tensors.zip.pth")), 17],
    ["an old PyTorch file", () => fixture("tensors.legacy.pth"), 17],
    ["a very old PyTorch file", () => fixture("tensors.tar.pth"), 2],
    [".npz", () => fixture("arrays.npz"), 15],
    ["deflated .npz", () => fixture("arrays.deflated.npz"), 15],
    [".npy", () => fixture("cube.npy"), 1],
  ])("%s", async (_, bytes, count) => {
    expect((await readTensors(bytes(), "x")).tensors.size).toBe(count);
  });

  it("has the same numbers, whatever the form", async () => {
    const [zip, legacy] = await Promise.all(
      ["zip", "legacy"].map((form) => readTensors(fixture(`checkpoint.${form}.pt`))),
    );
    expect(zip).toEqual(legacy);
  });

  const expected = "expected safetensors, a PyTorch file, .npz or .npy; ";
  it.each<[string, Uint8Array, string]>([
    ["nothing", text(""), `${expected}it begins with nothing`],
    ["noise", Uint8Array.of(1, 2, 3), `${expected}it begins with 0x01 0x02 0x03`],
    ["HDF5", Uint8Array.of(0x89, 0x48, 0x44, 0x46), "it is an HDF5 file (Keras)"],
    ["TensorFlow Lite", text("\x1c\0\0\0TFL3"), "it is a TensorFlow Lite file"],
    ["GGUF", text("GGUF"), "it is a GGUF file"],
    ["JSON", text("{}"), "it is JSON; the list of a model's parts is read by loadTensors"],
    ["a web page", text("<html>"), "it is a web page or XML; fetch the file itself"],
    ["a pointer", text("version https://git-lfs"), "it is a pointer of Git LFS; fetch the file itself"],
    ["another archive", writeZip([["a.txt", text("")]]), "it is a zip archive of neither PyTorch (data.pkl) nor NumPy"],
    ["gzip of gzip", gzipSync(gzipSync("")), "it is packed with gzip twice"],
    ["broken gzip", Uint8Array.of(0x1f, 0x8b, 1), "broken gzip data"],
  ])("is not %s", async (_, bytes, message) => {
    const error = await errorOf(readTensors(bytes, "net.bin"));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/^net\.bin: /);
    expect((error as Error).message).toContain(message);
  });

  it("unpacks to no more than the limit", async () => {
    const bytes = gzipSync(file("a"));
    expect(await errorOf(readTensors(bytes, "x.gz", { limit: 10 }))).toMatchObject({
      message: expect.stringContaining("x.gz: unpacks to more than the 10 bytes"),
    });
    expect(await errorOf(readTensors(bytes, "x.gz", { limit: -1 }))).toEqual(
      new OptionError("readTensors: limit must be a number of bytes, got -1"),
    );
  });
});

describe("a model in several files", () => {
  const index = (map: unknown) => text(JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }));
  const files: Record<string, Uint8Array> = { "1.safetensors": file("a", "b"), "2.safetensors": file("c") };
  const whole = { a: "1.safetensors", b: "1.safetensors", c: "2.safetensors" };
  const read = async (name: string) => files[name];

  it("is read with all its files, through a function or from a folder", async () => {
    const { tensors, metadata } = await readShardedTensors(index(whole), read);
    expect([...tensors.keys()]).toEqual(["a", "b", "c"]);
    expect({ ...metadata }).toEqual({ format: "pt" });
    const folder = await mkdtemp(join(tmpdir(), "fovea-shards-"));
    try {
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
      await writeFile(join(folder, "model.safetensors.index.json"), index(whole));
      expect((await loadTensors(join(folder, "model.safetensors.index.json"))).tensors.size).toBe(3);
      expect((await loadTensors(join(folder, "2.safetensors"))).tensors.size).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each<[string, Uint8Array, string]>([
    ["no JSON", text("x"), "x.json: it is not JSON"],
    ["no list", text("{}"), "x.json: its weight_map is missing, expected an object of file names"],
    [
      "a tensor that is missing",
      index({ ...whole, d: "2.safetensors" }),
      'x.json: "2.safetensors" lacks "d", which should be in it',
    ],
    [
      "a tensor too many",
      index({ a: "1.safetensors", c: "2.safetensors" }),
      '"1.safetensors" holds "b", which should not be in it',
    ],
    [
      "a tensor in the other file",
      index({ ...whole, b: "2.safetensors" }),
      '"1.safetensors" holds "b", which should not',
    ],
    ...["../1.safetensors", "/1", "a/b", "a\\b", "..", "", "c:x", "a\0", "x".repeat(256)].map(
      (path): [string, Uint8Array, string] => [
        `the path ${path.slice(0, 20)}`,
        index({ a: path }),
        'x.json: tensor "a" is in ',
      ],
    ),
    ["a number for a file", index({ a: 1 }), 'tensor "a" is in 1, expected the name of a file in the same folder'],
  ])("refuses %s", async (_, bytes, message) => {
    const error = await errorOf(readShardedTensors(bytes, read, "x.json"));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(message);
  });
});
