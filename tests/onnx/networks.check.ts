/** Networks that put layers and ops together in ways that exports get wrong. */
import { describe, expect, it } from "vitest";
import { NdArray } from "../../src/array/index.ts";
import { createInterpreter } from "../../src/engines/index.ts";
import { toOnnx } from "../../src/exchange/index.ts";
import { fill } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { add, mul } from "../../src/ops/index.ts";
import { expectAgreement, missing, openSession, run, stir } from "./runtime.ts";

const engine = createInterpreter();

const layer = (layer: nn.Layer, ...input: number[]) => ({ layer, input });

/** A convolution that is applied twice, each time with a normalization of its own. */
const shared = nn.conv2d(3, { kernel: 3, padding: 1, bias: false });

const attention = nn.network({ x: [4, 6] }, ({ x }) => {
  const [q, k, v] = [nn.linear(5)(x), nn.linear(5)(x), nn.linear(5)(x)];
  const scores = nn.op("matmul", { transposeB: true })(q, k).mul(0.4);
  return nn.op("matmul")(nn.softmax({ axis: -1 })(scores), v);
});

const rows = {
  "avgPool2d whose last window overhangs": layer(nn.avgPool2d(3, { stride: 2, padding: 1, ceil: true }), ...[2, 6, 7]),
  "avgPool2d that overhangs and leaves padding out": layer(
    nn.avgPool2d(3, { stride: 2, padding: 1, ceil: true, includePadding: false }),
    ...[2, 6, 7],
  ),
  "avgPool2d that overhangs without padding": layer(nn.avgPool2d([5, 2], { stride: [3, 2], ceil: true }), 2, 7, 5),
  "maxPool2d, dilated, that overhangs": layer(nn.maxPool2d(2, { stride: 3, dilation: 2, ceil: true }), 2, 7, 8),
  "maxPool2d of negative maps with padding": layer(
    nn.sequential(nn.rescale(-1), nn.relu(), nn.rescale(-1), nn.maxPool2d(3, { stride: 2, padding: 1, ceil: true })),
    ...[2, 6, 6],
  ),
  "avgPool2d of one element": layer(nn.avgPool2d(1), 2, 3, 3),
  "avgPool2d of the whole map": layer(nn.avgPool2d([3, 4]), 2, 3, 4),
  "convTranspose2d with much output padding": layer(
    nn.convTranspose2d(3, { kernel: 2, stride: 3, dilation: 2, padding: [1, 0, 0, 1], outputPadding: 2 }),
    ...[2, 4, 3],
  ),
  "convTranspose2d and batch normalization": layer(
    nn.sequential(nn.convTranspose2d(3, { kernel: 2, stride: 2 }), nn.batchNorm2d()),
    ...[2, 4, 3],
  ),
  "conv2d of groups and batch normalization": layer(
    nn.sequential(
      nn.conv2d(4, { kernel: 3, groups: 2, dilation: 2, padding: [1, 0, 2, 1] }),
      nn.batchNorm2d({ affine: false }),
    ),
    ...[4, 7, 6],
  ),
  "a product read twice and batch normalization": layer(
    nn.sequential(nn.linear(4), nn.residual(nn.batchNorm1d()), nn.batchNorm1d()),
    5,
  ),
  "one convolution and two normalizations": layer(
    nn.network({ x: [3, 5, 5] }, ({ x }) => nn.batchNorm2d()(shared(nn.relu()(nn.batchNorm2d()(shared(x)))))),
    ...[3, 5, 5],
  ),
  "an autoencoder with positions": layer(
    nn.sequential(
      nn.conv2d(4, { kernel: 3, padding: 1 }),
      nn.maxPool2d(2, { remember: "p" }),
      nn.relu(),
      nn.conv2d(4, { kernel: 3, padding: 1 }),
      nn.maxUnpool2d("p"),
      nn.conv2d(1, { kernel: 3, padding: 1 }),
    ),
    ...[1, 8, 6],
  ),
  "adaptive pooling of maps that are too small": layer(
    nn.sequential(nn.adaptiveAvgPool(7), nn.flatten(), nn.linear(3)),
    2,
    2,
    3,
  ),
  "bilinear upsampling to a size": layer(nn.upsampleBilinear({ size: [7, 5] }), 2, 3, 4),
  "bilinear upsampling without aligned corners": layer(nn.upsampleBilinear({ scale: [3, 2] }), 2, 3, 4),
  "bilinear upsampling to fewer": layer(nn.upsampleBilinear({ size: [2, 3] }), 1, 5, 4),
  attention: layer(attention, 4, 6),
  "a table that the batch repeats": layer(
    nn.network({ x: [1, 3] }, ({ x }) =>
      nn
        .linear(2)(x.mul(nn.constant([[1], [2]])()))
        .sum(1),
    ),
    ...[1, 3],
  ),
  "softplus of a low threshold": layer(nn.softplus({ beta: 2, threshold: 0.5 }), 7),
  "layers of one channel": layer(nn.sequential(nn.conv2d(1, { kernel: 1 }), nn.batchNorm2d(), nn.prelu()), 1, 4, 1),
  "positions of maxima": layer(
    nn.network({ x: [4, 3] }, ({ x }) => ({ at: nn.op("argMax", { axis: 1 })(x) })),
    4,
    3,
  ),
  "a rank of 5": layer(
    nn.sequential(
      nn.conv3d(2, { kernel: [1, 2, 3], padding: "same" }),
      nn.batchNorm3d(),
      nn.globalAvgPool(),
      nn.linear(2),
    ),
    ...[2, 3, 4, 5],
  ),
  "a stack of norms": layer(
    nn.sequential(nn.linear(6), nn.layerNorm(), nn.gelu(), nn.linear(6), nn.groupNorm(3), nn.silu()),
    5,
  ),
} as const;

