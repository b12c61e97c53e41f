/** The layers that are written as a whole, by type. All others are written op by op. */
import { activationRules } from "./activations.ts";
import { normalizationRules } from "./normalizations.ts";
import { otherRules } from "./others.ts";
import { recurrentRules } from "./recurrent.ts";
import type { LayerRule } from "./rule.ts";

export const layerRules: ReadonlyMap<string, LayerRule> = new Map(
  Object.entries({ ...activationRules, ...normalizationRules, ...otherRules, ...recurrentRules }),
);
