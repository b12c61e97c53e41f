/**
 * SIFT: keypoints that are invariant to rotation, scale and lighting, with descriptors of their surroundings (Lowe 2004,
 * "Distinctive image features from scale-invariant keypoints", International Journal of Computer Vision 60). The phases
 * follow the paper: `scale-space.ts`, `extrema.ts`, `orientation.ts`, `descriptor.ts`; `match.ts` compares descriptors.
 */
import { DataError, NdArray } from "../../array/index.ts";
import { integer, type Kind, optional, positive, readOptions, real, withDefault } from "../../options/index.ts";
import { expectPicture, type FloatPicture, type Picture, toFloats, toGray } from "../picture.ts";
import { DESCRIPTOR_LENGTH, writeDescriptor } from "./descriptor.ts";
import { type Extremum, findExtrema } from "./extrema.ts";
import { orientationsOf } from "./orientation.ts";
import { buildOctaves, toPixels } from "./scale-space.ts";

/** Options of `sift`. */
export interface SiftOptions {
  /** The number of levels per octave, 1 to 16. Default: 3. */
  readonly octaveLayers?: number | undefined;
  /** The contrast below which keypoints are dropped, where the brightest gray is 1. Default: 0.04. */
  readonly contrastThreshold?: number | undefined;
  /** The ratio of curvatures above which a keypoint counts as part of an edge. Default: 10. */
  readonly edgeThreshold?: number | undefined;
  /** The deviation of the first Gaussian in half pixels, 1 to 16. Default: 1.6. */
  readonly sigma?: number | undefined;
  /** The maximum number of keypoints, the strongest first. Default: all. */
  readonly maxFeatures?: number | undefined;
}

/** A point in a picture, with scale and orientation. */
export interface Keypoint {
  /** In pixels: the center of the leftmost ones is 0. OpenCV's is a quarter of a pixel larger. */
  readonly x: number;
  /** In pixels downwards: the center of the uppermost ones is 0. OpenCV's is a quarter of a pixel larger. */
  readonly y: number;
  /** The deviation of the Gaussian in which it was found, in pixels; OpenCV's `size` is twice as much. */
  readonly scale: number;
  /** In radians from 0 up to 2π, from the x axis toward the y axis: clockwise as seen, as are OpenCV's degrees. */
  readonly orientation: number;
  /** Its contrast, the absolute difference of Gaussians; the brightest gray is 1. */
  readonly response: number;
  /** The octave in which it was found: −1 is the picture at twice its size, 0 at its own, 1 at half of it, … */
  readonly octave: number;
}

/** The keypoints of a picture, the strongest first, with their descriptors in the same order. */
export interface SiftFeatures {
  /** The positions, scales and orientations. */
  readonly keypoints: readonly Keypoint[];
  /** `u8` [keypoints, 128]: 512 times the vector of length 1, comparable with OpenCV's. */
  readonly descriptors: NdArray;
}

const integerBetween = (least: number, most: number): Kind<number> => ({
  expects: `an integer from ${least} to ${most}`,
  read: (value) => ((integer(least).read(value) ?? most + 1) <= most ? (value as number) : undefined),
});

/** The kind and default of each option. */
export const siftOptions = {
  octaveLayers: withDefault(integerBetween(1, 16), 3),
  contrastThreshold: withDefault(real(0, 1), 0.04),
  edgeThreshold: withDefault(positive(), 10),
  sigma: withDefault(real(1, 16), 1.6),
  maxFeatures: optional(integer(1)),
};

/**
 * Finds keypoints and describes their surroundings. Colors are made gray; floats are expected in 0 … 1. A point with several
 * orientations gives several keypoints. A picture without contrast, or smaller than six pixels, has none.
 * @throws OptionError for invalid options; DataError for values that are not finite; CapabilityError for a picture of more
 *   than 2²⁴ pixels
 */
export function sift(picture: Picture, options: SiftOptions = {}): SiftFeatures {
  expectPicture(picture, "sift");
  const { maxFeatures, ...settings } = readOptions("sift", siftOptions, options);
  const gray = toFloats(toGray(picture));
  checkFinite(gray);
  const extrema = buildOctaves(gray, settings.octaveLayers, settings.sigma).flatMap((octave) =>
    findExtrema(octave, settings),
  );
  const found = extrema
    .sort((a, b) => b.response - a.response)
    .flatMap((extremum) => orientationsOf(extremum).map((orientation) => ({ extremum, orientation })))
    .slice(0, maxFeatures);
  const descriptors = new Uint8Array(found.length * DESCRIPTOR_LENGTH);
  for (const [i, { extremum, orientation }] of found.entries()) {
    writeDescriptor(extremum, orientation, descriptors.subarray(i * DESCRIPTOR_LENGTH, (i + 1) * DESCRIPTOR_LENGTH));
  }
  return {
    keypoints: found.map(({ extremum, orientation }) => toKeypoint(extremum, orientation)),
    descriptors: new NdArray(descriptors, [found.length, DESCRIPTOR_LENGTH], "u8"),
  };
}

function checkFinite({ width, data }: FloatPicture): void {
  const i = data.findIndex((value) => !Number.isFinite(value));
  if (i < 0) return;
  const place = `column ${i % width}, row ${Math.floor(i / width)}`;
  throw new DataError(`sift: the picture has the value ${data[i]} in ${place}; expected finite numbers`);
}

const toKeypoint = ({ octave, x, y, sigma, response }: Extremum, orientation: number): Keypoint => ({
  x: toPixels(x, octave),
  y: toPixels(y, octave),
  scale: sigma * 2 ** octave.index,
  orientation,
  response,
  octave: octave.index,
});
