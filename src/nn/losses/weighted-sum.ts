/** The loss of networks with several tasks. */
import { checkOptions, describeGiven, OptionError, ShapeError } from "../../array/index.ts";
import { fill, formatType, isTensor, located, type Tensor } from "../../graph/index.ts";
import { add, mul, type Operand } from "../../ops/index.ts";
import { weigh } from "./reduction.ts";

/** A scalar loss and its weight. */
export type WeighedLoss = Tensor | readonly [loss: Tensor, weight: Operand];

/**
 * The loss of a network with several tasks, Σ weight · loss.
 * @param losses by task name, each a scalar; without a weight it has weight 1; with weight 0 it is ignored
 * @throws ShapeError for a loss that is not a scalar, OptionError for an invalid weight
 * @example weightedSum({ class: crossEntropy(scores, labels), box: [meanSquaredError(corners, boxes), 0.5] })
 */
export function weightedSum(losses: Readonly<Record<string, WeighedLoss>>): Tensor {
  checkOptions("weightedSum", losses);
  const terms = Object.entries(losses).map(([task, term]) => {
    const [loss, weight] = Array.isArray(term) ? (term as [Tensor, Operand]) : [term as Tensor, 1];
    if (!isTensor(loss) || loss.shape.length > 0)
      throw new ShapeError(
        `${located("weightedSum")}: the loss of ${task} must be one number, got ${isTensor(loss) ? formatType(loss) : describeGiven(loss)}; reduce it by mean or sum`,
      );
    const isWeight = isTensor(weight) ? weight.shape.length === 0 : Number.isFinite(weight);
    if (!isWeight)
      throw new OptionError(
        `${located("weightedSum")}: the weight of ${task} must be one number, got ${isTensor(weight) ? formatType(weight) : weight}`,
      );
    if (isTensor(weight)) return weigh(loss, weight);
    if (weight === 0) return fill(0, [], loss.dtype);
    return weight === 1 ? loss : mul(loss, weight);
  });
  if (terms.length === 0) throw new OptionError(`${located("weightedSum")}: there are no losses`);
  return terms.reduce((a, b) => add(a, b));
}
