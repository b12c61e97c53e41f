/**
 * Positions of steps, for layers that do not know the order of a sequence, such as attention and short convolutions: a vector
 * p_t for each position t is added, y_t = x_t + p_t. Learned as in Gehring et al. 2017; or sinusoidal (Vaswani et al. 2017):
 *
 *   p_t[2i] = sin(t / 10000^(2i / features))    p_t[2i + 1] = cos(t / 10000^(2i / features))
 */
import { NdArray, ShapeError } from "../array/index.ts";
import { constant, fill, formatType, located, type Tensor } from "../graph/index.ts";
import { add, broadcastTo, numbersBelow, reshape, slice, take } from "../ops/index.ts";
import { integer, withDefault, word } from "../options/index.ts";
import { type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** Where the vectors of positions come from. */
export type PositionKind = "learned" | "sinusoidal";

const positionsLayer = defineLayer({
  type: "positions",
  options: {
    count: integer(1),
    kind: withDefault(word<PositionKind>("learned", "sinusoidal"), "learned"),
    initializer: initializerOption({ type: "normal", mean: 0, deviation: 0.1 }),
  },
  steps: "kept",
  forward: ({ count, kind, initializer }, x, scope) => {
    const [n, steps, features] = x.shape;
    if (x.shape.length !== 3 || steps > count)
      throw new ShapeError(
        `${located("positions")}: expects [n, steps, features] of at most ${count} steps, got ${formatType(x)}`,
      );
    const lengths = reshape(scope.steps(x)?.lengths ?? fill(steps, [n], "i32"), [1, n]);
    const before = scope.stateBefore("position");
    scope.stateAfter("position", before === undefined ? lengths : add(before, lengths));
    // A sequence that begins here needs no row beyond its steps.
    const needed = before === undefined ? steps : count;
    const table =
      kind === "learned"
        ? scope.parameter("weight", [count, features], initializer)
        : constant(sinusoids(needed, features).cast(x.dtype));
    return add(x, before === undefined ? slice(table, 0, 0, steps) : rowsAfter(before, steps, table));
  },
});

/** The vectors of the next steps of sequences that had [1, n] steps before. */
function rowsAfter(before: Tensor, steps: number, table: Tensor): Tensor {
  const n = before.shape[1];
  const size = [n, steps];
  const places = broadcastTo(reshape(constant(numbersBelow(steps)), [1, steps]), size);
  return take(table, add(broadcastTo(reshape(before, [n, 1]), size), places));
}

/** The sinusoidal vectors [count, features]. */
function sinusoids(count: number, features: number): NdArray {
  const data = Float64Array.from({ length: count * features }, (_, i) => {
    const [position, feature] = [Math.floor(i / features), i % features];
    const angle = position / 10000 ** ((feature - (feature % 2)) / features);
    return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return new NdArray(data, [count, features], "f64");
}

/** Options of `positions`. */
export interface PositionsOptions {
  /** `learned`, with the parameter `weight` [count, features], or `sinusoidal`, which are fixed. Default `learned`. */
  readonly kind?: PositionKind | undefined;
  /** Initializer of learned vectors. Default: normally distributed with deviation 0.1. */
  readonly initializer?: Initializer | undefined;
}

/**
 * Adds the vector of each step's position: [n, steps, features], of at most `count` steps, keeps its shape. When a sequence
 * comes in chunks (`carryStates`), positions count on; those beyond the last vector are NaN.
 * @throws ShapeError for more steps
 */
export const positions = (count: number, options: PositionsOptions = {}): Layer =>
  positionsLayer({ count, ...options });

/** The factory, for the catalog. */
export const positionsLayers = [positionsLayer];
