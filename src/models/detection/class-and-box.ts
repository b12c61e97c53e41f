/**
 * One trunk of convolutions for two answers: what the one object of a picture is, and the four corners of its box. Source: CMU
 * 11-785, "Convolutional networks": the trunk learns what both need, by the weighted sum of their losses.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, integers, withDefault } from "../../options/index.ts";
import { conv } from "../blocks.ts";

/** Options of `classAndBox`. */
export interface ClassAndBoxOptions {
  /** The number of classes. */
  readonly classes: number;
  /** The maps of each convolution, after which the size is halved. Default 16, 32, 64, 128. */
  readonly maps?: readonly number[] | undefined;
  /** The numbers in the middle of each head. Default 128. */
  readonly width?: number | undefined;
}

/**
 * The lecture's network for one object a picture: pictures [n, channels, height, width] to `class` [n, classes], scores, and `box`
 * [n, 8], the corner points left top, right top, right bottom, left bottom in fractions of the picture.
 * @throws OptionError for options that it does not take
 * @example
 * const box = localization({ corners: true, loss: "squared" });
 * await fit(classAndBox({ classes: 8 }), train, { task: together({ class: classification(), box }, { weights: { box: 100 } }) });
 */
export const classAndBox: (options: ClassAndBoxOptions) => nn.Layer = defineFactory({
  type: "classAndBox",
  options: {
    classes: integer(1),
    maps: withDefault(integers(1), [16, 32, 64, 128]),
    width: withDefault(integer(1), 128),
  },
  make: ({ classes, maps, width }) => {
    const trunk = nn.sequential(
      ...maps.flatMap((count) => [conv(count), nn.batchNorm2d(), nn.relu(), nn.maxPool2d(2)]),
      nn.flatten(),
    );
    const head = (numbers: number): nn.Layer =>
      nn.sequential(nn.linear(width, { bias: false }), nn.batchNorm1d(), nn.relu(), nn.linear(numbers));
    return nn.network(["input"], ({ input }) => {
      const seen = nn.named("trunk", trunk)(input);
      return { class: nn.named("class", head(classes))(seen), box: nn.named("box", head(8))(seen) };
    });
  },
});
