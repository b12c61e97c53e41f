/**
 * The shapes of objects, as signed distances to their outlines: below 0 inside, in the unit in which an object's radius is 1.
 * x goes to the right, y downward. Near an outline a distance is exact, but for the tips of corners, which stay sharp.
 */

/** The signed distance of a point to an outline. */
export type Distance = (x: number, y: number) => number;

/**
 * A regular figure with a tip at distance 1 and a notch at distance `notch` in turns, one tip upward. Its symmetries fold
 * the plane onto a wedge that has one edge, from a tip to a notch.
 */
function spikes(count: number, notch: number): Distance {
  const step = Math.PI / count;
  const [alongX, alongY] = [notch * Math.cos(step) - 1, notch * Math.sin(step)];
  const length = Math.hypot(alongX, alongY);
  const [normalX, normalY] = [alongY / length, -alongX / length];
  return (x, y) => {
    const angle = Math.atan2(x, -y);
    const folded = Math.abs(angle - 2 * step * Math.round(angle / (2 * step)));
    const radius = Math.sqrt(x * x + y * y);
    return (radius * Math.cos(folded) - 1) * normalX + radius * Math.sin(folded) * normalY;
  };
}

const scaled =
  (distance: Distance, scale: number): Distance =>
  (x, y) =>
    scale * distance(x / scale, y / scale);

const radiusOf = (x: number, y: number): number => Math.sqrt(x * x + y * y);

const ARM = 0.32; // half the width of a cross's arms
const [BAND, BAND_RADIUS] = [0.26, 0.74]; // half the width of a ring's band, and its middle line

/** A square on its tip, and a circle on each of its upper edges. */
const heart: Distance = (x, y) => {
  const [side, low] = [Math.abs(x), y - 0.0745];
  return Math.min(
    (side + Math.abs(low) - 0.72) * Math.SQRT1_2,
    radiusOf(side - 0.36, low + 0.36) - 0.72 * Math.SQRT1_2,
  );
};

/** Scales bring areas, and so apparent sizes, nearer to each other. */
const table = {
  circle: scaled((x, y) => radiusOf(x, y) - 1, 0.9),
  square: scaled(spikes(4, Math.SQRT1_2), 1.15),
  triangle: scaled(spikes(3, 0.5), 1.25),
  star: scaled(spikes(5, 0.42), 1.25),
  ring: (x, y) => Math.abs(radiusOf(x, y) - BAND_RADIUS) - BAND,
  cross: (x, y) => {
    const [a, b] = [Math.abs(x), Math.abs(y)];
    return Math.min(Math.max(a - 1, b - ARM), Math.max(a - ARM, b - 1));
  },
  heart: scaled(heart, 1.2),
  moon: (x, y) => Math.max(radiusOf(x, y) - 1, 0.8 - radiusOf(x - 0.5, y)),
} satisfies Readonly<Record<string, Distance>>;

/** The names of the shapes, by number. */
export const shapeNames = Object.freeze(Object.keys(table)) as readonly (keyof typeof table)[];
/** Their outlines, in the same order. */
export const shapes: readonly Distance[] = Object.values(table);
/** No shape reaches farther from its center. */
export const SHAPE_REACH = 1.25;

/** A line with round ends. */
export function capsule(ax: number, ay: number, bx: number, by: number, radius: number): Distance {
  const [dx, dy] = [bx - ax, by - ay];
  const perLength = 1 / (dx * dx + dy * dy + 1e-12);
  return (x, y) => {
    const [px, py] = [x - ax, y - ay];
    const t = Math.min(1, Math.max(0, (px * dx + py * dy) * perLength));
    return radiusOf(px - t * dx, py - t * dy) - radius;
  };
}
