/** What a choice of data changes of a recipe. */

import type { KeptAbout } from "../../../worker/api/pictures.ts";
import type { Recipe } from "../../../worker/api.ts";
import { writeReference } from "../../../worker/data/own/reference.ts";
import { withClasses } from "../editor/network-edits.ts";

export type DataChoice = Pick<Recipe, "data" | "limit" | "heldOut" | "network">;

/** Of the samples, to choose the best epoch by. */
const HELD_OUT = 0.2;

/** The sets that are there without a person's pictures: how many samples are taken, and how many classes there are. */
const readySets: Readonly<
  Record<string, { readonly limit: number; readonly heldOut: number; readonly classes: number }>
> = {
  digits: { limit: 9000, heldOut: 1000, classes: 10 },
  scenes: { limit: 4000, heldOut: 500, classes: 8 },
  mnist: { limit: 9000, heldOut: 1000, classes: 10 },
  "fashion-mnist": { limit: 9000, heldOut: 1000, classes: 10 },
  cifar10: { limit: 9000, heldOut: 1000, classes: 10 },
};

export const readyNames: readonly string[] = Object.keys(readySets);

/** The network ends with a score for each class of the data. */
export function choiceOfReady(name: string, network: string): DataChoice {
  const { classes, ...counts } = readySets[name];
  return { data: name, ...counts, network: withClasses(network, classes) };
}

/** All pictures; every class keeps one to learn from. */
export function choiceOfKept(about: KeptAbout, network: string): DataChoice {
  const limit = about.counts.reduce((sum, count) => sum + count, 0);
  const heldOut = Math.max(1, Math.min(limit - about.classes.length, Math.round(limit * HELD_OUT)));
  return { data: writeReference(about), limit, heldOut, network: withClasses(network, about.classes.length) };
}
