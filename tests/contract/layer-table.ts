/** Every layer type in settings that show what it does: what `layers.test.ts` runs. A new layer gets its rows here. */
import * as nn from "../../src/nn/index.ts";

export interface Row {
  /** What the test is called; the type unless it says more. */
  readonly name: string;
  readonly layer: nn.Layer;
  /** Without the batch axis; the batch is of 3. */
  readonly input: readonly number[];
  /** Inputs are whole numbers below this one. */
  readonly numbersBelow?: number;
  /** Why the layer's derivatives are meant to be others than differences show. */
  readonly otherwise?: string;
  /** Why the layer cannot be exported to ONNX. */
  readonly notInOnnx?: string;
}

const row = (name: string, layer: nn.Layer, ...input: number[]): Row => ({ name, layer, input });

const activations: readonly Row[] = [
  row("tanh", nn.tanh(), 5),
  row("relu", nn.relu(), 5),
  row("sigmoid", nn.sigmoid(), 5),
  row("selu", nn.selu(), 5),
  row("silu", nn.silu(), 5),
  row("softsign", nn.softsign(), 5),
  row("leakyRelu", nn.leakyRelu(0.1), 5),
  row("elu", nn.elu(0.7), 5),
  row("gelu", nn.gelu(), 5),
  row("gelu by tanh", nn.gelu({ approximate: "tanh" }), 5),
  row("softplus", nn.softplus({ beta: 3, threshold: 2 }), 5),
  row("hardTanh", nn.hardTanh(-0.4, 0.8), 5),
  row("hardSigmoid", nn.hardSigmoid(), 5),
  row("hardSwish", nn.hardSwish(), 5),
  row("prelu", nn.prelu(), 4, 3),
  row("prelu per channel", nn.prelu({ perChannel: true }), 4, 3),
  row("maxout", nn.maxout(3), 6, 2),
  row("glu", nn.glu(), 6, 2),
  row("glu along the last axis", nn.glu({ axis: -1 }), 3, 4),
  row("softmax", nn.softmax(), 4, 2),
  row("logSoftmax", nn.logSoftmax({ axis: -1 }), 2, 4),
];

const normalizations: readonly Row[] = [
  row("batchNorm1d", nn.batchNorm1d(), 4),
  row("batchNorm1d of sequences", nn.batchNorm1d({ affine: false }), 2, 5),
  row("batchNorm2d", nn.batchNorm2d({ momentum: 0.3 }), 2, 3, 2),
  row("batchNorm2d without running statistics", nn.batchNorm2d({ trackRunningStats: false }), 2, 3, 2),
  row("batchNorm3d", nn.batchNorm3d(), 2, 2, 1, 2),
  row("layerNorm", nn.layerNorm(), 2, 5),
  row("layerNorm of two axes", nn.layerNorm({ axes: 2, epsilon: 0.1 }), 2, 3, 2),
  row("layerNorm2d", nn.layerNorm2d(), 3, 2, 2),
  row("groupNorm", nn.groupNorm(2), 6, 2),
  row("groupNorm without parameters", nn.groupNorm(1, { affine: false }), 3, 2, 2),
  row("instanceNorm", nn.instanceNorm(), 2, 3, 2),
  row("instanceNorm with parameters", nn.instanceNorm({ affine: true }), 2, 5),
  row("layerScale", nn.layerScale(0.3), 3, 2, 2),
  row("localResponseNorm", nn.localResponseNorm(3, { alpha: 0.5 }), 5, 2, 2),
  row("localResponseNorm of even size", nn.localResponseNorm(4, { alpha: 0.5, k: 2 }), 3, 2),
];

