/**
 * Affine warps of pictures, and of whole batches of them: each pixel of the result is sampled at its position under the
 * inverse map, interpolated between four pixels. Maps that take pixels to pixels, such as flips and rotations by multiples
 * of 90° about the center of a square, copy values exactly.
 */
import {
  allocate,
  checkArray,
  checkList,
  checkOptions,
  dtypes,
  formatShape,
  NdArray,
  OptionError,
  ShapeError,
  sameShape,
  sizeOf,
} from "../array/index.ts";
import { either, integer, type Kind, readOptions, word } from "../options/index.ts";
import { type AffineMatrix, invertAffine, isIdentity, isIntegral } from "./affine.ts";
import { MAX_PIXELS } from "./limits.ts";
import { checkPicture, type Picture, type PictureData } from "./picture.ts";
import {
  createRow,
  moveGrid,
  nearestRow,
  planesOf,
  type SampleGrid,
  type Sampling,
  type Surroundings,
  sampleRow,
  samplingOf,
} from "./sampling.ts";

/**
 * The fill beyond the edges: a number or one for each channel, in the picture's own unit (0 … 255 for bytes); `replicate`
 * repeats the outermost pixels (aa|abcd|dd), `reflect` mirrors at them (cb|abcd|cb).
 */
export type Fill = number | readonly number[] | "replicate" | "reflect";

const numbersKind: Kind<readonly number[]> = {
  expects: "a list of finite numbers, one for each channel",
  read: (value) => (Array.isArray(value) && value.length > 0 && value.every(Number.isFinite) ? [...value] : undefined),
};
const finite: Kind<number> = {
  expects: "a finite number",
  read: (value) => (Number.isFinite(value) ? (value as number) : undefined),
};

/** The kind of the option `fill`. */
export const fillKind: Kind<Fill> = either<Fill, Fill>(
  either<number, readonly number[]>(finite, numbersKind),
  word("replicate", "reflect"),
);

/** Options of `warpAffine`. */
export interface WarpOptions {
  /** Of the result, in pixels. Default: as the picture. */
  readonly width?: number | undefined;
  /** Of the result, in pixels. Default: as the picture. */
  readonly height?: number | undefined;
  /** The fill beyond the picture's edges. Default 0. */
  readonly fill?: Fill | undefined;
}

/** Options of `warpPlanes`. */
export interface WarpPlanesOptions extends WarpOptions {
  /** `nearest` takes the nearest pixel, as needed for class numbers. Default `bilinear`. */
  readonly interpolation?: "bilinear" | "nearest" | undefined;
}

const lengthKind = integer(1);

/**
 * Warps a picture by an affine map. Bytes are rounded to the nearest.
 * @param matrix from positions in the picture to positions in the result, as of `affineMatrix`
 * @throws OptionError for a map that has no inverse, for sizes below 1, and for a fill that does not suit the picture
 */
export function warpAffine<Data extends PictureData>(
  picture: Picture<Data>,
  matrix: AffineMatrix,
  options: WarpOptions = {},
): Picture<Data> {
  checkPicture(picture, "warpAffine");
  const { channels } = picture;
  const { width, height, fill } = readWarp("warpAffine", picture, options);
  const isBytes = picture.data instanceof Uint8Array;
  const length = width * height * channels;
  const data = (isBytes ? new Uint8Array(length) : new Float32Array(length)) as Data;
  const source = interleavedGrid(picture);
  const sampling = samplingOf(
    source,
    interleavedGrid({ ...picture, width, height, data }),
    surroundingsOf(source, fill),
  );
  warpGrid(sampling, invertAffine(matrix), sampleRow);
  return { width, height, channels, data };
}

const interleavedGrid = <Data extends PictureData>({
  data,
  width,
  height,
  channels,
}: Picture<Data>): SampleGrid<Data> => ({
  data,
  width,
  height,
  channels,
  steps: { pixel: channels, row: width * channels, channel: 1 },
});

