/** The data of a recipe: what is trained on, and what is held out to choose the best epoch by, as `fovea train` divides it. */
import { type Dataset, firstSamples, holdOut, sampleCount, takePictures } from "fovea/data";
import type { Pictures, Recipe } from "../api.ts";
import { readReference } from "./own/reference.ts";
import { sources } from "./sources/index.ts";
import { ownPictures } from "./sources/own.ts";

export interface Parts {
  readonly train: Dataset;
  readonly heldOut: Dataset;
}

/** @throws Error for data that are not there */
export async function loadData(recipe: Recipe): Promise<Parts> {
  const all = firstSamples(await samplesOf(recipe), recipe.limit);
  const { train, validation } = holdOut(all, recipe.heldOut, recipe.seed);
  return { train, heldOut: validation };
}

/** All samples of a recipe, before some are held out. @throws Error for data that are not there */
export async function samplesOf(recipe: Recipe): Promise<Dataset> {
  if (Object.hasOwn(sources, recipe.data)) return sources[recipe.data](recipe);
  const reference = readReference(recipe.data);
  if (reference !== undefined) return ownPictures(reference);
  throw new Error(`there are no data called '${recipe.data}'; known are ${Object.keys(sources).join(", ")}`);
}

/** Some samples as bytes, to be shown. */
export async function picturesOf(data: Dataset, rows: readonly number[]): Promise<Pictures> {
  const { shape, data: bytes } = await takePictures(data.images, Int32Array.from(rows));
  return {
    bytes: new Uint8Array(bytes),
    shape: shape as unknown as Pictures["shape"],
    labels: Int32Array.from(rows, (row) => data.labels.data[row]),
  };
}

/** The first rows of a data set. */
export const firstRows = (data: Dataset, count: number): number[] =>
  Array.from({ length: Math.min(count, sampleCount(data)) }, (_, row) => row);
