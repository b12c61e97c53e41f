/**
 * The chunks of a PNG file: 4 bytes length, 4 letters type, data, and a checksum over type and data. A capital first
 * letter means that a decoder must understand the chunk.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5.2, 5.3 and annex D.
 */
import { FormatError } from "../../array/index.ts";
import { checksum } from "../../formats/index.ts";

export const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** The chunks up to IEND, each complete and with the right checksum. Bytes after IEND are ignored, as all viewers do. */
export function readPngChunks(bytes: Uint8Array, name: string): Chunk[] {
  const fail = (problem: string) => new FormatError(`${name}: ${problem}`);
  if (!signature.every((byte, i) => bytes[i] === byte)) throw fail("it does not begin with the PNG signature");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = signature.length; chunks.at(-1)?.type !== "IEND"; ) {
    if (at + 12 > bytes.length) throw fail("the PNG is cut off: it has no IEND chunk; fetch or save it again");
    const end = at + 12 + view.getUint32(at);
    const type = typeText(bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) {
      throw fail(
        `the PNG is cut off: chunk ${type} ends at byte ${end}, the file at ${bytes.length}; fetch or save it again`,
      );
    }
    if (checksum(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw fail(
        `the checksum of PNG chunk ${type} at byte ${at} is wrong: the file is damaged; fetch or save it again`,
      );
    }
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4) });
    at = end;
  }
  return chunks;
}

/** The types of the chunks in order, as far as they can be followed, without checksums. */
export function chunkTypes(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const types: string[] = [];
  for (let at = signature.length; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    types.push(typeText(bytes.subarray(at + 4, at + 8)));
  }
  return types;
}

/** Four letters; other bytes are shown as `?`. */
const typeText = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/[^A-Za-z]/g, "?");

export function writeChunks(chunks: readonly Chunk[]): Uint8Array {
  const file = new Uint8Array(chunks.reduce((length, { data }) => length + 12 + data.length, signature.length));
  const view = new DataView(file.buffer);
  file.set(signature);
  let at = signature.length;
  for (const { type, data } of chunks) {
    const end = at + 12 + data.length;
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) file[at + 4 + i] = type.charCodeAt(i);
    file.set(data, at + 8);
    view.setUint32(end - 4, checksum(file.subarray(at + 4, end - 4)));
    at = end;
  }
  return file;
}
