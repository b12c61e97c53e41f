/** Layers without parameters: activations, flatten, softmax, dropout. */
import { integer, real, type Tensor, withDefault } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { defineLayer, type LayerFactory } from "./layer.ts";

const plain = (type: string, apply: (x: Tensor) => Tensor): LayerFactory<Record<never, never>> =>
  defineLayer({ type, options: {}, forward: (_, x) => apply(x) });

/** tanh x. */
export const tanh = plain("tanh", ops.tanh);
/** max(0, x). */
export const relu = plain("relu", ops.relu);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = plain("sigmoid", ops.sigmoid);

const alongAxis = (type: string, apply: (x: Tensor, axis: number) => Tensor) =>
  defineLayer({ type, options: { axis: withDefault(integer(), 1) }, forward: ({ axis }, x) => apply(x, axis) });

/** Probabilities along an axis; default 1, the classes. For training use `crossEntropy` on what goes into it. */
export const softmax = alongAxis("softmax", ops.softmax);
/** The logarithm of the softmax along an axis; default 1. Its loss is `negativeLogLikelihood`. */
export const logSoftmax = alongAxis("logSoftmax", ops.logSoftmax);

/** All axes but the first as one: [n, c, h, w] to [n, c · h · w]. */
export const flatten = plain("flatten", (x) => ops.flatten(x));

const dropoutLayer = defineLayer({
  type: "dropout",
  options: { rate: withDefault(real(0, 1), 0.5) },
  forward: ({ rate }, x, scope) => {
    if (!scope.training || rate === 0) return x;
    if (rate === 1) return ops.mul(x, 0);
    const kept = ops.greaterEqual(ops.uniform(scope.random(), x.shape), rate);
    return ops.select(kept, ops.mul(x, 1 / (1 - rate)), 0);
  },
});

/**
 * While training, sets each element to 0 with probability `rate` and scales the others by 1 / (1 − rate), so that
 * nothing changes when predicting. Source: CMU 11-785, "Dropout — 0.5 (in FC layers only)"; Srivastava et al. 2014.
 */
export const dropout = (rate = 0.5) => dropoutLayer({ rate });

export const simpleLayers = [tanh, relu, sigmoid, softmax, logSoftmax, flatten, dropoutLayer];
