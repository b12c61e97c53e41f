/**
 * Upsampling maps to given lengths, axis by axis, as PyTorch defines it. Output position o of m reads an axis of length L at
 *
 *   nearest                 ⌊o · L / m⌋
 *   linear, aligned corners s = o · (L − 1) / (m − 1): the first and last centers coincide
 *   linear                  s = max(0, (o + ½) · L / m − ½): the outer edges coincide
 *
 * and linear interpolation is (1 − t) · x[⌊s⌋] + t · x[⌊s⌋ + 1] with t = s − ⌊s⌋. Derivatives add up where they were read
 * from, with the same weights. Source: Adelaide, "Deconvolution Upsampling for decoding"; PyTorch, `interpolate`.
 */
import { checkOptions, type Shape, ShapeError, zeros } from "../array/index.ts";
import { constant, expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { integers, optional, readOptions } from "../options/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { add, mul } from "./elementwise.ts";
import { pick } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { expectFloat, expectLengths } from "./rules.ts";
import { tabulate } from "./tables.ts";
import { perAxis, spatialOf } from "./window.ts";

/** Options of `upsampleNearest`. */
export interface UpsampleOptions {
  /** The scale of the maps: an integer, or one for each axis. Either this or `size`. */
  readonly scale?: number | readonly number[] | undefined;
  /** The lengths of the new maps: one number, or one for each axis. */
  readonly size?: number | readonly number[] | undefined;
}

/** Options of `upsampleBilinear`. */
export interface BilinearOptions extends UpsampleOptions {
  /** Whether the centers of the corner pixels stay in the corners, rather than their outer edges. Default false. */
  readonly alignCorners?: boolean | undefined;
}

const schema = { scale: optional(integers(1)), size: optional(integers(1)) };

/** The new lengths of the maps. */
function readNewLengths(name: string, x: Tensor, given: UpsampleOptions): readonly number[] {
  const where = located(name);
  expectTensors(name, x);
  checkOptions(where, given);
  const { scale, size, ...unknown } = given;
  const spatial = spatialOf(x);
  const got = formatType(x);
  if (spatial.length < 1 || spatial.length > 3)
    throw new ShapeError(`${where}: needs [n, channels, …spatial] with 1, 2 or 3 spatial axes, got ${got}`);
  if (spatial.includes(0)) throw new ShapeError(`${where}: there is nothing to read in ${got}`);
  const list = (value?: number | readonly number[]) =>
    value === undefined ? undefined : perAxis(value, spatial.length);
  const options = readOptions(where, schema, { ...unknown, scale: list(scale), size: list(size) });
  const chosen = Object.entries(options).flatMap(([option, list]) => (list === undefined ? [] : [{ option, list }]));
  if (chosen.length !== 1)
    throw new ShapeError(`${where}: give either scale or size, got ${chosen.length === 0 ? "neither" : "both"}`);
  const [{ option, list: lengths }] = chosen;
  naming(name, () => expectLengths(spatial.length, { [option]: lengths }));
  return option === "size" ? lengths : lengths.map((factor, i) => factor * spatial[i]);
}

/** Resizes the spatial axes of `x` one by one. */
const alongAxes = (x: Tensor, size: Shape, resize: (y: Tensor, axis: number, length: number) => Tensor): Tensor =>
  size.reduce((y, length, i) => (length === y.shape[2 + i] ? y : resize(y, 2 + i, length)), x);

/** Repeats each element `factor` times along an axis. */
function repeatAlong(x: Tensor, axis: number, factor: number): Tensor {
  const [before, length, after] = [x.shape.slice(0, axis), x.shape[axis], x.shape.slice(axis + 1)];
  const apart = reshape(x, [...before, length, 1, ...after]);
  return reshape(broadcastTo(apart, [...before, length, factor, ...after]), [...before, length * factor, ...after]);
}

/** `x` [n, channels, …spatial] at the nearest positions of smaller maps; 1-D to 3-D. */
export function upsampleNearest(x: Tensor, options: UpsampleOptions): Tensor {
  const size = readNewLengths("upsampleNearest", x, options);
  return alongAxes(x, size, (y, axis, length) => {
    const from = y.shape[axis];
    if (length % from === 0) return repeatAlong(y, axis, length / from);
    const nearest = (o: number): number => Math.floor((o * from) / length);
    return pick(
      y,
      naming("upsampleNearest", () => tabulate(length, nearest)),
      axis,
    );
  });
}

/** The position to read in an axis of length `from`, for position `o` of `length`. */
function coordinate(o: number, from: number, length: number, alignCorners: boolean): number {
  if (alignCorners) return length === 1 ? 0 : (o * (from - 1)) / (length - 1);
  return Math.min(from - 1, Math.max(0, ((o + 0.5) * from) / length - 0.5));
}

function interpolate(x: Tensor, axis: number, length: number, alignCorners: boolean): Tensor {
  const from = x.shape[axis];
  const at = (o: number): number => coordinate(o, from, length, alignCorners);
  const positions = (shift: number): Int32Array =>
    naming("upsampleBilinear", () => tabulate(length, (o) => Math.min(from - 1, Math.floor(at(o)) + shift)));
  const weights = (of: (t: number) => number): Tensor => {
    const values = zeros(
      x.shape.map((_, i) => (i === axis ? length : 1)),
      x.dtype,
    );
    for (let o = 0; o < length; o++) values.data[o] = of(at(o) - Math.floor(at(o)));
    return constant(values);
  };
  const [below, above] = [0, 1].map((shift) => pick(x, positions(shift), axis));
  return add(
    mul(
      below,
      weights((t) => 1 - t),
    ),
    mul(
      above,
      weights((t) => t),
    ),
  );
}

/** `x` [n, channels, height, width] interpolated between the four nearest positions. @throws ShapeError for other ranks */
export function upsampleBilinear(x: Tensor, given: BilinearOptions): Tensor {
  checkOptions(located("upsampleBilinear"), given);
  const { alignCorners = false, ...options } = given;
  const size = readNewLengths("upsampleBilinear", x, options);
  if (size.length !== 2)
    throw new ShapeError(`${located("upsampleBilinear")}: needs [n, channels, height, width], got ${formatType(x)}`);
  expectFloat(x);
  return alongAxes(x, size, (y, axis, length) => interpolate(y, axis, length, alignCorners));
}
