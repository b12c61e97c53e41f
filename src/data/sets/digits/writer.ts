/**
 * A writer: habits that all digits of one hand share, and how it writes a digit with them.
 *
 * The lines of a digit come from a blend of two of an allograph's shapes with every point a little off. They are then
 * bent by other proportions, by a smooth random displacement field and by the writer's slant. The field plays the part of the
 * elastic distortions of Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to
 * visual document analysis" (2003), but moves the pen, not the pixels, so that the ink keeps its width.
 */
import type { Random } from "../../../array/index.ts";
import { type Allograph, allographs } from "./allographs.ts";
import { drawStroke, type Line } from "./curve.ts";

/** What one writer's digits have in common. */
export interface WritingStyle {
  readonly slant: number; // shear to the right, as a slope
  readonly aspect: number; // width over that of the table
  readonly pen: number; // diameter of the pen in pixels
  readonly pressure: number; // how much the pen's width varies along a stroke, as a fraction
  readonly tension: number; // roundness of curves: 1 is round, less is angular
  readonly haste: number; // scales every random deviation of points and lines
}

/** What MNIST's writers do with single digits: lean and its deviation beside the style's slant, and the pen's width. */
const HABITS = [
  { lean: 0.06, sway: 0.08, pen: 1.15 },
  { lean: 0.12, sway: 0.15, pen: 1.12 },
  { lean: -0.05, sway: 0.18, pen: 1.03 },
  { lean: -0.06, sway: 0.14, pen: 1 },
  { lean: 0.14, sway: 0.2, pen: 0.96 },
  { lean: -0.02, sway: 0.2, pen: 0.94 },
  { lean: -0.07, sway: 0.08, pen: 1 },
  { lean: -0.05, sway: 0.1, pen: 1.02 },
  { lean: -0.08, sway: 0.14, pen: 0.95 },
  { lean: -0.01, sway: 0.12, pen: 0.94 },
] as const;

const clip = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** The pen's width for a digit in pixels: those that are written small, as 0 is, grow when they are scaled to fit. */
export const penFor = (digit: number, { pen }: WritingStyle, random: Random): number =>
  clip(pen * HABITS[digit].pen * Math.exp(random.normal(0, 0.08)), 1.4, 4.5);

export function drawStyle(random: Random): WritingStyle {
  return {
    slant: random.normal(0.14, 0.22),
    aspect: Math.exp(random.normal(0, 0.15)),
    pen: 2.33 * Math.exp(random.normal(0, 0.25)),
    pressure: random.uniform(0, 0.42),
    tension: random.uniform(0.75, 1.1),
    haste: random.uniform(0.35, 0.95),
  };
}

/** The lines of one digit, in the units of the table but anywhere in the plane. */
export function writeDigit(digit: number, style: WritingStyle, random: Random): Line[] {
  const allograph = choose(allographs[digit], random);
  const points = blend(allograph, random);
  for (let i = 0; i < points.length; i++) points[i] += random.normal(0, 1.2 * style.haste);
  const lines = allograph.strokes.map((stroke) => drawStroke(points, stroke, style.tension));
  const moves = [bulge(random, style), ripple(random, style), lean(digit, random, style)];
  for (const line of lines) for (const move of moves) move(line);
  return lines;
}

function choose(options: readonly Allograph[], random: Random): Allograph {
  let left = random.uniform(0, 100);
  for (const option of options) {
    left -= option.share;
    if (left < 0) return option;
  }
  return options[0];
}

/**
 * A point on the line through two random shapes, between them or a little beyond. Two, because the mixture of many
 * would always be close to their mean.
 */
function blend({ shapes }: Allograph, random: Random): Float64Array {
  const from = random.integer(shapes.length);
  const to = (from + 1 + random.integer(shapes.length - 1)) % shapes.length;
  const share = random.uniform(-0.15, 1.15);
  return shapes[from].map((x, i) => x + share * (shapes[to][i] - x));
}

type Move = (line: Line) => void;

/** Other proportions: a larger upper or lower half, a broader top or bottom, a bow to one side. */
function bulge(random: Random, { haste }: WritingStyle): Move {
  const balance = random.normal(0, 0.13 * haste);
  const taper = random.normal(0, 0.14 * haste);
  const bow = random.normal(0, 0.06 * haste);
  return (line) => {
    for (let i = 0; i < line.length; i += 2) {
      const x = line[i] / 50 - 1;
      const y = line[i + 1] / 50 - 1;
      line[i] = 50 * (1 + x * (1 + taper * y) + bow * (1 - y * y));
      line[i + 1] = 50 * (1 + y + balance * (1 - y * y));
    }
  };
}

/** A displacement field of three plane waves, each longer than half a digit. */
function ripple(random: Random, { haste }: WritingStyle): Move {
  const waves = Array.from({ length: 3 }, () => ({
    kx: random.normal(0, 0.04),
    ky: random.normal(0, 0.04),
    phase: random.uniform(0, 2 * Math.PI),
    dx: random.normal(0, 3 * haste),
    dy: random.normal(0, 3 * haste),
  }));
  return (line) => {
    for (let i = 0; i < line.length; i += 2) {
      const x = line[i];
      const y = line[i + 1];
      for (const { kx, ky, phase, dx, dy } of waves) {
        const wave = Math.sin(kx * x + ky * y + phase);
        line[i] += dx * wave;
        line[i + 1] += dy * wave;
      }
    }
  };
}

/** The affine part: aspect, then slant, within what MNIST shows, then a small rotation. */
function lean(digit: number, random: Random, { slant, aspect }: WritingStyle): Move {
  const shear = clip(slant + random.normal(HABITS[digit].lean, HABITS[digit].sway), -0.6, 0.85);
  const width = aspect * Math.exp(random.normal(0, 0.1));
  const angle = random.normal(0, 0.05);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (line) => {
    for (let i = 0; i < line.length; i += 2) {
      const y = line[i + 1] - 50;
      const x = width * (line[i] - 50) - shear * y;
      line[i] = cos * x - sin * y;
      line[i + 1] = sin * x + cos * y;
    }
  };
}
