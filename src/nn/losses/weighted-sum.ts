/** One loss of several: networks that have more than one task. */
import { checkOptions, describeGiven, OptionError, ShapeError } from "../../array/index.ts";
import { fill, formatType, isTensor, located, type Tensor } from "../../graph/index.ts";
import { add, mul, type Operand } from "../../ops/index.ts";
import { weigh } from "./reduction.ts";

/** A loss that is one number, and what it is multiplied by. */
export type WeighedLoss = Tensor | readonly [loss: Tensor, weight: Operand];

/**
 * The loss of a network with several tasks, Σ weight · loss.
 * @param losses by the name of the task, each one number; alone it has weight 1, and with weight 0 it is left out
 * @throws ShapeError for a loss that is not one number, OptionError for a weight that is not one either
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
