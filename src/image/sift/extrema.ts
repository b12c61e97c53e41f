/**
 * Where the difference of Gaussians has its extrema, between samples and between levels (Lowe 2004, sections 3.1 and 4):
 *
 *   D(x, y, σ) = L(x, y, kσ) − L(x, y, σ)
 *
 * A sample that is no smaller, or no larger, than its 26 neighbors in place and scale is refined: a quadratic through it has
 * its extremum at
 *
 *   x̂ = −(∂²D/∂x²)⁻¹ ∂D/∂x,   D(x̂) = D + ½ (∂D/∂x)ᵀ x̂
 *
 * and if x̂ is nearer to another sample, that one is refined in turn, a limited number of times. What remains is dropped if
 * it has little contrast, |D(x̂)| < contrastThreshold / s, or lies on an edge, where one of the two curvatures in the plane
 * is much larger than the other: tr(H)² / det(H) ≥ (r + 1)² / r.
 */
import { type Octave, sigmaOf } from "./scale-space.ts";

export interface ExtremaOptions {
  readonly octaveLayers: number;
  readonly contrastThreshold: number;
  readonly edgeThreshold: number;
  readonly sigma: number;
}

/** An extremum; distances are in samples of its octave. */
export interface Extremum {
  readonly octave: Octave;
  /** The nearest level, column and row. */
  readonly level: number;
  readonly column: number;
  readonly row: number;
  /** Its position. */
  readonly x: number;
  readonly y: number;
  /** The deviation of the Gaussian in which it lies. */
  readonly sigma: number;
  /** |D(x̂)|. */
  readonly response: number;
}

/** Extrema keep this many samples away from the edges. */
const BORDER = 5;
/** The maximum number of moves of a refinement to another sample. */
const MAX_STEPS = 5;

