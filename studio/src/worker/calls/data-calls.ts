/** Data, described before they are trained on. */
import { inputShape } from "fovea/data";
import type { DataCalls } from "../api/data.ts";
import { samplesOf } from "../data/load-data.ts";

/** As few samples as tell the shape. */
const FEW = 10;

export const dataCalls = (): DataCalls => ({
  pictureShape: async (recipe) => {
    const data = await samplesOf({ ...recipe, limit: Math.min(recipe.limit, FEW) });
    return { input: inputShape(data), classes: data.classes.length };
  },
});
