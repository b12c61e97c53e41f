/**
 * From the samples of a PNG to the channels of a picture of bytes: palettes are resolved, fewer bits are scaled to 0 … 255,
 * of sixteen bits the upper eight are kept, and a transparent color becomes alpha.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 11.2.2, 11.3.1 and 13.12.
 */
import type { Fail } from "../../formats/index.ts";
import type { Chunk } from "./chunks.ts";
import { PALETTE, type PngHeader } from "./header.ts";

/** The number of channels, and a function that writes `count` pixels from samples, from `to`, `step` pixels apart. */
export interface Colors {
  readonly channels: 1 | 2 | 3 | 4;
  readonly write: (samples: ArrayLike<number>, count: number, data: Uint8Array, to: number, step: number) => void;
}

/** The color information of the chunks before the pixels. */
export function colorsOf(header: PngHeader, chunks: readonly Chunk[], fail: Fail): Colors {
  const palette = onlyChunk("PLTE", chunks, fail);
  const transparency = header.type.channels % 2 === 1 ? onlyChunk("tRNS", chunks, fail) : undefined;
  if (header.color === PALETTE) return fromPalette(header, palette, transparency, fail);
  if (transparency !== undefined) return withTransparent(header, transparency, fail);
  return { channels: header.type.channels, write: scaling(header, header.type.channels) };
}

function onlyChunk(type: string, chunks: readonly Chunk[], fail: Fail): Uint8Array | undefined {
  const found = chunks.filter((chunk) => chunk.type === type);
  if (found.length > 1) throw fail(`the PNG has ${found.length} ${type} chunks, expected one`);
  if (found.length === 1 && chunks.indexOf(found[0]) > chunks.findIndex((chunk) => chunk.type === "IDAT"))
    throw fail(`PNG chunk ${type} stands after the pixels, expected before`);
  return found[0]?.data;
}

function fromPalette({ depth }: PngHeader, colors: Uint8Array | undefined, alphas: Uint8Array | undefined, fail: Fail) {
  if (colors === undefined) throw fail("the PNG has no PLTE chunk, so its pixels have no colors");
  const count = colors.length / 3;
  if (!Number.isInteger(count) || count < 1 || count > 2 ** depth) {
    throw fail(`PNG chunk PLTE has ${colors.length} bytes, expected 3 for each of 1 to ${2 ** depth} colors`);
  }
  if (alphas !== undefined && alphas.length > count)
    throw fail(`PNG chunk tRNS has ${alphas.length} bytes for a palette of ${count} colors`);
  const channels = alphas === undefined ? 3 : 4;
  const table = new Uint8Array(count * channels).fill(255);
  for (let i = 0; i < count; i++) {
    table.set(colors.subarray(3 * i, 3 * i + 3), i * channels);
    if (alphas !== undefined && i < alphas.length) table[i * channels + 3] = alphas[i];
  }
  const write: Colors["write"] = (samples, pixels, data, to, step) => {
    for (let i = 0; i < pixels; i++, to += step * channels) {
      if (samples[i] >= count) throw fail(`a pixel of the PNG has color ${samples[i]} of a palette of ${count} colors`);
      for (let c = 0; c < channels; c++) data[to + c] = table[samples[i] * channels + c];
    }
  };
  return { channels, write } as const;
}

/** Scales the samples of each pixel to bytes. @param channels of the picture; more than there are samples leave room */
function scaling({ type, depth }: PngHeader, channels: number): Colors["write"] {
  const colors = type.samples;
  const factor = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const shift = Math.max(0, depth - 8);
  return (samples, count, data, to, step) => {
    for (let i = 0, from = 0; i < count; i++, to += step * channels) {
      for (let c = 0; c < colors; c++, from++) data[to + c] = (samples[from] * factor) >> shift;
    }
  };
}

/** Pixels of exactly one color are transparent, all others opaque. */
function withTransparent(header: PngHeader, color: Uint8Array, fail: Fail): Colors {
  const colors = header.type.samples;
  if (color.length !== 2 * colors) {
    throw fail(`PNG chunk tRNS has ${color.length} bytes, expected 2 for each of ${colors} samples`);
  }
  const mask = 2 ** header.depth - 1;
  const transparent = Array.from({ length: colors }, (_, c) => ((color[2 * c] << 8) | color[2 * c + 1]) & mask);
  const channels = colors === 1 ? 2 : 4;
  const writeColors = scaling(header, channels);
  const write: Colors["write"] = (samples, count, data, to, step) => {
    writeColors(samples, count, data, to, step);
    for (let i = 0, at = to + colors; i < count; i++, at += step * channels) {
      const isTransparent = transparent.every((value, c) => samples[i * colors + c] === value);
      data[at] = isTransparent ? 0 : 255;
    }
  };
  return { channels, write };
}