describe.skipIf(missing !== undefined)("in ONNX Runtime", () => {
  it.each(Object.entries(rows))("%s", async (_, { layer, input }) => {
    const model = stir(nn.Model.build(layer, { input, seed: 3 }));
    await expectAgreement(model, engine, {}, { foldBatchNorm: true, opset: 18, irVersion: 10 });
  });

  it("a network of texts: numbers in, recurrent layers both ways", async () => {
    const net = nn.network({ text: nn.tokens(7, { vocabulary: 9 }) }, ({ text }) =>
      nn.linear(3)(nn.lstm(4, { layers: 2, bidirectional: true, output: "last" })(nn.embedding(9, 5)(text))),
    );
    await expectAgreement(stir(nn.Model.build(net)), engine, {});
  });

  it("a network of several inputs and outputs", async () => {
    const net = nn.network({ image: [2, 4, 4], side: [3] }, ({ image, side }) => {
      const features = nn.flatten()(nn.conv2d(3, { kernel: 3 })(image));
      const joined = nn.op("concat", { axis: 1 })(features, side);
      return { scores: nn.linear(4)(joined), features, same: side };
    });
    await expectAgreement(stir(nn.Model.build(net)), engine, {});
  });

  it("a scan, step by step", async () => {
    const average = nn.defineLayer({
      type: "average",
      options: {},
      forward: (_, x, scope) => {
        const decay = scope.parameter("decay", [3], "ones");
        const start = fill(0, [x.shape[0], 3]);
        return nn.scan(
          (h, step) => {
            const next = add(mul(h, decay), step);
            return { state: next, output: next };
          },
          start,
          x,
        ).outputs;
      },
    });
    await expectAgreement(stir(nn.Model.build(average(), { input: [5, 3] })), engine, {});
  });

  it("probabilities, and normalization outside", async () => {
    const normalization = { mean: [0.4, 0.5], std: [0.2, 0.3] };
    const net = nn.sequential(nn.conv2d(3, { kernel: 3 }), nn.relu(), nn.globalAvgPool(), nn.linear(4));
    const model = stir(nn.Model.build(net, { input: [2, 4, 4], normalization }));
    await expectAgreement(model, engine, {});
    const plain = nn.Model.build(net, { input: [2, 4, 4] });
    for (const [i, { value }] of model.variables.entries()) plain.variables[i].value = value;
    const x = new NdArray(
      Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
      [1, 2, 4, 4],
    );
    const [inside, outside] = await Promise.all(
      [[plain, {}] as const, [model, { normalization: "outside" }] as const].map(async ([one, options]) =>
        run(await openSession(await toOnnx(one, options)), { input: x }),
      ),
    );
    expect(outside.output.data).toEqual(inside.output.data);
    const [{ output }] = [await run(await openSession(await toOnnx(plain, { softmax: true })), { input: x })];
    const scores = Array.from(inside.output.data, Math.exp);
    const total = scores.reduce((a, b) => a + b, 0);
    for (const [i, score] of scores.entries()) expect(output.data[i]).toBeCloseTo(score / total, 5);
  });
});
