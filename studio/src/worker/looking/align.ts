/**
 * Positions of one moment brought as near to those of another as turning, mirroring, scaling and shifting can: orthogonal
 * Procrustes analysis in the plane (Schönemann 1966). With M = Σ (xᵢ − x̄)(yᵢ − ȳ)ᵀ, the best turn by θ and the best mirrored one have
 *
 *   tan θ = (M₀₁ − M₁₀) / (M₀₀ + M₁₁)        tan φ = (M₀₁ + M₁₀) / (M₀₀ − M₁₁)
 *
 * of which the one with the larger trace is taken; the scale keeps the spread of the other moment.
 */

/** @param positions [n, 2], row-major @param target those that they are aligned to, of the same points */
export function aligned(positions: ArrayLike<number>, target: ArrayLike<number>): Float32Array {
  const [from, to] = [meanOf(positions), meanOf(target)];
  const m = [0, 0, 0, 0];
  let [own, other] = [0, 0];
  for (let i = 0; i < positions.length; i += 2) {
    const x = [positions[i] - from[0], positions[i + 1] - from[1]];
    const y = [target[i] - to[0], target[i + 1] - to[1]];
    for (const k of [0, 1, 2, 3]) m[k] += x[k >> 1] * y[k & 1];
    own += x[0] ** 2 + x[1] ** 2;
    other += y[0] ** 2 + y[1] ** 2;
  }
  const [turned, mirrored] = [Math.hypot(m[0] + m[3], m[1] - m[2]), Math.hypot(m[0] - m[3], m[1] + m[2])];
  const isTurn = turned >= mirrored;
  const angle = isTurn ? Math.atan2(m[1] - m[2], m[0] + m[3]) : Math.atan2(m[1] + m[2], m[0] - m[3]);
  const scale = own > 0 ? Math.sqrt(other / own) : 1;
  const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const side = isTurn ? 1 : -1;
  return Float32Array.from({ length: positions.length }, (_, at) => {
    const x = positions[at & ~1] - from[0];
    const y = positions[at | 1] - from[1];
    return at % 2 === 0 ? cos * x - side * sin * y + to[0] : sin * x + side * cos * y + to[1];
  });
}

function meanOf(positions: ArrayLike<number>): readonly [number, number] {
  const sums: [number, number] = [0, 0];
  for (let i = 0; i < positions.length; i++) sums[i % 2] += positions[i];
  return [(2 * sums[0]) / positions.length, (2 * sums[1]) / positions.length];
}
