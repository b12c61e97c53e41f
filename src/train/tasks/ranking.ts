/**
 * Which of several candidates is better: a score for each, such as for a question and a sentence that may answer it.
 * Sources: A. Severyn, A. Moschitti, "Learning to Rank Short Text Pairs with Convolutional Deep Neural Networks", 2015,
 * which learns single relevances; C. Burges et al., "Learning to Rank using Gradient Descent", 2005, which learns pairs.
 */
import { fill, type Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { cast, div, equal, greater, maximum, mul, reshape, sub, sum, transpose } from "../../ops/index.ts";
import { optional, text, withDefault, word } from "../../options/index.ts";
import { type CountedGroups, meanAveragePrecision, meanReciprocalRank, rocAuc } from "../metrics/index.ts";
import { defineTask, type TaskFactory, type Tensors } from "./task.ts";

/** Options of `ranking`. */
export interface RankingOptions {
  /** The column of relevance: a class or number, above 0 for relevant. Default: the only one with classes or numbers. */
  readonly target?: string | undefined;
  /** The column of the groups that candidates are ranked within, such as the numbers of questions. Default: all are one group. */
  readonly group?: string | undefined;
  /** The output with the scores, [n] or [n, 1]. Default: the network's only one, else `score`. */
  readonly output?: string | undefined;
  /**
   * `single` (default) learns the relevance of each candidate by binary cross-entropy; `pairs` learns the order of all pairs
   * in a batch of which one is relevant, within groups, by log(1 + e^(s₋ − s₊)).
   */
  readonly loss?: "single" | "pairs" | undefined;
  /**
   * Which groups count in `map` and `mrr`: `answerable` (default), those with a relevant candidate; `mixed`, those with relevant
   * and irrelevant ones; `all`, where groups without a relevant one count 0.
   */
  readonly groups?: CountedGroups | undefined;
}

const column = (x: Tensor): Tensor => reshape(cast(x, "f32"), [-1, 1]);
const relevanceOf = (relevant: Tensor): Tensor => cast(greater(column(relevant), 0), "f32");

/** Over pairs (i, j) with a relevant i, an irrelevant j and one group. */
function pairLoss(score: Tensor, relevant: Tensor, group: Tensor | undefined): Tensor {
  const across = (x: Tensor): Tensor => transpose(x, [1, 0]);
  const [s, y] = [column(score), relevanceOf(relevant)];
  const differences = sub(s, across(s));
  const ordered = mul(y, sub(1, across(y)));
  const together = group && cast(equal(column(group), across(column(group))), "f32");
  const weights = together === undefined ? ordered : mul(ordered, together);
  const losses = nn.binaryCrossEntropy(differences, fill(1, differences.shape), { reduction: "none" });
  // A batch without such a pair has the loss 0.
  return div(sum(mul(losses, weights)), maximum(sum(weights), 1));
}

/** The values that figures need for each candidate. */
const keptValues = ({ score }: Tensors, { relevant, group }: Tensors): Tensors => ({
  score: reshape(score, [-1]),
  relevant: reshape(relevanceOf(relevant), [-1]),
  ...(group !== undefined && { group: reshape(cast(group, "i32"), [-1]) }),
});

/**
 * Ranking by scores. Figures: `auc`, the share of pairs in the right order; with groups also `map`, the mean average
 * precision, which then decides which epoch is best, and `mrr`, the mean reciprocal rank of the first relevant candidate. They
 * are not sums: evaluation keeps the score of every sample, and training reports none.
 */
export const ranking: TaskFactory<RankingOptions> = defineTask({
  type: "ranking",
  options: {
    target: optional(text()),
    group: optional(text()),
    output: optional(text()),
    loss: withDefault(word("single", "pairs"), "single" as const),
    groups: withDefault(word<CountedGroups>("answerable", "mixed", "all"), "answerable" as const),
  },
  targets: ({ target, group }) => ({
    relevant: { kinds: ["class", "numbers"], column: target },
    ...(group !== undefined && { group: { kinds: ["class", "numbers"], column: group } }),
  }),
  outputs: ({ options: { output } }) => ({
    score: { shape: ["n", 1], reshaped: true, holds: "a score", names: output ? [output] : undefined },
  }),
  loss: ({ score }, { relevant, group }, { options: { loss } }) =>
    loss === "pairs" ? pairLoss(score, relevant, group) : nn.binaryCrossEntropy(column(score), relevanceOf(relevant)),
  collect: keptValues,
  figures: ({ collected: { score, relevant, group } }, { options: { groups } }): Record<string, number> => {
    if (score === undefined) return {};
    const auc = rocAuc(score.data, relevant.data);
    if (group === undefined) return { auc };
    const lists = [score.data, relevant.data, group.data, { groups }] as const;
    return { auc, map: meanAveragePrecision(...lists), mrr: meanReciprocalRank(...lists) };
  },
  best: ({ group }) => (group === undefined ? "auc" : "map"),
  shares: ["auc", "map", "mrr"],
  predict: ({ score }) => ({ score: reshape(score, [-1]) }),
  answer: ({ score }) => ({ text: `score ${score.item().toFixed(4)}`, json: { score: score.item() } }),
});