const structures: readonly Row[] = [
  row("identity", nn.identity(), 2, 2),
  row("rescale", nn.rescale(0.125), 2, 2),
  row("flatten", nn.flatten(), 2, 2),
  row("sequential", nn.sequential(nn.linear(3), nn.tanh(), nn.linear(2)), 4),
  row("residual", nn.residual(nn.sequential(nn.linear(4), nn.tanh())), 4),
  row("residual with a shortcut", nn.residual(nn.linear(2), nn.linear(2)), 4),
  row("parallel", nn.parallel(nn.linear(2), nn.linear(2)), 4),
  row("concat", nn.concat(nn.conv2d(2, { kernel: 1 }), nn.conv2d(1, { kernel: 3, padding: 1 })), 2, 3, 3),
  row("branches, multiplied", nn.branches({ gate: nn.sigmoid(), value: nn.tanh() }, { combine: "multiply" }), 4),
  row("branches, the larger", nn.branches({ a: nn.linear(2), b: nn.linear(2) }, { combine: "maximum" }), 4),
  row("dropout", nn.dropout(0.4), 6),
  row("gaussianNoise", nn.gaussianNoise(0.3), 3, 2),
  row(
    "normalSample",
    nn.network({ x: [4] }, ({ x }) => nn.normalSample()(nn.linear(3)(x), nn.linear(3)(x))),
    4,
  ),
  row("channelDropout", nn.channelDropout(0.4), 4, 3),
  row("stochasticDepth", nn.stochasticDepth(0.4), 4, 3),
];

const blocks: readonly Row[] = [
  row("squeezeExcitation", nn.squeezeExcitation(4, { squeezed: 2, activation: nn.silu() }), 4, 2, 2),
  row("auxiliary", nn.sequential({ a: nn.linear(3), aux: nn.auxiliary({ fc: nn.linear(2) }), b: nn.tanh() }), 4),
];

const encoder = nn.sequential(nn.linear(3), nn.tanh());

const networks: readonly Row[] = [
  row("op", nn.op("transpose", { order: [0, 2, 1] }), 2, 3),
  row("op with the number of samples", nn.op("broadcastTo", { shape: [-1, 2, 3] }), 1, 3),
  row("poolSteps", nn.poolSteps("mean"), 4, 3),
  row("poolSteps, the largest", nn.poolSteps("max"), 4, 3),
  row(
    "bilinear",
    nn.network({ x: [7] }, ({ x }) => nn.bilinear(2)(x.slice(1, 0, 4), x.slice(1, 4))),
    7,
  ),
  row(
    "network with a shared encoder",
    nn.network({ x: [8] }, ({ x }) => {
      const [a, b] = [encoder(x.slice(1, 0, 4)), encoder(x.slice(1, 4))];
      return nn.linear(2)(nn.concat(a, a.sub(b).mul(0.5), b));
    }),
    8,
  ),
  row(
    "network with parameters and constants",
    nn.network({ x: [2, 3] }, ({ x }) => {
      const scale = nn.named("scale", nn.parameter([3], { initializer: "ones" }))();
      const table = nn.parameter([2, 1], { trainable: false, initializer: "ones" })();
      const mask = nn.constant([true, false, true], "bool")();
      return nn.op("select")(mask, x.mul(scale).add(table), 0.5);
    }),
    2,
    3,
  ),
  row(
    "network inside a network",
    nn.sequential(
      nn.linear(4),
      nn.network(["y"], ({ y }) =>
        nn
          .network(["z"], ({ z }) => z.add(nn.linear(4)(z)))(y)
          .tanh(),
      ),
    ),
    3,
  ),
];

/** Attention of a sequence over a projection of itself. */
const attending = (attention: nn.Layer, keys = 4): nn.Layer =>
  nn.network({ x: [3, 4] }, ({ x }) => attention(x, nn.linear(keys)(x), nn.linear(6)(x)));

