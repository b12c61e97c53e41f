/**
 * How well scores put what is relevant first. Sources: D. Manning, P. Raghavan, H. Schütze, "Introduction to Information
 * Retrieval", 2008, chapter 8; J. Hanley, B. McNeil, "The meaning and use of the area under a ROC curve", 1982.
 */
import { OptionError } from "../../array/index.ts";

/** Numbers by position: of a list or a typed array. */
type Numbers = ArrayLike<number>;

function checkLengths(where: string, ...lists: readonly Numbers[]): void {
  const lengths = lists.map(({ length }) => length);
  if (lengths.every((length) => length === lengths[0])) return;
  throw new OptionError(`${where}: needs as many scores as labels and groups, got ${lengths.join(", ")}`);
}

/**
 * The area under the ROC curve: how likely a relevant item has a higher score than one that is not; equal scores count
 * half. NaN where one of both is missing.
 * @param relevant above 0 for relevant items
 */
export function rocAuc(scores: Numbers, relevant: Numbers): number {
  checkLengths("rocAuc", scores, relevant);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [rankSum, positives] = [0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    // Ranks from 1 on; equal scores share the mean of theirs.
    const rank = (from + 1 + to) / 2;
    for (const i of order.slice(from, to)) {
      if (relevant[i] > 0) {
        rankSum += rank;
        positives++;
      }
    }
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/** The relevance of each group's items, by falling score; ties stay in the order of the items. */
function rankedGroups(scores: Numbers, relevant: Numbers, groups: Numbers): boolean[][] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < scores.length; i++) members.set(groups[i], [...(members.get(groups[i]) ?? []), i]);
  return [...members.values()]
    .map((items) => items.sort((a, b) => scores[b] - scores[a] || a - b).map((i) => relevant[i] > 0))
    .filter((items) => items.includes(true));
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The mean over the relevant places of the share of relevant items up to there. */
function averagePrecision(items: readonly boolean[]): number {
  let hits = 0;
  const precisions = items.flatMap((isRelevant, i) => (isRelevant ? [++hits / (i + 1)] : []));
  return mean(precisions);
}

/**
 * The mean over groups, such as questions, of the average precision of their items. Groups without a relevant item are
 * left out; NaN where there is no other.
 */
export function meanAveragePrecision(scores: Numbers, relevant: Numbers, groups: Numbers): number {
  checkLengths("meanAveragePrecision", scores, relevant, groups);
  return mean(rankedGroups(scores, relevant, groups).map(averagePrecision));
}

/** The mean over groups of one over the place of the first relevant item. Groups without one are left out. */
export function meanReciprocalRank(scores: Numbers, relevant: Numbers, groups: Numbers): number {
  checkLengths("meanReciprocalRank", scores, relevant, groups);
  return mean(rankedGroups(scores, relevant, groups).map((items) => 1 / (items.indexOf(true) + 1)));
}
