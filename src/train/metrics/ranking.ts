/**
 * Metrics of ranking: how well scores put relevant items first. Sources: D. Manning, P. Raghavan, H. Schütze, "Introduction
 * to Information Retrieval", 2008, chapter 8; J. Hanley, B. McNeil, "The meaning and use of the area under a ROC curve",
 * 1982; the rules for ties and means are those of C. Buckley's `trec_eval`.
 */
import { OptionError } from "../../array/index.ts";
import { readOptions, withDefault, word } from "../../options/index.ts";

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

/** Which groups count in a mean over groups. */
export type CountedGroups = keyof typeof counted;

const counted = {
  answerable: (items: readonly boolean[]) => items.includes(true),
  mixed: (items: readonly boolean[]) => items.includes(true) && items.includes(false),
  all: () => true,
} as const;

/** Options of `meanAveragePrecision` and `meanReciprocalRank`. */
export interface GroupOptions {
  /**
   * Which groups count: `answerable` (default), those with a relevant item; `mixed`, those with relevant and irrelevant items,
   * as in what papers on TREC-QA call the clean test set (Rao, He, Lin 2016); `all`, where groups without a relevant item
   * count 0, as `trec_eval` averages.
   */
  readonly groups?: CountedGroups | undefined;
}

const schema = {
  groups: withDefault(word<CountedGroups>("answerable", "mixed", "all"), "answerable" as const),
};

/**
 * The relevance of each group's items, by descending score. Of equal scores the later item comes first, as in `trec_eval`,
 * which puts the greater name first, for names that rise with the place. So a model with one score for all gains nothing
 * where lists begin with what is relevant.
 */
function rankedGroups(scores: NumberList, relevant: NumberList, groups: NumberList): boolean[][] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < scores.length; i++) {
    const items = members.get(groups[i]);
    if (items === undefined) members.set(groups[i], [i]);
    else items.push(i);
  }
  return [...members.values()].map((items) =>
    items.sort((a, b) => descending(scores[a], scores[b]) || b - a).map((i) => relevant[i] > 0),
  );
}

/** NaN is last: no score is no reason to come first. */
const descending = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? +Number.isNaN(a) - +Number.isNaN(b) : a === b ? 0 : a > b ? -1 : 1;

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The mean, over the positions of relevant items, of the precision up to there; 0 without any. */
function averagePrecision(items: readonly boolean[]): number {
  let hits = 0;
  const precisions = items.flatMap((isRelevant, i) => (isRelevant ? [++hits / (i + 1)] : []));
  return hits === 0 ? 0 : average(precisions);
}

/** 1 / the rank of the first relevant item; 0 without any. */
const reciprocalRank = (items: readonly boolean[]): number =>
  items.includes(true) ? 1 / (items.indexOf(true) + 1) : 0;

const meanOverGroups =
  (where: string, figure: (items: readonly boolean[]) => number) =>
  (scores: NumberList, relevant: NumberList, groups: NumberList, options: GroupOptions = {}): number => {
    checkEqualLengths(where, scores, relevant, groups);
    const counts = counted[readOptions(where, schema, options).groups];
    return average(rankedGroups(scores, relevant, groups).filter(counts).map(figure));
  };

/** A mean over groups, such as questions, of a figure of each. */
type GroupMetric = (scores: NumberList, relevant: NumberList, groups: NumberList, options?: GroupOptions) => number;

/**
 * MAP: the mean over groups of the average precision of their items, by descending score; of equal scores the later item
 * comes first, and NaN is last. NaN if no group counts.
 * @param relevant above 0 for relevant items
 * @throws OptionError for lists of different lengths
 */
export const meanAveragePrecision: GroupMetric = meanOverGroups("meanAveragePrecision", averagePrecision);

/**
 * MRR: the mean over groups of 1 / the rank of the first relevant item, in the order of `meanAveragePrecision`.
 * @param relevant above 0 for relevant items
 * @throws OptionError for lists of different lengths
 */
export const meanReciprocalRank: GroupMetric = meanOverGroups("meanReciprocalRank", reciprocalRank);
