/**
 * PNG without any package: every color type and depth, palettes, transparent colors, interlaced or not, as pictures of
 * bytes. The size in the header is compared with the data before anything is allocated. Source: W3C, "Portable Network
 * Graphics (PNG) Specification (Third Edition)".
 */

import { deflate, inflate } from "#platform";
import { checkBytes, concatenate, FormatError, OptionError } from "../../array/index.ts";
import type { Fail } from "../../formats/index.ts";
import { MAX_PIXELS } from "../limits.ts";
import { type BytePicture, checkPicture } from "../picture.ts";
import { type Chunk, chunkTypes, readPngChunks, writeChunks } from "./chunks.ts";
import { type Colors, colorsOf } from "./colors.ts";
import { filterRows, type ScanLines, unfilter } from "./filters.ts";
import { colorTypes, PALETTE, type PngHeader, readPngHeader } from "./header.ts";
import { bytesOfPasses, type InterlacePass, interlacePasses } from "./passes.ts";
import { unpackSamples } from "./samples.ts";
import { type PngText, textChunks } from "./text.ts";

const understood = new Set(["IHDR", "PLTE", "IDAT", "IEND"]);

/** Chunks that change how the picture looks in a viewer, beyond what is decoded here: orientation and color profile. */
const changing = ["eXIf", "iCCP"];

/** Whether `decodePng` decodes all information in a PNG; of a truncated one the beginning counts. */
export function isPlainPng(bytes: Uint8Array): boolean {
  const types = chunkTypes(bytes);
  return !changing.some((type) => types.includes(type));
}

/**
 * The picture in a PNG file: 1 channel for gray, 3 for RGB and palettes, one more where there is alpha or a transparent
 * color. Fewer than 8 bits are scaled, of 16 the upper 8 are kept. Color profiles, gamma and EXIF notes are not applied.
 * @param name the file's name in messages
 * @param maxPixels larger pictures are refused
 * @throws FormatError if the file is damaged
 */
export async function decodePng(
  bytes: Uint8Array,
  name = "the PNG",
  maxPixels: number = MAX_PIXELS,
): Promise<BytePicture> {
  checkBytes("decodePng", bytes);
  return decode(bytes, name, maxPixels, colorsOf);
}

async function decode(
  bytes: Uint8Array,
  name: string,
  maxPixels: number,
  colorsIn: typeof colorsOf,
): Promise<BytePicture> {
  const fail = (problem: string) => new FormatError(`${name}: ${problem}`);
  const chunks = readPngChunks(bytes, name);
  const header = readPngHeader(chunks[0], maxPixels, fail);
  checkKinds(chunks, fail);
  const colors = colorsIn(header, chunks, fail);
  const passes = interlacePasses(header);
  const expected = bytesOfPasses(passes);
  const filtered = await inflate(joinData(chunks, fail), expected, name);
  if (filtered.length !== expected) {
    throw fail(
      `the PNG of ${header.width}×${header.height} pixels needs ${expected} bytes, it holds ${filtered.length}`,
    );
  }
  return assemblePicture(header, passes, colors, filtered, fail);
}

/**
 * The numbers that the pixels of a PNG have in its file, as masks of classes are stored: indices into its palette, or gray
 * levels that are not scaled; undefined for a PNG of colors, with alpha, or of 16 bits.
 * @throws as `decodePng` does
 */
export async function decodePngNumbers(
  bytes: Uint8Array,
  name = "the PNG",
  maxPixels: number = MAX_PIXELS,
): Promise<BytePicture | undefined> {
  checkBytes("decodePngNumbers", bytes);
  const fail = (problem: string) => new FormatError(`${name}: ${problem}`);
  const { type, depth } = readPngHeader(readPngChunks(bytes, name)[0], maxPixels, fail);
  return type.samples === 1 && depth <= 8 ? decode(bytes, name, maxPixels, () => unscaled) : undefined;
}

/** One channel, with the samples as they are. */
const unscaled: Colors = {
  channels: 1,
  write: (samples, count, data, to, step) => {
    for (let i = 0; i < count; i++, to += step) data[to] = samples[i];
  },
};

function checkKinds(chunks: readonly Chunk[], fail: Fail): void {
  for (const [i, { type }] of chunks.entries()) {
    if (i > 0 && type === "IHDR") throw fail("the PNG has two IHDR chunks, expected one");
    const critical = type[0] >= "A" && type[0] <= "Z";
    if (critical && !understood.has(type)) throw fail(`PNG chunk ${type} is not known, and marked as indispensable`);
  }
}

/** All IDAT chunks are one stream, split anywhere; nothing may come between them. */
function joinData(chunks: readonly Chunk[], fail: Fail): Uint8Array {
  const first = chunks.findIndex(({ type }) => type === "IDAT");
  if (first < 0) throw fail("the PNG has no IDAT chunk, so no picture");
  const last = chunks.findLastIndex(({ type }) => type === "IDAT");
  const parts = chunks.slice(first, last + 1);
  const stranger = parts.find(({ type }) => type !== "IDAT");
  if (stranger !== undefined)
    throw fail(`PNG chunk ${stranger.type} stands between IDAT chunks, which must follow each other`);
  return parts.length === 1 ? parts[0].data : concatenate(parts.map(({ data }) => data));
}

/** The picture, from its passes one after the other. */
function assemblePicture(
  { width, height, type, depth, color, isInterlaced }: PngHeader,
  passes: readonly InterlacePass[],
  { channels, write }: Colors,
  filtered: Uint8Array,
  fail: Fail,
): BytePicture {
  const pixel = Math.max(1, (type.samples * depth) >> 3);
  const rowsOf = ({ rows, rowBytes }: InterlacePass): ScanLines => ({ pixel, row: rowBytes, count: rows });
  if (!isInterlaced && depth === 8 && channels === type.channels && color !== PALETTE) {
    return { width, height, channels, data: unfilter(filtered, rowsOf(passes[0]), fail) };
  }
  const data = new Uint8Array(width * height * channels);
  let from = 0;
  for (const pass of passes) {
    const { rows, columns, rowBytes, left, top, right, down } = pass;
    const bytes = unfilter(filtered.subarray(from, from + rows * (rowBytes + 1)), rowsOf(pass), fail);
    from += rows * (rowBytes + 1);
    for (let y = 0; y < rows; y++) {
      const samples = unpackSamples(bytes.subarray(y * rowBytes, (y + 1) * rowBytes), depth, columns * type.samples);
      write(samples, columns, data, ((top + y * down) * width + left) * channels, right);
    }
  }
  return { width, height, channels, data };
}

/**
 * A PNG file.
 * @param text kept beside the picture, by keyword, such as `{ Comment: "fovea look …" }`; `readPngText` reads it
 * @throws OptionError if size and data of the picture do not match, it is too large, or a keyword is not ASCII
 */
export async function encodePng(picture: BytePicture, text: PngText = {}): Promise<Uint8Array> {
  checkPicture(picture, "encodePng");
  const { width, height, channels, data } = picture;
  if (width * height > MAX_PIXELS) {
    throw new OptionError(`encodePng: ${width}×${height} pixels, expected at most ${MAX_PIXELS}`);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  for (const [color, { samples }] of colorTypes)
    if (samples === channels && color !== PALETTE) header.setUint8(9, color);
  const rows: ScanLines = { pixel: channels, row: width * channels, count: height };
  return writeChunks([
    { type: "IHDR", data: new Uint8Array(header.buffer) },
    ...textChunks(text),
    { type: "IDAT", data: await deflate(filterRows(data, rows)) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}
