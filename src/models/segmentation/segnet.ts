/**
 * SegNet: an encoder like VGG's, and a decoder that is its mirror image. What was pooled is put back where its maximum was, and
 * convolutions fill the zeros between (Badrinarayanan, Kendall, Cipolla 2015, "SegNet"); or transposed convolutions learn how
 * to double maps (Noh, Hong, Han 2015; Long, Shelhamer, Darrell 2015). Adelaide, "Structured outputs".
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, withDefault, word } from "../../options/index.ts";
import { block, pixelScores, repeated, type SegmentationNetworkOptions, segmentationOptions } from "./parts.ts";

/** Options of `segnet`. */
export interface SegnetOptions extends SegmentationNetworkOptions {
  /** How maps are doubled: `unpool`, at the positions of the maxima, or `transposed` convolution. Default `unpool`. */
  readonly up?: "unpool" | "transposed" | undefined;
}

/** The name under which level i's pooling remembers its maxima. */
const poolName = (i: number): string => `pool${i + 1}`;

/**
 * SegNet: pictures [n, channels, height, width] to scores [n, classes, height, width], of any size from 2^levels on,
 * 16 by default.
 * @throws OptionError for options that it does not take
 * @example await fit(segnet({ classes: 9, up: "transposed" }), train, { task: segmentation(), validation });
 */
export const segnet: (options: SegnetOptions) => nn.Layer = defineFactory({
  type: "segnet",
  options: { ...segmentationOptions, up: withDefault(word("unpool", "transposed"), "unpool" as const) },
  make: ({ classes, maps, convolutions, up }) => {
    const encoder = maps.flatMap((count, i): [string, nn.Layer][] => [
      [`down${i + 1}`, block(...repeated(count, convolutions))],
      [poolName(i), nn.maxPool2d(2, { remember: poolName(i) })],
    ]);
    const decoder = maps.flatMap((count, i): [string, nn.Layer][] => [
      [
        `double${i + 1}`,
        up === "unpool"
          ? nn.maxUnpool2d(poolName(i))
          : nn.convTranspose2d(count, { kernel: 2, stride: 2, sizeOf: poolName(i) }),
      ],
      // The last convolution has the maps of the level above, whose positions are next.
      [`up${i + 1}`, block(...repeated(count, convolutions - 1), maps[i - 1] ?? count)],
    ]);
    const levels = Array.from({ length: maps.length }, (_, i) => decoder.slice(2 * i, 2 * i + 2)).reverse();
    return nn.sequential({ ...Object.fromEntries([...encoder, ...levels.flat()]), scores: pixelScores(classes) });
  },
});
