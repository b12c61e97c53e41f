/**
 * How files call the parameters of a network, where that differs from the names in the network: rules by which names and
 * layouts are translated. The common ones are recognized by the names themselves.
 */
import type { Normalization } from "../../array/index.ts";
import type { LayoutName } from "./layouts.ts";
import type { PublishedWeights } from "./published.ts";

/** Rules that turn the names and layouts of a file into those of a network. */
export interface Translation {
  /** Replacements in names, one after the other: `[/^backbone\./, ""]`. */
  readonly names?: readonly (readonly [pattern: RegExp, by: string])[] | undefined;
  /** Names, as in the file, of tensors that the network has no use for. */
  readonly unused?: RegExp | undefined;
  /** Layouts, by names as in the network; the first that matches counts. */
  readonly layouts?: readonly (readonly [pattern: RegExp, layout: LayoutName])[] | undefined;
}

/** A translation that is known by the names in a file. */
export interface Spelling extends Translation {
  readonly what: string;
  /** Whether it is that of a file. */
  readonly applies: (file: ReadonlySet<string>, network: ReadonlySet<string>) => boolean;
  /** What the weights are for, where that is always the same. */
  readonly view?: Pick<PublishedWeights, "classes" | "size" | "resize" | "normalization">;
}

/** Caffe's pictures: blue, green, red, 0 … 255 minus (104, 117, 123); as a normalization of red, green, blue, 0 … 1. */
const caffeNormalization: Normalization = {
  mean: [123 / 255, 117 / 255, 104 / 255],
  std: [1 / 255, 1 / 255, 1 / 255],
};

/** The place of each fire module of SqueezeNet 1.0 among torchvision's `features`. */
const firePlaces = [3, 4, 5, 7, 8, 9, 10, 12];

export const spellings: readonly Spelling[] = [
  {
    what: "torchvision's DenseNet, as it was saved for PyTorch 0.3: denselayer1.norm.1",
    applies: (file) => file.has("features.denseblock1.denselayer1.norm.1.weight"),
    names: [[/(\.denselayer\d+\.(?:norm|relu|conv))\.([12])\./, "$1$2."]],
  },
  {
    what: "GoogLeNet with the heads that are used while training, for one without",
    applies: (file, network) => file.has("aux1.fc2.weight") && !network.has("aux1.fc2.weight"),
    unused: /^aux[12]\./,
  },
  {
    what: "SqueezeNet 1.0 of Caffe, and of github.com/songhan/SqueezeNet-Deep-Compression",
    applies: (file) => file.has("fire2/conv1x1_1.weight"),
    names: [
      ...firePlaces.map((place, i) => [new RegExp(`^fire${i + 2}/`), `features.${place}.`] as const),
      [/conv1x1_1\./, "squeeze."],
      [/conv1x1_2\./, "expand1x1."],
      [/conv3x3_2\./, "expand3x3."],
      [/^conv10\./, "classifier.1."],
      [/^conv1\./, "features.0."],
    ],
    layouts: [[/^features\.0\.weight$/, "blueGreenRed"]],
    view: { classes: "imagenet", size: 227, resize: 256, normalization: caffeNormalization },
  },
];

/** Replaces what the rules of a translation say; undefined for a tensor that is not used. */
export function translated(name: string, { names = [], unused }: Translation): string | undefined {
  if (unused?.test(name)) return undefined;
  return names.reduce((text, [pattern, by]) => text.replace(pattern, by), name);
}
