/** Pooling. */

import * as ops from "../../../src/ops/index.ts";
import { flag, integers } from "../../../src/options/index.ts";
import { layerCase, mapCase, type Operation } from "../operation.ts";

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

const avgPooling = mapCase(
  { ...pooling, count_include_pad: flag() },
  (x, { ceil_mode: ceil, count_include_pad: includePadding, ...attributes }) =>
    ops.avgPool(x, { ...attributes, ceil, includePadding }),
);

const adaptive = { output_size: integers(1) };

/** The kernel and the stride of the pooling that it undoes say nothing that the output size does not. */
const unpooling = layerCase({
  attributes: { kernel: integers(1), stride: integers(1), output_size: integers(1) },
  inputs: ["x", "indices"],
  outputs: ["output0"],
  build: ({ x, indices }, { output_size }) => ({ output0: ops.maxUnpool(x, indices, output_size) }),
});

export const poolings: Readonly<Record<string, Operation>> = {
  max_pool1d: maxPooling,
  max_pool2d: maxPooling,
  max_pool3d: maxPooling,
  avg_pool1d: avgPooling,
  avg_pool2d: avgPooling,
  avg_pool3d: avgPooling,
  adaptive_avg_pool2d: mapCase(adaptive, (x, { output_size }) => ops.adaptiveAvgPool(x, output_size)),
  max_unpool2d: unpooling,
};
