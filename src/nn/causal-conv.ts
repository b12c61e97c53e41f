/**
 * Causal convolution over time: y_t depends on x_t and the steps before it only,
 *
 *   y_t = b + Σ_k W_k x_{t − (kernel − 1 − k) · dilation}
 *
 * with zeros before the first step. Its state is what it still needs of the past, the last (kernel − 1) · dilation steps, so
 * a network of these layers goes on step by step, as recurrent ones do. Sources: van den Oord et al. 2016 (WaveNet); Gehring
 * et al. 2017.
 */
import { constant, fill, type Tensor } from "../graph/index.ts";
import { add, broadcastTo, concat, conv, gather, numbersBelow, reshape, slice } from "../ops/index.ts";
import { flag, integer, withDefault } from "../options/index.ts";
import { addBias } from "./conv.ts";
import { type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";
import { expectSpatial } from "./spatial.ts";
import { type Steps, withoutPadding } from "./steps.ts";

const causalConvLayer = defineLayer({
  type: "causalConv1d",
  options: {
    filters: integer(1),
    kernel: integer(1),
    dilation: withDefault(integer(1), 1),
    groups: withDefault(integer(1), 1),
    bias: withDefault(flag(), true),
    initializer: initializerOption("glorotUniform"),
    biasInitializer: initializerOption("zeros"),
  },
  // No step sees the padding behind the last one.
  steps: (_, axis) => (axis === 2 ? "kept" : "followed"),
  forward: ({ filters, kernel, dilation, groups, bias, initializer, biasInitializer }, given, scope) => {
    expectSpatial("causalConv1d", 1, given);
    const steps = scope.steps(given);
    const x = withoutPadding(given, steps);
    const memory = (kernel - 1) * dilation;
    const past = pastOf(x, memory, scope);
    if (memory > 0) scope.stateAfter("past", lastSteps(x, past, memory, steps));
    const shape = [filters, Math.floor(x.shape[1] / groups), kernel];
    const weight = scope.parameter("weight", shape, initializer);
    const y =
      past === undefined
        ? conv(x, weight, { dilation, groups, padding: [memory, 0] })
        : conv(concat([past, x], 2), weight, { dilation, groups });
    return addBias(y, { bias, biasInitializer }, shape, scope);
  },
});

/** The steps before the first one, [n, channels, memory]; `undefined` for zeros. */
function pastOf({ shape: [n, channels] }: Tensor, memory: number, scope: Scope): Tensor | undefined {
  const state = memory > 0 ? scope.stateBefore("past") : undefined;
  return state && reshape(state, [n, channels, memory]);
}

/** The last steps of each sequence, as the state [1, n, channels, memory]. */
function lastSteps(x: Tensor, past: Tensor | undefined, memory: number, steps: Steps | undefined): Tensor {
  const [n, channels, length] = x.shape;
  const all = concat([past ?? fill(0, [n, channels, memory], x.dtype), x], 2);
  const state = [1, n, channels, memory];
  if (steps === undefined) return reshape(slice(all, 2, length), state);
  const size = [n, channels, memory];
  const places = broadcastTo(constant(numbersBelow(memory)), size);
  return reshape(gather(all, add(broadcastTo(reshape(steps.lengths, [n, 1, 1]), size), places), 2), state);
}

/** Options of `causalConv1d`. */
export interface CausalConvOptions {
  /** The number of steps that an output sees, its own the last of them. */
  readonly kernel: number;
  /** The distance between these steps. Default 1. */
  readonly dilation?: number | undefined;
  /** The number of groups into which channels and filters are divided. Default 1. */
  readonly groups?: number | undefined;
  /** Whether to add a bias to each output map. Default true. */
  readonly bias?: boolean | undefined;
  /** Initializer of the filters. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
  /** Initializer of the bias. Default `zeros`. */
  readonly biasInitializer?: Initializer | undefined;
}

/**
 * 1-D convolution over the past: [n, channels, steps] to [n, filters, steps], as `conv1d` with (kernel − 1) · dilation zeros
 * before the first step. Parameters `weight` [filters, channels / groups, kernel], `bias` [filters]. `carryStates` and
 * generation keep the steps that it needs between calls.
 * @throws ShapeError for other inputs, or where groups do not divide the channels
 */
export const causalConv1d = (filters: number, options: CausalConvOptions): Layer =>
  causalConvLayer({ filters, ...options });

/** The factory, for the catalog. */
export const causalConvLayers = [causalConvLayer];
