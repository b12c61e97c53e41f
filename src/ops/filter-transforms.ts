/**
 * A filter bank under a set of transforms: each filter mirrored, scaled and rotated about its center. With coordinates p of
 * the taps from the center, the transform T = rotation ∘ scale ∘ mirror of a filter w is
 *
 *   w_T[p] = w[T⁻¹ p] = Σ_q M_T[p, q] · w[q]
 *
 * where M_T is a constant matrix: bilinear interpolation between the four taps around T⁻¹ p, zeros outside the filter.
 * Quarter turns and mirror images are permutations of the taps and exact. The map is linear, so that derivatives flow back
 * through each transform to the one filter, ∂E/∂w = Σ_T M_Tᵀ · ∂E/∂w_T. Source: CMU 11-785, "Transform invariance",
 * z_{T_t}(s,i,j) = Y.shift(T_t(w(s)), i, j) with an enumerated, discrete set of rotations, scalings and reflections, and "BP
 * with transform invariance".
 */
import { checkList, checkOptions, NdArray, OptionError, ShapeError } from "../array/index.ts";
import { constant, expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { pick } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { expectTable } from "./tables.ts";
import { transpose } from "./transpose.ts";

/** A transform of a filter. */
export interface FilterTransform {
  /** Rotation, degrees counter-clockwise. Default 0. Exact for multiples of 90. */
  readonly turn?: number | undefined;
  /** The scale of the pattern, clipped to the filter's square. Above 0, default 1. */
  readonly scale?: number | undefined;
  /** Whether to flip horizontally first. Default false. */
  readonly mirror?: boolean | undefined;
}

/** Cosine and sine, exact if they are 0 or ±1, so that quarter turns are permutations. */
function direction(degrees: number): [cosine: number, sine: number] {
  const quarters = degrees / 90;
  if (Number.isInteger(quarters)) {
    const k = ((quarters % 4) + 4) % 4;
    return [[1, 0, -1, 0][k], [0, 1, 0, -1][k]];
  }
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

/** The taps that contribute to one tap of the transformed filter, with their weights. */
type Mixture = readonly { readonly tap: number; readonly weight: number }[];

/** The taps around a point; `row` counts down, `column` to the right, from the first tap. */
function tapsAround(row: number, column: number, size: number): Mixture {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [down, right] = [row - top, column - left];
  const corners = [
    { row: top, column: left, weight: (1 - down) * (1 - right) },
    { row: top, column: left + 1, weight: (1 - down) * right },
    { row: top + 1, column: left, weight: down * (1 - right) },
    { row: top + 1, column: left + 1, weight: down * right },
  ];
  const isInside = (n: number): boolean => n >= 0 && n < size;
  return corners
    .filter((corner) => corner.weight > 0 && isInside(corner.row) && isInside(corner.column))
    .map(({ row, column, weight }) => ({ tap: row * size + column, weight }));
}

/** The contributions to each tap of a `size`×`size` filter, for each transform. */
function* mixturesOf(transforms: readonly FilterTransform[], size: number): Generator<Mixture> {
  const center = (size - 1) / 2;
  for (const { turn = 0, scale = 1, mirror = false } of transforms) {
    const [cosine, sine] = direction(turn);
    for (let tap = 0; tap < size * size; tap++) {
      const [x, y] = [(tap % size) - center, center - Math.floor(tap / size)];
      const [u, v] = [(x * cosine + y * sine) / scale, (y * cosine - x * sine) / scale];
      yield tapsAround(center - v, center + (mirror ? -u : u), size);
    }
  }
}

/** The tap that each row takes; undefined where a row mixes several. */
function permutationOf(rows: Iterable<Mixture>, count: number): Int32Array | undefined {
  expectTable(count);
  const taken = new Int32Array(count);
  let row = 0;
  for (const mixture of rows) {
    if (mixture.length !== 1 || mixture[0].weight !== 1) return undefined;
    taken[row++] = mixture[0].tap;
  }
  return taken;
}

function matrixOf(rows: Iterable<Mixture>, count: number, taps: number): NdArray {
  expectTable(count * taps);
  const matrix = new Float64Array(count * taps);
  let start = 0;
  for (const mixture of rows) {
    for (const { tap, weight } of mixture) matrix[start + tap] += weight;
    start += taps;
  }
  return new NdArray(matrix, [count, taps], "f64");
}

function checkTransforms(where: string, transforms: readonly FilterTransform[]): void {
  checkList(where, "transforms", transforms);
  if (transforms.length === 0) throw new OptionError(`${where}: needs at least one transform, such as { turn: 0 }`);
  for (const transform of transforms) {
    checkOptions(`${where}: a transform`, transform);
    const { turn = 0, scale = 1 } = transform;
    if (Number.isFinite(turn) && scale > 0 && scale < Infinity) continue;
    throw new OptionError(`${where}: a transform needs a finite turn and a scale above 0, got ${turn} and ${scale}`);
  }
}

/**
 * Filters [out, in, k, k] under each of the transforms: [out, transforms, in, k, k].
 * @throws ShapeError for filters that are not square
 */
export function transformFilters(filters: Tensor, transforms: readonly FilterTransform[]): Tensor {
  const where = located("transformFilters");
  expectTensors("transformFilters", filters);
  checkTransforms(where, transforms);
  const [out, channels, size, width] = filters.shape;
  if (filters.shape.length !== 4 || size !== width)
    throw new ShapeError(`${where}: needs square filters [out, in, k, k], got ${formatType(filters)}`);
  const taps = size * size;
  const count = transforms.length * taps;
  const rows = (): Generator<Mixture> => mixturesOf(transforms, size);
  const flat = reshape(filters, [out * channels, taps]);
  const mixed = naming("transformFilters", () => {
    const permutation = permutationOf(rows(), count);
    if (permutation !== undefined) return pick(flat, permutation, 1);
    return matmul(flat, constant(matrixOf(rows(), count, taps).cast(filters.dtype)), { transposeB: true });
  });
  const bank = reshape(mixed, [out, channels, transforms.length, size, size]);
  return transpose(bank, [0, 2, 1, 3, 4]);
}
