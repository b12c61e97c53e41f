/**
 * Files of word vectors, as streams: GloVe's text, word2vec's text and binary form.
 *
 *     GloVe            word x₁ … xₙ                a line for each word, fields between single spaces
 *     word2vec, text   count n                     a first line with the number of words and the size; then as GloVe
 *     word2vec, binary count n                     as text; then for each word: its bytes, a space, n little-endian float32,
 *                                                  perhaps a line feed
 *
 * Sources: Pennington, Socher, Manning, "GloVe" (2014), nlp.stanford.edu/projects/glove; Mikolov et al. 2013, word2vec.c,
 * `distance.c`. Words of GloVe may have spaces in them (those of 840B do).
 */
import { FormatError, joinBytes } from "../../array/index.ts";
import type { Fail } from "../fail.ts";
import { quoted } from "../json.ts";
import { Collector, checkStream, type WordVectors, type WordVectorsOptions } from "./collector.ts";

/** A word and its numbers take at most this many bytes. */
const LONGEST_RECORD = 1 << 22;
/** Vectors have at most this many numbers. */
const LARGEST_SIZE = 1 << 16;

const SPACE = 0x20;
const LINE_FEED = 0x0a;

/** Where a file is being read. */
interface Position {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Whether nothing follows. */
  readonly isEnd: boolean;
}

/** Reads one record; the offset after it, or undefined if it is not all there. */
type RecordReader = (position: Position) => number | undefined;

/**
 * The vectors of words of a file: GloVe's text, or word2vec's text or binary form, which its beginning says.
 * @param chunks the file's bytes, unpacked
 * @param name the file's name in messages
 * @throws FormatError for a file of another form, that is cut off, or has vectors of several sizes or what are no finite numbers;
 *   numbers of words that are not wanted are not looked at
 */
export async function readWordVectors(
  chunks: AsyncIterable<Uint8Array>,
  options: WordVectorsOptions = {},
  name = "the file of word vectors",
): Promise<WordVectors> {
  checkStream("readWordVectors", chunks);
  const reader = new VectorReader(new Collector("readWordVectors", options), (problem) => {
    return new FormatError(`${name}: ${problem}`);
  });
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : joinBytes([rest, chunk]);
    rest = bytes.slice(reader.readAll(bytes, false));
    if (rest.length > LONGEST_RECORD) throw reader.tooLong();
  }
  reader.readAll(rest, true);
  return reader.finish();
}

/** Reads records of the form that the first ones have. */
class VectorReader {
  readonly #collector: Collector;
  readonly #fail: Fail;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #read: RecordReader | undefined;
  #size = 0;
  /** As the first line says; undefined for GloVe's form. */
  #expected: number | undefined;
  #count = 0;

  constructor(collector: Collector, fail: Fail) {
    this.#collector = collector;
    this.#fail = fail;
  }

  /** Reads all records that are there as a whole; the offset after them. */
  readAll(bytes: Uint8Array, isEnd: boolean): number {
    let at = 0;
    while (at < bytes.length) {
      const position = { bytes, at, isEnd };
      const next = this.#read === undefined ? this.#begin(position) : this.#read(position);
      if (next === undefined) break;
      at = next;
    }
    if (isEnd && at < bytes.length)
      throw this.#fail(`is cut off in word ${this.#count}: ${bytes.length - at} bytes are left`);
    return at;
  }

  tooLong(): FormatError {
    return this.#fail(`word ${this.#count} with its numbers has more than ${LONGEST_RECORD} bytes; it is damaged`);
  }

  finish(): WordVectors {
    if (this.#read === undefined) throw this.#fail("is empty; expected words with their vectors");
    if (this.#expected !== undefined && this.#count !== this.#expected)
      throw this.#fail(`has ${this.#count} words, its first line says ${this.#expected}: it is cut off or damaged`);
    return this.#collector.finish(this.#size);
  }

  /** Finds the form: from the first line, and if that is a header, from the first record. */
  #begin({ bytes, at, isEnd }: Position): number | undefined {
    const end = endOfLine(bytes, at, isEnd);
    if (end === undefined) return undefined;
    const [, count, size] = /^(\d{1,12}) (\d{1,6})\s*$/.exec(this.#text(bytes, at, end)) ?? [];
    if (count === undefined) {
      this.#size = this.#sizeOfFirst(this.#text(bytes, at, end));
      this.#read = (position) => this.#readLine(position);
      return at;
    }
    const begin = Math.min(end + 1, bytes.length);
    this.#checkSize(Number(size));
    const isText = this.#isText({ bytes, at: begin, isEnd }, Number(size));
    if (isText === undefined) return undefined;
    [this.#expected, this.#size] = [Number(count), Number(size)];
    this.#read = isText ? (position) => this.#readLine(position) : (position) => this.#readBinary(position);
    return begin;
  }

  #sizeOfFirst(line: string): number {
    const numbers = line.trimEnd().split(" ").slice(1);
    if (numbers.length === 0 || !numbers.every(isNumber))
      throw this.#fail(
        `begins with ${quoted(line)}, expected a word and its numbers, or the number of words and their size`,
      );
    this.#checkSize(numbers.length);
    return numbers.length;
  }

  #checkSize(size: number): void {
    if (size < 1 || size > LARGEST_SIZE)
      throw this.#fail(`has vectors of ${size} numbers, expected 1 to ${LARGEST_SIZE}`);
  }

