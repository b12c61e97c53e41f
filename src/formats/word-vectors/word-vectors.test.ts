import { describe, expect, it } from "vitest";
import { readHalfVectors, readWordVectors } from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file's bytes as a stream, in chunks of a length. */
async function* chunked(file: Uint8Array, length = 3): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += length) yield file.subarray(at, at + length);
}

const read = (file: string | Uint8Array, words?: readonly string[], length = 3) =>
  readWordVectors(chunked(typeof file === "string" ? bytes(file) : file, length), { words });

/** word2vec's binary form, as word2vec.c writes it: a line feed after each vector; gensim writes none. */
function binary(vectors: Readonly<Record<string, readonly number[]>>, size: number, between = "\n"): Uint8Array {
  const names = Object.keys(vectors);
  const parts = names.flatMap((word) => [
    Buffer.from(`${word} `),
    Buffer.from(Float32Array.from(vectors[word]).buffer),
    Buffer.from(between),
  ]);
  return new Uint8Array(Buffer.concat([Buffer.from(`${names.length} ${size}\n`), ...parts]));
}

const glove = "the 0.5 -1e-2 3\ncat 1 2 3.25\n. . . 7 8 9\nthe 0 0 0\n";

describe("readWordVectors", () => {
  it("reads GloVe's form, words with spaces included; the first of a word counts", async () => {
    for (const length of [1, 2, 7, 1000]) {
      const { words, vectors, found } = await read(glove, undefined, length);
      expect(words).toEqual(["the", "cat", ". . ."]);
      expect(vectors).toMatchObject({ shape: [3, 3], data: Float32Array.of(0.5, -1e-2, 3, 1, 2, 3.25, 7, 8, 9) });
      expect(found).toEqual(Uint8Array.of(1, 1, 1));
    }
  });

  it("keeps what is wanted, in that order; others are zeros", async () => {
    const { words, vectors, found } = await read(glove, ["dog", "cat", "the", "cat"]);
    expect(words).toEqual(["dog", "cat", "the", "cat"]);
    expect(vectors.toNested()).toEqual([
      [0, 0, 0],
      [1, 2, 3.25],
      [0.5, Math.fround(-1e-2), 3],
      [1, 2, 3.25],
    ]);
    expect(found).toEqual(Uint8Array.of(0, 1, 1, 1));
    expect((await read(glove, [])).vectors.shape).toEqual([0, 3]);
  });

  it("adds the first words of the file to those that are wanted", async () => {
    const { words, vectors, found } = await readWordVectors(chunked(bytes(glove)), {
      words: ["dog", "cat"],
      frequent: 2,
    });
    expect(words).toEqual(["dog", "cat", "the"]);
    expect(vectors.toNested()).toEqual([[0, 0, 0], [1, 2, 3.25], [0.5, Math.fround(-1e-2), 3]]); // biome-ignore format: rows
    expect(found).toEqual(Uint8Array.of(0, 1, 1));
  });

  it.each(["\n", ""])("reads word2vec's binary form, vectors ended by %j", async (between) => {
    const file = binary({ a: [1.5, -2], né: [3, 4], b: [10, 0.1] }, 2, between);
    for (const length of [1, 5, 1000]) {
      const { words, vectors } = await read(file, undefined, length);
      expect(words).toEqual(["a", "né", "b"]);
      expect(vectors.data).toEqual(Float32Array.of(1.5, -2, 3, 4, 10, 0.1));
    }
  });

  it("reads word2vec's text form", async () => {
    const { words, vectors } = await read("2 2\na 1 2 \nb 3 4");
    expect([words, vectors.toNested()]).toEqual([
      ["a", "b"],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  it.each([
    ["", "is empty"],
    ["the 0.5 1\ncat 1\n", "word 1 has 1 numbers, others have 2: it is cut off or damaged"],
    ["the 0.5 1\ncat 1 2 3\n", 'word 1 has 3 numbers, others have 2: "cat 1" …'],
    ["the 0.5 1\ncat 1 x\n", '"x" in the vector of "cat" is not a finite number'],
    ["the 0.5 1\ncat 1 nan\n", '"nan" in the vector of "cat" is not a finite number'],
    ["the 0.5 1\ncat 1 1e39\n", '"1e39" in the vector of "cat" is not a finite number'],
    ["some plain text\n", 'begins with "some plain text", expected a word and its numbers'],
    ["3 2\na 1 2\nb 3 4\n", "has 2 words, its first line says 3: it is cut off or damaged"],
    ["1 0\n", "has vectors of 0 numbers, expected 1 to 65536"],
    ["9 99999\n", "has vectors of 99999 numbers"],
  ])("refuses %j", async (file, message) => {
    await expect(read(file)).rejects.toThrow(message);
  });

  it("refuses binary files that are cut, and numbers that are none", async () => {
    const file = binary({ a: [1, 2], b: [3, 4] }, 2);
    await expect(read(file.subarray(0, file.length - 3))).rejects.toThrow("is cut off in word 1");
    await expect(read(file.subarray(0, 15))).rejects.toThrow(/is cut off|has 1 words, its first line says 2/);
    await expect(read(binary({ a: [1, Number.NaN] }, 2))).rejects.toThrow('NaN in the vector of "a" is not a finite');
  });

  it("refuses a word of megabytes", async () => {
    await expect(read(`a 1\n${"x".repeat(5 << 20)}`, undefined, 1 << 16)).rejects.toThrow("it is damaged");
  });

  it("takes streams only", async () => {
    await expect(readWordVectors(bytes(glove) as never)).rejects.toThrow("readWordVectors: expects a stream of bytes");
    await expect(read(glove, [1 as never])).rejects.toThrow("readWordVectors: words must be a list of words");
  });
});

describe("readHalfVectors", () => {
  const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x7bff).buffer);

  it("reads words and their numbers", () => {
    const { vectors, found } = readHalfVectors(bytes("a\nb\n"), halves, { words: ["b", "c"] });
    expect(vectors.toNested()).toEqual([
      [0.333251953125, 65504],
      [0, 0],
    ]);
    expect(found).toEqual(Uint8Array.of(1, 0));
  });

  it.each([
    ["a\nb\nc\n", halves, "8 bytes are no vectors for 3 words"],
    ["", halves, "there are no words"],
    ["a\n", new Uint8Array(), "0 bytes are no vectors for 1 words"],
    ["a\n", new Uint8Array(Uint16Array.of(0x7c00).buffer), 'Infinity in the vector of "a" is not a finite number'],
  ])("refuses %j", (words, vectors, message) => {
    expect(() => readHalfVectors(bytes(words), vectors)).toThrow(message);
  });

  it("refuses words that are no text", () => {
    expect(() => readHalfVectors(Uint8Array.of(0xff), halves)).toThrow("the file of words is not UTF-8 text");
  });
});
