/** Rows of a table by number, for words and other things that have a number and no size. Source: Bengio et al. 2003. */
import { OptionError, type Random, type Shape, ShapeError, shorten } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { add, broadcastTo, equal, matmul, reshape, select, stopGradient, take } from "../ops/index.ts";
import { checkNames, flag, integer, namesOf, optional, text, withDefault } from "../options/index.ts";
import { type Initial, type Initializer, initialize, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** In saved models it stands for "none". */
const NO_PADDING = -1;

const embeddingLayer = defineLayer({
  type: "embedding",
  options: {
    count: integer(1),
    features: integer(1),
    padding: withDefault(integer(NO_PADDING), NO_PADDING),
    remember: optional(text()),
    initializer: initializerOption({ type: "normal", mean: 0, deviation: 1 }),
  },
  steps: "kept",
  forward: ({ count, features, padding, remember, initializer }, numbers, scope) => {
    if (numbers.dtype !== "i32") {
      throw new ShapeError(
        `${located("embedding")}: expects numbers i32[n, …], got ${formatType(numbers)}; ` +
          'build the model with dtype "i32", and put the embedding first',
      );
    }
    const table = scope.parameter("weight", [count, features], startingTable(initializer, padding));
    if (remember !== undefined) scope.remember(remember, { table });
    const rows = take(table, numbers);
    if (padding === NO_PADDING) return rows;
    const isPadding = reshape(equal(numbers, padding), [...numbers.shape, 1]);
    return select(broadcastTo(isPadding, rows.shape), stopGradient(rows), rows);
  },
});

/** The row of the padding starts at 0, and keeps its value. */
const startingTable =
  (initializer: Initializer, padding: number): Initial =>
  (shape: Shape, random: Random) => {
    const table = initialize(initializer, shape, random);
    if (padding !== NO_PADDING) table.row(padding).data.fill(0);
    return table;
  };

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** The number that stands for "nothing here": its row starts at 0 and has no derivative. Default: none. */
  readonly padding?: number | undefined;
  /** Remembers the table under this name, for `tied`. Default: not remembered. */
  readonly remember?: string | undefined;
  /** How the rows start. Default: normally distributed with deviation 1. */
  readonly initializer?: Initializer | undefined;
}

const optionNames = namesOf<EmbeddingOptions>({ padding: true, remember: true, initializer: true });

/**
 * Row k of a table for each number k: `i32` [n, …] to [n, …, features]. Parameter `weight` [count, features], which
 * starts normally distributed. Numbers outside 0 … count − 1 give NaN.
 * @throws OptionError when the padding is no number of a row, ShapeError for inputs that are no `i32`
 */
export function embedding(count: number, features: number, options: EmbeddingOptions = {}): Layer {
  checkNames("embedding", optionNames, options);
  const { padding, remember, initializer } = options;
  if (padding !== undefined && !(Number.isInteger(padding) && padding >= 0 && padding < count))
    throw new OptionError(`embedding: padding must be the number of a row, 0 to ${count - 1}, got ${padding}`);
  return embeddingLayer({ count, features, padding, remember, initializer });
}

const tiedLayer = defineLayer({
  type: "tied",
  options: { name: text(), bias: withDefault(flag(), true) },
  steps: (_, axis, [x]) => (axis < x.shape.length - 1 ? "kept" : "followed"),
  forward: ({ name, bias }, x, scope) => {
    const { table } = scope.recall(name);
    const features = x.shape[x.shape.length - 1];
    if (table?.shape.length !== 2 || table.shape[1] !== features)
      throw new ShapeError(
        `${located("tied")}: '${shorten(name)}' must be an embedding of ${features} features, those of ${formatType(x)}, ` +
          `got ${table === undefined ? "another layer" : formatType(table)}`,
      );
    const [count] = table.shape;
    const products = matmul(reshape(x, [-1, features]), table, { transposeB: true });
    const y = reshape(products, [...x.shape.slice(0, -1), count]);
    return bias ? add(y, scope.parameter("bias", [count], "zeros")) : y;
  },
});

/** Options of `tied`. */
export interface TiedOptions {
  /** Whether to add a bias to each score. Default true. */
  readonly bias?: boolean | undefined;
}

/**
 * Scores of all rows of an embedding earlier in the network, which remembers its table under the name: x · tableᵀ + bias,
 * [n, …, features] to [n, …, count]. Input and output words share their vectors. Parameter `bias` [count]. Source: Press and
 * Wolf 2017, "Using the Output Embedding to Improve Language Models".
 * @example sequential(embedding(900, 64, { remember: "words" }), lstm(64), tied("words"))
 * @throws ShapeError for other features than the table has, StateError if nothing is remembered under the name
 */
export const tied = (name: string, options: TiedOptions = {}): Layer => tiedLayer({ name, ...options });

/** The factories, for the catalog. */
export const embeddingLayers = [embeddingLayer, tiedLayer];
