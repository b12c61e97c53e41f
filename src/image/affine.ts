/**
 * Affine maps of the plane, x′ = a x + b y + c and y′ = d x + e y + f, as the six numbers [a, b, c, d, e, f]. Coordinates
 * are those of pixels: (0, 0) is the center of the top left pixel, x grows to the right and y downwards.
 */
import { describeGiven, OptionError } from "../array/index.ts";
import { flag, type Kind, positive, readOptions, real, withDefault } from "../options/index.ts";
import type { Picture } from "./picture.ts";

/** [a, b, c, d, e, f]: (x, y) goes to (a x + b y + c, d x + e y + f). The rows of OpenCV's 2×3 matrices. */
export type AffineMatrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The components of an affine map, applied in the order of these options. */
export interface AffineParts {
  /** Horizontal flip. Default false. */
  readonly flip?: boolean | undefined;
  /** Stretch: the factor of the width, and its inverse of the height, above 0. Default 1. */
  readonly stretch?: number | undefined;
  /** Horizontal shear in degrees: vertical lines lean to the right on their way down. Default 0. */
  readonly shear?: number | undefined;
  /** Scale factor, above 0. Default 1. */
  readonly scale?: number | undefined;
  /** Rotation in degrees, counter-clockwise as seen. Default 0. */
  readonly rotation?: number | undefined;
  /** Translation in pixels, right and down. Default [0, 0]. */
  readonly translation?: readonly [x: number, y: number] | undefined;
}

const finiteKind = real(-Number.MAX_VALUE, Number.MAX_VALUE);
const point: Kind<readonly [number, number]> = {
  expects: "two numbers, [x, y]",
  read: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) ? [value[0], value[1]] : undefined,
};

const schema = {
  flip: withDefault(flag(), false),
  stretch: withDefault(positive(), 1),
  shear: withDefault(real(-89, 89), 0),
  scale: withDefault(positive(), 1),
  rotation: withDefault(finiteKind, 0),
  translation: withDefault(point, [0, 0] as const),
};

/** @throws OptionError unless it is an affine map */
function checkAffine(where: string, matrix: unknown): asserts matrix is AffineMatrix {
  if (Array.isArray(matrix) && matrix.length === 6 && matrix.every((value) => typeof value === "number")) return;
  throw new OptionError(
    `${where}: expects an affine map, six numbers [a, b, c, d, e, f], got ${describeGiven(matrix)}`,
  );
}

/** The identity. */
export const identity: AffineMatrix = [1, 0, 0, 0, 1, 0];

/** The center of a picture, in pixels. */
export const centerOf = ({ width, height }: Pick<Picture, "width" | "height">): [x: number, y: number] => [
  (width - 1) / 2,
  (height - 1) / 2,
];

const QUARTERS = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const; // biome-ignore format: cosine and sine of 0°, 90°, 180°, 270°

/** Cosine and sine of an angle in degrees; exact for multiples of 90°. */
function cosineAndSine(degrees: number): readonly [number, number] {
  const within = ((degrees % 360) + 360) % 360;
  const angle = (within * Math.PI) / 180;
  return within % 90 === 0 ? QUARTERS[(within / 90) % 4] : [Math.cos(angle), Math.sin(angle)];
}

/**
 * The map that flips, stretches, shears, scales and turns about `center`, in this order, and then translates. Flips and
 * turns by multiples of 90° are exact: about the center of a square picture they are moves of whole pixels.
 *
 *   A = R(rotation) · scale · [1, tan shear; 0, 1] · [stretch, 0; 0, 1/stretch] · [±1, 0; 0, 1],
 *   R(θ) = [cos θ, sin θ; −sin θ, cos θ],   p′ = A (p − center) + center + translation
 *
 * @throws OptionError for factors that are not above 0, and for shear of more than 89°
 */
export function affineMatrix(parts: AffineParts, center: readonly [x: number, y: number]): AffineMatrix {
  const { flip, stretch, shear, scale, rotation, translation } = readOptions("affineMatrix", schema, parts);
  const [x, y] = readOptions("affineMatrix", { center: point }, { center }).center;
  const [cos, sin] = cosineAndSine(rotation);
  const lean = Math.tan((shear * Math.PI) / 180);
  const across = (flip ? -1 : 1) * stretch * scale;
  const down = scale / stretch;
  const [a, b] = [cos * across, (cos * lean + sin) * down];
  const [d, e] = [-sin * across, (cos - sin * lean) * down];
  // The sums of halves of whole numbers are exact.
  return [a, b, x - (a * x + b * y) + translation[0], d, e, y - (d * x + e * y) + translation[1]];
}

/** The composition of maps, the first one applied first. */
export function composeAffine(...maps: readonly AffineMatrix[]): AffineMatrix {
  for (const map of maps) checkAffine("composeAffine", map);
  return maps.reduce<AffineMatrix>(
    ([a, b, c, d, e, f], [p, q, r, s, t, u]) => [
      ...([p * a + q * d, p * b + q * e, p * c + q * f + r] as const),
      ...([s * a + t * d, s * b + t * e, s * c + t * f + u] as const),
    ],
    identity,
  );
}

/** Applies a map to a point. */
export const applyAffine = ([a, b, c, d, e, f]: AffineMatrix, x: number, y: number): [x: number, y: number] => [
  a * x + b * y + c,
  d * x + e * y + f,
];

/**
 * The inverse. Numbers that are integers up to rounding become integers, so that exact maps have exact inverses.
 * @throws OptionError for a map without one: onto a line or a point, or with numbers that are not finite
 */
export function invertAffine(matrix: AffineMatrix): AffineMatrix {
  checkAffine("invertAffine", matrix);
  const [a, b, c, d, e, f] = matrix;
  const determinant = a * e - b * d;
  if (!matrix.every(Number.isFinite) || !Number.isFinite(1 / determinant))
    throw new OptionError(`the affine map [${matrix.join(", ")}] cannot be undone: its determinant is ${determinant}`);
  const [p, q, s, t] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [snap(p), snap(q), snap(-p * c - q * f), snap(s), snap(t), snap(-s * c - t * f)];
}

/** The rounding error of sines, cosines and their sums. */
const TRIGONOMETRIC_ROUNDING = 1e-12;

function snap(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < TRIGONOMETRIC_ROUNDING ? whole + 0 : value;
}

/** Whether a map takes pixels to pixels, without interpolation, within 32-bit integers. */
export const isIntegral = (matrix: AffineMatrix): boolean =>
  matrix.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31);

/** Whether a map is the identity. */
export const isIdentity = (matrix: AffineMatrix): boolean => matrix.every((value, i) => value === identity[i]);
