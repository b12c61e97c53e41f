/**
 * Decoded pictures and what can be done with them before they become arrays: greyness, opacity, size.
 *
 * Grey is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B. Transparent pictures are laid over white, as on paper:
 * c · α + 255 · (1 − α). Resizing weights each source pixel with a triangle that is as wide as one pixel of the coarser
 * of the two grids: bilinear interpolation when enlarging, an antialiased weighted mean when shrinking.
 */
import { OptionError } from "../array/index.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  /** One byte a value, channels interleaved, rows from the top: `data[(y · width + x) · channels + channel]`. */
  readonly data: Uint8Array;
}

/** Without alpha, laid over white; the same picture if it had none. */
export function withoutAlpha(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1 || channels === 3) return picture;
  const colours = channels === 2 ? 1 : 3;
  const out = new Uint8Array(width * height * colours);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[pixel * channels + colours] / 255;
    for (let c = 0; c < colours; c++) {
      out[pixel * colours + c] = Math.round(data[pixel * channels + c] * alpha + 255 * (1 - alpha));
    }
  }
  return { width, height, channels: colours, data: out };
}

/** In one channel; the same picture if it was grey. */
export function toGrey(picture: Picture): Picture {
  const { width, height, channels, data } = withoutAlpha(picture);
  if (channels === 1) return { width, height, channels, data };
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.round(0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]);
  }
  return { width, height, channels: 1, data: out };
}

/**
 * The picture at another size, in pixels.
 * @throws OptionError for sizes that are not whole numbers from 1 on, and for pictures with alpha, whose transparent
 *   pixels would bleed their colour into others: call `withoutAlpha` or `toGrey` first
 */
export function resize(picture: Picture, width: number, height: number): Picture {
  if (picture.channels === 2 || picture.channels === 4) {
    throw new OptionError("resize: the picture has an alpha channel; call withoutAlpha() or toGrey() first");
  }
  const across = tapsOf("width", picture.width, width);
  const down = tapsOf("height", picture.height, height);
  const { channels } = picture;
  // Rows first, then columns, with the values in between unrounded.
  const narrow = resample(picture.data, picture.height, picture.width, channels, across);
  const values = resample(narrow, 1, picture.height, width * channels, down);
  return { width, height, channels, data: Uint8Array.from(values, Math.round) };
}

/** For one target position: the weights of the sources `first`, `first + 1`, …; they add up to 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

function tapsOf(what: string, from: number, to: number): Taps[] {
  if (!Number.isInteger(to) || to < 1)
    throw new OptionError(`resize: ${what} ${to}, expected a whole number from 1 on`);
  const scale = from / to;
  const radius = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(centre - radius));
    const last = Math.min(from - 1, Math.floor(centre + radius));
    const heights = Array.from({ length: last - first + 1 }, (_, k) => 1 - Math.abs(first + k - centre) / radius);
    const sum = heights.reduce((a, b) => a + b);
    return { first, weights: heights.map((height) => height / sum) };
  });
}

/** Resamples the middle axis of data [outer, from, inner]. */
function resample(
  data: ArrayLike<number>,
  outer: number,
  from: number,
  inner: number,
  taps: readonly Taps[],
): Float32Array {
  const out = new Float32Array(outer * taps.length * inner);
  for (let o = 0, position = 0; o < outer; o++) {
    for (const { first, weights } of taps) {
      for (let c = 0; c < inner; c++, position++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * data[(o * from + first + k) * inner + c];
        out[position] = sum;
      }
    }
  }
  return out;
}
