/**
 * A layer applied to each step of a sequence by itself, such as a network for sentences to each sentence of a document: all
 * steps of the batch are samples of the inner layer, with the same parameters.
 *
 *   y[n, s] = f(x[n, s])
 *
 * Keras calls it TimeDistributed. What lies beyond a sequence's length is computed too and ignored later, so the inner layer
 * should treat samples one by one: batch normalization would count padding as samples.
 */
import { ShapeError } from "../array/index.ts";
import { constant, formatType, located, type Tensor } from "../graph/index.ts";
import { add, cast, max, mul, notEqual, numbersBelow, reshape } from "../ops/index.ts";
import { integer, withDefault } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";
import { layers, namedLayers } from "./members.ts";

/** In saved models it stands for "none". */
const NO_PADDING = -1;

const eachStepLayer = defineLayer({
  type: "eachStep",
  options: { layers: layers(), padding: withDefault(integer(NO_PADDING), NO_PADDING) },
  steps: (_, axis) => (axis === 1 ? "kept" : "followed"),
  forward: ({ layers: [{ name, layer }], padding }, x, scope) => {
    const [n, steps, ...inner] = x.shape;
    if (x.shape.length < 3)
      throw new ShapeError(
        `${located("eachStep")}: expects [n, steps, …] with something in each step, got ${formatType(x)}`,
      );
    const rows = reshape(x, [n * steps, ...inner]);
    if (padding !== NO_PADDING) scope.setSteps(rows, { axis: 1, lengths: lengthsOf(rows, padding) });
    const y = scope.applyToRows(name, layer, rows);
    if (y.shape[0] === n * steps) return reshape(y, [n, steps, ...y.shape.slice(1)]);
    throw new ShapeError(
      `${located("eachStep")}: the inner layer must keep its samples, ${n * steps}, got ${formatType(y)}`,
    );
  },
});

/** The number of elements up to the last one that is not padding, in each row of `i32` [rows, length]; `i32` [rows]. */
function lengthsOf(rows: Tensor, padding: number): Tensor {
  if (rows.dtype !== "i32" || rows.shape.length !== 2)
    throw new ShapeError(
      `${located("eachStep")}: padding ${padding} is for tokens, i32[n, steps, length]; leave it out for ${formatType(rows)}`,
    );
  const places = add(constant(numbersBelow(rows.shape[1])), 1);
  return max(mul(cast(notEqual(rows, padding), "i32"), reshape(places, [1, -1])), 1);
}

/** Options of `eachStep`. */
export interface EachStepOptions {
  /**
   * For steps that are sequences of tokens, `i32` [n, steps, length]: the token that fills up shorter ones at their ends, so
   * that layers along them ignore it. Default: none, all have full length.
   */
  readonly padding?: number | undefined;
}

/**
 * Applies a layer to each step of a sequence: [n, steps, …] to [n, steps, …], by the layer's rule for [n, …]. The lengths of
 * the sequences stay known. The inner layer is called 0, or by its own name (`named`).
 * @example eachStep(sequential(embedding(9000, 50, { padding: 0 }), poolSteps("max")), { padding: 0 }) // [n, sentences, words] → [n, sentences, 50]
 * @throws OptionError for what is no layer, ShapeError for inputs without an axis of steps
 */
export const eachStep = (layer: Layer, options: EachStepOptions = {}): Layer =>
  eachStepLayer({ layers: namedLayers("eachStep", [layer]), ...options });

/** The factory, for the catalog. */
export const eachStepLayers = [eachStepLayer];
