/**
 * The membership of UMAP on the map as a smooth function of distance, fitted by least squares (Gauss and Newton, damped after
 * Levenberg and Marquardt):
 *
 *   1 / (1 + a x²ᵇ)  ≈  1 where x ≤ minDistance, else exp(−(x − minDistance))        x in [0, 3]
 */

/** The parameters of the curve. */
export interface Curve {
  readonly a: number;
  readonly b: number;
}

const PLACES = 300;
const REACH = 3;
const ROUNDS = 100;

/** The curve for a least distance on the map. */
export function membershipCurve(minDistance: number): Curve {
  const xs = Array.from({ length: PLACES }, (_, i) => (REACH * i) / (PLACES - 1)).filter((x) => x > 0);
  const goal = (x: number): number => (x <= minDistance ? 1 : Math.exp(minDistance - x));
  const errorAt = (curve: Curve): number => xs.reduce((sum, x) => sum + (membership(curve, x) - goal(x)) ** 2, 0);
  let [curve, damping]: [Curve, number] = [{ a: 1, b: 1 }, 1e-3];
  for (let round = 0; round < ROUNDS; round++) {
    const next = stepFrom(curve, damping, xs, goal);
    const isBetter = next.a > 0 && next.b > 0 && errorAt(next) <= errorAt(curve);
    if (isBetter) curve = next;
    damping *= isBetter ? 0.5 : 4;
  }
  return curve;
}

const membership = ({ a, b }: Curve, x: number): number => 1 / (1 + a * x ** (2 * b));

/** One step: (JᵀJ + λ diag JᵀJ) δ = Jᵀ(goal − w), with ∂w/∂a = −x²ᵇ w² and ∂w/∂b = −2 a ln(x) x²ᵇ w². */
function stepFrom(curve: Curve, damping: number, xs: readonly number[], goal: (x: number) => number): Curve {
  let [aa, ab, bb, ga, gb] = [0, 0, 0, 0, 0];
  for (const x of xs) {
    const w = membership(curve, x);
    const byA = -(x ** (2 * curve.b)) * w * w;
    const byB = 2 * curve.a * Math.log(x) * byA;
    const gap = goal(x) - w;
    aa += byA * byA;
    ab += byA * byB;
    bb += byB * byB;
    ga += byA * gap;
    gb += byB * gap;
  }
  const [daa, dbb] = [aa * (1 + damping), bb * (1 + damping)];
  const determinant = daa * dbb - ab * ab;
  return { a: curve.a + (ga * dbb - gb * ab) / determinant, b: curve.b + (gb * daa - ga * ab) / determinant };
}
