/** Where points are on the canvas, which is under the pointer, and which is next in a direction. */

/** What part of the map is shown: canvas = scale · (position − center) + middle. */
export interface Window {
  readonly scale: number;
  readonly center: readonly [x: number, y: number];
}

export type Size = readonly [width: number, height: number];

/** Room around the points, in pixels. */
const MARGIN = 28;

/** The window that shows all points. */
export function wholeOf(positions: ArrayLike<number>, [width, height]: Size): Window {
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (let i = 0; i < positions.length; i++) {
    low[i % 2] = Math.min(low[i % 2], positions[i]);
    high[i % 2] = Math.max(high[i % 2], positions[i]);
  }
  if (!(high[0] >= low[0])) return { scale: 1, center: [0, 0] };
  const scale = Math.min(
    (width - 2 * MARGIN) / (high[0] - low[0] || 1),
    (height - 2 * MARGIN) / (high[1] - low[1] || 1),
  );
  return { scale, center: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2] };
}

/** The place of a point on the canvas; up is up. */
export const placeOf = (x: number, y: number, { scale, center }: Window, [width, height]: Size): [number, number] => [
  width / 2 + scale * (x - center[0]),
  height / 2 - scale * (y - center[1]),
];

/** Larger by a factor, with the position under (x, y) where it is. */
export function zoomed(
  { scale, center }: Window,
  factor: number,
  [x, y]: readonly [number, number],
  [width, height]: Size,
): Window {
  const change = 1 / scale - 1 / (scale * factor);
  return {
    scale: scale * factor,
    center: [center[0] + (x - width / 2) * change, center[1] - (y - height / 2) * change],
  };
}

export const shifted = ({ scale, center }: Window, dx: number, dy: number): Window => ({
  scale,
  center: [center[0] - dx / scale, center[1] + dy / scale],
});

/** The point nearest to a place, at most so many pixels away. */
export function nearest(
  places: ArrayLike<number>,
  [x, y]: readonly [number, number],
  within: number,
): number | undefined {
  let [best, least] = [-1, within ** 2];
  for (let i = 0; i < places.length; i += 2) {
    const distance = (places[i] - x) ** 2 + (places[i + 1] - y) ** 2;
    if (distance <= least) [best, least] = [i / 2, distance];
  }
  return best < 0 ? undefined : best;
}

/** The next point from one, in a direction of the canvas: near, and not far to the side. */
export function neighborOf(places: ArrayLike<number>, from: number, [dx, dy]: readonly [number, number]): number {
  const [x, y] = [places[2 * from], places[2 * from + 1]];
  let [best, least] = [from, Infinity];
  for (let i = 0; i < places.length; i += 2) {
    const along = (places[i] - x) * dx + (places[i + 1] - y) * dy;
    const aside = Math.abs((places[i] - x) * dy - (places[i + 1] - y) * dx);
    const cost = along + 2 * aside;
    if (along > 1e-6 && along >= aside && cost < least) [best, least] = [i / 2, cost];
  }
  return best;
}

/** Positions on the way from one frame to the next. */
export function between(from: Float32Array, to: Float32Array, share: number): Float32Array {
  if (from.length !== to.length || share >= 1) return to;
  // Slow at both ends.
  const eased = share * share * (3 - 2 * share);
  return to.map((value, i) => from[i] + (value - from[i]) * eased);
}
