/** Batch, layer, group and local response normalization. */

import * as nn from "../../../src/nn/index.ts";
import { flag, integer, integers, real, type Schema, type ValuesOf } from "../../../src/options/index.ts";
import { layerCase, type Operation } from "../operation.ts";
import { applyLayer } from "./layer.ts";

const batchNorms = [nn.batchNorm1d, nn.batchNorm2d, nn.batchNorm3d];

const batchNorm = layerCase({
  attributes: { training: flag(), momentum: real(0, 1), eps: real(0) },
  inputs: ["x", "weight", "bias", "running_mean", "running_var"],
  outputs: ["output0", "new_running_mean", "new_running_var"],
  build: ({ x, ...given }, { training, momentum, eps: epsilon }) => {
    const layer = batchNorms[Math.max(0, x.shape.length - 3)]({ momentum, epsilon });
    const { y, variables } = applyLayer(layer, x, given, { training });
    return { output0: y, new_running_mean: variables.running_mean, new_running_var: variables.running_var };
  },
});

/**
 * Rounding errors are divided by the deviation that numbers are divided by. Of two numbers that happen to be close it is
 * 1 / 22 in the worst case, of which the errors of a few roundings rarely make the most.
 */
const AMPLIFICATION = 4;

/** A layer with parameters that are called as they are in the case. */
const layer = <S extends Schema>(attributes: S, create: (values: ValuesOf<S>) => nn.Layer): Operation =>
  layerCase({
    attributes,
    inputs: ["x", "weight", "bias"],
    outputs: ["output0"],
    build: ({ x, ...given }, values) => ({ output0: applyLayer(create(values), x, given).y }),
    amplification: AMPLIFICATION,
  });

export const normalizations: Readonly<Record<string, Operation>> = {
  batch_norm: batchNorm,
  layer_norm: layer({ normalized_shape: integers(1), eps: real(0) }, ({ normalized_shape, eps }) =>
    nn.layerNorm({ axes: normalized_shape.length, epsilon: eps }),
  ),
  group_norm: layer({ groups: integer(1), eps: real(0) }, ({ groups, eps }) => nn.groupNorm(groups, { epsilon: eps })),
  local_response_norm: layer({ size: integer(1), alpha: real(0), beta: real(0), k: real(0) }, ({ size, ...rest }) =>
    nn.localResponseNorm(size, rest),
  ),
};
