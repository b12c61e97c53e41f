/**
 * Eigenvalues and eigenvectors of a symmetric matrix, in double precision: Householder's reflections make it tridiagonal, and
 * QL steps with implicit shifts make that diagonal.
 *
 *   A = Z T Zᵀ,   T = Q Λ Qᵀ,   A v = λ v   with the columns v of Z Q
 *
 * Source: Martin, Reinsch, Wilkinson (1968) and Dubrulle, Martin, Wilkinson (1968), in Wilkinson and Reinsch, "Handbook for
 * Automatic Computation II" (1971): tred2 and imtql2.
 */
import { NumericError } from "../../array/index.ts";

/** Eigenvalues, largest first, and eigenvectors of length 1, one a row: `vectors[i · n + j]`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** A matrix on its way to diagonal form; `rows` has the transposed basis, so that rotations work on contiguous rows. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Beside the diagonal: element i is between i and i + 1. */
  readonly beside: Float64Array;
  readonly rows: Float64Array;
}

/**
 * @param matrix [n, n], row-major; only the lower triangle is read
 * @throws NumericError if it is not finite, or does not converge
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  if (!matrix.every(Number.isFinite)) throw new NumericError("eigenvalues: the matrix has numbers that are not finite");
  const { diagonal, beside, rows } = tridiagonalize(matrix.slice(), n);
  diagonalize({ diagonal, beside, rows }, n);
  const order = Array.from(diagonal.keys()).sort((a, b) => diagonal[b] - diagonal[a]);
  const vectors = new Float64Array(n * n);
  for (const [i, from] of order.entries()) vectors.set(rows.subarray(from * n, (from + 1) * n), i * n);
  return { values: Float64Array.from(order, (i) => diagonal[i]), vectors };
}

/** Reflections I − u uᵀ / h from the last row up; the row of each keeps its u, from which the basis is put together. */
function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const [diagonal, beside, halves] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const u = a.subarray(i * n, i * n + i);
    beside[i - 1] = u[i - 1];
    let [tail, largest] = [0, 0];
    for (let k = 0; k < i - 1; k++) largest = Math.max(largest, Math.abs(u[k]));
    for (let k = 0; k < i - 1; k++) tail += (u[k] / largest) ** 2;
    if (largest === 0) continue;
    const length = Math.hypot(largest * Math.sqrt(tail), u[i - 1]);
    const g = u[i - 1] >= 0 ? -length : length;
    const h = length * length - u[i - 1] * g;
    beside[i - 1] = g;
    u[i - 1] -= g;
    halves[i] = h;
    reflect(a, u, p, h, i, n);
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i];
  return { diagonal, beside, rows: basisOf(a, halves, n) };
}

/** A ← A − u qᵀ − q uᵀ on the lower triangle of the first `i` rows, with p = A u / h and q = p − u (uᵀp) / 2h. */
function reflect(a: Float64Array, u: Float64Array, p: Float64Array, h: number, i: number, n: number): void {
  p.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const row = j * n;
    let sum = a[row + j] * u[j];
    for (let k = 0; k < j; k++) {
      sum += a[row + k] * u[k];
      p[k] += a[row + k] * u[j];
    }
    p[j] += sum;
  }
  let up = 0;
  for (let j = 0; j < i; j++) up += (u[j] * p[j]) / h;
  for (let j = 0; j < i; j++) p[j] = (p[j] - (u[j] * up) / 2) / h;
  for (let j = 0; j < i; j++) for (let k = 0, at = j * n; k <= j; k++, at++) a[at] -= u[j] * p[k] + p[j] * u[k];
}

/** The product of the reflections, transposed: row i is the i-th basis vector. */
function basisOf(a: Float64Array, halves: Float64Array, n: number): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let i = 1; i < n; i++) {
    if (halves[i] === 0) continue;
    const u = a.subarray(i * n, i * n + i);
    // Reflections before this one have changed the first i rows and columns only.
    for (let r = 0; r < i; r++) {
      const row = r * n;
      let sum = 0;
      for (let k = 0; k < i; k++) sum += rows[row + k] * u[k];
      sum /= halves[i];
      for (let k = 0; k < i; k++) rows[row + k] -= sum * u[k];
    }
  }
  return rows;
}

/** Steps for one eigenvalue before it counts as not converging. */
const MOST_STEPS = 60;

/** QL steps on ever smaller blocks, with the shift of Wilkinson. */
function diagonalize(t: Tridiagonal, n: number): void {
  for (let first = 0; first < n; first++) {
    for (let steps = 0; ; steps++) {
      const last = blockEnd(t, first, n);
      if (last === first) break;
      if (steps === MOST_STEPS) throw new NumericError("eigenvalues: no convergence; the matrix may be badly scaled");
      qlStep(t, first, last, n);
    }
  }
}

/** The end of the block at `first`: the element beside it is negligible. */
function blockEnd({ diagonal, beside }: Tridiagonal, first: number, n: number): number {
  let last = first;
  for (; last < n - 1; last++) {
    const around = Math.abs(diagonal[last]) + Math.abs(diagonal[last + 1]);
    if (Math.abs(beside[last]) <= Number.EPSILON * around || around + Math.abs(beside[last]) === around) break;
  }
  return last;
}

/** One implicit QL step: rotations from `last` up to `first`, of matrix and basis. */
function qlStep({ diagonal, beside, rows }: Tridiagonal, first: number, last: number, n: number): void {
  const half = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
  const root = Math.hypot(half, 1);
  let g = diagonal[last] - diagonal[first] + beside[first] / (half + (half >= 0 ? root : -root));
  let [s, c, moved] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = s * beside[i];
    const b = c * beside[i];
    const length = Math.hypot(f, g);
    beside[i + 1] = length;
    if (length === 0) {
      diagonal[i + 1] -= moved;
      beside[last] = 0;
      return;
    }
    s = f / length;
    c = g / length;
    const shifted = diagonal[i + 1] - moved;
    const turn = (diagonal[i] - shifted) * s + 2 * c * b;
    moved = s * turn;
    diagonal[i + 1] = shifted + moved;
    g = c * turn - b;
    rotate(rows, i, s, c, n);
  }
  diagonal[first] -= moved;
  beside[first] = g;
  beside[last] = 0;
}

/** Turns rows i and i + 1. */
function rotate(rows: Float64Array, i: number, s: number, c: number, n: number): void {
  for (let k = 0, a = i * n, b = a + n; k < n; k++, a++, b++) {
    const x = rows[a];
    const y = rows[b];
    rows[b] = s * x + c * y;
    rows[a] = c * x - s * y;
  }
}
