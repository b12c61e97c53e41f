/** Pictures of one's own that are kept in this browser. */
import { NdArray, type Normalization } from "fovea";
import type { Dataset } from "fovea/data";
import { type KeptSet, KeptSets } from "../own/kept-sets.ts";
import type { Reference } from "../own/reference.ts";

export const ownPictures = async (reference: Reference, kept = new KeptSets()): Promise<Dataset> =>
  datasetOf(await kept.find(reference));

export function datasetOf({ name, images, labels, classes, channels, side }: KeptSet): Dataset {
  return {
    name,
    images: new NdArray(images, [labels.length, channels, side, side], "u8"),
    labels: new NdArray(labels, [labels.length], "i32"),
    classes,
    normalization: normalizationOf(images, channels, side * side),
  };
}

/** Mean and standard deviation of each channel, in 0 … 1; a channel that is constant has the deviation 1. */
function normalizationOf(images: Uint8Array, channels: number, size: number): Normalization {
  const figures = Array.from({ length: channels }, (_, channel) => {
    let [sum, squares, count] = [0, 0, 0];
    for (let start = channel * size; start < images.length; start += channels * size)
      for (let i = start; i < start + size; i++) {
        const value = images[i] / 255;
        sum += value;
        squares += value * value;
        count++;
      }
    const mean = sum / count;
    return { mean, std: Math.sqrt(Math.max(0, squares / count - mean * mean)) || 1 };
  });
  return { mean: figures.map(({ mean }) => mean), std: figures.map(({ std }) => std) };
}
