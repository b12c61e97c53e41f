/**
 * Activation functions, composed of elementwise ops. NaN stays NaN, results and derivatives at ±∞ are their limits, and
 * derivatives stay finite for every finite x: operands not chosen by `select` are computed from numbers that do not
 * overflow.
 *
 * Sources: leaky ReLU, ELU, maxout: Adelaide, "Activation functions"; He et al. 2015 (PReLU); Clevert et al. 2016 (ELU);
 * Klambauer et al. 2017 (SELU); Hendrycks and Gimpel 2016 (GELU); Elfwing et al. 2018 (SiLU); Howard et al. 2019
 * (hard sigmoid and swish); Goodfellow et al. 2013 (maxout). Defaults and derivatives at kinks are PyTorch's.
 */
import { OptionError, ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { positive, readOptions, real, withDefault, word } from "../options/index.ts";
import {
  abs,
  add,
  div,
  erf,
  exp,
  expm1,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log1p,
  mul,
  relu,
  select,
  sigmoid,
  tanh,
} from "./elementwise.ts";
import { slice } from "./pad.ts";
import { max } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { axisOf } from "./rules.ts";

/** x where it is positive, and slope · x elsewhere. Default slope 0.01; the lectures draw it with 0.1. With slope 0, `relu`. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor =>
  slope === 0 ? relu(x) : select(greater(x, 0), x, mul(x, slope));

/** x where it is positive, and slope · x elsewhere, with a learned slope, which is broadcast. */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const isPositive = greater(x, 0);
  return select(isPositive, x, mul(slope, select(isPositive, 0, x)));
}

/** x where it is positive, and below · (eˣ − 1) elsewhere, all of it times `scale`. */
function exponentialLinear(x: Tensor, below: number, scale: number): Tensor {
  const isPositive = greater(x, 0);
  return select(isPositive, mul(x, scale), mul(expm1(select(isPositive, 0, x)), below * scale));
}

/** x where it is positive, and α (eˣ − 1) elsewhere. Default α = 1. */
export const elu = (x: Tensor, alpha = 1): Tensor => exponentialLinear(x, alpha, 1);

/** λ · elu(x, α) with the α and λ for which mean 0 and variance 1 are a fixed point. */
export const selu = (x: Tensor): Tensor => exponentialLinear(x, 1.6732632423543772, 1.0507009873554805);

/** Options of `gelu`. */
export interface GeluOptions {
  /** `tanh`: ½x (1 + tanh(√(2/π) (x + 0.044715 x³))). Default `none`. */
  readonly approximate?: "none" | "tanh" | undefined;
}

/**
 * x · gate(x), for a gate that is 0 up to −end and 1 from end on. Beyond them it is not used, so that neither the result at
 * −∞ nor a derivative is 0 · ∞.
 */
function gated(x: Tensor, end: number, gate: (x: Tensor) => Tensor): Tensor {
  const above = select(less(x, -end), -end, x);
  return mul(above, gate(select(greater(above, end), end, above)));
}

/** From here, erf(x / √2), and the tanh of its approximation, is 1 to the last bit of a double. */
const GELU_END = 9;

/** Φ, the distribution function of the normal distribution. */
const normalShare = (x: Tensor): Tensor => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);

const normalShareByTanh = (x: Tensor): Tensor => {
  const cubic = mul(x, add(mul(mul(x, x), 0.044715), 1));
  return mul(add(tanh(mul(cubic, Math.sqrt(2 / Math.PI))), 1), 0.5);
};

/** Φ, and what is close to it. */
const shares = { none: normalShare, tanh: normalShareByTanh };

const geluOptions = { approximate: withDefault(word("none", "tanh"), "none") };

/** x · Φ(x) = ½x (1 + erf(x / √2)), with the distribution function Φ of the normal distribution; 0 at −∞. */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  const { approximate } = readOptions(located("gelu"), geluOptions, options);
  return gated(x, GELU_END, shares[approximate]);
}

