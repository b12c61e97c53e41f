/**
 * Word vectors in two files: the words, a line each, and their vectors, one after the other, as little-endian half-precision
 * numbers (IEEE 754, binary16). Row i belongs to line i.
 */
import { checkBytes, FormatError } from "../../array/index.ts";
import { storedTypes } from "../element-types.ts";
import { decodeUtf8, quoted } from "../json.ts";
import { linesOf } from "../lines.ts";
import { Collector, type WordVectors, type WordVectorsOptions } from "./collector.ts";

/**
 * The vectors of words from their two files.
 * @param words the bytes of the words, UTF-8
 * @param vectors the bytes of the vectors
 * @param name the files' name in messages
 * @throws FormatError for a file that is cut off, words that are no text, and numbers that are not finite
 */
export function readHalfVectors(
  words: Uint8Array,
  vectors: Uint8Array,
  options: WordVectorsOptions = {},
  name = "the word vectors",
): WordVectors {
  checkBytes("readHalfVectors", words);
  checkBytes("readHalfVectors", vectors);
  const collector = new Collector("readHalfVectors", options);
  const fail = (problem: string): FormatError => new FormatError(`${name}: ${problem}`);
  const list = linesOf(decodeUtf8(words, (problem) => fail(`the file of words ${problem}`)));
  if (list.length === 0) throw fail("there are no words");
  const size = vectors.length / 2 / list.length;
  if (!Number.isInteger(size) || size < 1)
    throw fail(
      `${vectors.length} bytes are no vectors for ${list.length} words, all of one size: it is cut off or damaged`,
    );
  const halves = storedTypes.get("F16")!;
  for (const [row, word] of list.entries()) {
    if (!collector.wants(word)) continue;
    const values = halves.read(vectors.slice(2 * row * size, 2 * (row + 1) * size), fail) as Float32Array;
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw fail(`${wrong} in the vector of ${quoted(word)} is not a finite number`);
    collector.add(word, values);
  }
  return collector.finish(size);
}