const attentions: readonly Row[] = [
  row("attention", attending(nn.attention()), 3, 4),
  row("attention, dot, of two heads", attending(nn.attention({ score: "dot", heads: 2 })), 3, 4),
  row("attention, general", attending(nn.attention({ score: "general" }), 5), 3, 4),
  row("attention, additive", attending(nn.attention({ score: "additive", units: 2 }), 5), 3, 4),
  {
    name: "attentiveGru",
    layer: nn.network({ x: [3, 2] }, ({ x }) => {
      const memory = nn.linear(4)(x);
      return nn.attentiveGru(3, { attentionUnits: 2 })(x, memory, nn.linear(3)(nn.poolSteps("mean")(memory)));
    }),
    input: [3, 2],
    notInOnnx: "its cell is the op recurrence, which ONNX has as whole networks only",
  },
  row("positions", nn.positions(5), 4, 3),
  row("positions, sinusoidal", nn.positions(4, { kind: "sinusoidal" }), 4, 5),
  row("causalConv1d", nn.causalConv1d(2, { kernel: 3, dilation: 2 }), 3, 6),
  row("causalConv1d of groups, of one step", nn.causalConv1d(4, { kernel: 1, groups: 2, bias: false }), 2, 3),
];

const others: readonly Row[] = [
  row("linear", nn.linear(3), 4),
  row("conv1d", nn.conv1d(2, { kernel: 3, padding: 1 }), 2, 5),
  row("conv2d", nn.conv2d(4, { kernel: [2, 3], stride: 2, groups: 2 }), 2, 5, 5),
  row("conv3d", nn.conv3d(2, { kernel: 2, dilation: 2 }), 1, 3, 3, 4),
  row("maxPool1d", nn.maxPool1d(2), 2, 5),
  row("maxPool2d", nn.maxPool2d(3, { stride: 2, padding: 1 }), 1, 4, 4),
  row("maxPool3d", nn.maxPool3d(2), 1, 2, 2, 4),
  row("avgPool1d", nn.avgPool1d(2), 2, 5),
  row("avgPool2d", nn.avgPool2d(3, { stride: 2, padding: 1, includePadding: false }), 1, 4, 4),
  row("avgPool3d", nn.avgPool3d(2), 1, 2, 2, 4),
  { name: "embedding", layer: nn.embedding(6, 3), input: [4], numbersBelow: 6 },
  {
    name: "embedding whose table is that of the scores, too",
    layer: nn.sequential(nn.embedding(6, 3, { remember: "words" }), nn.tanh(), nn.tied("words")),
    input: [4],
    numbersBelow: 6,
  },
  {
    name: "embedding with padding",
    layer: nn.embedding(6, 3, { padding: 2 }),
    input: [4],
    numbersBelow: 6,
    otherwise: "the padding's row stays as it is",
  },
  row("eachStep", nn.eachStep(nn.sequential(nn.linear(2), nn.tanh(), nn.flatten())), 3, 2, 2),
  {
    name: "eachStep of tokens with padding",
    layer: nn.eachStep(nn.sequential(nn.embedding(4, 2), nn.tanh(), nn.poolSteps("max")), { padding: 0 }),
    input: [3, 4],
    numbersBelow: 4,
  },
];

/** Each pooling is linked to its unpooling by a name. */
const unpoolings: readonly Row[] = [
  row("maxUnpool1d", nn.sequential(nn.maxPool1d(2, { remember: "p" }), nn.tanh(), nn.maxUnpool1d("p")), 2, 5),
  row(
    "maxUnpool2d where windows overlap",
    nn.sequential(nn.maxPool2d(3, { stride: 2, remember: "p" }), nn.maxUnpool2d("p")),
    ...[1, 5, 5],
  ),
  row(
    "convTranspose2d to the size of another layer's input",
    nn.sequential(nn.maxPool2d(2, { remember: "p" }), nn.convTranspose2d(2, { kernel: 2, stride: 2, sizeOf: "p" })),
    ...[1, 5, 4],
  ),
  row("maxUnpool3d", nn.sequential(nn.maxPool3d(2, { remember: "p" }), nn.maxUnpool3d("p")), 1, 2, 2, 4),
];

