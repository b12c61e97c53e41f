/**
 * Headers of picture files: size and channels, read before decoding. Truncated or unknown headers give nothing; the decoder
 * then reports the problem.
 *
 * Sources: ITU-T T.81 (JPEG), annex B; W3C, "Portable Network Graphics (Third Edition)"; CompuServe, "GIF89a"; RFC 9649
 * (WebP); ISO/IEC 23008-12 (the boxes of AVIF); Windows' BITMAPINFOHEADER.
 */

import { readJpegHeader } from "./jpeg-header.ts";
import type { PictureKind } from "./kinds.ts";
import type { Picture } from "./picture.ts";
import { chunkTypes } from "./png/chunks.ts";
import { colorTypes } from "./png/header.ts";

/** The header of a picture file. */
export interface PictureHeader {
  /** As stored, before rotation to upright. */
  readonly width: number;
  readonly height: number;
  /** Channels of the decoded picture; undefined if only decoding tells. */
  readonly channels?: Picture["channels"] | undefined;
}

/** The header of a file of a known kind; undefined if it is not understood. */
export function readPictureHeader(bytes: Uint8Array, kind: PictureKind): PictureHeader | undefined {
  try {
    return readers[kind](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // beyond the end of the file
    throw error;
  }
}

type HeaderReader = (view: DataView, bytes: Uint8Array) => PictureHeader | undefined;

const readers: Readonly<Record<PictureKind, HeaderReader>> = {
  JPEG: readJpeg,
  PNG: readPng,
  GIF: readGif,
  WebP: (view, bytes) => webpChunks.get(signsAt(view, 12))?.(view, bytes),
  AVIF: (view) => largestIcon(boxesAt(view, 0, view.byteLength, ["meta", "iprp", "ipco", "ispe"])),
  BMP: readBmp,
  TIFF: () => undefined, // its directory may stand anywhere
};

function readJpeg(_: DataView, bytes: Uint8Array): PictureHeader | undefined {
  const header = readJpegHeader(bytes);
  return header && { width: header.width, height: header.height, channels: header.components === 1 ? 1 : 3 };
}

/** The screen, and the first picture, which in some files exceeds it. */
function readGif(view: DataView): PictureHeader {
  const tableBytes = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  for (let at = 13 + tableBytes(view.getUint8(10)); at + 10 <= view.byteLength; ) {
    if (view.getUint8(at) === 0x2c) {
      const [left, top, width, height] = [1, 3, 5, 7].map((from) => view.getUint16(at + from, true));
      return { width: Math.max(screen.width, left + width), height: Math.max(screen.height, top + height) };
    }
    if (view.getUint8(at) !== 0x21) break;
    // An extension: its label, then blocks up to an empty one.
    for (at += 2; view.getUint8(at) !== 0; ) at += 1 + view.getUint8(at);
    at++;
  }
  return screen;
}

/** OS/2's header of 12 bytes has sizes of 16 bits, all others of 32, where a negative height stands for another order. */
function readBmp(view: DataView): PictureHeader | undefined {
  if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  const [width, height] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  return width > 0 ? { width, height } : undefined;
}

function readPng(view: DataView, bytes: Uint8Array): PictureHeader | undefined {
  if (view.getUint32(8) !== 13 || signsAt(view, 12) !== "IHDR") return undefined;
  const stored = colorTypes.get(view.getUint8(25))?.channels;
  // A transparent color adds alpha.
  const alpha = stored !== undefined && stored % 2 === 1 && chunkTypes(bytes).includes("tRNS");
  const channels = alpha ? ((stored + 1) as Picture["channels"]) : stored;
  return { width: view.getUint32(16), height: view.getUint32(20), channels };
}

/** By the first chunk: lossy, lossless, or extended with a header of its own. */
const webpChunks: ReadonlyMap<string, HeaderReader> = new Map<string, HeaderReader>([
  [
    "VP8 ",
    (view) => ({
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
      channels: 3,
    }),
  ],
  [
    "VP8L",
    (view) => {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff), channels: (bits >>> 28) & 1 ? 4 : 3 };
    },
  ],
  [
    "VP8X",
    (view) => {
      const threeBytes = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
      return { width: 1 + threeBytes(24), height: 1 + threeBytes(27), channels: view.getUint8(20) & 0x10 ? 4 : 3 };
    },
  ],
]);

/** The bodies of all boxes at this path of types. */
function boxesAt(view: DataView, start: number, end: number, [type, ...inner]: readonly string[]): DataView[] {
  const found: DataView[] = [];
  for (let at = start; at + 8 <= end; ) {
    const length = view.getUint32(at);
    if (length < 8 || at + length > end) break; // none of the boxes on the way is longer than 4 GB, or open-ended
    if (signsAt(view, at + 4) === type) {
      // Of these, meta and ispe begin with a version and flags.
      const body = at + (type === "meta" || type === "ispe" ? 12 : 8);
      if (inner.length > 0) found.push(...boxesAt(view, body, at + length, inner));
      else found.push(new DataView(view.buffer, view.byteOffset + body, at + length - body));
    }
    at += length;
  }
  return found;
}

/** Tiles, thumbnails and alpha have sizes of their own; the picture's is the largest. */
function largestIcon(sizes: readonly DataView[]): PictureHeader | undefined {
  const headers = sizes.map((view) => ({ width: view.getUint32(0), height: view.getUint32(4) }));
  return headers.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}

const signsAt = (view: DataView, at: number): string =>
  String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
