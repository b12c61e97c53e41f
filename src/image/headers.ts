/**
 * What the first bytes of a picture promise: size and channels, read before anything is decoded. A header that is cut off
 * or not understood promises nothing; the decoder says what is wrong with it.
 *
 * Sources: ITU-T T.81 (JPEG), annex B; W3C, "Portable Network Graphics (Third Edition)"; CompuServe, "GIF89a"; RFC 9649
 * (WebP); ISO/IEC 23008-12 (the boxes of AVIF); Windows' BITMAPINFOHEADER.
 */
import { chunkTypes } from "../formats/png-chunks.ts";
import type { PictureKind } from "./kinds.ts";
import type { Picture } from "./picture.ts";

/** What a file says about the picture in it. */
export interface PictureHeader {
  /** As stored, before the picture is turned upright. */
  readonly width: number;
  readonly height: number;
  /** Of the decoded picture; undefined where only decoding tells. */
  readonly channels?: Picture["channels"] | undefined;
}

/** The header of a file of a known kind; undefined where it is not understood. */
export function readHeader(bytes: Uint8Array, kind: PictureKind): PictureHeader | undefined {
  try {
    return readers[kind](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // beyond the end of the file
    throw error;
  }
}

type Reader = (view: DataView, bytes: Uint8Array) => PictureHeader | undefined;

const readers: Readonly<Record<PictureKind, Reader>> = {
  JPEG: readJpeg,
  PNG: readPng,
  GIF: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  WebP: (view, bytes) => webpChunks[signsAt(view, 12)]?.(view, bytes),
  AVIF: (view) => largest(boxesAt(view, 0, view.byteLength, ["meta", "iprp", "ipco", "ispe"])),
  BMP: (view) => ({ width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }),
  TIFF: () => undefined, // its directory may stand anywhere
};

/** Segments of a JPEG that hold the frame's header, by their second byte: C0 … CF without tables and reserved ones. */
const isFrame = (code: number): boolean => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code);
const START_OF_SCAN = 0xda;

function readJpeg(view: DataView): PictureHeader | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const code = view.getUint8(at + 1);
    if (isFrame(code)) {
      const grey = view.getUint8(at + 9) === 1;
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5), channels: grey ? 1 : 3 };
    }
    if (code === START_OF_SCAN) return undefined;
    at += code === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

const pngChannels = new Map<number, Picture["channels"]>([
  [0, 1],
  [2, 3],
  [3, 3],
  [4, 2],
  [6, 4],
]);

function readPng(view: DataView, bytes: Uint8Array): PictureHeader {
  const stored = pngChannels.get(view.getUint8(25));
  // A transparent colour makes alpha of a picture without any.
  const alpha = stored !== undefined && stored % 2 === 1 && chunkTypes(bytes).includes("tRNS");
  const channels = alpha ? ((stored + 1) as Picture["channels"]) : stored;
  return { width: view.getUint32(16), height: view.getUint32(20), channels };
}

/** By the first chunk: lossy, lossless, or extended with a header of its own. */
const webpChunks: Readonly<Record<string, Reader>> = {
  "VP8 ": (view) => ({
    width: view.getUint16(26, true) & 0x3fff,
    height: view.getUint16(28, true) & 0x3fff,
    channels: 3,
  }),
  VP8L: (view) => {
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff), channels: (bits >>> 28) & 1 ? 4 : 3 };
  },
  VP8X: (view) => {
    const threeBytes = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
    return { width: 1 + threeBytes(24), height: 1 + threeBytes(27), channels: view.getUint8(20) & 0x10 ? 4 : 3 };
  },
};

/** Where the bodies of all boxes lie that this path of types leads to. */
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
function largest(sizes: readonly DataView[]): PictureHeader | undefined {
  const headers = sizes.map((view) => ({ width: view.getUint32(0), height: view.getUint32(4) }));
  return headers.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}

const signsAt = (view: DataView, at: number): string =>
  String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
