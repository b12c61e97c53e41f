/**
 * Nearest neighbors, exactly: every query is compared with every row, in blocks of matrix products on the engine.
 *
 *   cosine:    d(q, b) = 1 − q · b / (|q| |b|)
 *   euclidean: d(q, b) = |q − b|,   ordered by  q · b − |b|² / 2
 *
 * The products are in float32, which orders rows up to rounding; a few more candidates than asked for are kept, and their
 * distances computed again in double precision.
 */
import { NdArray, OptionError, ShapeError } from "../../array/index.ts";
import { sliceRows } from "../../data/index.ts";
import { type Compiled, compile, type EngineChoice, engineKind } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { div, matmul, maximum, mul, reshape, sqrt, square, sub, sum } from "../../ops/index.ts";
import { integer, type Kind, optional, readOptions, withDefault, word } from "../../options/index.ts";
import { checkFeatures } from "./features.ts";
import { TopRows } from "./top-rows.ts";

/** How far two rows of features are apart: by the angle between them, or by their difference. */
export type Metric = "cosine" | "euclidean";

/** Options of `nearestNeighbors`. */
export interface NeighborOptions {
  /** How many neighbors of each query. Default 5. */
  readonly k?: number | undefined;
  /** `cosine` ignores lengths, which in layers after ReLU say how sure a network is. Default `cosine`. */
  readonly metric?: Metric | undefined;
  /** Rows whose neighbors are looked for, `f32` [m, d]. Default: all rows of the features; a row is no neighbor of itself. */
  readonly queries?: NdArray | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** The nearest rows of each query, nearest first. */
export interface Neighbors {
  /** `i32` [m, k]: numbers of rows. */
  readonly rows: NdArray;
  /** `f32` [m, k]: their distances. */
  readonly distances: NdArray;
}

/** The kind and default of `metric`. */
export const metricKind = withDefault(word<Metric>("cosine", "euclidean"), "cosine");

/** An array, which is checked where it is used. */
const arrayKind: Kind<NdArray> = {
  expects: "an NdArray f32 [m, d]",
  read: (value) => (value instanceof NdArray ? value : undefined),
};

/** The kinds and defaults of `NeighborOptions`. */
export const neighborSchema = {
  k: withDefault(integer(1), 5),
  metric: metricKind,
  queries: optional(arrayKind),
  engine: optional(engineKind),
} satisfies Record<keyof NeighborOptions, Kind<unknown>>;

/** Rows of features in a block, and queries in one: 2 MiB of products. */
const BLOCK = { rows: 4096, queries: 128 } as const;
/** Candidates beyond k, among which float32 may have erred about the order. */
const SPARE = 8;

/**
 * The k nearest rows of features for each query.
 * @param features `f32` [n, d]
 * @throws OptionError for fewer rows than neighbors; ShapeError for features of other shapes; NumericError for numbers that
 *   are not finite
 * @example
 * const { rows } = await nearestNeighbors(space, { k: 5 });
 */
export async function nearestNeighbors(features: NdArray, options: NeighborOptions = {}): Promise<Neighbors> {
  const where = "nearestNeighbors";
  const { k, metric, queries: given, engine } = readOptions(where, neighborSchema, options);
  checkFeatures(where, "features", features);
  const queries = given ?? features;
  if (given !== undefined) checkFeatures(where, "queries", queries);
  const isOwn = given === undefined;
  const [n, d] = features.shape;
  if (queries.shape[1] !== d)
    throw new ShapeError(`${where}: queries have ${queries.shape[1]} numbers a row, features ${d}`);
  const others = isOwn ? n - 1 : n;
  if (k > others) throw new OptionError(`${where}: k ${k}, but a query has only ${others} other rows to be near to`);
  const tops = new TopRows(queries.shape[0], Math.min(k + SPARE, others));
  await eachProduct(features, queries, metric, engine, (products, query, row, isNew) =>
    tops.add(products, query, row, isNew, isOwn),
  );
  return tops.finish(k, (query, row) => distances[metric](queries, query, features, row));
}

type Visit = (products: NdArray, query: number, row: number, firstNew: number) => void;

/** Closeness of all queries and rows, block by block. The last block overlaps others, so that one program serves all. */
async function eachProduct(
  features: NdArray,
  queries: NdArray,
  metric: Metric,
  engine: EngineChoice | undefined,
  visit: Visit,
): Promise<void> {
  const [n, d] = features.shape;
  const m = queries.shape[0];
  const [rows, asked] = [Math.min(BLOCK.rows, n), Math.min(BLOCK.queries, m)];
  const types = [
    { shape: [asked, d], dtype: "f32" },
    { shape: [rows, d], dtype: "f32" },
  ] as const;
  const program: Compiled<Tensor> = compile((q: Tensor, b: Tensor) => closeness[metric](q, b), types, { engine });
  for (const query of starts(m, asked)) {
    const some = sliceRows(queries, query.from, query.from + asked);
    for (const row of starts(n, rows)) {
      const products = await program(some, sliceRows(features, row.from, row.from + rows));
      visit(sliceRows(products, query.skip, asked), query.from + query.skip, row.from, row.skip);
    }
  }
}

/** The beginnings of blocks that cover `count` rows, and how many rows at the front an earlier block had. */
function starts(count: number, size: number): { readonly from: number; readonly skip: number }[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => {
    const from = Math.min(i * size, count - size);
    return { from, skip: i * size - from };
  });
}

/** What is larger for nearer rows: [m, d], [n, d] → [m, n]. */
const closeness: Readonly<Record<Metric, (queries: Tensor, rows: Tensor) => Tensor>> = {
  cosine: (q, b) => matmul(q, normalized(b), { transposeB: true }),
  euclidean: (q, b) => sub(matmul(q, b, { transposeB: true }), reshape(mul(squaredLengths(b), 0.5), [1, -1])),
};

const squaredLengths = (rows: Tensor): Tensor => sum(square(rows), 1);

/** What lengths below it count as, so that a row of zeros stays one. */
const SHORTEST = 1e-30;

/** Rows of length 1. */
const normalized = (rows: Tensor): Tensor => div(rows, reshape(maximum(sqrt(squaredLengths(rows)), SHORTEST), [-1, 1]));

/** Distances of single rows, in double precision. */
const distances: Readonly<Record<Metric, (a: NdArray, i: number, b: NdArray, j: number) => number>> = {
  cosine: (a, i, b, j) => {
    const d = a.shape[1];
    let ab = 0;
    let aa = 0;
    let bb = 0;
    for (let c = 0, at = i * d, bt = j * d; c < d; c++, at++, bt++) {
      const x = a.data[at];
      const y = b.data[bt];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return aa > 0 && bb > 0 ? Math.max(0, 1 - ab / Math.sqrt(aa * bb)) : 1;
  },
  euclidean: (a, i, b, j) => {
    const d = a.shape[1];
    let squares = 0;
    for (let c = 0, at = i * d, bt = j * d; c < d; c++, at++, bt++) squares += (a.data[at] - b.data[bt]) ** 2;
    return Math.sqrt(squares);
  },
};
