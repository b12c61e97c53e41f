/** Pools the steps of a sequence to one vector, without padding. */
import { ShapeError } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { word } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";
import { poolOver, type StepPooling } from "./steps.ts";

const poolStepsLayer = defineLayer({
  type: "poolSteps",
  options: { kind: word<StepPooling>("max", "mean", "sum") },
  steps: "ended",
  forward: ({ kind }, x, scope) => {
    if (x.shape.length < 3)
      throw new ShapeError(`${located("poolSteps")}: expects [n, steps, features, …], got ${formatType(x)}`);
    const steps = scope.steps(x);
    if (steps !== undefined && steps.axis !== 1)
      throw new ShapeError(
        `${located("poolSteps")}: expects [n, steps, features, …], but the steps of ${formatType(x)} lie along axis ` +
          `${steps.axis}; use globalMaxPool() or globalAvgPool(), or transpose it`,
      );
    return poolOver(x, 1, kind, steps);
  },
});

/**
 * The maximum, mean or sum of the steps of a sequence: [n, steps, features, …] to [n, features, …]. If the lengths of the
 * sequences are known, padding does not count; a sequence without steps gives 0.
 * @throws ShapeError for inputs without an axis of steps
 */
export const poolSteps = (kind: StepPooling): Layer => poolStepsLayer({ kind });

/** The factories, for the catalog. */
export const poolStepsLayers = [poolStepsLayer];
