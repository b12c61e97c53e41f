/** The fully connected layer: y = x · weightᵀ + bias. */
import { ShapeError } from "../array/index.ts";
import { flag, formatType, integer, located, withDefault, word } from "../graph/index.ts";
import { add, matmul, reshape } from "../ops/index.ts";
import { type InitializerName, initializerNames } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";

export const linearLayer = defineLayer({
  type: "linear",
  options: {
    units: integer(1),
    bias: withDefault(flag(), true),
    initializer: withDefault(word(...initializerNames), "glorotUniform" as InitializerName),
  },
  forward: ({ units, bias, initializer }, x, scope) => {
    if (x.shape.length < 2)
      throw new ShapeError(`${located("linear")}: expects [n, …, features], got ${formatType(x)}`);
    const features = x.shape[x.shape.length - 1];
    const weight = scope.parameter("weight", [units, features], initializer);
    const y = reshape(matmul(reshape(x, [-1, features]), weight, { transposeB: true }), [
      ...x.shape.slice(0, -1),
      units,
    ]);
    return bias ? add(y, scope.parameter("bias", [units], "zeros")) : y;
  },
});

export interface LinearOptions {
  /** Default true; it starts at 0. */
  readonly bias?: boolean;
  /** Default `glorotUniform`. */
  readonly initializer?: InitializerName;
}

/** Fully connected over the last axis: [n, features] to [n, units]. Parameters `weight` [units, features], `bias` [units]. */
export const linear = (units: number, options: LinearOptions = {}): Layer => linearLayer({ units, ...options });
