/** Activations as layers; the functions are those of `ops`. Shapes stay the same, except for maxout. */
import { ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { flag, integer, positive, real, type Schema, type ValuesOf, withDefault, word } from "../options/index.ts";
import { defineLayer, type Layer, type LayerFactory } from "./layer.ts";

const activation = <S extends Schema>(
  type: string,
  options: S,
  apply: (x: Tensor, options: ValuesOf<S>) => Tensor,
): LayerFactory<S> => defineLayer({ type, options, forward: (values, x) => apply(x, values) });

const withoutOptions = (type: string, apply: (x: Tensor) => Tensor) => activation(type, {}, (x) => apply(x));

/** tanh x. */
export const tanh = withoutOptions("tanh", ops.tanh);
/** max(0, x). */
export const relu = withoutOptions("relu", ops.relu);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = withoutOptions("sigmoid", ops.sigmoid);
/** λ · elu(x, α) with λ ≈ 1.0507 and α ≈ 1.6733, which keep mean 0 and variance 1; start with `lecunNormal` weights. */
export const selu = withoutOptions("selu", ops.selu);
/** x · σ(x), also called swish. */
export const silu = withoutOptions("silu", ops.silu);
/** A sigmoid of straight lines: x / 6 + ½, clipped to 0 … 1. Source: Howard et al. 2019 (MobileNetV3). */
export const hardSigmoid = withoutOptions("hardSigmoid", ops.hardSigmoid);
/** x · hardSigmoid(x): 0 below −3, x above 3, and x (x + 3) / 6 between. Source: Howard et al. 2019 (MobileNetV3). */
export const hardSwish = withoutOptions("hardSwish", ops.hardSwish);
/** x / (1 + |x|). */
export const softsign = withoutOptions("softsign", ops.softsign);

const leakyReluLayer = activation("leakyRelu", { slope: withDefault(real(), 0.01) }, (x, { slope }) =>
  ops.leakyRelu(x, slope),
);

/** x where it is positive, slope · x elsewhere. Default slope 0.01, as in PyTorch; the lectures draw it with 0.1. */
export const leakyRelu = (slope = 0.01): Layer => leakyReluLayer({ slope });

const eluLayer = activation("elu", { alpha: withDefault(real(), 1) }, (x, { alpha }) => ops.elu(x, alpha));

/** x where it is positive, α (eˣ − 1) elsewhere. Default α = 1. Source: Clevert et al. 2016. */
export const elu = (alpha = 1): Layer => eluLayer({ alpha });

const approximation = {
  /** `tanh`: ½x (1 + tanh(√(2/π) (x + 0.044715 x³))), as in older networks. Default `none`. */
  approximate: withDefault(word("none", "tanh"), "none" as const),
};

/**
 * x · Φ(x) = ½x (1 + erf(x / √2)), or approximated by tanh: `gelu({ approximate: "tanh" })`. Source: Hendrycks, Gimpel 2016.
 */
export const gelu = activation("gelu", approximation, ops.gelu);

/** ln(1 + eᵝˣ) / β, and x where βx is above the threshold. Default β = 1, threshold 20 (at most 80). */
export const softplus = activation(
  "softplus",
  {
    /** β, the sharpness of the bend; above 0. Default 1. */
    beta: withDefault(positive(), 1),
    /** Where βx exceeds it, the result is x. Default 20, at most 80. */
    threshold: withDefault(real(-Infinity, 80), 20),
  },
  ops.softplus,
);

const hardTanhLayer = activation(
  "hardTanh",
  { low: withDefault(real(), -1), high: withDefault(real(), 1) },
  (x, { low, high }) => ops.hardTanh(x, low, high),
);

/** x clipped to `low` … `high`. Default −1 … 1. */
export const hardTanh = (low = -1, high = 1): Layer => hardTanhLayer({ low, high });

/** x clipped to 0 … 6: `hardTanh(0, 6)`, as which it is saved. Source: Howard et al. 2017 (MobileNet). */
export const relu6 = (): Layer => hardTanh(0, 6);

const preluLayer = defineLayer({
  type: "prelu",
  options: { perChannel: withDefault(flag(), false), slope: withDefault(real(), 0.25) },
  forward: ({ perChannel, slope }, x, scope) => {
    if (perChannel && x.shape.length < 2)
      throw new ShapeError(`${located("prelu")}: expects [n, channels, …], got ${formatType(x)}`);
    const weight = scope.parameter("weight", [perChannel ? x.shape[1] : 1], {
      type: "constant",
      value: slope,
    });
    return ops.prelu(x, ops.reshape(weight, [-1, ...x.shape.slice(2).map(() => 1)]));
  },
});

/** Options of `prelu`. */
export interface PreluOptions {
  /** One slope for each channel (axis 1) rather than one for all. Default false. */
  readonly perChannel?: boolean | undefined;
  /** The initial slope. Default 0.25. */
  readonly slope?: number | undefined;
}

/** A leaky ReLU that learns its slope: parameter `weight` [1] or [channels]. Source: He et al. 2015. */
export const prelu = (options: PreluOptions = {}): Layer => preluLayer(options);

const maxoutLayer = activation(
  "maxout",
  { pieces: integer(1), axis: withDefault(integer(), 1) },
  (x, { pieces, axis }) => ops.maxout(x, pieces, axis),
);

/** Options of `maxout`. */
export interface MaxoutOptions {
  /** The axis whose neighbors are compared. Default 1, the channels. */
  readonly axis?: number | undefined;
}

/**
 * The maximum of each `pieces` neighboring channels: [n, c, …] to [n, c / pieces, …]; or along another axis. Source:
 * Goodfellow et al. 2013.
 * @throws ShapeError when the pieces do not divide the axis
 */
export const maxout = (pieces: number, options: MaxoutOptions = {}): Layer => maxoutLayer({ pieces, ...options });

const alongOptions = {
  /** The axis along which results sum to 1. Default 1, the classes. */
  axis: withDefault(integer(), 1),
};

const alongAxis = (type: string, apply: (x: Tensor, axis: number) => Tensor) =>
  activation(type, alongOptions, (x, { axis }) => apply(x, axis));

/** Probabilities along an axis; default 1, the classes. For training use `crossEntropy` on its input. */
export const softmax = alongAxis("softmax", ops.softmax);
/** The logarithm of the softmax along an axis; default 1. Its loss is `negativeLogLikelihood`. */
export const logSoftmax = alongAxis("logSoftmax", ops.logSoftmax);

const gluLayer = activation("glu", { axis: withDefault(integer(), 1) }, (x, { axis }) => ops.glu(x, axis));

/** Options of `glu`. */
export interface GluOptions {
  /** The axis whose halves are values and gates. Default 1, the channels. */
  readonly axis?: number | undefined;
}

/**
 * The gated linear unit: the first half of the channels times the sigmoid of the second, [n, 2 c, …] to [n, c, …]; or along
 * another axis. Source: Dauphin et al. 2017.
 * @throws ShapeError for an axis of odd length
 */
export const glu = (options: GluOptions = {}): Layer => gluLayer(options);

/** The factories, for the catalog. */
export const activationLayers = [
  ...[tanh, relu, sigmoid, selu, silu, softsign, leakyReluLayer, eluLayer, gelu, softplus, hardTanhLayer],
  ...[hardSigmoid, hardSwish, preluLayer, maxoutLayer, gluLayer, softmax, logSoftmax],
];
