/**
 * The transforms of Winograd's minimal filtering F(4×4, 3×3): 36 products for 16 outputs instead of 144. With d a 6×6 tile of
 * the input and g a filter,
 *
 *   Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; the points are 0, ±1, ±2 and ∞. The
 * powers of the points cost accuracy: see `WINOGRAD_ERROR`. An infinity or NaN in d spreads over the whole
 * tile, one in g over all tiles.
 */
import { sizeOf } from "../../../../array/index.ts";
import { apply, at, constant, type Index, type KernelBuilder, plus, times, type Value } from "../../loops/index.ts";
import { contiguous, type LoweringContext, mapLoop, nest, positionIn, range, type View } from "../context/index.ts";

/** Along each axis of a tile: outputs, the taps of the filter, and inputs. POINTS: products of a tile, for each pair of maps. */
export const OUTPUTS = 4;
export const TAPS = 3;
export const INPUTS = OUTPUTS + TAPS - 1;
export const POINTS = INPUTS ** 2;

/** A result in float32 is within this part of Σ |d g| of the exact one; 2.2e-6 was seen with normal numbers. */
export const WINOGRAD_ERROR = 5e-6;

export type Matrix = readonly (readonly number[])[];

/** Bᵀ, for d. */
export const inputTransform: Matrix = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** G, for g. */
export const filterTransform: Matrix = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** Aᵀ, for what has been multiplied. */
export const outputTransform: Matrix = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

export const transposeOf = (matrix: Matrix): Matrix => matrix[0].map((_, column) => matrix.map((row) => row[column]));

/** Loads a square tile d, and stores the elements of T d Tᵀ row by row. */
export function transform(
  b: KernelBuilder,
  matrix: Matrix,
  load: (row: number, column: number) => Value,
  store: (place: number, value: Value) => void,
): void {
  const size = range(matrix[0].length);
  const columns = size.map((column) =>
    multiplyByConstants(
      b,
      matrix,
      size.map((row) => b.local(load(row, column))),
    ),
  );
  for (const row of range(matrix.length)) {
    const values = multiplyByConstants(
      b,
      matrix,
      columns.map((column) => column[row]),
    );
    for (const [column, value] of values.entries()) store(row * matrix.length + column, value);
  }
}

/** A constant matrix times a column of values. */
const multiplyByConstants = (b: KernelBuilder, matrix: Matrix, values: readonly Value[]): Value[] =>
  matrix.map((row) => {
    // What needs no multiplication first.
    const order = range(row.length).filter((k) => row[k] !== 0);
    const [first, ...rest] = order.toSorted((s, t) => Number(row[t] === 1) - Number(row[s] === 1));
    const factor = (k: number): Value => constant(row[k], values[k].type);
    const start = row[first] === 1 ? values[first] : apply("mul", values[first], factor(first));
    return b.local(
      rest.reduce((sum, k) => {
        if (row[k] === 1) return apply("add", sum, values[k]);
        if (row[k] === -1) return apply("sub", sum, values[k]);
        return apply("fma", values[k], factor(k), sum);
      }, start),
    );
  });

/** A tensor [points, …shape] whose points do not lie multiples of a page apart. */
export function pointPlanes(context: LoweringContext, name: string, points: number, shape: readonly number[]): View {
  const { page, line } = context.tuning.caches;
  const step = Math.ceil(sizeOf(shape) / page) * page + line;
  const buffer = context.buffer(name, [points, step], "f32");
  const { strides } = contiguous(buffer, shape);
  return { buffer, shape: [points, ...shape], strides: [step, ...strides], offset: 0 };
}

/** The axis of maps along which vectors run: samples, or channels. */
export type VectorAxis = 0 | 1;

/** The indices of samples and maps, in this order. */
export const inOrder = (axis: VectorAxis, vector: Index, other: Index): Index[] =>
  axis === 0 ? [vector, other] : [other, vector];

/** T d Tᵀ of every tile of maps that begin 4 apart: [36, other axis, tiles of rows, tiles of columns, vector axis]. */
export function transformTiles(
  context: LoweringContext,
  name: string,
  maps: View,
  matrix: Matrix,
  tiles: readonly number[],
  axis: VectorAxis,
): View {
  const other = maps.shape[1 - axis];
  const result = pointPlanes(context, "transformed", matrix.length ** 2, [other, ...tiles, maps.shape[axis]]);
  context.emit(name, [maps.buffer], [result.buffer], (b) => {
    nest(b, [other, ...tiles], ([i, ty, tx]) => {
      mapLoop(b, context.tuning, maps.shape[axis], (v, lanes) => {
        const place = (row: number, column: number): Index =>
          positionIn(maps, [...inOrder(axis, v, i), plus(times(ty, OUTPUTS), row), plus(times(tx, OUTPUTS), column)]);
        const load = (row: number, column: number): Value => b.load(maps.buffer, place(row, column), lanes);
        transform(b, matrix, load, (p, value) =>
          b.store(result.buffer, positionIn(result, [at(p), i, ty, tx, v]), value),
        );
      });
    });
  });
  return result;
}