  /** Whether records are lines; undefined if the first is not all there. */
  #isText({ bytes, at, isEnd }: Position, size: number): boolean | undefined {
    // Longer than any number's text, so that a binary file is not searched to its end.
    const limit = LONGEST_RECORD >> 6;
    const end = endOfLine(bytes.subarray(0, at + limit + 32 * size), at, isEnd);
    if (end === undefined) return bytes.length - at > limit + 32 * size ? false : undefined;
    const fields = this.#text(bytes, at, end).trimEnd().split(" ").slice(-size);
    return fields.length === size && fields.every(isNumber);
  }

  #readLine({ bytes, at, isEnd }: Position): number | undefined {
    const end = endOfLine(bytes, at, isEnd);
    if (end === undefined) return undefined;
    const last = lastVisible(bytes, at, end);
    if (last > at) this.#takeLine(bytes, at, last);
    return Math.min(end + 1, bytes.length);
  }

  /** A line's last fields are its numbers; all before them is the word. */
  #takeLine(bytes: Uint8Array, begin: number, end: number): void {
    let [split, fields] = [end, 0];
    while (fields < this.#size && split > begin) if (bytes[--split] === SPACE) fields++;
    if (fields < this.#size) {
      const found = this.#text(bytes, begin, end).split(" ").length - 1;
      throw this.#fail(`word ${this.#count} has ${found} numbers, others have ${this.#size}: it is cut off or damaged`);
    }
    const word = this.#text(bytes, begin, split);
    this.#checkWord(word);
    if (this.#collector.wants(word)) this.#collector.add(word, this.#numbers(word, this.#text(bytes, split + 1, end)));
    this.#count++;
  }

  /** What looks like a word with numbers behind it is a vector of another size. */
  #checkWord(word: string): void {
    if (!word.includes(" ")) return;
    const extra = word.split(" ").slice(1);
    if (extra.every(isNumber))
      throw this.#fail(
        `word ${this.#count} has ${this.#size + extra.length} numbers, others have ${this.#size}: ${quoted(word)} …`,
      );
  }

  #numbers(word: string, text: string): Float32Array {
    const fields = text.split(" ");
    const wrong = fields.find((field) => !isNumber(field));
    if (wrong !== undefined)
      throw this.#fail(`${quoted(wrong)} in the vector of ${quoted(word)} is not a finite number`);
    return Float32Array.from(fields, Number);
  }

  #readBinary({ bytes, at }: Position): number | undefined {
    const begin = bytes[at] === LINE_FEED ? at + 1 : at;
    const space = bytes.indexOf(SPACE, begin);
    const end = space + 1 + 4 * this.#size;
    if (space < 0 || end > bytes.length) return begin === bytes.length ? begin : undefined;
    const word = this.#text(bytes, begin, space);
    if (this.#collector.wants(word)) {
      const vector = new Float32Array(bytes.slice(space + 1, end).buffer);
      const wrong = vector.find((value) => !Number.isFinite(value));
      if (wrong !== undefined) throw this.#fail(`${wrong} in the vector of ${quoted(word)} is not a finite number`);
      this.#collector.add(word, vector);
    }
    this.#count++;
    return end;
  }

  #text(bytes: Uint8Array, from: number, to: number): string {
    // A copy: browsers refuse to decode shared memory.
    return this.#decoder.decode(bytes.slice(from, to));
  }
}

/** Where the line ends; undefined if its end is not there. */
function endOfLine(bytes: Uint8Array, at: number, isEnd: boolean): number | undefined {
  const end = bytes.indexOf(LINE_FEED, at);
  return end >= 0 ? end : isEnd ? bytes.length : undefined;
}

/** The end of a line without spaces and carriage returns behind its numbers. */
function lastVisible(bytes: Uint8Array, begin: number, end: number): number {
  let last = end;
  while (last > begin && (bytes[last - 1] === SPACE || bytes[last - 1] === 0x0d)) last--;
  return last;
}

const isNumber = (text: string): boolean => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) && isFinite32(text);
const isFinite32 = (text: string): boolean => Number.isFinite(Math.fround(Number(text)));
