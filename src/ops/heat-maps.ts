/**
 * Points as heat maps, one map for each point, and back. The maps are of h × w cells of `stride` pixels of the picture each:
 * cell (column j, row i) is centered at
 *
 *   x_j = (j + ½) stride − ½,   y_i = (i + ½) stride − ½
 *
 * in pixels, (0, 0) being the center of the picture's top left one, as columns of points have it.
 *
 *   heatMaps    H[i, j] = exp(−((x_j − x)² + (y_i − y)²) / 2σ²)
 *   softArgMax  (x, y) = Σ_ij p_ij (x_j, y_i),   p = softmax(H / T) over all cells
 *
 * Sources: Tompson, Jain, LeCun, Bregler 2014, "Joint Training of a Convolutional Network and a Graphical Model for Human
 * Pose Estimation" (Gaussians as targets); Luvizon, Tabia, Picard 2019, "Human Pose Regression by Combining Indirect Part
 * Detection and Contextual Information" (soft-argmax).
 */
import { isFloat, NdArray, OptionError, ShapeError } from "../array/index.ts";
import { constant, expectTensors, formatType, isTensor, located, naming, type Tensor } from "../graph/index.ts";
import { flag, integers, type Kind, positive, readOptions, withDefault } from "../options/index.ts";
import { add, div, exp, finite, floor, mul, neg, select, square, sub } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { slice } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { softmax } from "./softmax.ts";
import { expectTable } from "./tables.ts";

/** Options of `softArgMax`. */
export interface SoftArgMaxOptions {
  /** The number of the picture's pixels along a cell. Default 1: the maps are as large as the picture. */
  readonly stride?: number | undefined;
  /** T, by which scores are divided: below 1 the highest cells count more. Default 1. */
  readonly temperature?: number | undefined;
  /** Whether coordinates are divided by the picture's width and height, as `poseEstimation` takes them. Default false. */
  readonly fractions?: boolean | undefined;
}

/** Schema of `SoftArgMaxOptions`. */
export const softArgMaxSchema = {
  stride: withDefault(positive(), 1),
  temperature: withDefault(positive(), 1),
  fractions: withDefault(flag(), false),
};

/** The center of cell k, in pixels. */
const centerOfCell = (k: number, stride: number): number => (k + 0.5) * stride - 0.5;

/**
 * The expected place of the maximum of each map, with derivatives, unlike the place itself: maps of scores [n, points, h, w]
 * to [n, points, 2], x and y in pixels of the picture, (0, 0) the center of its top left one; or in fractions of its size.
 * @throws ShapeError for other shapes and types and for maps without cells, OptionError
 */
export function softArgMax(maps: Tensor, options: SoftArgMaxOptions = {}): Tensor {
  const where = located("softArgMax");
  expectTensors("softArgMax", maps);
  const { stride, temperature, fractions } = readOptions(where, softArgMaxSchema, options);
  const [n, points, h, w] = maps.shape;
  if (maps.shape.length !== 4 || h * w === 0 || !isFloat(maps.dtype))
    throw new ShapeError(`${where}: needs maps [n, points, h, w] in floats, with cells, got ${formatType(maps)}`);
  naming("softArgMax", () => expectTable(2 * h * w));
  const [width, height] = fractions ? [w * stride, h * stride] : [1, 1];
  const places = Float64Array.from({ length: 2 * h * w }, (_, i) => {
    const [row, column] = [Math.floor((i >> 1) / w), (i >> 1) % w];
    return i % 2 === 0 ? centerOfCell(column, stride) / width : centerOfCell(row, stride) / height;
  });
  const scores = reshape(temperature === 1 ? maps : div(maps, temperature), [n * points, h * w]);
  const table = constant(new NdArray(places, [h * w, 2], "f64").cast(maps.dtype));
  return reshape(matmul(softmax(scores, 1), table), [n, points, 2]);
}

/** Options of `heatMaps`. */
export interface HeatMapOptions {
  /** The size of the maps in cells: [h, w]. */
  readonly size: readonly number[];
  /** The number of the picture's pixels along a cell. Default 1. */
  readonly stride?: number | undefined;
  /** σ of the Gaussians in pixels of the picture: a number, or a tensor [n, points]. Default 2. */
  readonly sigma?: number | Tensor | undefined;
  /**
   * Whether points are moved to the center of their cell first, so that a map has the value 1 there, as `heatMapFocal` wants
   * centers of objects. Default false.
   */
  readonly rounded?: boolean | undefined;
}

const sigmaKind: Kind<number | Tensor> = {
  expects: "a number above 0, or a tensor [n, points]",
  read: (value) => (isTensor(value) ? value : positive().read(value)),
};

const heatMapSchema = {
  size: integers(1),
  stride: withDefault(positive(), 1),
  sigma: withDefault(sigmaKind, 2 as number | Tensor),
  rounded: withDefault(flag(), false),
};

/**
 * Maps of points: a Gaussian of height 1 around each, [n, points, 2] to [n, points, h, w]. The map of a point that is not
 * there, NaN, NaN, is 0.
 * @param points x and y in pixels of the picture, (0, 0) the center of its top left one
 * @throws ShapeError for other shapes and types, OptionError
 */
export function heatMaps(points: Tensor, options: HeatMapOptions): Tensor {
  const where = located("heatMaps");
  expectTensors("heatMaps", points);
  const { size, stride, sigma, rounded } = readOptions(where, heatMapSchema, options);
  if (size.length !== 2) throw new OptionError(`${where}: size must be [h, w], got [${size}]`);
  const [n, count] = points.shape;
  if (points.shape.length !== 3 || points.shape[2] !== 2 || !isFloat(points.dtype))
    throw new ShapeError(`${where}: needs points [n, points, 2] in floats, got ${formatType(points)}`);
  const widths = isTensor(sigma) ? reshape(sigma, [n, count, 1]) : sigma;
  /** [n, points, length]: the factor of each column or row. */
  const along = (axis: number, length: number): Tensor => {
    const given = slice(points, 2, axis, axis + 1);
    const center = rounded ? centerOfItsCell(given, stride) : given;
    const cells = Float64Array.from({ length }, (_, k) => centerOfCell(k, stride));
    const distance = sub(constant(new NdArray(cells, [length], "f64").cast(points.dtype)), center);
    return exp(neg(mul(square(div(distance, widths)), 0.5)));
  };
  const [h, w] = size;
  naming("heatMaps", () => expectTable(h + w));
  const maps = mul(reshape(along(1, h), [n, count, h, 1]), reshape(along(0, w), [n, count, 1, w]));
  return select(finite(maps), maps, 0);
}

const centerOfItsCell = (x: Tensor, stride: number): Tensor =>
  sub(mul(add(floor(div(add(x, 0.5), stride)), 0.5), stride), 0.5);
