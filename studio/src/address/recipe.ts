/** The recipe of a run in the address. */
import type { Recipe } from "../worker/api.ts";
import { type FieldsOf, numberField, settingsOf, textField, valuesIn, wordField } from "./address.ts";
import { networkField } from "./network-field.ts";

/** LeNet-5 for pictures of 28×28, layer by layer. */
export const LENET = `conv2d(6, { kernel: 5, padding: 2 })
tanh()
maxPool2d(2)
conv2d(16, { kernel: 5 })
tanh()
maxPool2d(2)
flatten()
linear(120)
tanh()
linear(84)
tanh()
linear(10)`;

export const recipeFields: FieldsOf<Recipe> = {
  data: textField("digits"),
  network: networkField(LENET),
  seed: numberField(0, 0, 2 ** 32 - 1),
  limit: numberField(9000, 2),
  heldOut: numberField(1000, 1),
  epochs: numberField(6, 1),
  batch: numberField(64, 1),
  rate: numberField(0.05, 0),
  momentum: numberField(0.9, 0, 1),
  decay: numberField(0, 0),
  schedule: wordField<string>("linear", "constant", "cosine", "oneCycle"),
  threads: numberField(0, 0, 64),
};

export const recipeIn = (settings: Readonly<Record<string, string>>): Recipe => valuesIn(recipeFields, settings);

/** What of a recipe stands in the address. */
export const settingsOfRecipe = (recipe: Recipe): Record<string, string> => settingsOf(recipeFields, recipe);

/** An address with another recipe; what is not about the run stays. */
export function withRecipe(settings: Readonly<Record<string, string>>, recipe: Recipe): Record<string, string> {
  const others = Object.entries(settings).filter(([name]) => !Object.hasOwn(recipeFields, name));
  return { ...Object.fromEntries(others), ...settingsOfRecipe(recipe) };
}

export const isSameRecipe = (one: Recipe, other: Recipe): boolean =>
  Object.keys(recipeFields).every((name) => one[name as keyof Recipe] === other[name as keyof Recipe]);
