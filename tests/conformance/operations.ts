/** The ops of the PyTorch cases, each said with ours. An op that is added to Fovea gets its line here. */
import type { NdArray } from "../../src/array/index.ts";
import {
  flag,
  integer,
  integers,
  type Kind,
  real,
  type Schema,
  type Tensor,
  type ValuesOf,
  withDefault,
  word,
} from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as ops from "../../src/ops/index.ts";
import { adam, adamW, type Optimizer, sgd } from "../../src/optim/index.ts";
import { layerCase, type Operation, optimizerCase, trainingCase } from "./operation.ts";

/** One input, one output, of which both derivatives are given. */
const map = <S extends Schema>(attributes: S, apply: (x: Tensor, values: ValuesOf<S>) => Tensor): Operation =>
  layerCase({
    attributes,
    inputs: ["x"],
    outputs: ["output0"],
    build: ({ x }, values) => ({ output0: apply(x, values) }),
  });

const activation = (apply: (x: Tensor) => Tensor): Operation => map({}, apply);
const alongAxis = (apply: (x: Tensor, axis: number) => Tensor): Operation =>
  map({ dim: integer() }, (x, { dim }) => apply(x, dim));

/** A bias for each channel, the axis after the batch. */
const addBias = (y: Tensor, bias: Tensor | undefined): Tensor =>
  bias === undefined ? y : ops.add(y, ops.reshape(bias, [-1, ...y.shape.slice(2).map(() => 1)]));

const window = { stride: integers(1), padding: integers(0), dilation: integers(1) };

const convolution = layerCase({
  attributes: { ...window, groups: integer(1) },
  inputs: ["x", "weight", "bias"],
  outputs: ["output0"],
  build: ({ x, weight, bias }, attributes) => ({ output0: addBias(ops.conv(x, weight, attributes), bias) }),
});

const linear = layerCase({
  attributes: {},
  inputs: ["x", "weight", "bias"],
  outputs: ["output0"],
  build: ({ x, weight, bias }) => {
    const y = ops.matmul(x, weight, { transposeB: true });
    return { output0: bias === undefined ? y : ops.add(y, bias) };
  },
});

const pooling = { kernel: integers(1), stride: integers(1), padding: integers(0), ceil_mode: flag() };

const maxPooling = layerCase({
  attributes: { ...pooling, dilation: integers(1) },
  inputs: ["x"],
  outputs: ["output0", "indices"],
  build: ({ x }, { ceil_mode: ceil, ...attributes }) => {
    const { values, positions } = ops.maxPoolWithPositions(x, { ...attributes, ceil });
    return { output0: values, indices: positions };
  },
});

const meanPooling = map(
  { ...pooling, count_include_pad: flag() },
  (x, { ceil_mode: ceil, count_include_pad: includePadding, ...attributes }) =>
    ops.meanPool(x, { ...attributes, ceil, includePadding }),
);

const reduction = { reduction: withDefault(word("mean", "sum", "none"), "mean" as const) };

/** A loss; one that is a single number is stored with the shape [1]. */
const loss = <S extends Schema>(
  attributes: S,
  apply: (x: Tensor, target: Tensor, values: ValuesOf<S>) => Tensor,
): Operation =>
  layerCase({
    attributes,
    inputs: ["x", "target"],
    outputs: ["output0"],
    build: ({ x, target }, values) => {
      const y = apply(x, target, values);
      return { output0: y.shape.length === 0 ? ops.reshape(y, [1]) : y };
    },
  });

const rate = { lr: real(0) };
const decay = { weight_decay: withDefault(real(0), 0) };

const descent = optimizerCase(
  { ...rate, ...decay, momentum: withDefault(real(0), 0), nesterov: withDefault(flag(), false) },
  ({ lr, momentum, nesterov, weight_decay }) =>
    sgd({ learningRate: lr, momentum, nesterov, weightDecay: weight_decay }),
);

