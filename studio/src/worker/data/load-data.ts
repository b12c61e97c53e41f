/** The data of a recipe: what is trained on, and what is held out to choose the best epoch by, as `fovea train` divides it. */
import { type Dataset, digits, firstSamples, holdOut, sampleCount, takePictures } from "fovea/data";
import type { Pictures, Recipe } from "../api.ts";
import { servedSources } from "./served-data.ts";

export interface Parts {
  readonly train: Dataset;
  readonly heldOut: Dataset;
}

/** Where pictures come from, by the name in a recipe. */
const sources: Readonly<Record<string, (recipe: Recipe) => Promise<Dataset>>> = {
  digits: async ({ limit }) => digits({ train: limit, test: 1 }).train,
  ...servedSources,
};

/** @throws Error for data that are not there */
export async function loadData(recipe: Recipe): Promise<Parts> {
  const source = sources[recipe.data];
  if (source === undefined)
    throw new Error(`there are no data called '${recipe.data}'; known are ${Object.keys(sources).join(", ")}`);
  const all = firstSamples(await source(recipe), recipe.limit);
  const { train, validation } = holdOut(all, recipe.heldOut, recipe.seed);
  return { train, heldOut: validation };
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
