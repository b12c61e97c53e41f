/**
 * A gated recurrent unit that attends to a memory m before each step (Bahdanau, Cho, Bengio 2015):
 *
 *   c_t = Σ_j a_tj m_j,  a_t = softmax_j(vᵀ tanh(W h_{t−1} + U m_j)),  h_t = GRU(h_{t−1}, [x_t, c_t])
 *
 * What attention needs of the memory, U m, is computed once for all steps.
 */
import { ShapeError, sameShape } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { concat, gru, matmul, reshape } from "../ops/index.ts";
import { integer, optional, type ValuesOf } from "../options/index.ts";
import { additiveScores, project, stepsAlong, weightsOf } from "./attention.ts";
import { type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";
import { recurrentParameters } from "./recurrent.ts";
import { scan } from "./scan.ts";
import { identity } from "./simple.ts";
import { withoutPadding } from "./steps.ts";

const options = {
  units: integer(1),
  attentionUnits: optional(integer(1)),
  initializer: initializerOption("torchUniform"),
};

function goThrough(
  { units, attentionUnits = units, initializer }: ValuesOf<typeof options>,
  [x, given, initial]: readonly Tensor[],
  scope: Scope,
): Tensor {
  checkInputs(units, x, given, initial);
  const [n, steps, channels] = x.shape;
  const [, length, features] = given.shape;
  const lengths = stepsAlong("attentiveGru", "memory", given, scope);
  const memory = withoutPadding(given, lengths);
  const query = scope.parameter("query", [attentionUnits, units], initializer);
  const keys = project(memory, scope.parameter("key", [attentionUnits, features], initializer));
  const score = scope.parameter("score", [1, attentionUnits], initializer);
  const sizes = { units, layers: 1, bidirectional: false, bias: true };
  const parameters = recurrentParameters(scope, "gru", channels + features, {
    ...{ ...sizes, initializer, biasInitializer: "zeros" },
  });
  const step = (h: Tensor, element: Tensor) => {
    const scores = additiveScores(project(reshape(h, [n, 1, units]), query), keys, score);
    const weights = reshape(weightsOf(reshape(scores, [n, 1, 1, length]), lengths), [n, 1, length]);
    const context = reshape(matmul(weights, memory), [n, features]);
    const input = reshape(concat([element, context], 1), [n, 1, channels + features]);
    const next = gru(input, parameters, { initial: { h: reshape(h, [1, n, units]) } }).h;
    const state = reshape(next, [n, units]);
    return { state, output: { state, context, weights: reshape(weights, [n, length]) } };
  };
  const before = scope.stateBefore("h");
  const { state, outputs } = scan(step, before === undefined ? initial : reshape(before, [n, units]), x);
  scope.stateAfter("h", reshape(state, [1, n, units]));
  scope.apply("weights", identity(), reshape(outputs.weights, [n, 1, steps, length]));
  return concat([outputs.state, outputs.context], 2);
}

function checkInputs(units: number, x: Tensor, memory: Tensor, initial: Tensor): void {
  const [n] = x.shape;
  const isSequence = (y: Tensor): boolean => y.shape.length === 3 && y.shape[0] === n;
  if (isSequence(x) && isSequence(memory) && sameShape(initial.shape, [n, units])) return;
  throw new ShapeError(
    `${located("attentiveGru")}: expects [n, steps, channels], a memory [n, length, features] and a first state ` +
      `[n, ${units}], got ${[x, memory, initial].map(formatType).join(", ")}`,
  );
}

const attentiveLayer = defineLayer({
  type: "attentiveGru",
  inputs: ["x", "memory", "initial"],
  options,
  steps: "first",
  forward: goThrough,
});

/** The factory, for the catalog. */
export const attentiveLayers = [attentiveLayer];

/** Options of `attentiveGru`. */
export interface AttentiveOptions {
  /** The size of what states and memory are compared as. Default: as many as units. */
  readonly attentionUnits?: number | undefined;
  /** Initializer of the weights. Default `torchUniform`. */
  readonly initializer?: Initializer | undefined;
}

/**
 * A gated recurrent unit that attends to a memory before each step, for `network`: x [n, steps, channels], a memory [n, length,
 * features] and a first state [n, units] to states and what was attended to, [n, steps, units + features]. Parameters as
 * those of `gru` for channels + features, and `query` [attentionUnits, units], `key` [attentionUnits, features], `score` [1,
 * attentionUnits]. Padding of the memory has the weight 0. The weights, [n, 1, steps, length], are the inner value `weights`.
 * @example network({ … }, ({ … }) => attentiveGru(256)(words, memory, first))
 * @throws ShapeError for inputs that do not fit
 */
export const attentiveGru = (units: number, given: AttentiveOptions = {}): Layer => attentiveLayer({ units, ...given });
