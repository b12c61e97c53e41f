/**
 * Residual networks: y = relu(F(x) + x), or F(x) + W x where the shape changes (He, Zhang, Ren, Sun 2015, "Deep Residual
 * Learning for Image Recognition", table 1).
 *
 * Two kinds of block. Basic: two 3×3 convolutions. Bottleneck: 1×1 to a smaller width, 3×3, 1×1 to four times the channels;
 * the stride is that of the 3×3 convolution, as in torchvision (in the paper, of the first 1×1). Each convolution is
 * followed by batch normalization. ResNeXt (Xie et al. 2017) has 3×3 convolutions in groups, Wide ResNet (Zagoruyko and
 * Komodakis 2016) wider ones: both are bottlenecks of another width. Names of parameters are torchvision's.
 */
import * as nn from "../nn/index.ts";
import { type Architecture, defineArchitecture } from "./architecture.ts";
import { classifier, conv, reluOfSum } from "./blocks.ts";

interface Variant {
  readonly summary: string;
  readonly block: Block;
  /** Blocks of each of the four stages. */
  readonly depths: readonly number[];
  /** Groups of the 3×3 convolutions. Default 1. */
  readonly groups?: number;
  /** Channels of each group where a stage has 64. Default 64. */
  readonly width?: number;
}

interface BlockSize {
  readonly channels: number;
  /** Channels of the 3×3 convolution in a bottleneck. */
  readonly width: number;
  readonly groups: number;
  readonly stride: number;
}

interface Block {
  /** How many times `channels` it gives. */
  readonly expansion: number;
  readonly body: (size: BlockSize) => Readonly<Record<string, nn.Layer>>;
}

const basic: Block = {
  expansion: 1,
  body: ({ channels, stride }) => ({
    conv1: conv(channels, { stride }),
    bn1: nn.batchNorm2d(),
    relu: nn.relu(),
    conv2: conv(channels),
    bn2: nn.batchNorm2d(),
  }),
};

const bottleneck: Block = {
  expansion: 4,
  body: ({ channels, width, groups, stride }) => ({
    conv1: conv(width, { kernel: 1 }),
    bn1: nn.batchNorm2d(),
    relu1: nn.relu(),
    conv2: conv(width, { stride, groups }),
    bn2: nn.batchNorm2d(),
    relu2: nn.relu(),
    conv3: conv(4 * channels, { kernel: 1 }),
    bn3: nn.batchNorm2d(),
  }),
};

/** A strided 1×1 convolution, where the input has not the shape of the output. */
const project = (filters: number, stride: number): nn.Layer =>
  nn.sequential(conv(filters, { kernel: 1, stride }), nn.batchNorm2d());

function stage(index: number, { block, depths, groups = 1, width = 64 }: Variant): nn.Layer {
  const channels = 64 * 2 ** index;
  const size = { channels, groups, width: Math.floor((channels * width) / 64) * groups };
  const filters = channels * block.expansion;
  const blocks = Array.from({ length: depths[index] }, (_, i) => {
    const stride = i === 0 && index > 0 ? 2 : 1;
    const isSame = i > 0 || (index === 0 && filters === 64);
    return reluOfSum(block.body({ ...size, stride }), isSame ? undefined : project(filters, stride));
  });
  return nn.sequential(...blocks);
}

const networkOf = (variant: Variant, classes: number): nn.Layer =>
  nn.sequential({
    conv1: conv(64, { kernel: 7, stride: 2 }), // [n, 64, 112, 112]
    bn1: nn.batchNorm2d(),
    relu: nn.relu(),
    maxpool: nn.maxPool2d(3, { stride: 2, padding: 1 }), // [n, 64, 56, 56]
    layer1: stage(0, variant),
    layer2: stage(1, variant), // [n, …, 28, 28]
    layer3: stage(2, variant), // [n, …, 14, 14]
    layer4: stage(3, variant), // [n, …, 7, 7]
    avgpool: nn.globalAvgPool(), // [n, …]
    fc: classifier(classes),
  });

