/** Activation functions. */
import type { Tensor } from "../../../src/graph/index.ts";
import * as ops from "../../../src/ops/index.ts";
import { integer, real, word } from "../../../src/options/index.ts";
import { mapCase, type Operation } from "../operation.ts";

const activation = (apply: (x: Tensor) => Tensor): Operation => mapCase({}, (x) => apply(x));
const alongAxis = (apply: (x: Tensor, axis: number) => Tensor): Operation =>
  mapCase({ dim: integer() }, (x, { dim }) => apply(x, dim));

/** How the pieces lie, in words: the only way that there is. */
const layout = word("channel c of the output is the maximum over input channels c*pieces .. c*pieces+pieces-1");

export const activations: Readonly<Record<string, Operation>> = {
  relu: activation(ops.relu),
  sigmoid: activation(ops.sigmoid),
  tanh: activation(ops.tanh),
  leaky_relu: mapCase({ negative_slope: real() }, (x, { negative_slope }) => ops.leakyRelu(x, negative_slope)),
  elu: mapCase({ alpha: real() }, (x, { alpha }) => ops.elu(x, alpha)),
  softplus: activation(ops.softplus),
  gelu: activation(ops.gelu),
  silu: activation(ops.silu),
  softsign: activation(ops.softsign),
  hardtanh: activation(ops.hardTanh),
  maxout: mapCase({ pieces: integer(1), dim: integer(), layout }, (x, { pieces, dim }) => ops.maxout(x, pieces, dim)),
  softmax: alongAxis(ops.softmax),
  log_softmax: alongAxis(ops.logSoftmax),
};
