/**
 * PNG without any package: 8 bits a channel, grey or RGB, with or without alpha, not interlaced. Other kinds are refused
 * with a hint. Nothing is allocated before the size that the header promises was compared with what is there.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)".
 */
import { deflate, inflate } from "#platform";
import { checkBytes, FormatError, OptionError } from "../array/index.ts";
import { type BytePicture, checkPicture } from "../image/picture.ts";
import { type Chunk, chunkTypes, readChunks, writeChunks } from "./png-chunks.ts";
import { filter, type Rows, unfilter } from "./png-filters.ts";

/** Larger pictures are refused unless told otherwise, so that a small file cannot ask for all memory. */
export const MAX_PIXELS = 100_000_000;

/** Channels by the colour type in the header. */
const channelsOf = new Map<number, BytePicture["channels"]>([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);
const understood = new Set(["IHDR", "PLTE", "IDAT", "IEND"]);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly channels: BytePicture["channels"];
}

type Fail = (problem: string) => FormatError;

/** Chunks that change what the pixels look like, beyond what is decoded here. */
const changing = ["tRNS", "eXIf", "iCCP"];

/** Whether `decodePng` gives all that there is in a PNG; of one that is cut off the beginning counts. */
export function isPlainPng(bytes: Uint8Array): boolean {
  const [depth, colour, , , interlace] = bytes.subarray(24, 29);
  const types = chunkTypes(bytes);
  return depth === 8 && channelsOf.has(colour) && interlace === 0 && !changing.some((type) => types.includes(type));
}

/**
 * The picture in a PNG file. Colour profiles and EXIF notes are skipped.
 * @param name what error messages call the file
 * @param maxPixels larger pictures are refused
 * @throws FormatError when the file is broken, or of a kind that only sharp decodes
 */
export async function decodePng(
  bytes: Uint8Array,
  name = "the PNG",
  maxPixels: number = MAX_PIXELS,
): Promise<BytePicture> {
  checkBytes("decodePng", bytes);
  const fail = (problem: string) => new FormatError(`${name}: ${problem}`);
  const chunks = readChunks(bytes, name);
  const header = readHeader(chunks, maxPixels, fail);
  checkKinds(chunks, fail);
  const rows = rowsOf(header);
  const expected = rows.count * (rows.row + 1);
  const filtered = await inflate(joinData(chunks, fail), expected, name);
  if (filtered.length !== expected) {
    throw fail(
      `the PNG of ${header.width}×${header.height} pixels needs ${expected} bytes, it holds ${filtered.length}`,
    );
  }
  return { ...header, data: unfilter(filtered, rows, fail) };
}

function readHeader([first]: readonly Chunk[], maxPixels: number, fail: Fail): Header {
  if (first.type !== "IHDR" || first.data.length !== 13) {
    throw fail(`the PNG begins with chunk ${first.type} of ${first.data.length} bytes, expected IHDR of 13`);
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  if (width === 0 || height === 0) throw fail(`the PNG has ${width}×${height} pixels, expected at least one`);
  if (width * height > maxPixels) {
    throw fail(`the PNG has ${width}×${height} pixels, at most ${maxPixels} are read; make it smaller`);
  }
  const [depth, colour, compression, filtering, interlace] = first.data.subarray(8);
  if (compression !== 0 || filtering !== 0)
    throw fail(`PNG compression ${compression}, filtering ${filtering}; expected 0`);
  const channels = channelsOf.get(colour);
  if (colour === 3) throw onlySharp("has a palette", fail);
  if (channels === undefined) throw fail(`PNG colour type ${colour}, expected 0, 2, 3, 4 or 6`);
  if (depth !== 8) throw onlySharp(`has ${depth} bits a channel`, fail);
  if (interlace !== 0) throw onlySharp("is interlaced", fail);
  return { width, height, channels };
}

const onlySharp = (kind: string, fail: Fail): FormatError =>
  fail(
    `the PNG ${kind}; without the package sharp only 8-bit grey or RGB, with or without alpha, not interlaced, is ` +
      "decoded: npm install sharp, or convert the picture",
  );

function checkKinds(chunks: readonly Chunk[], fail: Fail): void {
  for (const [i, { type }] of chunks.entries()) {
    if (i > 0 && type === "IHDR") throw fail("the PNG has two IHDR chunks, expected one");
    if (type === "tRNS") throw onlySharp("has a transparent colour", fail);
    const critical = type[0] >= "A" && type[0] <= "Z";
    if (critical && !understood.has(type)) throw fail(`PNG chunk ${type} is not known, and marked as indispensable`);
  }
}

/** All IDAT chunks are one stream, cut anywhere; nothing may stand between them. */
function joinData(chunks: readonly Chunk[], fail: Fail): Uint8Array {
  const first = chunks.findIndex(({ type }) => type === "IDAT");
  if (first < 0) throw fail("the PNG has no IDAT chunk, so no picture");
  const last = chunks.findLastIndex(({ type }) => type === "IDAT");
  const parts = chunks.slice(first, last + 1);
  const stranger = parts.find(({ type }) => type !== "IDAT");
  if (stranger !== undefined)
    throw fail(`PNG chunk ${stranger.type} stands between IDAT chunks, which must follow each other`);
  const whole = new Uint8Array(parts.reduce((length, { data }) => length + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    whole.set(data, at);
    at += data.length;
  }
  return whole;
}

const rowsOf = ({ width, height, channels }: Header): Rows => ({
  pixel: channels,
  row: width * channels,
  count: height,
});

/** A PNG file. @throws OptionError when the size and the data of the picture do not fit together, or it is too large */
export async function encodePng(picture: BytePicture): Promise<Uint8Array> {
  checkPicture(picture, "encodePng");
  const { width, height, channels, data } = picture;
  if (width * height > MAX_PIXELS) {
    throw new OptionError(`encodePng: ${width}×${height} pixels, expected at most ${MAX_PIXELS}`);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  for (const [colour, count] of channelsOf) if (count === channels) header.setUint8(9, colour);
  return writeChunks([
    { type: "IHDR", data: new Uint8Array(header.buffer) },
    { type: "IDAT", data: await deflate(filter(data, rowsOf(picture))) },
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}
