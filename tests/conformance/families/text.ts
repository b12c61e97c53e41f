/** Words and sentences. */

import * as nn from "../../../src/nn/index.ts";
import * as ops from "../../../src/ops/index.ts";
import { integer } from "../../../src/options/index.ts";
import { layerCase, mapCase, type Operation } from "../operation.ts";
import { applyLayer } from "./layer.ts";

const embedding = layerCase({
  attributes: {},
  inputs: ["weight", "indices"],
  outputs: ["output0"],
  build: ({ weight, indices }) => {
    const [count, features] = weight.shape;
    return { output0: applyLayer(nn.embedding(count, features), indices, { weight }).y };
  },
});

export const texts: Readonly<Record<string, Operation>> = {
  embedding,
  k_max_pool1d: mapCase({ k: integer(1) }, (x, { k }) => ops.kMaxPool(x, k)),
};
