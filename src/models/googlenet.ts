/**
 * GoogLeNet, also called Inception v1 (Szegedy et al. 2014, "Going deeper with convolutions", table 1): nine modules of four
 * branches side by side, and two auxiliary heads in training, whose losses have the weight 0.3.
 *
 * As torchvision has it: with batch normalization (ε = 0.001) and without biases, and with 3×3 convolutions where the paper
 * has 5×5. Names of parameters are torchvision's.
 */
import * as nn from "../nn/index.ts";
import { flag, real, withDefault } from "../options/index.ts";
import { defineArchitecture } from "./architecture.ts";

/** Of convolutions and linear layers. */
const initializer = { type: "normal", deviation: 0.01 } as const;

const convolve = (filters: number, { kernel = 1, stride = 1 } = {}): nn.Layer =>
  nn.sequential({
    conv: nn.conv2d(filters, { kernel, stride, padding: (kernel - 1) / 2, bias: false, initializer }),
    bn: nn.batchNorm2d({ epsilon: 0.001 }),
    relu: nn.relu(),
  });

const linear = (units: number): nn.Layer => nn.linear(units, { initializer, biasInitializer: "torchUniform" });
const pool = (kernel: number): nn.Layer => nn.maxPool2d(kernel, { stride: 2, ceil: true });

/** Filters of the branches: 1×1; 1×1 and 3×3; 1×1 and what was 5×5; 1×1 after pooling. */
type Widths = readonly [one: number, reduce3: number, three: number, reduce5: number, five: number, pooled: number];

const inception = ([one, reduce3, three, reduce5, five, pooled]: Widths): nn.Layer =>
  nn.branches({
    branch1: convolve(one),
    branch2: nn.sequential(convolve(reduce3), convolve(three, { kernel: 3 })),
    branch3: nn.sequential(convolve(reduce5), convolve(five, { kernel: 3 })),
    branch4: nn.sequential(nn.maxPool2d(3, { stride: 1, padding: 1, ceil: true }), convolve(pooled)),
  });

const head = (classes: number, dropout: number): nn.Layer =>
  nn.auxiliary(
    {
      avgpool: nn.adaptiveAvgPool(4), // [n, channels, 4, 4]
      conv: convolve(128),
      flatten: nn.flatten(), // [n, 2048]
      fc1: linear(1024),
      relu: nn.relu(),
      dropout: nn.dropout(dropout),
      fc2: linear(classes),
    },
    { weight: 0.3 },
  );

const options = {
  /** Whether it has the two auxiliary heads `aux1` and `aux2`, which only training computes. Default true. */
  auxiliary: withDefault(flag(), true),
  /** Dropout before the last layer. Default 0.2, as in torchvision; the paper has 0.4. */
  dropout: withDefault(real(0, 1), 0.2),
  /** Dropout in the auxiliary heads. Default 0.7. */
  auxiliaryDropout: withDefault(real(0, 1), 0.7),
};

/**
 * GoogLeNet: 6.6 million parameters, and 6.4 million in auxiliary heads, which `auxiliary: false` leaves out. Szegedy et al.
 * 2014, with batch normalization and 3×3 convolutions instead of 5×5.
 */
export const googlenet = defineArchitecture({
  name: "googlenet",
  summary: "GoogLeNet (Szegedy et al. 2014): nine inception modules, two auxiliary heads in training",
  options,
  network: ({ classes, auxiliary, dropout, auxiliaryDropout }) =>
    nn.sequential({
      conv1: convolve(64, { kernel: 7, stride: 2 }), // [n, 64, 112, 112]
      maxpool1: pool(3), // [n, 64, 56, 56]
      conv2: convolve(64),
      conv3: convolve(192, { kernel: 3 }),
      maxpool2: pool(3), // [n, 192, 28, 28]
      inception3a: inception([64, 96, 128, 16, 32, 32]),
      inception3b: inception([128, 128, 192, 32, 96, 64]),
      maxpool3: pool(3), // [n, 480, 14, 14]
      inception4a: inception([192, 96, 208, 16, 48, 64]),
      ...(auxiliary && { aux1: head(classes, auxiliaryDropout) }),
      inception4b: inception([160, 112, 224, 24, 64, 64]),
      inception4c: inception([128, 128, 256, 24, 64, 64]),
      inception4d: inception([112, 144, 288, 32, 64, 64]),
      ...(auxiliary && { aux2: head(classes, auxiliaryDropout) }),
      inception4e: inception([256, 160, 320, 32, 128, 128]),
      maxpool4: pool(2), // [n, 832, 7, 7]
      inception5a: inception([256, 160, 320, 32, 128, 128]),
      inception5b: inception([384, 192, 384, 48, 128, 128]),
      avgpool: nn.globalAvgPool(), // [n, 1024]
      dropout: nn.dropout(dropout),
      fc: linear(classes),
    }),
});
