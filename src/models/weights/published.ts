/**
 * Published weights: which files there are for the architectures, where they lie, and what they are for. Addresses, sizes
 * and figures are those of torchvision's source (release 0.14, models/*.py) and of the README of
 * github.com/akamaster/pytorch_resnet_cifar10. Each file's name ends with the first 8 digits of its SHA-256.
 */
import type { Normalization } from "../../array/index.ts";

/** A file of weights for an architecture. */
export interface PublishedWeights {
  /** The architecture's name. */
  readonly architecture: string;
  /** The name among the architecture's weights: what they were trained on, `imagenet`. */
  readonly name: string;
  /** The file's name. */
  readonly file: string;
  /** Where it lies. */
  readonly url: string;
  /** How its SHA-256 begins. */
  readonly sha256: string;
  /** What the classes are. */
  readonly classes: "imagenet" | "cifar10";
  /** Height and width of the pictures that the weights were tested with. */
  readonly size: number;
  /** To what the shorter side of a picture is scaled, before its middle of that size is taken. */
  readonly resize: number;
  /** What pictures are normalized by. */
  readonly normalization: Normalization;
  /** How many of the test pictures are named rightly, in percent, as published. */
  readonly accuracy: number;
  /** How often the class is among the first five, in percent; absent where it was not published. */
  readonly top5?: number | undefined;
  /** The license of the publisher. Data sets have terms of their own: ImageNet's are for research and education. */
  readonly license: string;
  /** The page that describes the weights. */
  readonly page: string;
}

const imagenetNormalization: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

type Row = readonly [architecture: string, name: string, stem: string, top1: number, top5: number, view?: View];

/** How pictures are shown, and other particulars of a row. */
interface View {
  /** Default 224. */
  readonly size?: number;
  /** Default 256. */
  readonly resize?: number;
  readonly license?: string;
  readonly normalization?: Normalization;
}

/** What torchvision trained again in 2021 and 2022 (its issue 3995). */
const again: View = { resize: 232 };
/** Taken over from github.com/huggingface/pytorch-image-models. */
const timm: View = { license: "Apache-2.0" };
/** Taken over from TensorFlow, with its normalization, which torchvision has inside of the network (`transform_input`). */
const google: View = { normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } };

