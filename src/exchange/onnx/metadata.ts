/** What a file says of the model besides its graph: texts by key, which runtimes hand on. JSON where there is more than a word. */
import { mapValues } from "../../array/index.ts";
import type { Model } from "../../nn/index.ts";

/** Where the normalization happens. */
export type NormalizationPlace = "inside" | "outside";

/** The metadata of a model; keys of what it does not have are left out. */
export function metadataOf(model: Model, place: NormalizationPlace, softmax: boolean): Record<string, string> {
  const { inputs, classes, task, names } = model;
  const normalized = Object.entries(inputs).filter(([, { normalization }]) => normalization !== undefined);
  const normalizations = mapValues(Object.fromEntries(normalized), ({ normalization }) => normalization);
  const isNormalized = normalized.length > 0;
  return {
    ...(classes && { "fovea.classes": JSON.stringify(classes) }),
    ...(names && { "fovea.names": JSON.stringify(names) }),
    ...(task && { "fovea.task": JSON.stringify(task) }),
    ...(isNormalized && { "fovea.normalization": JSON.stringify(normalizations), "fovea.normalized": place }),
    "fovea.output": softmax ? "probabilities" : "as the network gives it",
  };
}
