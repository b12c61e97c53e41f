/** Optimizers: a parameter that follows a given sequence of gradients. */

import { adadelta, adagrad, adam, adamW, rmsprop, sgd } from "../../../src/optim/index.ts";
import { flag, type Kind, real, withDefault } from "../../../src/options/index.ts";
import { type Operation, optimizerCase } from "../operation.ts";

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

const rootMeanSquare = optimizerCase(
  { ...rate, ...decay, alpha: withDefault(real(0, 1), 0.99), momentum: withDefault(real(0), 0) },
  ({ lr, alpha, momentum, weight_decay }) =>
    rmsprop({ learningRate: lr, smoothing: alpha, momentum, weightDecay: weight_decay }),
);

export const optimizers: Readonly<Record<string, Operation>> = {
  sgd: descent,
  sgd_momentum: descent,
  sgd_nesterov_wd: descent,
  adam: adaptive(adam),
  adam_wd: adaptive(adam),
  adamw: adaptive(adamW),
  rmsprop: rootMeanSquare,
  adagrad: optimizerCase({ ...rate, ...decay }, ({ lr, weight_decay }) =>
    adagrad({ learningRate: lr, weightDecay: weight_decay }),
  ),
  adadelta: optimizerCase({ ...rate, ...decay, rho: withDefault(real(0, 1), 0.9) }, ({ lr, rho, weight_decay }) =>
    adadelta({ learningRate: lr, smoothing: rho, weightDecay: weight_decay }),
  ),
};
