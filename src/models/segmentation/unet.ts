/**
 * U-Net: an encoder that halves the maps again and again, and a decoder that doubles them with transposed convolutions. What a
 * level of the encoder has found goes beside what comes up to the same level, so that small things are not lost:
 *
 *   level(x) = block([skip, up(level(pool(skip)))]),  skip = block(x)
 *
 * and the lowest level is a block alone. Source: Ronneberger, Fischer, Brox 2015, "U-Net: Convolutional Networks for Biomedical
 * Image Segmentation". Here convolutions keep the size and are followed by batch normalization, as most later ones are.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory } from "../../options/index.ts";
import { block, pixelScores, repeated, type SegmentationNetworkOptions, segmentationOptions } from "./parts.ts";

function level([maps, ...below]: readonly number[], convolutions: number): nn.Layer {
  const down = block(...repeated(maps, convolutions));
  if (below.length === 0) return down;
  const deep = nn.sequential({
    pool: nn.maxPool2d(2, { ceil: true }),
    level: level(below, convolutions),
    up: nn.convTranspose2d(maps, { kernel: 2, stride: 2 }),
  });
  return nn.sequential({
    down,
    both: nn.branches({ skip: nn.identity(), deep }, { crop: true }),
    block: block(...repeated(maps, convolutions)),
  });
}

/**
 * U-Net: pictures [n, channels, height, width] to scores [n, classes, height, width], of any size: halves are rounded
 * up, and what then exceeds a level is cropped.
 * @throws OptionError for options that it does not take
 * @example await fit(unet({ classes: 9 }), train, { task: segmentation(), validation });
 */
export const unet: (options: SegmentationNetworkOptions) => nn.Layer = defineFactory({
  type: "unet",
  options: segmentationOptions,
  make: ({ classes, maps, convolutions }) =>
    nn.sequential({ levels: level(maps, convolutions), scores: pixelScores(classes) }),
});
