/**
 * Random resized crops: crops of random area and aspect ratio, scaled to one size. Source: Szegedy et al. 2015, "Going
 * Deeper with Convolutions", section 6 (8 % to 100 % of the area, 3:4 to 4:3).
 */
import { type NdArray, type Random, zeros } from "../../array/index.ts";
import type { AffineMatrix } from "../../image/index.ts";
import { resample, resizeTaps } from "../../image/index.ts";
import { withDefault } from "../../options/index.ts";
import { carryAffine } from "./carry.ts";
import { NO_EDGES } from "./place.ts";
import { between, drawLogUniform, drawUniform, type Interval, type Size, sizeKind } from "./ranges.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `randomResizedCrop`. */
export interface RandomResizedCropOptions {
  /** The size of the result in pixels: one number for squares, or [height, width]. */
  readonly size: number | Size;
  /** The crop's share of the picture's area: [low, high]. Default [0.08, 1]. */
  readonly area?: Interval | undefined;
  /** The crop's width over its height: [low, high], log-uniform. Default [3/4, 4/3]. */
  readonly aspect?: Interval | undefined;
}

/** A crop, in whole pixels. */
interface CropPart {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A crop of each picture, of random area, aspect ratio and position, scaled to one size: interpolated when enlarged,
 * averaged when reduced. Masks (nearest pixel), boxes and key points are transformed alike.
 */
export const randomResizedCrop: AugmentationFactory<RandomResizedCropOptions> = defineAugmentation({
  type: "randomResizedCrop",
  options: {
    size: sizeKind(1),
    area: withDefault(between(1), [0.08, 1] as const),
    aspect: withDefault(between(), [3 / 4, 4 / 3] as const),
  },
  shape: ({ size }, [channels]) => [channels, ...size],
  apply: ({ size: [height, width], area, aspect }, batch, { random }) => {
    const [n, channels, fullHeight, fullWidth] = batch.images.shape;
    const parts = Array.from({ length: n }, (_, i) => drawCropPart(random(i), fullWidth, fullHeight, area, aspect));
    const images = zeros([n, channels, height, width], batch.images.dtype);
    parts.forEach((part, i) => {
      resizePart(batch.images.row(i), part, images.row(i));
    });
    const matrices = parts.map((part) => mapOf(part, width, height));
    return { ...carryAffine(batch, matrices, { width, height, ...NO_EDGES }), images };
  },
});

/** The number of attempts to draw a crop that fits into the picture. */
const TRIES = 10;

function drawCropPart(
  random: Random,
  fullWidth: number,
  fullHeight: number,
  area: Interval,
  aspect: Interval,
): CropPart {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const pixels = fullWidth * fullHeight * drawUniform(random, area);
    const proportion = drawLogUniform(random, aspect);
    const width = Math.max(1, Math.round(Math.sqrt(pixels * proportion)));
    const height = Math.max(1, Math.round(Math.sqrt(pixels / proportion)));
    if (width <= fullWidth && height <= fullHeight)
      return {
        top: random.integer(fullHeight - height + 1),
        left: random.integer(fullWidth - width + 1),
        width,
        height,
      };
  }
  // The largest center crop with the nearest allowed aspect ratio.
  const proportion = Math.min(aspect[1], Math.max(aspect[0], fullWidth / fullHeight));
  const width = Math.max(1, Math.min(fullWidth, Math.round(fullHeight * proportion)));
  const height = Math.max(1, Math.min(fullHeight, Math.round(fullWidth / proportion)));
  return { left: (fullWidth - width) >> 1, top: (fullHeight - height) >> 1, width, height };
}

/** Pixels are areas: the crop's edges map to the edges of the result. */
function mapOf({ left, top, width, height }: CropPart, toWidth: number, toHeight: number): AffineMatrix {
  const [across, down] = [toWidth / width, toHeight / height];
  return [across, 0, (0.5 - left) * across - 0.5, 0, down, (0.5 - top) * down - 0.5];
}

/** Scales a part of a picture [channels, height, width] into one of another size. */
function resizePart(picture: NdArray, part: CropPart, out: NdArray): void {
  const [channels, height, width] = out.shape;
  const cut = cutOut(picture, part);
  const narrow = resample(cut, channels * part.height, part.width, 1, resizeTaps("width", part.width, width));
  const values = resample(narrow, channels, part.height, width, resizeTaps("height", part.height, height));
  // Storing cuts fractions of bytes off.
  const rounding = out.dtype === "u8" ? 0.5 : 0;
  for (let i = 0; i < values.length; i++) out.data[i] = values[i] + rounding;
}

function cutOut({ data, shape }: NdArray, { left, top, width, height }: CropPart): Float32Array {
  const [channels, fullHeight, fullWidth] = shape;
  const out = new Float32Array(channels * height * width);
  for (let row = 0; row < channels * height; row++) {
    const [c, y] = [Math.floor(row / height), row % height];
    const from = (c * fullHeight + top + y) * fullWidth + left;
    out.set(data.subarray(from, from + width), row * width);
  }
  return out;
}
