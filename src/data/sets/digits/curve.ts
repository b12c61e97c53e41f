/**
 * From the points of a stroke to the line that the pen draws: a Catmull-Rom spline, sampled finely.
 *
 * The knots are centripetal, t₍ᵢ₊₁₎ − tᵢ = √|pᵢ₊₁ − pᵢ|, which keeps cusps and self-intersections away from points
 * at uneven distances. Source: Yuksel, Schaefer, Keyser, "Parameterization and applications of Catmull-Rom curves"
 * (2011). A corner ends one smooth run and begins the next.
 */

/** A drawn line: x₀ y₀ x₁ y₁ …. */
export type Line = number[];

const SAMPLE_DISTANCE = 5; // in units of a digit's height / 100

/**
 * The line through `length` points of `points` from point `first` on.
 *
 * @param tension scales the tangents: 1 is the Catmull-Rom spline, 0 the polygon
 */
export function drawStroke(
  points: Float64Array,
  { first, length, corners }: { first: number; length: number; corners: readonly boolean[] },
  tension: number,
): Line {
  const line: Line = [points[2 * first], points[2 * first + 1]];
  const last = first + length - 1;
  for (let i = first; i < last; i++) {
    const before = i === first || corners[i - first] ? -1 : i - 1;
    const after = i + 1 === last || corners[i + 1 - first] ? -1 : i + 2;
    addSegment(points, before, i, after, tension, line);
  }
  return line;
}

/** The cubic from point `i` to the next in Hermite's form; without a neighbor (−1) that end is a parabola's. */
function addSegment(points: Float64Array, before: number, i: number, after: number, tension: number, line: Line): void {
  const [x0, y0, x1, y1] = points.subarray(2 * i, 2 * i + 4);
  const x = x1 - x0;
  const y = y1 - y0;
  const chord = Math.hypot(x, y);
  let startX = x; // tangents: derivatives by the knot parameter, times the segment's knot distance
  let startY = y;
  let endX = x;
  let endY = y;
  if (before >= 0) {
    const dx = x0 - points[2 * before];
    const dy = y0 - points[2 * before + 1];
    const ratio = knotRatio(chord, Math.hypot(dx, dy));
    startX = (x + dx * ratio * ratio) / (1 + ratio);
    startY = (y + dy * ratio * ratio) / (1 + ratio);
  }
  if (after >= 0) {
    const dx = points[2 * after] - x1;
    const dy = points[2 * after + 1] - y1;
    const ratio = knotRatio(chord, Math.hypot(dx, dy));
    endX = (x + dx * ratio * ratio) / (1 + ratio);
    endY = (y + dy * ratio * ratio) / (1 + ratio);
  }
  if (before < 0) {
    startX = 2 * x - endX;
    startY = 2 * y - endY;
  } else if (after < 0) {
    endX = 2 * x - startX;
    endY = 2 * y - startY;
  }
  const pieces = Math.ceil(chord / SAMPLE_DISTANCE) + 1;
  for (let k = 1; k <= pieces; k++) {
    const t = k / pieces;
    const rise = t * t * (3 - 2 * t);
    const leave = tension * t * (1 - t) * (1 - t);
    const arrive = tension * t * t * (1 - t);
    line.push(x0 + rise * x + leave * startX - arrive * endX, y0 + rise * y + leave * startY - arrive * endY);
  }
}

/** √(chord / neighbor): the two segments' knot distances, one over the other. */
const knotRatio = (chord: number, neighbor: number): number => Math.sqrt((chord + 1e-9) / (neighbor + 1e-9));
