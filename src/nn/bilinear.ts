/**
 * The bilinear layer: how well two vectors go together, by a matrix for each output,
 *
 *   y_k = aᵀ · M_k · b + bias_k
 *
 * With one output it is the similarity of Bordes et al. 2014 and Severyn and Moschitti 2015; PyTorch calls it Bilinear.
 */
import { ShapeError } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { add, matmul, mul, reshape, sum } from "../ops/index.ts";
import { flag, integer, withDefault } from "../options/index.ts";
import { biasInitial, type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";

export const bilinearLayer = defineLayer({
  type: "bilinear",
  inputs: ["a", "b"],
  options: {
    units: integer(1),
    bias: withDefault(flag(), true),
    initializer: initializerOption("glorotUniform"),
    biasInitializer: initializerOption("zeros"),
  },
  forward: ({ units, bias, initializer, biasInitializer }, [a, b], scope) => {
    const [n, i] = a.shape;
    const j = b.shape[1];
    if (a.shape.length !== 2 || b.shape.length !== 2 || b.shape[0] !== n)
      throw new ShapeError(
        `${located("bilinear")}: expects vectors [n, features] and [n, features], got ${formatType(a)} and ${formatType(b)}`,
      );
    const weight = scope.parameter("weight", [units, i, j], initializer);
    // All M_k · b at once, as rows of one matrix product.
    const products = reshape(matmul(b, reshape(weight, [units * i, j]), { transposeB: true }), [n, units, i]);
    const y = sum(mul(products, reshape(a, [n, 1, i])), 2);
    return bias ? add(y, scope.parameter("bias", [units], biasInitial(biasInitializer, [units, i, j]))) : y;
  },
});

/** Options of `bilinear`. */
export interface BilinearOptions {
  /** Whether to add a bias to each output. Default true. */
  readonly bias?: boolean | undefined;
  /** Initializer of the matrices. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
  /** Initializer of the bias. Default `zeros`. */
  readonly biasInitializer?: Initializer | undefined;
}

/**
 * Bilinear in two inputs, for networks: a [n, i] and b [n, j] to [n, units]. Parameters `weight` [units, i, j], `bias` [units].
 * @example network({ a: [8], b: [6] }, ({ a, b }) => bilinear(1)(a, b))
 * @throws ShapeError for inputs that are not vectors
 */
export const bilinear = (units: number, options: BilinearOptions = {}): Layer => bilinearLayer({ units, ...options });
