/**
 * Layer-wise relevance propagation: the target is divided among the values of each layer, from the last to the first, in
 * proportion to their contributions; the rules are in `relevance-rules.ts`. What biases contribute, and ε, is left on the way,
 * and is the reported gap. At an input, contributions are those of x − mean, which is what the network gets. Source: Bach et al.
 * 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance propagation".
 * Where it misleads: with ε → 0 it is nearly gradient × input (Ancona et al. 2018); z⁺ hardly depends on the class or on the
 * weights of higher layers (Sixt, Granz, Landgraf 2020).
 */
import { mapValues } from "../../../array/index.ts";
import { positive, real, withDefault, word } from "../../../options/index.ts";
import { baselinesFor } from "../baseline.ts";
import { askingProbe, defineMethod } from "../method.ts";
import { alphaBetaRule, epsilonRule, type LinearRule, relevanceRules } from "../relevance-rules.ts";
import { completenessGap, timesDistance } from "./products.ts";

/** Options of the method `lrp`. */
export interface RelevanceOptions {
  /** How linear layers divide relevance: `epsilon`, `alpha-beta`, or `z-plus`, which is αβ with α = 1. Default `epsilon`. */
  readonly rule?: "epsilon" | "alpha-beta" | "z-plus" | undefined;
  /** ε, of the rule `epsilon`; above 0. Default 10⁻⁶. */
  readonly epsilon?: number | undefined;
  /** α, of the rule `alpha-beta`, at least 1; β is α − 1. Default 2. */
  readonly alpha?: number | undefined;
}

const rules: Readonly<Record<NonNullable<RelevanceOptions["rule"]>, (epsilon: number, alpha: number) => LinearRule>> = {
  epsilon: (epsilon) => epsilonRule(epsilon),
  "alpha-beta": (_, alpha) => alphaBetaRule(alpha, alpha - 1),
  "z-plus": () => alphaBetaRule(1, 0),
};

export const relevance = defineMethod({
  name: "lrp",
  options: {
    rule: withDefault(word("epsilon", "alpha-beta", "z-plus"), "epsilon"),
    epsilon: withDefault(positive(), 1e-6),
    alpha: withDefault(real(1), 2),
  },
  prepare: (subject, { rule, epsilon, alpha }) => {
    const linear = rules[rule](epsilon, alpha);
    const ask = askingProbe(subject, {
      values: subject.places,
      gradients: subject.places,
      rules: (score) => relevanceRules(score, linear),
    });
    return async (inputs, given) => {
      const { values, gradients, target, index } = await ask(inputs, given);
      const baselines = baselinesFor(subject, values, "mean");
      const maps = mapValues(gradients, (gradient, path) => timesDistance(gradient, values[path], baselines[path]));
      return { maps, target, index, expected: target, gap: completenessGap(maps, target) };
    };
  },
});
