/**
 * Filled polygons: the pixels whose centers lie inside, by the even–odd rule. A center on an edge belongs to the side on its
 * right, so that polygons with a common edge share no pixel and leave none out.
 */

/**
 * Sets the pixels of a polygon to a value.
 * @param plane [height, width], changed in place
 * @param corners x, y, x, y, … in pixels along their edges: the first pixel reaches from 0 to 1. Finite; beyond the plane they
 *   are clipped. Fewer than three enclose nothing.
 */
export function fillPolygon(
  plane: Uint8Array,
  width: number,
  height: number,
  corners: readonly number[],
  value: number,
): void {
  const count = corners.length >> 1;
  const ys = corners.filter((_, i) => i % 2 === 1);
  const top = Math.max(0, Math.floor(Math.min(...bounds(ys))));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...bounds(ys))));
  for (let row = top; row <= bottom; row++) {
    const crossings = crossingsOf(corners, count, row + 0.5);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i] - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1] - 0.5));
      if (from < to) plane.fill(value, row * width + from, row * width + to);
    }
  }
}

/** The least and the largest value; nothing of none. */
const bounds = (values: readonly number[]): [number, number] =>
  values.reduce<[number, number]>(([least, most], y) => [Math.min(least, y), Math.max(most, y)], [Infinity, -Infinity]);

/** Where the outline crosses a horizontal line, from left to right. An edge has its upper end, and not its lower one. */
function crossingsOf(corners: readonly number[], count: number, y: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const j = (i + 1) % count;
    const [ax, ay, bx, by] = [corners[2 * i], corners[2 * i + 1], corners[2 * j], corners[2 * j + 1]];
    if (ay <= y !== by <= y) found.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
  }
  return found.sort((a, b) => a - b);
}
