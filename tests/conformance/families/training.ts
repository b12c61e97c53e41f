/** Networks that are trained for some steps. */
import type { NdArray } from "../../../src/array/index.ts";
import type { Tensor } from "../../../src/graph/index.ts";
import * as nn from "../../../src/nn/index.ts";
import { add, mean, relu } from "../../../src/ops/index.ts";
import { adam, adamW, type Optimizer, sgd } from "../../../src/optim/index.ts";
import { integer, type Kind, word } from "../../../src/options/index.ts";
import { type Operation, trainingCase } from "../operation.ts";

const optionNames: Readonly<Record<string, string>> = {
  lr: "learningRate",
  momentum: "momentum",
  weight_decay: "weightDecay",
};

/** An optimizer in words: `sgd lr 0.05 momentum 0.9`. */
const optimizerInWords: Kind<() => Optimizer> = {
  expects: "the name of an optimizer, then names and values of options",
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

/** One residual block: relu(bn1(conv1 x)), then relu(h + bn3(conv3(relu(bn2(conv2 h))))), the mean of each map, fc. */
const residualNetwork = nn.defineLayer({
  type: "residualNetwork",
  options: { filters: integer(1), classes: integer(1) },
  forward: ({ filters, classes }, x, scope) => {
    const normalized = (n: number, input: Tensor): Tensor => {
      const y = scope.apply(`conv${n}`, nn.conv2d(filters, { kernel: 3, padding: 1, bias: false }), input);
      return scope.apply(`bn${n}`, nn.batchNorm2d(), y);
    };
    const h = relu(normalized(1, x));
    const y = relu(add(h, normalized(3, relu(normalized(2, h)))));
    return scope.apply("fc", nn.linear(classes), mean(y, [2, 3]));
  },
});

const trained = (network: (initial: (path: string) => NdArray) => nn.Layer): Operation =>
  trainingCase({
    attributes: { optimizer: optimizerInWords, loss: word("cross_entropy"), steps: integer(1) },
    network,
    optimizer: ({ optimizer }) => optimizer(),
    loss: () => (y, target) => nn.crossEntropy(y, target),
    // Rounding errors of some 1e-7 grow with every step that builds on them; a wrong rule shows at once.
    lossWithin: 1e-4,
    weightsWithin: 1e-3,
  });

export const trainings: Readonly<Record<string, Operation>> = {
  train_lenet5: trained(lenet5),
  train_residual: trained((initial) => {
    const [filters, classes] = ["conv1.weight", "fc.weight"].map((path) => initial(path).shape[0]);
    return residualNetwork({ filters, classes });
  }),
};
