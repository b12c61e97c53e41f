/**
 * VGG: nothing but 3×3 convolutions and 2×2 max pooling, then 4096, 4096 and `classes` units (Simonyan and Zisserman 2014,
 * "Very Deep Convolutional Networks for Large-Scale Image Recognition", table 1). The paper's columns are A `vgg11`, A-LRN
 * `vgg11_lrn`, B `vgg13`, C `vgg16_1x1`, D `vgg16`, E `vgg19`; those with `_bn` have batch normalization, as in torchvision, whose
 * names the parameters have.
 */
import * as nn from "../nn/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { dropoutOptions } from "./blocks.ts";

/** A convolution by its number of filters, 3×3 or, in column C, 1×1; or another layer. */
type Part = number | { readonly pointwise: number } | "pool" | "lrn";

/** The five stages of 64, 128, 256, 512, 512 filters: how many convolutions each has. */
const stages = (...counts: readonly number[]): readonly Part[] =>
  counts.flatMap((count, i): Part[] => [...new Array<Part>(count).fill(Math.min(512, 64 * 2 ** i)), "pool"]);

const columns = {
  A: stages(1, 1, 2, 2, 2),
  "A-LRN": [64, "lrn", ...stages(1, 1, 2, 2, 2).slice(1)],
  B: stages(2, 2, 2, 2, 2),
  C: [...stages(2, 2), ...[256, 512, 512].flatMap((n): Part[] => [n, n, { pointwise: n }, "pool"])],
  D: stages(2, 2, 3, 3, 3),
  E: stages(2, 2, 4, 4, 4),
} as const satisfies Readonly<Record<string, readonly Part[]>>;

const conv = (filters: number, kernel: number): nn.Layer =>
  nn.conv2d(filters, { kernel, padding: (kernel - 1) / 2, initializer: "heNormalFanOut" });

function layersOf(part: Part, isNormalized: boolean): readonly nn.Layer[] {
  if (part === "pool") return [nn.maxPool2d(2)];
  if (part === "lrn") return [nn.localResponseNorm(5, { k: 2, alpha: 5e-4 })];
  const layer = typeof part === "number" ? conv(part, 3) : conv(part.pointwise, 1);
  return isNormalized ? [layer, nn.batchNorm2d(), nn.relu()] : [layer, nn.relu()];
}

const start = { initializer: { type: "normal", deviation: 0.01 } } as const;

/** [n, 512 · 7 · 7] to [n, classes]. */
const head = (classes: number, dropout: number): nn.Layer =>
  nn.sequential(
    nn.linear(4096, start),
    nn.relu(),
    nn.dropout(dropout),
    nn.linear(4096, start),
    nn.relu(),
    nn.dropout(dropout),
    nn.linear(classes, start),
  );

const columnOf = (name: string, column: keyof typeof columns, about: string, isNormalized = false) =>
  defineArchitecture({
    name,
    summary: `VGG ${column} (Simonyan and Zisserman 2014): ${about}`,
    options: dropoutOptions,
    network: ({ classes, dropout }) => {
      const parts: readonly Part[] = columns[column];
      return nn.sequential({
        features: nn.sequential(...parts.flatMap((part) => layersOf(part, isNormalized))), // [n, 512, 7, 7]
        avgpool: nn.adaptiveAvgPool(7),
        flatten: nn.flatten(),
        classifier: head(classes, dropout),
      });
    },
  });

/** VGG A: 132.9 million parameters. Simonyan and Zisserman 2014. */
export const vgg11 = columnOf("vgg11", "A", "8 convolutions of 3×3");
/** VGG A-LRN: `vgg11` with local response normalization after the first convolution. */
export const vgg11_lrn = columnOf("vgg11_lrn", "A-LRN", "8 convolutions of 3×3, local response normalization");
/** `vgg11` with batch normalization. */
export const vgg11_bn = columnOf("vgg11_bn", "A", "8 convolutions of 3×3, with batch normalization", true);
/** VGG B: 133.0 million parameters. */
export const vgg13 = columnOf("vgg13", "B", "10 convolutions of 3×3");
/** `vgg13` with batch normalization. */
export const vgg13_bn = columnOf("vgg13_bn", "B", "10 convolutions of 3×3, with batch normalization", true);
/** VGG C: 133.6 million parameters; three of its convolutions are 1×1. */
export const vgg16_1x1 = columnOf("vgg16_1x1", "C", "10 convolutions of 3×3, three of 1×1");
/** VGG D: 138.4 million parameters. */
export const vgg16 = columnOf("vgg16", "D", "13 convolutions of 3×3");
/** `vgg16` with batch normalization. */
export const vgg16_bn = columnOf("vgg16_bn", "D", "13 convolutions of 3×3, with batch normalization", true);
/** VGG E: 143.7 million parameters. */
export const vgg19 = columnOf("vgg19", "E", "16 convolutions of 3×3");
/** `vgg19` with batch normalization. */
export const vgg19_bn = columnOf("vgg19_bn", "E", "16 convolutions of 3×3, with batch normalization", true);