const variants = {
  resnet18: {
    summary: "ResNet-18 (He et al. 2015): 2, 2, 2, 2 blocks of two 3×3 convolutions",
    block: basic,
    depths: [2, 2, 2, 2],
  },
  resnet34: {
    summary: "ResNet-34 (He et al. 2015): 3, 4, 6, 3 blocks of two 3×3 convolutions",
    block: basic,
    depths: [3, 4, 6, 3],
  },
  resnet50: {
    summary: "ResNet-50 (He et al. 2015): 3, 4, 6, 3 bottlenecks",
    block: bottleneck,
    depths: [3, 4, 6, 3],
  },
  resnet101: {
    summary: "ResNet-101 (He et al. 2015): 3, 4, 23, 3 bottlenecks",
    block: bottleneck,
    depths: [3, 4, 23, 3],
  },
  resnet152: {
    summary: "ResNet-152 (He et al. 2015): 3, 8, 36, 3 bottlenecks",
    block: bottleneck,
    depths: [3, 8, 36, 3],
  },
  resnext50_32x4d: {
    summary: "ResNeXt-50 (Xie et al. 2017): ResNet-50 with 32 groups of 4 channels",
    block: bottleneck,
    depths: [3, 4, 6, 3],
    groups: 32,
    width: 4,
  },
  resnext101_32x8d: {
    summary: "ResNeXt-101 (Xie et al. 2017): ResNet-101 with 32 groups of 8 channels",
    block: bottleneck,
    depths: [3, 4, 23, 3],
    groups: 32,
    width: 8,
  },
  resnext101_64x4d: {
    summary: "ResNeXt-101 (Xie et al. 2017): ResNet-101 with 64 groups of 4 channels",
    block: bottleneck,
    depths: [3, 4, 23, 3],
    groups: 64,
    width: 4,
  },
  wide_resnet50_2: {
    summary: "Wide ResNet-50-2 (Zagoruyko and Komodakis 2016): 3×3 convolutions twice as wide",
    block: bottleneck,
    depths: [3, 4, 6, 3],
    width: 128,
  },
  wide_resnet101_2: {
    summary: "Wide ResNet-101-2 (Zagoruyko and Komodakis 2016): 3×3 convolutions twice as wide",
    block: bottleneck,
    depths: [3, 4, 23, 3],
    width: 128,
  },
} as const satisfies Readonly<Record<string, Variant>>;

function variantOf(name: keyof typeof variants): Architecture {
  const variant: Variant = variants[name];
  return defineArchitecture({
    name,
    summary: variant.summary,
    network: ({ classes }) => networkOf(variant, classes),
  });
}

/** ResNet-18: 11.7 million parameters. He et al. 2015. */
export const resnet18 = variantOf("resnet18");
/** ResNet-34: 21.8 million parameters. He et al. 2015. */
export const resnet34 = variantOf("resnet34");
/** ResNet-50: 25.6 million parameters. He et al. 2015, with the stride in the 3×3 convolutions. */
export const resnet50 = variantOf("resnet50");
/** ResNet-101: 44.5 million parameters. He et al. 2015. */
export const resnet101 = variantOf("resnet101");
/** ResNet-152: 60.2 million parameters. He et al. 2015. */
export const resnet152 = variantOf("resnet152");
/** ResNeXt-50 32×4d: 25.0 million parameters. Xie et al. 2017. */
export const resnext50_32x4d = variantOf("resnext50_32x4d");
/** ResNeXt-101 32×8d: 88.8 million parameters. Xie et al. 2017. */
export const resnext101_32x8d = variantOf("resnext101_32x8d");
/** ResNeXt-101 64×4d: 83.5 million parameters. Xie et al. 2017. */
export const resnext101_64x4d = variantOf("resnext101_64x4d");
/** Wide ResNet-50-2: 68.9 million parameters. Zagoruyko and Komodakis 2016. */
export const wide_resnet50_2 = variantOf("wide_resnet50_2");
/** Wide ResNet-101-2: 126.9 million parameters. Zagoruyko and Komodakis 2016. */
export const wide_resnet101_2 = variantOf("wide_resnet101_2");
