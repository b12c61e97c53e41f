/**
 * AlexNet in both of its forms, and ZFNet.
 *
 * `alexnet_2012` is the network of Krizhevsky, Sutskever, Hinton 2012, "ImageNet Classification with Deep Convolutional
 * Neural Networks", as CMU 11-785 draws it: 227×227 pixels, convolutions 2, 4 and 5 in two groups (of two GPUs), local response
 * normalization after the first two. The lecture's "Conv2: stride 2" is a slip: 27×27 maps stay 27×27. `alexnet` is torchvision's,
 * of Krizhevsky 2014, "One weird trick …": one group, fewer filters, no normalization; names of parameters are torchvision's.
 * ZFNet (Zeiler and Fergus 2013, "Visualizing and Understanding Convolutional Networks", figure 3) is AlexNet with 7×7 filters
 * of stride 2 in the first layer and one group; the lecture's is the wider one of the paper's table 2, `zfnet_512`.
 */
import * as nn from "../nn/index.ts";
import { defineArchitecture, type NetworkOptions } from "./architecture.ts";
import { asTorch, dropoutOptions } from "./blocks.ts";

/** The normalization of section 3.3: k = 2, n = 5, α = 10⁻⁴ for the sum of 5 squares, β = 0.75. */
const normalize = (): nn.Layer => nn.localResponseNorm(5, { k: 2, alpha: 5e-4 });

/** Section 5: weights of deviation 0.01, biases 0 or 1. */
const start = (bias: 0 | 1) =>
  ({ initializer: { type: "normal", deviation: 0.01 }, biasInitializer: bias === 1 ? "ones" : "zeros" }) as const;

const pool = (padding = 0): nn.Layer => nn.maxPool2d(3, { stride: 2, padding });

type Start = Pick<nn.LinearOptions, "initializer" | "biasInitializer">;

interface Head {
  readonly classes: number;
  readonly dropout: number;
  /** How the hidden layers start, and the last. */
  readonly hidden: Start;
  readonly last: Start;
}

/** [n, c, 6, 6] to [n, classes], with dropout before both hidden layers, as in torchvision. */
const head = ({ classes, dropout, hidden, last }: Head): nn.Layer =>
  nn.sequential(
    nn.dropout(dropout),
    nn.linear(4096, hidden),
    nn.relu(),
    nn.dropout(dropout),
    nn.linear(4096, hidden),
    nn.relu(),
    nn.linear(classes, last),
  );

const networkOf = (features: readonly nn.Layer[], about: Head): nn.Layer =>
  nn.sequential({
    features: nn.sequential(...features),
    avgpool: nn.adaptiveAvgPool(6), // [n, c, 6, 6]
    flatten: nn.flatten(),
    classifier: head(about),
  });

/** AlexNet of torchvision: 61.1 million parameters. Krizhevsky 2014. */
export const alexnet = defineArchitecture({
  name: "alexnet",
  summary: "AlexNet in one column (Krizhevsky 2014): 64, 192, 384, 256, 256 filters, as torchvision has it",
  options: dropoutOptions,
  network: ({ classes, dropout }) =>
    networkOf(
      [
        ...[nn.conv2d(64, { kernel: 11, stride: 4, padding: 2, ...asTorch }), nn.relu(), pool()], // [n, 64, 27, 27]
        ...[nn.conv2d(192, { kernel: 5, padding: 2, ...asTorch }), nn.relu(), pool()], // [n, 192, 13, 13]
        ...[nn.conv2d(384, { kernel: 3, padding: 1, ...asTorch }), nn.relu()],
        ...[nn.conv2d(256, { kernel: 3, padding: 1, ...asTorch }), nn.relu()],
        ...[nn.conv2d(256, { kernel: 3, padding: 1, ...asTorch }), nn.relu(), pool()], // [n, 256, 6, 6]
      ],
      { classes, dropout, hidden: asTorch, last: asTorch },
    ),
});

const groups = 2;

/** AlexNet of the lectures, for 227×227 pixels: 61.0 million parameters. Krizhevsky, Sutskever, Hinton 2012. */
export const alexnet_2012 = defineArchitecture({
  name: "alexnet_2012",
  summary: "AlexNet (Krizhevsky et al. 2012): 96, 256, 384, 384, 256 filters in two groups, 227×227 pixels",
  input: [3, 227, 227],
  options: dropoutOptions,
  notes:
    "The paper has 60 million parameters and 650,000 neurons: 60,965,224 and 659,272, where neurons are the outputs of " +
    "convolutions and linear layers. With the slides of the authors the lecture says 630 million connections and not what " +
    "counts as one; a connection for each product makes 724,406,816 (without groups 1,135,256,096). Of 224×224 pixels, which " +
    "the paper mentions, the first layer's maps would have 54×54 units, not 55×55, and there would be fewer connections.",
  network: ({ classes, dropout }) =>
    networkOf(
      [
        ...[nn.conv2d(96, { kernel: 11, stride: 4, ...start(0) }), nn.relu(), normalize(), pool()], // [n, 96, 27, 27]
        ...[nn.conv2d(256, { kernel: 5, padding: 2, groups, ...start(1) }), nn.relu(), normalize(), pool()], // [n, 256, 13, 13]
        ...[nn.conv2d(384, { kernel: 3, padding: 1, ...start(0) }), nn.relu()],
        ...[nn.conv2d(384, { kernel: 3, padding: 1, groups, ...start(1) }), nn.relu()],
        ...[nn.conv2d(256, { kernel: 3, padding: 1, groups, ...start(1) }), nn.relu(), pool()], // [n, 256, 6, 6]
      ],
      { classes, dropout, hidden: start(1), last: start(0) },
    ),
});

const zfnetOf =
  (widths: readonly number[]) =>
  ({ classes, dropout }: NetworkOptions & { readonly dropout: number }): nn.Layer =>
    networkOf(
      [
        ...[nn.conv2d(96, { kernel: 7, stride: 2, padding: 1, ...start(0) }), nn.relu(), pool(1), normalize()], // [n, 96, 55, 55]
        ...[nn.conv2d(256, { kernel: 5, stride: 2, ...start(0) }), nn.relu(), pool(1), normalize()], // [n, 256, 13, 13]
        ...widths.flatMap((filters) => [nn.conv2d(filters, { kernel: 3, padding: 1, ...start(0) }), nn.relu()]),
        pool(), // [n, …, 6, 6]
      ],
      { classes, dropout, hidden: start(0), last: start(0) },
    );

/** ZFNet: 62.4 million parameters. Zeiler and Fergus 2013. */
export const zfnet = defineArchitecture({
  name: "zfnet",
  summary: "ZFNet (Zeiler and Fergus 2013): AlexNet in one group with 7×7 filters of stride 2 at first",
  options: dropoutOptions,
  network: zfnetOf([384, 384, 256]),
});

/** The wider ZFNet of the lecture, with 512, 1024 and 512 filters in layers 3 to 5. Zeiler and Fergus 2013, table 2. */
export const zfnet_512 = defineArchitecture({
  name: "zfnet_512",
  summary: "the wider ZFNet (Zeiler and Fergus 2013): 512, 1024, 512 filters in layers 3 to 5",
  options: dropoutOptions,
  network: zfnetOf([512, 1024, 512]),
});
