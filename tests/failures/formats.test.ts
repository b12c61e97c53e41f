/** What a user reads when a file is not what it should be: one message that names the file, the fault and the way out. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { array, CapabilityError, DataError, FormatError } from "../../src/array/index.ts";
import { mnist } from "../../src/data/sets/mnist.ts";
import {
  readIdx,
  readSafetensors,
  readTensors,
  writeIdx,
  writeNpz,
  writeSafetensors,
} from "../../src/formats/index.ts";
import { encodePng, readPicture } from "../../src/image/index.ts";
import { readFile, writeFileAtomic } from "../../src/platform/node.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** A safetensors file with the given header, and zeros for data. */
function model(header: string, dataLength: number): Uint8Array {
  const file = new Uint8Array(8 + header.length + dataLength);
  file[0] = header.length;
  file.set(text(header), 8);
  return file;
}
const weight = (fields: string) => `{"conv1.weight":{${fields}}}`;

describe("a model file", () => {
  const file = writeSafetensors([["conv1.weight", array([1, 2, 3])]]);
  it.each([
    [
      "that is a web page",
      text("<!doctype html><title>404</title>"),
      "its header would be 8104636974849335612 bytes long, the limit is 100000000; is it a safetensors file?",
    ],
    [
      "that was cut off in the header",
      file.subarray(0, 40),
      `its header takes ${file[0]} bytes, only 32 follow; the file was cut off, fetch or save it again`,
    ],
    [
      "that was cut off in the data",
      file.subarray(0, -1),
      'tensor "conv1.weight": its data end at byte 12, only 11 are there; the file was cut off, fetch or save it again',
    ],
    [
      "of unknown precision",
      model(weight('"dtype":"F8_E5M2","shape":[1],"data_offsets":[0,1]'), 1),
      'tensor "conv1.weight": its dtype is "F8_E5M2", expected one of F32, F64, I32, U8, BOOL, F16, BF16, I8, I16, U16, U32, I64, U64',
    ],
    [
      "whose shape and size disagree",
      model(weight('"dtype":"F32","shape":[2,3],"data_offsets":[0,20]'), 20),
      'tensor "conv1.weight": F32 [2,3] takes 24 bytes, its offsets 0 to 20 hold 20',
    ],
    [
      "whose tensors have two of a name",
      model('{"a":{},"a":{}}', 0),
      'the header has the key "a" twice; is it a safetensors file?',
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes, "lenet5.safetensors")).toThrow(
      new FormatError(`lenet5.safetensors: ${message}`),
    );
  });
});

describe("weights of others", () => {
  const file = writeNpz([["a", array([1, 2])]]);
  it.each<[string, Uint8Array, string]>([
    [
      "that are a web page",
      text("<!doctype html>"),
      "expected safetensors, a PyTorch file, .npz or .npy; it is a web page or XML; fetch the file itself",
    ],
    [
      "that were cut off",
      file.subarray(0, -9),
      "it has no directory of a zip archive at its end: it is cut off or damaged",
    ],
    [
      "that were changed",
      file.map((byte, i) => (i === 160 ? byte ^ 1 : byte)),
      'entry "a.npy" does not match its checksum: the file is damaged, fetch or save it again',
    ],
    [
      "that are a pickle of something else",
      Uint8Array.of(0x80, 2, 0x4e, 0x2e),
      "it is a pickle, but not one of PyTorch; load it in Python and save the arrays with numpy.savez",
    ],
  ])("%s", async (_, bytes, message) => {
    await expect(readTensors(bytes, "net.pth")).rejects.toThrow(new FormatError(`net.pth: ${message}`));
  });
});

describe("a data file", () => {
  const file = writeIdx(array([[1, 2, 3]], "u8"));
  it.each([
    ["that is still packed", Uint8Array.of(0x1f, 0x8b, 8, 0), "it is compressed with gzip; unpack it first (gunzip)"],
    [
      "of another kind",
      text("%PDF"),
      "it begins with 0x25 0x50 0x44 0x46, an IDX file with 0x00 0x00; is it another kind of file?",
    ],
    [
      "that was cut off",
      file.subarray(0, -1),
      "its header promises [1,3], 3 bytes of data; there are 2: it was cut off, fetch it again",
    ],
    [
      "of an unknown type",
      Uint8Array.of(0, 0, 11, 1),
      "element type 0x0b is not supported, expected one of 0x08 (u8), 0x0c (i32), 0x0d (f32), 0x0e (f64)",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => readIdx(bytes, "t10k-labels.idx")).toThrow(new FormatError(`t10k-labels.idx: ${message}`));
  });
});

describe("a picture", () => {
  const failure = (bytes: Uint8Array) => readPicture(bytes, "cat.jpg", { decoder: "own" }).catch((error) => error);

  it("that is text under another name", async () => {
    expect(await failure(text("not a cat"))).toEqual(
      new FormatError(
        'cat.jpg: it looks like text beginning with "not a cat", expected a picture: PNG, JPEG, GIF, WebP, BMP, TIFF, AVIF',
      ),
    );
  });

  it("that our own decoder does not read", async () => {
    expect(await failure(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toEqual(
      new CapabilityError("cat.jpg is a JPEG; our own decoder reads PNG only"),
    );
  });

  it("that is damaged", async () => {
    const file = await encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) });
    expect(await failure(file.map((byte, i) => (i === 45 ? byte ^ 1 : byte)))).toEqual(
      new FormatError(
        "cat.jpg: the checksum of PNG chunk IDAT at byte 33 is wrong: the file is damaged; fetch or save it again",
      ),
    );
    expect(await failure(file.subarray(0, 50))).toEqual(
      new FormatError(
        "cat.jpg: the PNG is cut off: chunk IDAT ends at byte 55, the file at 50; fetch or save it again",
      ),
    );
  });
});

describe("a path", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-failures-"));
    await writeFile(join(folder, "file"), "x");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("that leads nowhere, or through a file", async () => {
    const none = join(folder, "none.safetensors");
    await expect(readFile(none)).rejects.toThrow(new DataError(`cannot read ${none}: no such file`));
    const through = join(folder, "file", "model.safetensors");
    await expect(writeFileAtomic(through, new Uint8Array(1))).rejects.toThrow(
      new DataError(`cannot write ${through}: a part of the path is a file, not a folder`),
    );
  });

  it("of a data folder that holds nothing", async () => {
    const wanted = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte";
    await expect(mnist({ folder })).rejects.toThrow(
      new DataError(
        `mnist: ${folder} lacks ${wanted} (looked for with or without .gz, - or . before idx, in ${join(folder, "mnist")} and ${folder})`,
      ),
    );
  });
});