/**
 * Warps pictures [n, channels, height, width] by affine maps, `u8` or `f32`; of other types with `nearest`.
 * @param matrices one for each picture, from positions in it to positions in the result
 * @throws ShapeError unless there are pictures, and a map for each; OptionError as `warpAffine` does
 */
export function warpPlanes(
  images: NdArray,
  matrices: readonly AffineMatrix[],
  options: WarpPlanesOptions = {},
): NdArray {
  checkArray("warpPlanes", "the pictures", images);
  checkList("warpPlanes", "affine maps", matrices);
  checkOptions("warpPlanes", options);
  const [n, ...shape] = images.shape;
  if (shape.length !== 3 || matrices.length !== n)
    throw new ShapeError(
      `warpPlanes: needs pictures [n, channels, height, width] and n maps, got ${formatShape(images.shape)} and ${matrices.length}`,
    );
  const { interpolation = "bilinear", ...size } = options;
  const { width, height, fill } = readWarp("warpPlanes", { width: shape[2], height: shape[1] }, size);
  checkElementType(images, interpolation);
  const target = [shape[0], height, width];
  const data = allocate(images.dtype, n * sizeOf(target));
  const surroundings = surroundingsOf({ data, channels: shape[0] }, fill);
  const row = createRow(width);
  const takeRow = interpolation === "nearest" ? nearestRow : sampleRow;
  matrices.forEach((matrix, i) => {
    const [from, to] = [planesOf(images.data, i, shape), planesOf(data, i, target)];
    const inverse = invertAffine(matrix);
    if (sameShape(shape, target) && isIdentity(inverse)) to.data.set(from.data);
    else warpGrid(samplingOf(from, to, surroundings, row), inverse, takeRow);
  });
  return new NdArray(data, [n, ...target], images.dtype);
}

/** @param inverse from positions in the result to positions in the picture */
function warpGrid(sampling: Sampling, inverse: AffineMatrix, takeRow: (sampling: Sampling, y: number) => void): void {
  if (isIntegral(inverse)) {
    moveGrid(sampling, inverse);
    return;
  }
  const { width, height } = sampling.target;
  const { xs, ys } = sampling.row;
  const [a, b, c, d, e, f] = inverse;
  for (let y = 0; y < height; y++) {
    const startX = b * y + c;
    const startY = e * y + f;
    for (let x = 0; x < width; x++) {
      xs[x] = a * x + startX;
      ys[x] = d * x + startY;
    }
    takeRow(sampling, y);
  }
}

function readWarp(where: string, { width, height }: { width: number; height: number }, options: WarpOptions) {
  const schema = {
    width: { ...lengthKind, fallback: width },
    height: { ...lengthKind, fallback: height },
    fill: { ...fillKind, fallback: 0 as Fill },
  };
  const read = readOptions(where, schema, options);
  if (read.width * read.height > MAX_PIXELS)
    throw new OptionError(`${where}: ${read.width}×${read.height} pixels, expected at most ${MAX_PIXELS}`);
  return read;
}

function checkElementType({ dtype }: NdArray, interpolation: string): void {
  if (interpolation === "nearest" || dtype === "u8" || dtypes[dtype].kind === "float") return;
  throw new OptionError(`warpPlanes: ${dtype} values cannot be interpolated; give interpolation: "nearest"`);
}

/**
 * A fill for the loops: a number for each channel, or a word.
 * @throws OptionError for another number of values than channels, and for values that bytes cannot hold
 */
export function surroundingsOf({ data, channels }: Pick<SampleGrid, "data" | "channels">, fill: Fill): Surroundings {
  if (typeof fill === "string") return fill;
  const values = typeof fill === "number" ? Array.from({ length: channels }, () => fill) : fill;
  if (values.length !== channels)
    throw new OptionError(`fill has ${values.length} values, but the pictures have ${channels} channels`);
  const wrong = data instanceof Uint8Array ? values.find((value) => value < 0 || value > 255) : undefined;
  if (wrong !== undefined) throw new OptionError(`fill is ${wrong}; in pictures of bytes it must be from 0 to 255`);
  return values;
}
