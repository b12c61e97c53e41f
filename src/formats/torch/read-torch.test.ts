/** The fixtures are written by PyTorch: `tests/fixtures/formats/make.py`. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError, type NdArray } from "../../array/index.ts";
import type { PickledObject } from "../pickle/index.ts";
import { readTorch, readTorchTensors } from "./read-torch.ts";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../tests/fixtures/formats/${name}`, import.meta.url)));
const expected = JSON.parse(new TextDecoder().decode(fixture("expected.json"))) as Record<
  string,
  Record<string, { shape: number[]; values: number[] }>
>;
const messageOf = (bytes: Uint8Array, options = {}): Promise<string> =>
  readTorchTensors(bytes, "net.pth", options).then(
    () => "it was accepted",
    (error) => {
      if (!(error instanceof FormatError)) throw error;
      return error.message;
    },
  );

describe("files that PyTorch wrote", () => {
  it.each([
    "tensors.zip.pth",
    "tensors.protocol4.pth",
    "tensors.legacy.pth",
    "tensors.tar.pth",
    "checkpoint.zip.pt",
    "checkpoint.legacy.pt",
    "module.pt",
    "scripted.pt",
  ])("%s has the same names, shapes and values as in PyTorch", async (name) => {
    const { tensors } = await readTorchTensors(fixture(name), name);
    const found = Array.from(tensors, ([key, { shape, data }]) => [key, { shape: [...shape], values: [...data] }]);
    expect(Object.fromEntries(found)).toEqual(expected[name]);
  });

  it("have our element types, keep the order of the dictionary, and share tied tensors", async () => {
    const { tensors } = await readTorchTensors(fixture("tensors.zip.pth"));
    const types = Array.from(tensors.values(), ({ dtype }) => dtype);
    expect([...tensors.keys()].slice(0, 4)).toEqual(["conv.weight", "conv.bias", "half", "brain"]);
    expect(types.join(" ")).toBe("f32 f32 f32 f32 f64 i32 i32 i32 i32 u8 bool f32 f32 f32 f32 f32 f32");
    expect(tensors.get("tied.a")!.data.buffer).toBe(tensors.get("tied.b")!.data.buffer);
  });

  it("are read as plain values, with what is not known kept aside", async () => {
    const all = (await readTorch(fixture("checkpoint.zip.pt"))) as Map<string, unknown>;
    expect([...all.keys()]).toEqual(["epoch", "arch", "best", "args", "state_dict", "optimizer", "big"]);
    expect([all.get("epoch"), all.get("best")]).toEqual([3, 0.75]);
    const args = all.get("args") as PickledObject;
    expect([args.type, (args.state as Map<string, unknown>).get("lr")]).toEqual(["argparse.Namespace", 0.1]);
    expect((all.get("optimizer") as Map<string, unknown[]>).get("param_groups")).toHaveLength(1);
  });

  it("give texts and numbers beside the tensors as metadata", async () => {
    const { metadata } = await readTorchTensors(fixture("checkpoint.zip.pt"));
    expect({ ...metadata }).toEqual({ epoch: "3", arch: "tiny", best: "0.75" });
  });

  it("may have values that do not fit, as long as they are not read", async () => {
    const all = (await readTorch(fixture("checkpoint.legacy.pt"), "net.pt")) as Map<
      string,
      { read(name: string): NdArray }
    >;
    expect(() => all.get("big")!.read("big")).toThrow(
      new FormatError('net.pt: tensor "big": I64 value 1099511627776 at element 0 does not fit into i32'),
    );
  });
});

describe("where the tensors are", () => {
  const bytes = fixture("checkpoint.zip.pt");
  it("can be said", async () => {
    expect(await messageOf(bytes, { key: "state" })).toBe(
      'net.pth: it holds a dictionary without the key "state"; its keys are epoch, arch, best, args, state_dict, optimizer, big',
    );
    expect(await messageOf(bytes, { key: "optimizer" })).toMatch(
      /no dictionary of tensors was found; name one with key/,
    );
    expect((await readTorchTensors(bytes, "net.pth", { key: "state_dict" })).tensors.size).toBe(7);
  });
});

describe("refused", () => {
  const zip = fixture("tensors.zip.pth");
  const legacy = fixture("tensors.legacy.pth");
  const changed = (bytes: Uint8Array, from: string, to: string): Uint8Array => {
    const copy = Buffer.from(bytes);
    copy.write(to, copy.indexOf(from, 0, "latin1"), "latin1");
    return new Uint8Array(copy);
  };
  it.each<[string, Uint8Array, string | RegExp]>([
    ["nothing", new Uint8Array(0), "a pickle of protocol 2 or later should begin here"],
    ["a web page", new TextEncoder().encode("<!doctype html>"), "a pickle of protocol 2 or later should begin here"],
    ["a pickle of something else", Uint8Array.of(0x80, 2, 0x4b, 1, 0x2e), "it is a pickle, but not one of PyTorch"],
    ["a zip archive that was cut off", zip.subarray(0, -30), "it has no directory of a zip archive at its end"],
    ["a legacy file that was cut off", legacy.subarray(0, -30), "bytes should follow byte"],
    ["another zip archive", fixture("arrays.npz"), "it is a zip archive without data.pkl"],
    [
      "a wrong checksum",
      changed(zip, "OrderedDict", "orderedDict"),
      'entry "tensors.zip/data.pkl" does not match its checksum',
    ],
    [
      "a function that is not known",
      changed(legacy, "_rebuild_tensor_v2", "_rebuild_tensor_v9"),
      "no dictionary of tensors was found",
    ],
    [
      "big-endian numbers",
      changed(legacy, "little_endianq\x02\x88", "little_endianq\x02\x89"),
      "its numbers are big-endian",
    ],
    [
      "another version",
      changed(legacy, "M\xe9\x03.", "M\xe8\x03."),
      "it has version 1000 of the format, expected 1001",
    ],
  ])("%s", async (_, bytes, message) => {
    expect(await messageOf(bytes)).toMatch(message);
  });
});
