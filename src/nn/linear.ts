/** The fully connected layer: y = x · weightᵀ + bias. */
import { ShapeError } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { add, matmul, reshape } from "../ops/index.ts";
import { flag, integer, withDefault } from "../options/index.ts";
import { biasInitial, type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";

export const linearLayer = defineLayer({
  type: "linear",
  options: {
    units: integer(1),
    bias: withDefault(flag(), true),
    initializer: initializerOption("glorotUniform"),
    biasInitializer: initializerOption("zeros"),
  },
  steps: (_, axis, [x]) => (axis < x.shape.length - 1 ? "kept" : "followed"),
  forward: ({ units, bias, initializer, biasInitializer }, x, scope) => {
    if (x.shape.length < 2)
      throw new ShapeError(`${located("linear")}: expects [n, …, features], got ${formatType(x)}`);
    const features = x.shape[x.shape.length - 1];
    const weight = scope.parameter("weight", [units, features], initializer);
    const y = reshape(matmul(reshape(x, [-1, features]), weight, { transposeB: true }), [
      ...x.shape.slice(0, -1),
      units,
    ]);
    if (!bias) return y;
    return add(y, scope.parameter("bias", [units], biasInitial(biasInitializer, [units, features])));
  },
});

/** Options of `linear`. */
export interface LinearOptions {
  /** Whether to add a bias to each output. Default true. */
  readonly bias?: boolean | undefined;
  /** Initializer of the weights. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
  /** Initializer of the bias. Default `zeros`. */
  readonly biasInitializer?: Initializer | undefined;
}

/** Fully connected over the last axis: [n, features] to [n, units]. Parameters `weight` [units, features], `bias` [units]. */
export const linear = (units: number, options: LinearOptions = {}): Layer => linearLayer({ units, ...options });
