/** Convolutions and the fully connected layer. */
import type { Tensor } from "../../../src/graph/index.ts";
import * as ops from "../../../src/ops/index.ts";
import { integer, integers } from "../../../src/options/index.ts";
import { layerCase, type Operation } from "../operation.ts";

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

const transposed = layerCase({
  attributes: { ...window, output_padding: integers(0), groups: integer(1) },
  inputs: ["x", "weight", "bias"],
  outputs: ["output0"],
  build: ({ x, weight, bias }, { output_padding: outputPadding, ...attributes }) => ({
    output0: addBias(ops.convTranspose(x, weight, { ...attributes, outputPadding }), bias),
  }),
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

export const convolutions: Readonly<Record<string, Operation>> = {
  conv1d: convolution,
  conv2d: convolution,
  conv3d: convolution,
  conv_transpose1d: transposed,
  conv_transpose2d: transposed,
  conv_transpose3d: transposed,
  linear,
};
