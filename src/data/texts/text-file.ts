/** Text from files, packed with gzip or not, with its encoding checked: no byte is replaced without a word. */
import { gunzipChunks, readChunks } from "#platform";
import { checkPath, DataError, FormatError, joinBytes } from "../../array/index.ts";
import { linesOf } from "../../formats/index.ts";
import { readOptions, withDefault, word } from "../../options/index.ts";

/** Options of `readText`, `readLines` and `textChunks`. */
export interface TextFileOptions {
  /**
   * How characters are stored: `utf-8`, `latin1` (Windows-1252, of which ISO 8859-1 is a part) or `utf-16` (little-endian).
   * Default `utf-8`.
   */
  readonly encoding?: "utf-8" | "latin1" | "utf-16" | undefined;
}

/** The schema of `TextFileOptions`. */
export const textFileOptions = { encoding: withDefault(word("utf-8", "latin1", "utf-16"), "utf-8") };

/** The names that decoders know; `latin1` may be given as either. */
const labels = { "utf-8": "utf-8", latin1: "windows-1252", "utf-16": "utf-16le" } as const;

/** Packed files may unpack to this many bytes. */
const UNPACKED_LIMIT = 2 ** 36;
/** Longer strings cannot be made. */
const LONGEST_TEXT = 2 ** 29 - 32;

/**
 * The text of a file in pieces, in order, of which only one is in memory. A mark of byte order at the beginning is left out.
 * @param path of a file, packed with gzip or not: its first bytes say which
 * @throws DataError if the file cannot be read, FormatError for bytes that are not text in the encoding
 */
export async function* textChunks(path: string, options: TextFileOptions = {}): AsyncGenerator<string> {
  checkPath("textChunks", path);
  const { encoding } = readOptions("textChunks", textFileOptions, options);
  const decode = encoding === "utf-8" ? strictUtf8(path) : otherDecoder(path, encoding);
  let isFirst = true;
  for await (const bytes of unpackedChunks(path)) {
    const text = decode(bytes);
    if (text === "") continue;
    yield isFirst ? withoutMark(text) : text;
    isFirst = false;
  }
  const rest = decode(undefined);
  if (rest !== "") yield isFirst ? withoutMark(rest) : rest;
}

const withoutMark = (text: string): string => (text.startsWith("\ufeff") ? text.slice(1) : text);

async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array> {
  const chunks = readChunks(path)[Symbol.asyncIterator]();
  const first = await chunks.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  const isPacked = first.done !== true && first.value[0] === 0x1f && first.value[1] === 0x8b;
  yield* isPacked ? gunzipChunks(all(), UNPACKED_LIMIT, path) : all();
}

/** Decodes chunk by chunk; without a chunk, at the end, what is left. */
type ChunkDecoder = (chunk: Uint8Array | undefined) => string;

function otherDecoder(path: string, encoding: "latin1" | "utf-16"): ChunkDecoder {
  const decoder = new TextDecoder(labels[encoding], { fatal: true, ignoreBOM: true });
  return (chunk) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new FormatError(`${path}: is not text in ${encoding}; give another encoding, or leave it out for UTF-8`);
    }
  };
}

/** Decodes UTF-8, and says at which byte and in which line it is none. */
function strictUtf8(path: string): ChunkDecoder {
  let [offset, line, rest] = [0, 1, new Uint8Array()];
  return (chunk) => {
    const bytes = rest.length === 0 ? (chunk ?? rest) : joinBytes([rest, chunk ?? new Uint8Array()]);
    const end = chunk === undefined ? bytes.length : lastWhole(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw notUtf8(path, bytes, firstWrong(whole), offset, line);
    rest = bytes.slice(end);
    offset += end;
    for (let at = whole.indexOf(0x0a); at >= 0; at = whole.indexOf(0x0a, at + 1)) line++;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole);
  };
}

/** Where the last character ends whose bytes are all there. */
function lastWhole(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isUtf8(bytes: Uint8Array, isCut = false): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
    return true;
  } catch {
    return false;
  }
}

/** The first byte of what is not UTF-8, by bisection: a beginning is UTF-8 up to some length. */
function firstWrong(bytes: Uint8Array): number {
  let [right, wrong] = [0, bytes.length + 1];
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    if (middle <= bytes.length && isUtf8(bytes.subarray(0, middle), true)) right = middle;
    else wrong = middle;
  }
  // What was begun and not gone on with is wrong from its first byte on.
  let begin = right;
  while (begin > 0 && !isUtf8(bytes.subarray(0, begin))) begin--;
  return begin;
}

function notUtf8(path: string, bytes: Uint8Array, at: number, offset: number, line: number): FormatError {
  const lines = line + bytes.subarray(0, at).reduce((count, byte) => count + Number(byte === 0x0a), 0);
  const value = `0x${bytes[at].toString(16).padStart(2, "0")}`;
  const isWide = offset === 0 && at === 0 && bytes[0] === 0xff && bytes[1] === 0xfe;
  const hint = isWide
    ? 'it begins as UTF-16 does: give encoding "utf-16"'
    : 'convert the file, or give encoding "latin1" if it is in that';
  return new FormatError(`${path}: line ${lines} is not UTF-8 (${value} at byte ${offset + at} of the file); ${hint}`);
}

/**
 * The text of a file.
 * @param path of a file, packed with gzip or not: its first bytes say which
 * @throws DataError if the file cannot be read or is too long for one text, FormatError for bytes that are not text in the
 *   encoding, with line and byte
 */
export async function readText(path: string, options: TextFileOptions = {}): Promise<string> {
  checkPath("readText", path);
  const parts: string[] = [];
  let length = 0;
  for await (const part of textChunks(path, options)) {
    length += part.length;
    if (length > LONGEST_TEXT)
      throw new DataError(`${path}: has more than ${LONGEST_TEXT} characters, too many for one text; use textChunks`);
    parts.push(part);
  }
  return parts.join("");
}

/**
 * The lines of a file, as `readText` reads it, without what ends them.
 * @throws as `readText` does
 */
export const readLines = async (path: string, options: TextFileOptions = {}): Promise<string[]> =>
  linesOf(await readText(path, options));
