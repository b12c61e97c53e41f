/** The library's data sets that a page cannot have by itself: they come from `fovea studio`. */
import type { NdArray } from "fovea";
import type { Dataset } from "fovea/data";
import { readSafetensors } from "fovea/formats";
import { fetchData } from "../../server/server.ts";
import type { Recipe } from "../api.ts";

const NAMES = ["mnist", "fashion-mnist", "kmnist", "cifar10"] as const;

/** As sources of training pictures, by name: the first ones, as many as the recipe has. */
export const servedSources: Readonly<Record<string, (recipe: Recipe) => Promise<Dataset>>> = Object.fromEntries(
  NAMES.map((name) => [name, async ({ limit }: Recipe) => datasetIn(await fetchData(name, "train", limit), name)]),
);

/** A data set as the server writes it. */
export function datasetIn(bytes: Uint8Array, name: string): Dataset {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const tensor = (key: string): NdArray => tensors.get(key)!;
  const { name: given = name, classes, normalization } = metadata;
  return {
    name: given,
    images: tensor("images"),
    labels: tensor("labels"),
    classes: JSON.parse(classes),
    ...(normalization !== undefined && { normalization: JSON.parse(normalization) }),
  };
}
