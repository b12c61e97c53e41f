/**
 * The readers of files that are not trusted, each with small sound files. A file with checksums is also given in parts: one is
 * damaged and the file put together again, since what is damaged from outside is refused by its checksum.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { array, FormatError, joinBytes, type NdArray } from "../../src/array/index.ts";
import {
  decodeRunLengths,
  parseRunLengths,
  readCoco,
  readHalfVectors,
  readIdx,
  readNpy,
  readNpz,
  readSafetensors,
  readShardedTensors,
  readTensors,
  readTorchTensors,
  readVoc,
  readWordVectors,
  readYolo,
  readYoloYaml,
  writeIdx,
  writeSafetensors,
} from "../../src/formats/index.ts";
import { writeZip, ZipArchive } from "../../src/formats/zip/index.ts";
import { kneserNey, maximumLikelihood, ngramModel, readNgrams, writeNgrams } from "../../src/text/index.ts";
import { tarOf } from "../support/tar.ts";

/** A sound file. */
export interface Sample {
  readonly parts: readonly Uint8Array[];
  /** Puts the file together; a file without parts is its only one. */
  build(parts: readonly Uint8Array[]): Uint8Array;
}

export interface Reader {
  samples(): Promise<readonly Sample[]>;
  read(bytes: Uint8Array): unknown;
}

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/formats/${name}`, import.meta.url)));

const whole = (bytes: Uint8Array): Sample => ({ parts: [bytes], build: ([only]) => only });
const fixtures =
  (...names: readonly string[]) =>
  async () =>
    names.map((name) => whole(fixture(name)));

/** The entries of an archive, and the archive as it is. */
async function zipSamples(name: string): Promise<Sample[]> {
  const archive = new ZipArchive(fixture(name), name, 1e6);
  const entries = [...archive.entries.values()];
  const parts = await Promise.all(entries.map((entry) => archive.read(entry)));
  // The pickle is what matters most.
  const order = [...entries.keys()].sort(
    (a, b) => Number(isPickle(entries[b].path)) - Number(isPickle(entries[a].path)),
  );
  const build = (changed: readonly Uint8Array[]) =>
    writeZip(order.map((i, at) => [entries[i].path, changed[at]] as const));
  return [{ parts: order.map((i) => parts[i]), build }, whole(fixture(name))];
}

const isPickle = (path: string): boolean => path.endsWith(".pkl");

/** The header of a safetensors file and its data; the length before it is right. */
function safetensorsSample(bytes: Uint8Array): Sample {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return {
    parts: [bytes.subarray(8, 8 + length), bytes.subarray(8 + length)],
    build([header, data]) {
      const file = new Uint8Array(8 + header.length + data.length);
      new DataView(file.buffer).setUint32(0, header.length, true);
      file.set(header, 8);
      file.set(data, 8 + header.length);
      return file;
    },
  };
}

const types = {
  weight: array([[1.5, -2, 3]]),
  bias: array([1], "f64"),
  steps: array(7, "i32"),
  mask: array([true, false], "bool"),
  pixels: array([1, 2, 3], "u8"),
};
const plain = () => writeSafetensors(Object.entries(types), { format: "pt" });
const withChecksums = () => writeSafetensors(Object.entries(types), {}, { checksums: true });
/** Types that our writer does not know. */
const halves = () => {
  const text =
    '{"h":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"n":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}';
  return safetensorsSample(plain()).build([new TextEncoder().encode(text), new Uint8Array(12)]);
};

async function tarSamples(): Promise<Sample[]> {
  const { bytes, names } = await tarPartsOf(fixture("tensors.tar.pth"));
  const build = (parts: readonly Uint8Array[]) => tarOf(names.map((path, i) => ({ path, bytes: parts[i] })));
  return [{ parts: bytes, build }, whole(tarOf(names.map((path, i) => ({ path, bytes: bytes[i] }))))];
}

async function tarPartsOf(file: Uint8Array): Promise<{ names: string[]; bytes: Uint8Array[] }> {
  const [names, bytes]: [string[], Uint8Array[]] = [[], []];
  for (let at = 0; file[at] !== 0; ) {
    const field = (from: number, to: number) => new TextDecoder().decode(file.subarray(at + from, at + to));
    const size = Number.parseInt(field(124, 135), 8);
    names.push(field(0, 100).replace(/\0.*/s, ""));
    bytes.push(file.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return { names, bytes };
}

const gzipSamples = async (): Promise<Sample[]> =>
  [plain(), fixture("checkpoint.legacy.pt")].flatMap((file) => [
    { parts: [file], build: ([inside]: readonly Uint8Array[]) => new Uint8Array(gzipSync(inside, { level: 1 })) },
    whole(new Uint8Array(gzipSync(file))),
  ]);

const list = JSON.stringify({
  metadata: { total_size: 8 },
  weight_map: Object.fromEntries(Object.keys(types).map((name) => [name, "model-1.safetensors"])),
});
const idxSamples = [
  array(
    [
      [1, 2],
      [3, 4],
    ],
    "u8",
  ),
  array([1.5, 2]),
  array([-1], "i32"),
  array([0.1], "f64"),
] satisfies NdArray[];

/** Word vectors as text, with and without a first line, and in word2vec's binary form. */
const vectorSamples = (): Uint8Array[] => {
  const text = new TextEncoder();
  const binary = Float32Array.of(1.5, -2);
  const words = ["the", "cat"].flatMap((word) => [text.encode(`${word} `), new Uint8Array(binary.buffer)]);
  const lines = "the 1.5 -2e-1\ncat 3 4\n. . 5 6\n";
  return [text.encode(lines), text.encode(`3 2\n${lines}`), joinBytes([text.encode("2 2\n"), ...words])];
};

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

/** Two words, and their vectors of two numbers; one file of both, which begins with the length of the words. */
const halfSample: Sample = {
  parts: [new TextEncoder().encode("the\ncat\n"), new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0, 1).buffer)],
  build: ([words, vectors]) => joinBytes([Uint8Array.of(words.length & 255), words, vectors]),
};

const texts =
  (...all: readonly string[]) =>
  async () =>
    all.map((text) => whole(new TextEncoder().encode(text)));
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const coco = JSON.stringify({
  images: [{ id: 1, file_name: "a.jpg", width: 8, height: 6 }],
  categories: [{ id: 2, name: "cat", keypoints: ["nose"] }],
  annotations: [
    {
      image_id: 1,
      category_id: 2,
      bbox: [1, 2, 3, 4],
      segmentation: [[1, 2, 3, 4, 5, 6]],
      keypoints: [1, 2, 2],
      iscrowd: 0,
    },
    { image_id: 1, category_id: 2, segmentation: { size: [6, 8], counts: "T1<" }, iscrowd: 1 },
    { image_id: 1, caption: "a cat" },
  ],
});
const voc =
  '<?xml version="1.0"?><!-- a --><annotation id="1"><filename>a&amp;b.jpg</filename><size><width>8</width></size>' +
  "<object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin></bndbox></object><empty/></annotation>";

/** By name. */
export const readers: Readonly<Record<string, Reader>> = {
  safetensors: {
    samples: async () => [
      safetensorsSample(plain()),
      safetensorsSample(halves()),
      whole(plain()),
      whole(withChecksums()),
    ],
    read: (bytes) => readSafetensors(bytes),
  },
  "torch-zip": {
    samples: async () =>
      (
        await Promise.all(
          ["tensors.zip.pth", "tensors.protocol4.pth", "checkpoint.zip.pt", "module.pt"].map(zipSamples),
        )
      ).flat(),
    read: (bytes) => readTorchTensors(bytes),
  },
  "torch-legacy": {
    samples: fixtures("tensors.legacy.pth", "checkpoint.legacy.pt"),
    read: (bytes) => readTorchTensors(bytes),
  },
  "torch-tar": { samples: tarSamples, read: (bytes) => readTorchTensors(bytes) },
  npy: {
    samples: async () => {
      const [{ parts }] = await zipSamples("arrays.npz");
      return [fixture("cube.npy"), ...parts].map(whole);
    },
    read: (bytes) => readNpy(bytes),
  },
  npz: {
    samples: async () => (await Promise.all(["arrays.npz", "arrays.deflated.npz"].map(zipSamples))).flat(),
    read: (bytes) => readNpz(bytes),
  },
  gzip: { samples: gzipSamples, read: (bytes) => readTensors(bytes, "x.gz", { limit: 1e6 }) },
  list: {
    samples: async () => [whole(new TextEncoder().encode(list))],
    read: (bytes) => readShardedTensors(bytes, async () => plain()),
  },
  any: {
    samples: async () => [plain(), fixture("checkpoint.zip.pt"), fixture("cube.npy"), fixture("arrays.npz")].map(whole),
    read: (bytes) => readTensors(bytes),
  },
  "word-vectors": {
    samples: async () => vectorSamples().map(whole),
    read: (bytes) => readWordVectors(inChunks(bytes)),
  },
  "half-vectors": {
    samples: async () => [halfSample],
    read: ([length = 0, ...rest]) =>
      readHalfVectors(Uint8Array.from(rest.slice(0, length)), Uint8Array.from(rest.slice(length))),
  },
  ngrams: {
    samples: async () =>
      [maximumLikelihood(), kneserNey()].map((smoothing) => {
        const { tensors, metadata } = readSafetensors(
          writeNgrams(ngramModel(["a b a c", "b a"], { order: 3, smoothing })),
        );
        return safetensorsSample(writeSafetensors(tensors, metadata));
      }),
    read: (bytes) => readNgrams(bytes).table("a b"),
  },
  coco: { samples: texts(coco), read: (bytes) => readCoco(bytes) },
  voc: { samples: texts(voc), read: (bytes) => readVoc(bytes) },
  yolo: { samples: texts("0 0.5 0.5 0.1 0.2\n1 0 0 1 0 1 1\n"), read: (bytes) => readYolo(textOf(bytes)) },
  "yolo-names": {
    samples: texts("names: [cat, dog]\n", "nc: 2\nnames:\n  0: cat # a\n  1: 'dog'\n", "names:\n- cat\n- dog\n"),
    read: (bytes) => readYoloYaml(textOf(bytes)),
  },
  "run-lengths": {
    samples: texts("61X13mN000`0"),
    read: (bytes) => {
      const fail = (problem: string): FormatError => new FormatError(problem);
      return decodeRunLengths(parseRunLengths(textOf(bytes), fail), 9, 10, fail);
    },
  },
  idx: { samples: async () => idxSamples.map((values) => whole(writeIdx(values))), read: (bytes) => readIdx(bytes) },
};
