/** Rows of a table by number, for words and other things that have a number and no size. Source: Bengio et al. 2003. */
import { OptionError, type Random, type Shape, ShapeError } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { broadcastTo, equal, reshape, select, stopGradient, take } from "../ops/index.ts";
import { checkNames, integer, namesOf, withDefault } from "../options/index.ts";
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
    initializer: initializerOption({ type: "normal", mean: 0, deviation: 1 }),
  },
  steps: "kept",
  forward: ({ count, features, padding, initializer }, numbers, scope) => {
    if (numbers.dtype !== "i32") {
      throw new ShapeError(
        `${located("embedding")}: expects numbers i32[n, …], got ${formatType(numbers)}; ` +
          'build the model with dtype "i32", and put the embedding first',
      );
    }
    const table = scope.parameter("weight", [count, features], startingTable(initializer, padding));
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
  /** How the rows start. Default: normally distributed with deviation 1. */
  readonly initializer?: Initializer | undefined;
}

const optionNames = namesOf<EmbeddingOptions>({ padding: true, initializer: true });

/**
 * Row k of a table for each number k: `i32` [n, …] to [n, …, features]. Parameter `weight` [count, features], which
 * starts normally distributed. Numbers outside 0 … count − 1 give NaN.
 * @throws OptionError when the padding is no number of a row, ShapeError for inputs that are no `i32`
 */
export function embedding(count: number, features: number, options: EmbeddingOptions = {}): Layer {
  checkNames("embedding", optionNames, options);
  const { padding, initializer } = options;
  if (padding !== undefined && !(Number.isInteger(padding) && padding >= 0 && padding < count))
    throw new OptionError(`embedding: padding must be the number of a row, 0 to ${count - 1}, got ${padding}`);
  return embeddingLayer({ count, features, padding, initializer });
}

/** The factories, for the catalog. */
export const embeddingLayers = [embeddingLayer];
