/**
 * Attributions as pictures: channels are added up; red speaks for the target and blue against it, or, where nothing speaks
 * against it, light is strong. The scale ends at the 99th percentile of the magnitudes, since single strong pixels would leave
 * the rest pale.
 */
import { NdArray, OptionError } from "../../array/index.ts";
import { type BytePicture, colorize, overlay, type Picture } from "../../image/index.ts";
import type { Attribution } from "./attribute.ts";
import { layoutOf, rowData, sumOverChannels } from "./layout.ts";
import type { AttributionMethod } from "./methods.ts";

/** The share of positions that the scale ends at. */
const PERCENTILE = 0.99;

/**
 * The map of one sample, [height, width]: the sum over the channels.
 * @param maps [n, channels, height, width], as `attribute` gives them for pictures
 * @throws OptionError for maps of another kind
 */
export function attributionMap(maps: NdArray, sample = 0): NdArray {
  const [n, ...shape] = maps.shape;
  if (shape.length !== 3 || !(sample >= 0 && sample < n))
    throw new OptionError(
      `attributionMap: expects maps [n, channels, height, width] and a sample of them, got [${maps.shape}] and ${sample}`,
    );
  return new NdArray(
    Float32Array.from(sumOverChannels(layoutOf(shape, 0), rowData(maps, sample))),
    shape.slice(1),
    "f32",
  );
}

/** The methods whose maps are smooth; what the others say differs from pixel to pixel. */
const smooth: ReadonlySet<AttributionMethod> = new Set(["grad-cam", "grad-cam++", "score-cam", "occlusion", "lime"]);

/**
 * What a method found in a picture, in colors: over the picture in gray where maps are smooth, else by itself.
 * @throws OptionError for maps that are not [n, channels, height, width]
 */
export function showAttribution(picture: Picture, { method, maps }: Attribution, sample = 0): BytePicture {
  const map = attributionMap(Object.values(maps)[0], sample);
  const magnitudes = Float64Array.from(map.data, Math.abs).sort();
  const end = magnitudes[Math.floor(PERCENTILE * (magnitudes.length - 1))] || magnitudes.at(-1) || 1;
  const isSigned = map.data.some((value) => value < 0);
  const range = [isSigned ? -end : 0, end] as const;
  return smooth.has(method) ? overlay(picture, map, { range }) : colorize(map, { range });
}

/** The row and column of the largest value of a map [height, width]; of equal ones the first. */
export function strongestPoint({ data, shape }: NdArray): { readonly row: number; readonly column: number } {
  let best = 0;
  for (let i = 1; i < data.length; i++) if (data[i] > data[best]) best = i;
  return { row: Math.floor(best / shape[1]), column: best % shape[1] };
}
