/**
 * Attention: for each query q_i the mean of the values v_j, weighted by how well the query and the keys k_j agree,
 *
 *   y_i = Σ_j a_ij v_j,  a_i = softmax_j(score(q_i, k_j))
 *
 * with the score
 *
 *   dot       qᵀ k                     scaled    qᵀ k / √features
 *   general   (W q)ᵀ k                 additive  vᵀ tanh(W q + U k)
 *
 * Sources: Bahdanau, Cho, Bengio 2015 (additive); Luong, Pham, Manning 2015 (dot, general); Vaswani et al. 2017 (scaled,
 * heads).
 */
import { OptionError, ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { add, broadcastTo, matmul, mul, reshape, select, softmax, sum, tanh, transpose } from "../ops/index.ts";
import { integer, optional, type ValuesOf, withDefault, word } from "../options/index.ts";
import { type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";
import { identity } from "./simple.ts";
import { isStep, type Steps, withoutPadding } from "./steps.ts";

/** How queries and keys are compared. */
export type AttentionScore = "dot" | "scaled" | "general" | "additive";

const options = {
  score: withDefault(word<AttentionScore>("dot", "scaled", "general", "additive"), "scaled"),
  units: optional(integer(1)),
  heads: withDefault(integer(1), 1),
  initializer: initializerOption("glorotUniform"),
};

type AttentionValues = ValuesOf<typeof options>;

/** Scores [n, queries, keys] of queries [n, queries, features] and keys [n, keys, features]. */
type Score = (query: Tensor, keys: Tensor, values: AttentionValues, scope: Scope) => Tensor;

const products = (query: Tensor, keys: Tensor): Tensor => matmul(query, keys, { transposeB: true });

/** x · Wᵀ over the last axis of [n, steps, features]: one product for all of them. */
function project(x: Tensor, weight: Tensor): Tensor {
  const [n, steps, features] = x.shape;
  const y = matmul(reshape(x, [n * steps, features]), weight, { transposeB: true });
  return reshape(y, [n, steps, weight.shape[0]]);
}

const scores: Readonly<Record<AttentionScore, Score>> = {
  dot: products,
  scaled: (query, keys) => products(mul(query, 1 / Math.sqrt(query.shape[2])), keys),
  // Of the query, since there is one while a translation is written, and many keys.
  general: (query, keys, { initializer }, scope) => {
    const weight = scope.parameter("weight", [keys.shape[2], query.shape[2]], initializer);
    return products(project(query, weight), keys);
  },
  additive: (query, keys, { initializer, units = keys.shape[2] }, scope) => {
    const [n, queries, features] = query.shape;
    const size = [n, queries, keys.shape[1], units];
    const q = project(query, scope.parameter("query", [units, features], initializer));
    const k = project(keys, scope.parameter("key", [units, keys.shape[2]], initializer));
    const weight = reshape(scope.parameter("score", [1, units], initializer), [units]);
    const hidden = tanh(
      add(broadcastTo(reshape(q, [n, queries, 1, units]), size), broadcastTo(reshape(k, [n, 1, size[2], units]), size)),
    );
    return sum(mul(hidden, weight), 3);
  },
};

/** Which scores need equal features of queries and keys, and can be divided among heads. */
const isProduct = (score: AttentionScore): boolean => score === "dot" || score === "scaled";

/** [n, steps, heads · features] as [n · heads, steps, features]. */
function splitHeads(x: Tensor, heads: number): Tensor {
  if (heads === 1) return x;
  const [n, steps, features] = x.shape;
  const apart = reshape(x, [n, steps, heads, features / heads]);
  return reshape(transpose(apart, [0, 2, 1, 3]), [n * heads, steps, features / heads]);
}

/** The inverse of `splitHeads`. */
function joinHeads(y: Tensor, heads: number): Tensor {
  if (heads === 1) return y;
  const [all, steps, features] = y.shape;
  const apart = reshape(y, [all / heads, heads, steps, features]);
  return reshape(transpose(apart, [0, 2, 1, 3]), [all / heads, steps, heads * features]);
}

/** Stands in for −∞, which would make NaN of the weights of a sequence without keys. */
const EXCLUDED = -1e30;

/** Weights that add up to 1 over the keys that are not padding; 0 where there are none. Scores are [n, heads, queries, keys]. */
function weightsOf(scores: Tensor, steps: Steps | undefined): Tensor {
  if (steps === undefined) return softmax(scores, 3);
  const isKey = isStep(scores, { axis: 3, lengths: steps.lengths });
  return select(isKey, softmax(select(isKey, scores, EXCLUDED), 3), 0);
}

/** The steps of keys or values, which must lie along axis 1. */
function stepsAlong(what: string, x: Tensor, scope: Scope): Steps | undefined {
  const steps = scope.steps(x);
  if (steps === undefined || steps.axis === 1) return steps;
  throw new ShapeError(
    `${located("attention")}: the steps of the ${what} ${formatType(x)} lie along axis ${steps.axis}; ` +
      "transpose them to [n, steps, features]",
  );
}

/**
 * Attends to values.
 * @param query [n, queries, features]
 * @param keys [n, keys, features]
 * @param values [n, keys, outputs]
 */
function attend(settings: AttentionValues, [query, keys, values]: readonly Tensor[], scope: Scope): Tensor {
  checkOperands(settings, query, keys, values);
  const { score, heads } = settings;
  const [steps, valueSteps] = [stepsAlong("keys", keys, scope), stepsAlong("values", values, scope)];
  const [n, queries] = query.shape;
  const q = splitHeads(query, heads);
  const k = splitHeads(withoutPadding(keys, steps), heads);
  const v = splitHeads(withoutPadding(values, valueSteps), heads);
  const all = reshape(scores[score](q, k, settings, scope), [n, heads, queries, keys.shape[1]]);
  const weights = scope.apply("weights", identity(), weightsOf(all, steps ?? valueSteps));
  const y = matmul(reshape(weights, [n * heads, queries, keys.shape[1]]), v);
  return joinHeads(y, heads);
}

function checkOperands({ score, heads }: AttentionValues, query: Tensor, keys: Tensor, values: Tensor): void {
  const all = [query, keys, values];
  const where = located("attention");
  const got = `query ${formatType(query)}, keys ${formatType(keys)}, values ${formatType(values)}`;
  const isBatch = all.every(({ shape }) => shape.length === 3 && shape[0] === query.shape[0]);
  if (!isBatch || keys.shape[1] !== values.shape[1])
    throw new ShapeError(
      `${where}: expects a query [n, queries, features], keys [n, keys, features] and values [n, keys, outputs], got ${got}`,
    );
  if (isProduct(score) && query.shape[2] !== keys.shape[2])
    throw new ShapeError(
      `${where}: the score '${score}' multiplies queries and keys of the same features, got ${got}; ` +
        "take 'general' or 'additive', or put nn.linear before one of them",
    );
  if (all.some(({ shape }) => shape[2] % heads !== 0))
    throw new ShapeError(`${where}: ${heads} heads must divide the features of each input evenly, got ${got}`);
}

const attentionLayer = defineLayer({
  type: "attention",
  inputs: ["query", "keys", "values"],
  options,
  steps: "first",
  forward: attend,
});

/** The factory, for the catalog. */
export const attentionLayers = [attentionLayer];

/** Options of `attention`. */
export interface AttentionOptions {
  /**
   * How a query q and a key k are compared: `dot`, qᵀk; `scaled`, qᵀk / √features; `general`, (Wq)ᵀk, with the parameter
   * `weight` [key features, query features]; `additive`, vᵀ tanh(Wq + Uk), with `query` [units, query features], `key`
   * [units, key features] and `score` [1, units]. Default `scaled`.
   */
  readonly score?: AttentionScore | undefined;
  /** The units of `additive`. Default: the features of the keys. */
  readonly units?: number | undefined;
  /**
   * The number of heads: the features of all inputs are divided among them, each head attends by itself, and their results
   * are joined. For `dot` and `scaled`. Default 1.
   */
  readonly heads?: number | undefined;
  /** Initializer of the parameters. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
}

/**
 * Attention, for `network`: of a query [n, queries, features] over keys [n, keys, features] and values [n, keys, outputs],
 * [n, queries, outputs]. Where the lengths of the keys' sequences are known, padding has the weight 0; a query without keys
 * gives 0. The weights, [n, heads, queries, keys], are the inner value `weights`, for taps.
 * @example network({ source: tokens(50), target: tokens(50) }, ({ source, target }) => { …; return attention({ score: "general" })(states, memory, memory); })
 * @throws OptionError for heads or units that the score does not have; ShapeError for inputs that do not fit
 */
export function attention(given: AttentionOptions = {}): Layer {
  const { score = "scaled", heads = 1, units } = given;
  if (heads > 1 && !isProduct(score))
    throw new OptionError(`attention: heads are for the scores 'dot' and 'scaled', not '${score}'`);
  if (units !== undefined && score !== "additive")
    throw new OptionError(`attention: units are for the score 'additive', not '${score}'`);
  return attentionLayer(given);
}