const betas: Kind<readonly [number, number]> = {
  expects: "two numbers",
  read: (value) => (Array.isArray(value) && value.length === 2 ? [Number(value[0]), Number(value[1])] : undefined),
};

const adaptive = (create: typeof adam): Operation =>
  optimizerCase(
    { ...rate, ...decay, betas: withDefault(betas, [0.9, 0.999] as const), eps: withDefault(real(0), 1e-8) },
    ({ lr, betas, eps, weight_decay }) => create({ learningRate: lr, betas, epsilon: eps, weightDecay: weight_decay }),
  );

const optionNames: Readonly<Record<string, string>> = {
  lr: "learningRate",
  momentum: "momentum",
  weight_decay: "weightDecay",
};

/** An optimiser in words: `sgd lr 0.05 momentum 0.9`. */
const optimizerInWords: Kind<() => Optimizer> = {
  expects: "the name of an optimiser, then names and values of options",
  read: (value) => {
    const [name, ...words] = String(value).split(" ");
    const create = new Map([
      ["sgd", sgd],
      ["adam", adam],
      ["adamw", adamW],
    ] as const).get(name as "sgd");
    const pairs = Array.from({ length: words.length / 2 }, (_, i) => [optionNames[words[2 * i]], +words[2 * i + 1]]);
    if (create === undefined || pairs.some(([option, n]) => option === undefined || Number.isNaN(n))) return undefined;
    return () => create(Object.fromEntries(pairs));
  },
};

/** Sizes as the starting weights have them, places as LeNet-5 has them. */
function lenet5(initial: (path: string) => NdArray): nn.Layer {
  const conv = (at: number): nn.Layer => {
    const [filters, , ...kernel] = initial(`${at}.weight`).shape;
    return nn.conv2d(filters, { kernel });
  };
  const full = (at: number): nn.Layer => nn.linear(initial(`${at}.weight`).shape[0]);
  return nn.sequential(
    ...[conv(0), nn.tanh(), nn.maxPool2d(2)],
    ...[conv(3), nn.tanh(), nn.maxPool2d(2)],
    ...[nn.flatten(), full(7), nn.tanh(), full(9), nn.tanh(), full(11)],
  );
}

const trainLenet5 = trainingCase({
  attributes: { optimizer: optimizerInWords, loss: word("cross_entropy"), steps: integer(1) },
  network: lenet5,
  optimizer: ({ optimizer }) => optimizer(),
  loss: () => (y, target) => nn.crossEntropy(y, target),
  // Rounding errors of some 1e-7 grow with every step that builds on them; a wrong rule shows at once.
  lossWithin: 1e-4,
  weightsWithin: 1e-3,
});

export const operations: Readonly<Record<string, Operation>> = {
  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  linear,
  max_pool1d: maxPooling,
  max_pool2d: maxPooling,
  max_pool3d: maxPooling,
  avg_pool1d: meanPooling,
  avg_pool2d: meanPooling,
  avg_pool3d: meanPooling,
  relu: activation(ops.relu),
  sigmoid: activation(ops.sigmoid),
  tanh: activation(ops.tanh),
  softmax: alongAxis(ops.softmax),
  log_softmax: alongAxis(ops.logSoftmax),
  cross_entropy: loss(
    { ...reduction, label_smoothing: withDefault(real(0, 1), 0) },
    (x, target, { reduction, label_smoothing }) =>
      nn.crossEntropy(x, target, { reduction, labelSmoothing: label_smoothing }),
  ),
  nll_loss: loss(reduction, nn.negativeLogLikelihood),
  mse_loss: loss(reduction, nn.meanSquaredError),
  sgd: descent,
  sgd_momentum: descent,
  sgd_nesterov_wd: descent,
  adam: adaptive(adam),
  adam_wd: adaptive(adam),
  adamw: adaptive(adamW),
  train_lenet5: trainLenet5,
};
