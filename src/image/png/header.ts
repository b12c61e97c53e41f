/**
 * The first chunk of a PNG: size, color type, bits a sample, interlacing.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", section 11.2.1.
 */
import type { Fail } from "../../formats/index.ts";
import type { Chunk } from "./chunks.ts";

/** The samples of a pixel. */
export interface ColorType {
  /** Samples a pixel, as stored. */
  readonly samples: 1 | 2 | 3 | 4;
  /** The bits a sample may have. */
  readonly depths: readonly number[];
  /** Channels of the picture, before a transparent color adds alpha. */
  readonly channels: 1 | 2 | 3 | 4;
}

/** By the number in the header: gray, RGB, palette, gray and alpha, RGBA. */
export const colorTypes: ReadonlyMap<number, ColorType> = new Map([
  [0, { samples: 1, depths: [1, 2, 4, 8, 16], channels: 1 }],
  [2, { samples: 3, depths: [8, 16], channels: 3 }],
  [3, { samples: 1, depths: [1, 2, 4, 8], channels: 3 }],
  [4, { samples: 2, depths: [8, 16], channels: 2 }],
  [6, { samples: 4, depths: [8, 16], channels: 4 }],
]);

export const PALETTE = 3;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly color: number;
  readonly type: ColorType;
  /** Bits a sample. */
  readonly depth: number;
  readonly isInterlaced: boolean;
}

/** The header of a PNG of at most `maxPixels`. */
export function readPngHeader({ type, data }: Chunk, maxPixels: number, fail: Fail): PngHeader {
  if (type !== "IHDR" || data.length !== 13) {
    throw fail(`the PNG begins with chunk ${type} of ${data.length} bytes, expected IHDR of 13`);
  }
  const view = new DataView(data.buffer, data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  if (width === 0 || height === 0) throw fail(`the PNG has ${width}×${height} pixels, expected at least one`);
  if (width * height > maxPixels) {
    throw fail(`the PNG has ${width}×${height} pixels, at most ${maxPixels} are read; make it smaller`);
  }
  const [depth, color, compression, filtering, interlace] = data.subarray(8);
  const methods = `compression ${compression}, filtering ${filtering}, interlacing ${interlace}`;
  if (compression !== 0 || filtering !== 0 || interlace > 1) throw fail(`PNG ${methods}; expected 0, 0, and 0 or 1`);
  const colorType = colorTypes.get(color);
  if (colorType === undefined) throw fail(`PNG color type ${color}, expected 0, 2, 3, 4 or 6`);
  if (!colorType.depths.includes(depth)) {
    throw fail(`PNG color type ${color} with ${depth} bits a sample, expected ${colorType.depths.join(", ")}`);
  }
  return { width, height, color, type: colorType, depth, isInterlaced: interlace === 1 };
}
