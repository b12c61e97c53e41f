/** Text in PNG files: keywords and values in iTXt chunks, UTF-8, not compressed (PNG specification, 11.3.3.4). */
import { concatenate, OptionError } from "../../array/index.ts";
import { type Chunk, readPngChunks } from "./chunks.ts";

/** Values by keyword, such as `{ Software: "Fovea", Comment: "fovea look maps …" }`. */
export type PngText = Readonly<Record<string, string>>;

/** Between keyword and text: not compressed, no language, no translated keyword. */
const FLAGS = [0, 0, 0, 0, 0];

/** @throws OptionError for keywords that are not 1 to 79 printable ASCII characters, and for NUL in text */
export const textChunks = (text: PngText): Chunk[] =>
  Object.entries(text).map(([keyword, value]) => {
    if (!/^[!-~](?:[ -~]{0,77}[!-~])?$/.test(keyword))
      throw new OptionError(`encodePng: text keyword '${keyword}', expected 1 to 79 printable ASCII characters`);
    if (value.includes("\0")) throw new OptionError(`encodePng: text of '${keyword}' must not contain NUL`);
    const encoder = new TextEncoder();
    return {
      type: "iTXt",
      data: concatenate([encoder.encode(keyword), Uint8Array.from(FLAGS), encoder.encode(value)]),
    };
  });

/**
 * The text of a PNG file's plain iTXt chunks, by keyword; other kinds of text are left out.
 * @throws FormatError if it is not a PNG or is damaged
 */
export function readPngText(bytes: Uint8Array, name = "the PNG"): PngText {
  const entries = readPngChunks(bytes, name).flatMap(({ type, data }): [string, string][] => {
    const end = data.indexOf(0);
    if (type !== "iTXt" || end < 1 || data[end + 1] !== 0) return [];
    const language = data.indexOf(0, end + 3);
    const translated = data.indexOf(0, language + 1);
    if (language < 0 || translated < 0) return [];
    const decode = (part: Uint8Array): string => new TextDecoder().decode(part);
    return [[decode(data.subarray(0, end)), decode(data.subarray(translated + 1))]];
  });
  return Object.fromEntries(entries);
}
