/** The run of the address: opened once for each recipe, whatever else the address says. */
import { place } from "../address/place.svelte.ts";
import { recipeIn, settingsOfRecipe } from "../address/recipe.ts";
import type { Recipe } from "../worker/api.ts";
import { run } from "./run.svelte.ts";

const nameOf = (recipe: Recipe): string => JSON.stringify(settingsOfRecipe(recipe));

/** Opens it unless it is open already. For effects: it reads the address. */
export function openAddressedRun(): void {
  const recipe = recipeIn(place.settings);
  if (run.recipe !== undefined && nameOf(run.recipe) === nameOf(recipe)) return;
  void run.open(recipe);
}