interface SamplePosition {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** The quadratic through a sample: the value, ∂D/∂x and ∂²D/∂x² over x = (column, row, level). */
interface Quadratic {
  readonly value: number;
  readonly gradient: readonly [x: number, y: number, s: number];
  readonly hessian: { readonly [K in "xx" | "yy" | "ss" | "xy" | "xs" | "ys"]: number };
}

/** All extrema of one octave, level by level and row by row. */
export function findExtrema(octave: Octave, options: ExtremaOptions): Extremum[] {
  const { width, height, levels } = octave;
  // Half of the threshold: refinement increases the contrast of a sample.
  const least = (0.5 * options.contrastThreshold) / options.octaveLayers;
  const neighbors = Int32Array.of(-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1, 0);
  const found = new Map<number, Extremum>();
  for (let level = 1; level <= options.octaveLayers; level++) {
    const [lower, upper] = [levels[level], levels[level + 1]];
    for (let row = BORDER; row < height - BORDER; row++) {
      for (let column = BORDER, i = row * width + BORDER; column < width - BORDER; column++, i++) {
        if (Math.abs(upper[i] - lower[i]) <= least || !isExtremum(levels, level, i, neighbors)) continue;
        const extremum = refine(octave, { level, column, row }, options);
        // Neighboring samples may lead to one extremum.
        if (extremum !== undefined)
          found.set((extremum.level * height + extremum.row) * width + extremum.column, extremum);
      }
    }
  }
  return [...found.values()];
}

/** Whether none of the 26 neighbors of sample `i` surpasses it. */
function isExtremum(levels: readonly Float32Array[], level: number, i: number, neighbors: Int32Array): boolean {
  const value = levels[level + 1][i] - levels[level][i];
  const sign = value > 0 ? 1 : -1;
  const height = sign * value;
  for (const other of [level, level - 1, level + 1]) {
    const [lower, upper] = [levels[other], levels[other + 1]];
    for (let k = 0; k < neighbors.length; k++) {
      const at = i + neighbors[k];
      if (sign * (upper[at] - lower[at]) > height) return false;
    }
  }
  return true;
}

/** The nearest extremum, if there is one with enough contrast and not on an edge. */
function refine(octave: Octave, start: SamplePosition, options: ExtremaOptions): Extremum | undefined {
  const { width, height } = octave;
  let sample = start;
  for (let step = 0; step < MAX_STEPS; step++) {
    const quadratic = quadraticAt(octave, sample);
    const offset = fitPeak(quadratic);
    if (offset === undefined) return undefined;
    if (offset.every((distance) => Math.abs(distance) < 0.5)) return accept(octave, sample, quadratic, offset, options);
    const [column, row, level] = [sample.column, sample.row, sample.level].map((at, k) => at + Math.round(offset[k]));
    const inside =
      level >= 1 &&
      level <= options.octaveLayers &&
      column >= BORDER &&
      column < width - BORDER &&
      row >= BORDER &&
      row < height - BORDER;
    if (!inside) return undefined;
    sample = { level, column, row };
  }
  return undefined;
}

function accept(
  octave: Octave,
  { level, column, row }: SamplePosition,
  { value, gradient, hessian: { xx, yy, xy } }: Quadratic,
  [x, y, s]: readonly number[],
  { octaveLayers, contrastThreshold, edgeThreshold, sigma }: ExtremaOptions,
): Extremum | undefined {
  const response = Math.abs(value + 0.5 * (gradient[0] * x + gradient[1] * y + gradient[2] * s));
  if (response * octaveLayers < contrastThreshold) return undefined;
  const [trace, determinant] = [xx + yy, xx * yy - xy * xy];
  // Curvatures of different signs have a negative determinant, and are refused likewise.
  if (trace ** 2 * edgeThreshold >= (edgeThreshold + 1) ** 2 * determinant) return undefined;
  const place = { x: column + x, y: row + y, sigma: sigmaOf(level + s, octaveLayers, sigma) };
  return { octave, level, column, row, ...place, response };
}

/** Derivatives by central differences. */
function quadraticAt({ width, levels }: Octave, { level, column, row }: SamplePosition): Quadratic {
  const i = row * width + column;
  const d = (s: number, dy: number, dx: number): number => {
    const at = i + dy * width + dx;
    return levels[level + s + 1][at] - levels[level + s][at];
  };
  const value = d(0, 0, 0);
  return {
    value,
    gradient: [(d(0, 0, 1) - d(0, 0, -1)) / 2, (d(0, 1, 0) - d(0, -1, 0)) / 2, (d(1, 0, 0) - d(-1, 0, 0)) / 2],
    hessian: {
      xx: d(0, 0, 1) + d(0, 0, -1) - 2 * value,
      yy: d(0, 1, 0) + d(0, -1, 0) - 2 * value,
      ss: d(1, 0, 0) + d(-1, 0, 0) - 2 * value,
      xy: (d(0, 1, 1) - d(0, 1, -1) - d(0, -1, 1) + d(0, -1, -1)) / 4,
      xs: (d(1, 0, 1) - d(1, 0, -1) - d(-1, 0, 1) + d(-1, 0, -1)) / 4,
      ys: (d(1, 1, 0) - d(1, -1, 0) - d(-1, 1, 0) + d(-1, -1, 0)) / 4,
    },
  };
}

/** x̂ by Cramer's rule; undefined if the quadratic has no single extremum. */
function fitPeak({ gradient: [gx, gy, gs], hessian: { xx, yy, ss, xy, xs, ys } }: Quadratic) {
  // Cofactors of the symmetric matrix.
  const [cxx, cxy, cxs] = [yy * ss - ys * ys, xs * ys - xy * ss, xy * ys - xs * yy];
  const [cyy, cys, css] = [xx * ss - xs * xs, xs * xy - xx * ys, xx * yy - xy * xy];
  const determinant = xx * cxx + xy * cxy + xs * cxs;
  if (determinant === 0) return undefined;
  return [
    -(cxx * gx + cxy * gy + cxs * gs) / determinant,
    -(cxy * gx + cyy * gy + cys * gs) / determinant,
    -(cxs * gx + cys * gy + css * gs) / determinant,
  ] as const;
}
