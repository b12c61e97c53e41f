/**
 * Matches the descriptors of two pictures (Lowe 2004, section 7.1): each with its nearest neighbor in the other picture,
 * unless the second nearest is about as near,
 *
 *   |a − b₁| < ratio · |a − b₂|
 *
 * Every pair is compared. With |a − b|² = |a|² + |b|² − 2 a · b that is a product of matrices, which is computed in tiles of
 * four rows of a by one of b, and in blocks of b that stay in the cache.
 */
import { checkArray, type NdArray, ShapeError } from "../../array/index.ts";
import { flag, type Kind, readOptions, withDefault } from "../../options/index.ts";

/** Options of matching. */
export interface MatchOptions {
  /** How near a match must be, as a share of the distance to the second nearest, above 0 up to 1. Default: 0.8. */
  readonly ratio?: number | undefined;
  /** Whether a must be the nearest to b as well. Default: false. */
  readonly mutual?: boolean | undefined;
}

/** A match of two descriptors. */
export interface Match {
  /** A row of the first array. */
  readonly a: number;
  /** A row of the second one. */
  readonly b: number;
  /** The Euclidean distance between them, in the descriptors' unit. */
  readonly distance: number;
}

const TILE = 4;
/** Rows of b that are compared with all of a before the next ones are: 256 KB of descriptors of 128 numbers. */
const BLOCK_ROWS = 256;

const shareKind: Kind<number> = {
  expects: "a number above 0, up to 1",
  read: (value) => (typeof value === "number" && value > 0 && value <= 1 ? value : undefined),
};
/** The kind and default of each option. */
export const matchOptions = { ratio: withDefault(shareKind, 0.8), mutual: withDefault(flag(), false) };

/**
 * The matches of descriptors [n, length] with others [m, length], `u8` or `f32`, in the order of the first. A descriptor
 * with two equally near neighbors has no match; nor has any if there are fewer than two candidates.
 * @throws OptionError for invalid options; ShapeError for arrays that do not match
 */
export function matchDescriptors(a: NdArray, b: NdArray, options: MatchOptions = {}): readonly Match[] {
  const { ratio, mutual } = readOptions("matchDescriptors", matchOptions, options);
  const [rowsA, rowsB] = [readRows("a", a), readRows("b", b)];
  if (rowsA.length !== rowsB.length) {
    throw new ShapeError(`matchDescriptors: a [${a.shape}] and b [${b.shape}] must have rows of one length`);
  }
  const [ofA, ofB] = compareRows(rowsA, rowsB);
  const matches: Match[] = [];
  for (let i = 0; i < rowsA.count; i++) {
    const [nearest, second] = [ofA.nearest[i], ofA.second[i]];
    const isClear = second < Infinity && Math.sqrt(nearest) < ratio * Math.sqrt(second);
    if (!isClear || (mutual && ofB.index[ofA.index[i]] !== i)) continue;
    matches.push({ a: i, b: ofA.index[i], distance: Math.sqrt(nearest) });
  }
  return matches;
}

/** Descriptors in the type that is multiplied fastest. */
interface DescriptorRows {
  readonly count: number;
  /** Numbers in a row. */
  readonly length: number;
  /** Padded with rows of zeros to whole tiles: reading beyond an array is slow. */
  readonly values: Float64Array;
  /** |row|². */
  readonly squares: Float64Array;
}

function readRows(name: string, descriptors: NdArray): DescriptorRows {
  checkArray("matchDescriptors", name, descriptors);
  const { shape, dtype, data } = descriptors;
  if (shape.length !== 2 || (dtype !== "u8" && dtype !== "f32")) {
    throw new ShapeError(`matchDescriptors: ${name} is ${dtype} [${shape}], expected u8 or f32 [count, length]`);
  }
  const [count, length] = shape;
  const values = new Float64Array(Math.ceil(count / TILE) * TILE * length);
  values.set(data as ArrayLike<number>);
  const squares = new Float64Array(count);
  for (let i = 0; i < count * length; i++) squares[Math.floor(i / length)] += values[i] ** 2;
  return { count, length, values, squares };
}

/** For each row of one side: the nearest row of the other, and the squared distances to it and to the second nearest. */
interface Neighbors {
  readonly index: Int32Array;
  readonly nearest: Float64Array;
  readonly second: Float64Array;
}

const noNeighbors = (count: number): Neighbors => ({
  index: new Int32Array(count).fill(-1),
  nearest: new Float64Array(count).fill(Infinity),
  second: new Float64Array(count).fill(Infinity),
});

function offer({ index, nearest, second }: Neighbors, row: number, other: number, distance: number): void {
  if (distance < nearest[row]) {
    second[row] = nearest[row];
    nearest[row] = distance;
    index[row] = other;
  } else if (distance < second[row]) second[row] = distance;
}

/** The neighbors of every row of a, and of every row of b. */
function compareRows(a: DescriptorRows, b: DescriptorRows): readonly [Neighbors, Neighbors] {
  const [ofA, ofB] = [noNeighbors(a.count), noNeighbors(b.count)];
  const products = new Float64Array(TILE);
  for (let start = 0; start < b.count; start += BLOCK_ROWS) {
    const end = Math.min(start + BLOCK_ROWS, b.count);
    for (let first = 0; first < a.count; first += TILE) {
      const last = Math.min(first + TILE, a.count);
      for (let j = start; j < end; j++) {
        multiplyTile(a, first, b, j, products);
        for (let i = first; i < last; i++) {
          // Rounding may give a negative number.
          const distance = Math.max(0, a.squares[i] + b.squares[j] - 2 * products[i - first]);
          offer(ofA, i, j, distance);
          offer(ofB, j, i, distance);
        }
      }
    }
  }
  return [ofA, ofB];
}

/** The products of rows `i` to `i + 3` of a with row `j` of b. */
function multiplyTile(a: DescriptorRows, i: number, b: DescriptorRows, j: number, out: Float64Array): void {
  const { length, values } = a;
  const [row0, row1, row2, row3] = [i * length, (i + 1) * length, (i + 2) * length, (i + 3) * length];
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let k = 0, at = j * length; k < length; k++, at++) {
    const factor = b.values[at];
    sum0 += values[row0 + k] * factor;
    sum1 += values[row1 + k] * factor;
    sum2 += values[row2 + k] * factor;
    sum3 += values[row3 + k] * factor;
  }
  out[0] = sum0;
  out[1] = sum1;
  out[2] = sum2;
  out[3] = sum3;
}
