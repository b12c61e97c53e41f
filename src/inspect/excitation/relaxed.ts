/**
 * Relaxed rectifiers for the first steps of ascent. Gray may silence a unit, y = max(0, z) = 0, and with it every slope to
 * climb. Where nothing comes through a rectifier for a sample, what would raise silent units goes through all the same:
 *
 *   R · [z > 0]                if that is not 0 for all units of the sample
 *   R · [z > 0 or R < 0]       else, R = ∂ loss / ∂y, so that R < 0 asks for more of y
 *
 * Source: github.com/tensorflow/lucid, `redirected_relu_grad`, which does so in the first 16 steps.
 */
import type { Tensor } from "../../graph/index.ts";
import { and, equal, less, lessEqual, select, square, sum } from "../../ops/index.ts";
import type { BackwardRules } from "../probe/index.ts";
import { rectifierRules } from "../rectifiers.ts";

/** The rules of a step that is relaxed or not, a scalar. */
export const relaxedRules = (isRelaxed: Tensor): BackwardRules =>
  rectifierRules((dy, y) => {
    const isSilent = lessEqual(y, 0);
    const usual = select(isSilent, 0, dy);
    const inSample = y.shape.map((_, axis) => axis).slice(1);
    const isLost = equal(sum(square(usual), inSample, { keep: true }), 0);
    return select(and(isRelaxed, and(isLost, and(isSilent, less(dy, 0)))), dy, usual);
  });
