/** PNG files of every kind that the format has, with samples that the caller knows. */
import { deflateSync } from "node:zlib";
import { type Chunk, writeChunks } from "../../src/image/png/chunks.ts";

export interface PngKind {
  readonly width: number;
  readonly height: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA. */
  readonly color: number;
  readonly depth: number;
  readonly isInterlaced?: boolean;
  /** Chunks between the header and the pixels, such as PLTE and tRNS. */
  readonly before?: readonly Chunk[];
  /** Into how many IDAT chunks the pixels are cut. Default 1. */
  readonly parts?: number;
}

export const samplesOfColor: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Every color type with every depth that it may have. */
export const colorsAndDepths: readonly (readonly [color: number, depth: number])[] = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
  ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
  ...[2, 4, 6].flatMap((color) => [8, 16].map((depth) => [color, depth] as const)),
];

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** A file with the samples of `sampleOf(x, y, c)`; its rows have all five filters in turn. */
export function pngFile(
  { width, height, color, depth, isInterlaced = false, before = [], parts = 1 }: PngKind,
  sampleOf: (x: number, y: number, c: number) => number,
): Uint8Array {
  const samples = samplesOfColor[color];
  const raw: number[] = [];
  for (const [left, top, right, down] of isInterlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    let above: number[] = [];
    for (let y = top, row = 0; y < height && left < width; y += down, row++) {
      const bits: string[] = [];
      for (let x = left; x < width; x += right)
        for (let c = 0; c < samples; c++) bits.push(sampleOf(x, y, c).toString(2).padStart(depth, "0"));
      const bytes = (bits.join("").match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
      raw.push(row % 5, ...filtered(bytes, above, row % 5, Math.max(1, (samples * depth) >> 3)));
      above = bytes;
    }
  }
  const packed = deflateSync(Uint8Array.from(raw));
  const length = Math.ceil(packed.length / parts);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  for (const [i, value] of [depth, color, 0, 0, isInterlaced ? 1 : 0].entries()) header.setUint8(8 + i, value);
  return writeChunks([
    { type: "IHDR", data: new Uint8Array(header.buffer) },
    ...before,
    ...Array.from({ length: parts }, (_, i) => ({
      type: "IDAT",
      data: packed.subarray(i * length, (i + 1) * length),
    })),
    { type: "IEND", data: new Uint8Array(0) },
  ]);
}

function filtered(bytes: readonly number[], above: readonly number[], filter: number, pixel: number): number[] {
  return bytes.map((byte, i) => {
    const [a, b, c] = [bytes[i - pixel] ?? 0, above[i] ?? 0, above[i - pixel] ?? 0];
    const p = a + b - c;
    const nearest = [a, b, c].sort((m, n) => Math.abs(p - m) - Math.abs(p - n))[0];
    return (byte - [0, a, b, (a + b) >> 1, nearest][filter]) & 255;
  });
}

/** A palette of `count` colors. */
export const palette = (count: number): Chunk => ({
  type: "PLTE",
  data: Uint8Array.from({ length: 3 * count }, (_, i) => (i * 97 + 13) & 255),
});