/** Below −1000, σ is 0 even in double precision. */
const SIGMOID_END = 1000;

/** x · σ(x), also called swish; 0 at −∞. */
export const silu = (x: Tensor): Tensor => gated(x, SIGMOID_END, sigmoid);

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** β, the sharpness of the bend; above 0. Default 1. */
  readonly beta?: number | undefined;
  /** Where βx exceeds it, the result is x. Default 20; at most 80, up to which eᵝˣ is a finite float32. */
  readonly threshold?: number | undefined;
}

const softplusOptions = { beta: withDefault(positive(), 1), threshold: withDefault(real(-Infinity, 80), 20) };

/** ln(1 + eᵝˣ) / β, a smooth ReLU. @throws OptionError for a β or a threshold out of range */
export function softplus(x: Tensor, options: SoftplusOptions = {}): Tensor {
  const { beta, threshold } = readOptions(located("softplus"), softplusOptions, options);
  const scaled = mul(x, beta);
  const isLinear = greater(scaled, threshold);
  return select(isLinear, x, mul(log1p(exp(select(isLinear, 0, scaled))), 1 / beta));
}

/** From here, x / (1 + |x|) rounds to 1. */
const SOFTSIGN_END = 1e30;

/** x / (1 + |x|); ±1 at ±∞. */
export function softsign(x: Tensor): Tensor {
  const inside = hardTanh(x, -SOFTSIGN_END, SOFTSIGN_END);
  return div(inside, add(abs(inside), 1));
}

/** x clipped to `low` … `high`. Default −1 … 1. */
export function hardTanh(x: Tensor, low = -1, high = 1): Tensor {
  if (!(low < high)) throw new OptionError(`${located("hardTanh")}: low must be below high, got ${low} and ${high}`);
  return select(lessEqual(x, low), low, select(greaterEqual(x, high), high, x));
}

/** A sigmoid of straight lines: x / 6 + ½, clipped to 0 … 1. */
export const hardSigmoid = (x: Tensor): Tensor => mul(hardTanh(add(x, 3), 0, 6), 1 / 6);

/** x · hardSigmoid(x): 0 below −3, x above 3, and x (x + 3) / 6 between. */
export function hardSwish(x: Tensor): Tensor {
  const [isBelow, isAbove] = [less(x, -3), greater(x, 3)];
  const between = select(isBelow, 0, select(isAbove, 0, x));
  return select(isBelow, 0, select(isAbove, x, mul(mul(between, add(between, 3)), 1 / 6)));
}

/**
 * The maximum of each `pieces` neighbors along an axis (default 1, the channels): channel c of the result is the maximum of
 * channels c · pieces … c · pieces + pieces − 1. Ties share the derivative.
 * @throws ShapeError when the pieces do not divide the axis
 */
export function maxout(x: Tensor, pieces: number, axis = 1): Tensor {
  const at = axisOf("maxout", x, axis);
  const { shape } = x;
  if (!Number.isInteger(pieces) || pieces < 1 || shape[at] % pieces !== 0) {
    throw new ShapeError(
      `${located("maxout")}: ${pieces} pieces must divide axis ${at} of ${formatType(x)} evenly; take a number that does`,
    );
  }
  return max(reshape(x, [...shape.slice(0, at), shape[at] / pieces, pieces, ...shape.slice(at + 1)]), at + 1);
}

/**
 * The gated linear unit: the first half of an axis (default 1, the channels) times the sigmoid of the second, a · σ(b), so
 * that the axis is half as long. Source: Dauphin et al. 2017, "Language Modeling with Gated Convolutional Networks".
 * @throws ShapeError for an axis of odd length
 */
export function glu(x: Tensor, axis = 1): Tensor {
  const at = axisOf("glu", x, axis);
  const length = x.shape[at];
  if (length % 2 !== 0)
    throw new ShapeError(`${located("glu")}: axis ${at} of ${formatType(x)} must be of even length, values and gates`);
  return mul(slice(x, at, 0, length / 2), sigmoid(slice(x, at, length / 2)));
}
