/** What is behind the objects: a texture of two dull colors, and clutter that resembles no object. */
import type { Random } from "../../../array/index.ts";
import { type Canvas, paint, stampOf } from "./canvas.ts";
import { dullColor } from "./colors.ts";
import { capsule, type Distance } from "./shapes.ts";

/** The share of the second color at a pixel, before it is clipped to 0 … 1. */
type Share = (x: number, y: number) => number;

/** A plane wave in −1 … 1 with a number of periods across the picture; sin(a + b) = sin a cos b + cos a sin b needs one table an axis. */
function wave(size: number, random: Random, least: number, most: number): Share {
  const [angle, turns, phase] = [random.uniform(0, Math.PI), random.uniform(least, most), random.uniform(0, 6.28)];
  const step = (2 * Math.PI * turns) / size;
  const table = (of: (angle: number) => number, step: number, start: number): Float64Array =>
    Float64Array.from({ length: size }, (_, i) => of(step * i + start));
  const [sineX, cosineX] = [Math.sin, Math.cos].map((of) => table(of, step * Math.cos(angle), phase));
  const [sineY, cosineY] = [Math.sin, Math.cos].map((of) => table(of, step * Math.sin(angle), 0));
  return (x, y) => sineX[x] * cosineY[y] + cosineX[x] * sineY[y];
}

const patterns: readonly ((size: number, random: Random) => Share)[] = [
  // Clouds alone.
  () => () => 0.5,
  // A slope from one color to the other.
  (size, random) => {
    const angle = random.uniform(0, 2 * Math.PI);
    const [dx, dy] = [Math.cos(angle) / size, Math.sin(angle) / size];
    return (x, y) => 0.5 + dx * (x - size / 2) + dy * (y - size / 2);
  },
  // Stripes.
  (size, random) => {
    const stripes = wave(size, random, 3, 8);
    return (x, y) => 0.5 + 1.5 * stripes(x, y);
  },
  // Checks.
  (size, random) => {
    const [one, other] = [wave(size, random, 2, 5), wave(size, random, 2, 5)];
    return (x, y) => 0.5 + 2 * one(x, y) * other(x, y);
  },
];

/** Cells of the noise's lattice along a side. */
const CELLS = 8;

/** Smooth noise, −0.5 … 0.5, on the pixels: random values on a lattice, interpolated between. */
function clouds(size: number, random: Random): Float32Array {
  const lattice = Float64Array.from({ length: (CELLS + 1) ** 2 }, () => random.uniform(-0.5, 0.5));
  const cells = Float64Array.from({ length: size }, (_, i) => (i * CELLS) / size);
  const starts = Int32Array.from(cells);
  const shares = cells.map((at, i) => smooth(at - starts[i]));
  const noise = new Float32Array(size * size);
  for (let y = 0, at = 0; y < size; y++) {
    const upper = starts[y] * (CELLS + 1);
    for (let x = 0; x < size; x++, at++) {
      const from = upper + starts[x];
      const share = shares[x];
      const top = lattice[from] + share * (lattice[from + 1] - lattice[from]);
      const below = from + CELLS + 1;
      const bottom = lattice[below] + share * (lattice[below + 1] - lattice[below]);
      noise[at] = top + shares[y] * (bottom - top);
    }
  }
  return noise;
}

const smooth = (t: number): number => t * t * (3 - 2 * t);

/** Fills the canvas with a texture. */
export function paintBackground({ size, data }: Canvas, random: Random): void {
  const [one, other] = [dullColor(random), dullColor(random)];
  const pattern = patterns[random.integer(patterns.length)](size, random);
  const roughness = random.uniform(0.3, 1.2);
  const noise = clouds(size, random);
  const [dr, dg, db] = one.map((value, c) => other[c] - value);
  for (let y = 0, at = 0, to = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++, to += 3) {
      const share = Math.min(1, Math.max(0, pattern(x, y) + roughness * noise[at]));
      data[to] = one[0] + share * dr;
      data[to + 1] = one[1] + share * dg;
      data[to + 2] = one[2] + share * db;
    }
  }
}

/** Draws thin lines, dots and blurred patches, in dull colors. */
export function paintClutter(canvas: Canvas, random: Random): void {
  for (let left = 2 + random.integer(7); left > 0; left--) {
    const kind = random.integer(3);
    const [x, y] = [random.uniform(0, canvas.size), random.uniform(0, canvas.size)];
    paintMark(canvas, x, y, kind === 0 ? stroke(canvas.size, random) : spot(kind, canvas.size, random), random);
  }
}

/** A mark: half the extent of a line, half its width, and half the width of its blurred edge, in pixels. */
interface Mark {
  readonly dx: number;
  readonly dy: number;
  readonly radius: number;
  readonly blur: number;
}

function stroke(size: number, random: Random): Mark {
  const [angle, half] = [random.uniform(0, Math.PI), size * random.uniform(0.06, 0.3)];
  const radius = (size / 64) * random.uniform(0.4, 1.1);
  return { dx: half * Math.cos(angle), dy: half * Math.sin(angle), radius, blur: 0.5 };
}

/** A dot (1), or a patch (2), which is blurred so much that it has no outline. */
function spot(kind: number, size: number, random: Random): Mark {
  if (kind === 1) return { dx: 0, dy: 0, radius: (size / 64) * random.uniform(0.6, 1.8), blur: 0.5 };
  return { dx: size * random.uniform(0, 0.1), dy: 0, radius: size * random.uniform(0.06, 0.16), blur: size * 0.08 };
}

function paintMark(canvas: Canvas, x: number, y: number, { dx, dy, radius, blur }: Mark, random: Random): void {
  const line = capsule(x - dx, y - dy, x + dx, y + dy, radius);
  const soft: Distance = (px, py) => line(px, py) / (2 * blur);
  const [wide, high] = [Math.abs(dx) + radius + blur, Math.abs(dy) + radius + blur];
  const stamp = stampOf(canvas.size, soft, [x - wide, y - high, x + wide, y + high]);
  paint(canvas, stamp, dullColor(random), undefined, random.uniform(0.4, 0.9));
}
