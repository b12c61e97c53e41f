/**
 * A U-Net whose encoder is SqueezeNet 1.0, so that it can begin with weights that were learned from ImageNet: few labeled
 * pictures then teach the decoder, and only adjust what the encoder sees (Iglovikov and Shvets 2018, "TernausNet", with VGG-11).
 * Parameters of the encoder have the names of `squeezenet1_0`; convolutions and pools pad their input, so that maps of all
 * levels lie over each other.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, integers, withDefault } from "../../options/index.ts";
import { squeezenetLevels } from "../squeezenet.ts";
import { block } from "./parts.ts";

/** Options of `squeezenetUnet`. */
export interface SqueezenetUnetOptions {
  /** The number of classes, with background if it is one. */
  readonly classes: number;
  /** The maps of the decoder's three levels, the first at half of the picture's size. Default 32, 64, 96. */
  readonly maps?: readonly number[] | undefined;
}

/** Pictures to the maps of the encoder's levels, which halve and halve again; layers are numbered as in `squeezenet1_0`. */
const encoder = (): nn.Layer =>
  nn.network(["x"], ({ x }) => {
    let place = 0;
    let y = x;
    const levels = squeezenetLevels("half").map((layers) => {
      for (const layer of layers) y = nn.named(`${place++}`, layer)(y);
      return y;
    });
    return Object.fromEntries(levels.map((level, i) => [`level${i + 1}`, level]));
  });

/**
 * U-Net over SqueezeNet 1.0: pictures [n, 3, height, width] to scores [n, classes, height, width], of any size.
 * @throws OptionError for options that it does not take
 * @example
 * const model = Model.build(squeezenetUnet({ classes: 11 }), { input: [3, 180, 240] });
 * await loadWeights(model, "squeezenet_v1.0.safetensors.gz", { partial: true });
 */
export const squeezenetUnet: (options: SqueezenetUnetOptions) => nn.Layer = defineFactory({
  type: "squeezenetUnet",
  options: { classes: integer(1), maps: withDefault(integers(1), [32, 64, 96]) },
  make: ({ classes, maps }) =>
    nn.network(["x"], ({ x }) => {
      const seen = nn.named("features", encoder())(nn.named("whole", nn.remember("whole"))(x));
      const levels = [1, 2, 3, 4].map((i) => seen.output(`level${i}`));
      let y = levels[3];
      for (let i = maps.length - 1; i >= 0; i--) {
        const skip = nn.sequential(nn.conv2d(maps[i], { kernel: 1 }), nn.remember(`size${i}`));
        const up = nn.convTranspose2d(maps[i], { kernel: 3, stride: 2, padding: 1, sizeOf: `size${i}` });
        const both = nn.concat(nn.named(`skip${i}`, skip)(levels[i]), nn.named(`up${i}`, up)(y));
        y = nn.named(`block${i}`, block(maps[i]))(both);
      }
      // Halves are rounded up, so that a doubled side is as long as the picture's or one longer.
      return nn.named("scores", nn.convTranspose2d(classes, { kernel: 3, stride: 2, padding: 1, sizeOf: "whole" }))(y);
    }),
});
