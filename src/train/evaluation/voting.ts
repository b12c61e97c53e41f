/**
 * Combines the predictions of several views of a picture, or of several models. Probabilities are averaged, p = 1/m Σ_j p_j;
 * or each votes for its top class, and the shares of votes replace the probabilities. Sources: 11-785, "vote" of 10 crops
 * and ensembles of networks; L. Breiman, "Bagging Predictors", 1996, which votes.
 */
import {
  checkList,
  DataError,
  describeGiven,
  formatShape,
  type NdArray,
  OptionError,
  sameShape,
  zeros,
} from "../../array/index.ts";
import { unknownName } from "../../options/index.ts";
import { checkRows } from "../metrics/checks.ts";
import { predictedClasses } from "../metrics/index.ts";

/** What each member adds to the common count [n, classes]. */
const additions = {
  probabilities: (sum: NdArray, member: NdArray): void => {
    for (let i = 0; i < sum.size; i++) sum.data[i] += member.data[i];
  },
  classes: (sum: NdArray, member: NdArray): void => {
    const [, classes] = sum.shape;
    predictedClasses(member).data.forEach((k, i) => {
      sum.data[i * classes + k]++;
    });
  },
};

/** `probabilities` averages; `classes` counts votes. */
export type Voting = keyof typeof additions;

/** The ways to vote, the default one first. */
export const votings = Object.keys(additions) as readonly Voting[];

/**
 * The combined probabilities of several members, `f32` [n, classes]. With class votes, a tie goes to the first class, and a
 * class without votes has probability 0, so likelihood and calibration mean little.
 * @param members each floats [n, classes]
 * @throws DataError for no members and for members that differ in shape
 */
export function vote(members: readonly NdArray[], voting: Voting = "probabilities"): NdArray {
  checkVoting("vote", voting);
  checkList("vote", "probabilities [n, classes]", members);
  if (members.length === 0) throw new DataError("vote: the list of members is empty; give at least one");
  for (const member of members) checkRows("vote", member);
  const [{ shape }] = members;
  const sum = zeros(shape, "f64");
  for (const [i, member] of members.entries()) {
    if (!sameShape(member.shape, shape)) {
      throw new DataError(
        `vote: member ${i} has probabilities ${formatShape(member.shape)}, member 0 ${formatShape(shape)}; ` +
          "all must be of the same samples and classes",
      );
    }
    additions[voting](sum, member);
  }
  for (let i = 0; i < sum.size; i++) sum.data[i] /= members.length;
  return sum.cast("f32");
}

/** @throws OptionError for another word */
export function checkVoting(where: string, voting: string): void {
  if (typeof voting !== "string")
    throw new OptionError(`${where}: voting must be one of ${votings.join(", ")}, got ${describeGiven(voting)}`);
  if (Object.hasOwn(additions, voting)) return;
  throw new OptionError(`${where}: ${unknownName("voting", voting, votings)}`);
}
