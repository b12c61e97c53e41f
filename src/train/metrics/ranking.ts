/**
 * Metrics of ranking: how well scores put relevant items first. Sources: D. Manning, P. Raghavan, H. Schütze, "Introduction
 * to Information Retrieval", 2008, chapter 8; J. Hanley, B. McNeil, "The meaning and use of the area under a ROC curve",
 * 1982.
 */
import { OptionError } from "../../array/index.ts";

/** Numbers by position: of a list or a typed array. */
type NumberList = ArrayLike<number>;

function checkEqualLengths(where: string, ...lists: readonly NumberList[]): void {
  const lengths = lists.map(({ length }) => length);
  if (lengths.every((length) => length === lengths[0])) return;
  throw new OptionError(`${where}: needs as many scores as labels and groups, got ${lengths.join(", ")}`);
}

/**
 * The area under the ROC curve: the probability that a relevant item has a higher score than an irrelevant one; ties count
 * half. NaN without relevant or without irrelevant items.
 * @param relevant above 0 for relevant items
 */
export function rocAuc(scores: NumberList, relevant: NumberList): number {
  checkEqualLengths("rocAuc", scores, relevant);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [rankSum, positives] = [0, 0];
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    // Ranks from 1; ties share their mean rank.
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

/** The relevance of each group's items, by descending score; ties keep their order. */
function rankedGroups(scores: NumberList, relevant: NumberList, groups: NumberList): boolean[][] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < scores.length; i++) members.set(groups[i], [...(members.get(groups[i]) ?? []), i]);
  return [...members.values()]
    .map((items) => items.sort((a, b) => scores[b] - scores[a] || a - b).map((i) => relevant[i] > 0))
    .filter((items) => items.includes(true));
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The mean, over the positions of relevant items, of the precision up to there. */
function averagePrecision(items: readonly boolean[]): number {
  let hits = 0;
  const precisions = items.flatMap((isRelevant, i) => (isRelevant ? [++hits / (i + 1)] : []));
  return average(precisions);
}

/**
 * The mean over groups, such as questions, of the average precision of their items. Groups without a relevant item are left
 * out; NaN if none remain.
 */
export function meanAveragePrecision(scores: NumberList, relevant: NumberList, groups: NumberList): number {
  checkEqualLengths("meanAveragePrecision", scores, relevant, groups);
  return average(rankedGroups(scores, relevant, groups).map(averagePrecision));
}

/** The mean reciprocal rank of the first relevant item of each group. Groups without one are left out. */
export function meanReciprocalRank(scores: NumberList, relevant: NumberList, groups: NumberList): number {
  checkEqualLengths("meanReciprocalRank", scores, relevant, groups);
  return average(rankedGroups(scores, relevant, groups).map((items) => 1 / (items.indexOf(true) + 1)));
}
