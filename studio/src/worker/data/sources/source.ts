/** What a source of pictures is. */
import type { Dataset } from "fovea/data";
import type { Recipe } from "../../api.ts";

/** Gives at least the first `recipe.limit` samples, if there are as many. @throws Error with what to do, where there are none */
export type Source = (recipe: Recipe) => Promise<Dataset>;