const maps: readonly Row[] = [
  row("conv2d with padding in words", nn.conv2d(2, { kernel: [3, 2], stride: 2, padding: "same" }), 1, 4, 5),
  row("maxPool2d with padding in words", nn.maxPool2d(3, { stride: 1, padding: "full" }), 1, 3, 3),
  row("convTranspose1d", nn.convTranspose1d(3, { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }), 2, 4),
  row("convTranspose2d", nn.convTranspose2d(4, { kernel: [2, 3], stride: 2, groups: 2 }), 2, 3, 2),
  row("convTranspose3d", nn.convTranspose3d(2, { kernel: 2, dilation: 2, bias: false }), 1, 2, 1, 2),
  row("adaptiveMaxPool", nn.adaptiveMaxPool([2, 3]), 2, 3, 4),
  row("adaptiveAvgPool", nn.adaptiveAvgPool(3), 2, 5),
  row("globalMaxPool", nn.globalMaxPool(), 2, 3, 4),
  row("globalAvgPool", nn.globalAvgPool(), 2, 2, 3, 2),
  row("zeroPad", nn.zeroPad([1, 0, 2, 1]), 1, 2, 3),
  row("reflectPad", nn.reflectPad([1, 2]), 2, 2, 3),
  row("replicatePad", nn.replicatePad(2), 2, 3),
  row("upsampleNearest", nn.upsampleNearest({ scale: 2 }), 2, 3),
  row("upsampleNearest to a size", nn.upsampleNearest({ size: [5, 3] }), 1, 2, 4),
  row("upsampleBilinear", nn.upsampleBilinear({ scale: 2, alignCorners: true }), 1, 2, 3),
  row("kMaxPool", nn.kMaxPool(3), 2, 6),
  row("dynamicKMaxPool", nn.dynamicKMaxPool({ top: 2, layer: 1, layers: 2, length: 7, axis: 2 }), 2, 8),
  row(
    "dynamicKMaxPool of a remembered sentence",
    nn.sequential(
      nn.remember("sentence"),
      nn.op("transpose", { order: [0, 2, 1] }),
      nn.dynamicKMaxPool({ top: 2, layer: 1, layers: 2, length: "sentence" }),
    ),
    ...[7, 2],
  ),
  row("softArgMax", nn.softArgMax(), 2, 3, 4),
  row("softArgMax in fractions", nn.softArgMax({ stride: 4, temperature: 0.5, fractions: true }), 1, 2, 3),
  row("remember", nn.remember("here"), 2, 3),
  row("fold", nn.fold(), 4, 3),
  row("fold of rows of two maps", nn.fold({ width: 2 }), 8, 3),
  row("transformConv2d", nn.transformConv2d(2, { kernel: 3, padding: "same" }), 2, 4, 4),
  row(
    "transformConv2d with maps apart",
    nn.transformConv2d(1, { kernel: 3, transforms: nn.scaled(nn.turns(3), [1, 0.8]), combine: "channels" }),
    ...[1, 4, 4],
  ),
];

/** A recurrent layer that starts with a projection of its sequence's mean. */
const starting = (layer: nn.Layer, states: number): nn.Layer =>
  nn.network(["x"], ({ x }) => layer(x, nn.linear(states)(nn.poolSteps("mean")(x))));

const recurrents: readonly Row[] = [
  row("rnn", nn.rnn(2), 2, 2),
  row("rnn of relu, the last state", nn.rnn(2, { activation: "relu", output: "last", bidirectional: true }), 3, 2),
  row("lstm", nn.lstm(2, { bias: false }), 3, 2),
  row("lstm, deep, both ways, with dropout", nn.lstm(1, { layers: 2, bidirectional: true, dropout: 0.4 }), 2, 1),
  row("gru", nn.gru(2, { bidirectional: true }), 2, 1),
  row("gru, the last state", nn.gru(2, { layers: 2, output: "last" }), 2, 1),
  {
    ...row("lstm with initial states", starting(nn.lstm(2, { layers: 2, initial: true }), 8), 3, 2),
    notInOnnx: "initial states",
  },
  {
    ...row("gru with initial states, both ways", starting(nn.gru(2, { initial: true, bidirectional: true }), 4), 2, 1),
    notInOnnx: "initial states",
  },
];

export const layerTable: readonly Row[] = [
  ...activations,
  ...normalizations,
  ...structures,
  ...blocks,
  ...networks,
  ...attentions,
  ...others,
  ...maps,
  ...recurrents,
  ...unpoolings,
];
