/** The gradient of a picture by Sobel's kernels, the basis of Canny's edges and Harris's corners. */
import { checkNames, namesOf } from "../options/index.ts";
import type { Border } from "./borders.ts";
import { filter } from "./filter.ts";
import { kernels } from "./kernels.ts";
import type { FloatPicture, Picture } from "./picture.ts";

/** Options of `gradients`. */
export interface GradientOptions {
  /** The size of Sobel's kernels, 1, 3, 5 or 7. Default 3. */
  readonly size?: number | undefined;
  /** What the kernels read beyond the edges. Default `reflect`. */
  readonly border?: Border | undefined;
}

const optionNames = namesOf<GradientOptions>({ size: true, border: true });

/** The derivatives of a picture along both axes. */
export interface Gradients {
  /** Positive where it is brighter on the right. */
  readonly x: FloatPicture;
  /** Positive where it is brighter below. */
  readonly y: FloatPicture;
}

/**
 * The horizontal and vertical derivatives of every channel, as summed by the kernels: 8 times the difference from one pixel
 * to the next for size 3, 2, 128 and 2048 times for sizes 1, 5 and 7.
 * @param picture gray or RGB; bytes are taken as 0 … 1
 * @throws OptionError for other sizes and borders, and for pictures with alpha; ShapeError where the border is `valid` and
 *   the picture smaller than the kernels
 */
export function gradients(picture: Picture, options: GradientOptions = {}): Gradients {
  checkNames("gradients", optionNames, options);
  const { size, border } = options;
  return {
    x: filter(picture, kernels.sobelX({ size }), { border }),
    y: filter(picture, kernels.sobelY({ size }), { border }),
  };
}