const torchvision: readonly Row[] = [
  ["alexnet", "imagenet", "alexnet-owt-7be5be79", 56.522, 79.066],
  ["vgg11", "imagenet", "vgg11-8a719046", 69.02, 88.628],
  ["vgg11_bn", "imagenet", "vgg11_bn-6002323d", 70.37, 89.81],
  ["vgg13", "imagenet", "vgg13-19584684", 69.928, 89.246],
  ["vgg13_bn", "imagenet", "vgg13_bn-abd245e5", 71.586, 90.374],
  ["vgg16", "imagenet", "vgg16-397923af", 71.592, 90.382],
  ["vgg16_bn", "imagenet", "vgg16_bn-6c64b313", 73.36, 91.516],
  ["vgg19", "imagenet", "vgg19-dcbb9e9d", 72.376, 90.876],
  ["vgg19_bn", "imagenet", "vgg19_bn-c79401a0", 74.218, 91.842],
  ["resnet18", "imagenet", "resnet18-f37072fd", 69.758, 89.078],
  ["resnet34", "imagenet", "resnet34-b627a593", 73.314, 91.42],
  ["resnet50", "imagenet", "resnet50-0676ba61", 76.13, 92.862],
  ["resnet50", "imagenet_v2", "resnet50-11ad3fa6", 80.858, 95.434, again],
  ["resnet101", "imagenet", "resnet101-63fe2227", 77.374, 93.546],
  ["resnet101", "imagenet_v2", "resnet101-cd907fc2", 81.886, 95.78, again],
  ["resnet152", "imagenet", "resnet152-394f9c45", 78.312, 94.046],
  ["resnet152", "imagenet_v2", "resnet152-f82ba261", 82.284, 96.002, again],
  ["wide_resnet50_2", "imagenet", "wide_resnet50_2-95faca4d", 78.468, 94.086],
  ["wide_resnet50_2", "imagenet_v2", "wide_resnet50_2-9ba9bcbe", 81.602, 95.758, again],
  ["wide_resnet101_2", "imagenet", "wide_resnet101_2-32ee1156", 78.848, 94.284],
  ["wide_resnet101_2", "imagenet_v2", "wide_resnet101_2-d733dc28", 82.51, 96.02, again],
  ["resnext50_32x4d", "imagenet", "resnext50_32x4d-7cdf4587", 77.618, 93.698],
  ["resnext50_32x4d", "imagenet_v2", "resnext50_32x4d-1a0047aa", 81.198, 95.34, again],
  ["resnext101_32x8d", "imagenet", "resnext101_32x8d-8ba56ff5", 79.312, 94.526],
  ["resnext101_32x8d", "imagenet_v2", "resnext101_32x8d-110c445d", 82.834, 96.228, again],
  ["resnext101_64x4d", "imagenet", "resnext101_64x4d-173b62eb", 83.246, 96.454, again],
  ["squeezenet1_0", "imagenet", "squeezenet1_0-b66bff10", 58.092, 80.42],
  ["squeezenet1_1", "imagenet", "squeezenet1_1-b8a52dc0", 58.178, 80.624],
  ["googlenet", "imagenet", "googlenet-1378be20", 69.778, 89.53, google],
  ["densenet121", "imagenet", "densenet121-a639ec97", 74.434, 91.972],
  ["densenet161", "imagenet", "densenet161-8d451a50", 77.138, 93.56],
  ["densenet169", "imagenet", "densenet169-b2777c0a", 75.6, 92.806],
  ["densenet201", "imagenet", "densenet201-c1103571", 76.896, 93.37],
  ["mobilenet_v2", "imagenet", "mobilenet_v2-b0353104", 71.878, 90.286],
  ["mobilenet_v2", "imagenet_v2", "mobilenet_v2-7ebf99e0", 72.154, 90.822, again],
  ["mobilenet_v3_small", "imagenet", "mobilenet_v3_small-047dcff4", 67.668, 87.402],
  ["mobilenet_v3_large", "imagenet", "mobilenet_v3_large-8738ca79", 74.042, 91.34],
  ["mobilenet_v3_large", "imagenet_v2", "mobilenet_v3_large-5c1a4163", 75.274, 92.566, again],
  ["efficientnet_b0", "imagenet", "efficientnet_b0_rwightman-3dd342df", 77.692, 93.532, timm],
  ["efficientnet_b1", "imagenet", "efficientnet_b1_rwightman-533bc792", 78.642, 94.186, { ...timm, size: 240 }],
  ["efficientnet_b1", "imagenet_v2", "efficientnet_b1-c27df63c", 79.838, 94.934, { size: 240, resize: 255 }],
  [
    ...(["efficientnet_b2", "imagenet", "efficientnet_b2_rwightman-bcdf34b7", 80.608, 95.31] as const),
    { ...timm, size: 288, resize: 288 },
  ],
  [
    ...(["efficientnet_b3", "imagenet", "efficientnet_b3_rwightman-cf984f9c", 82.008, 96.054] as const),
    { ...timm, size: 300, resize: 320 },
  ],
  ["convnext_tiny", "imagenet", "convnext_tiny-983f1562", 82.52, 96.146, { resize: 236 }],
  ["convnext_small", "imagenet", "convnext_small-0c510722", 83.616, 96.65, { resize: 230 }],
];

/** Residual networks for CIFAR-10: the layers after which they are named, the file, and the published error in percent. */
const akamaster: readonly (readonly [layers: number, sha256: string, error: number])[] = [
  [20, "12fca82f", 8.27],
  [32, "d509ac18", 7.37],
  [44, "014dd654", 6.9],
  [56, "4bfd9763", 6.61],
  [110, "1d1ed7c2", 6.32],
];

const hashOf = (stem: string): string => stem.slice(stem.lastIndexOf("-") + 1);

/** All published weights that are known by name. */
export const publishedWeights: readonly PublishedWeights[] = [
  ...torchvision.map(
    ([architecture, name, stem, accuracy, top5, view = {}]): PublishedWeights => ({
      ...{ architecture, name, accuracy, top5, classes: "imagenet", sha256: hashOf(stem) },
      ...{ file: `${stem}.pth`, url: `https://download.pytorch.org/models/${stem}.pth` },
      ...{ size: 224, resize: 256, normalization: imagenetNormalization, license: "BSD-3-Clause", ...view },
      page: `https://pytorch.org/vision/stable/models/generated/torchvision.models.${architecture}.html`,
    }),
  ),
  ...akamaster.map(([layers, sha256, error]): PublishedWeights => {
    const file = `resnet${layers}-${sha256}.th`;
    const page = "https://github.com/akamaster/pytorch_resnet_cifar10";
    return {
      ...{
        architecture: `resnet${layers}`,
        name: "cifar10",
        file,
        sha256,
        classes: "cifar10",
        license: "BSD-2-Clause",
      },
      ...{ url: `${page}/raw/master/pretrained_models/${file}`, page },
      ...{ size: 32, resize: 32, normalization: imagenetNormalization, accuracy: Number((100 - error).toFixed(2)) },
    };
  }),
];

/** The weights that are published for an architecture. */
export const weightsOf = (architecture: string): readonly PublishedWeights[] =>
  publishedWeights.filter((row) => row.architecture === architecture);
