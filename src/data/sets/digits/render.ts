/**
 * Ink: lines to a picture of 28 × 28 bytes, white (255) on black (0).
 *
 * Size and place follow MNIST: the ink is scaled to fit a box of 20 × 20 pixels with its proportions kept, and the
 * box is moved by whole pixels until the ink's center of mass lies in the pixel (14, 14), counted from 0. Source: LeCun,
 * Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998), section III.A.
 * Both are met with some play, by `size` and `offset`, for readers that are to be robust.
 * A pixel's gray is the part of it that the ink covers, estimated from the distance of its center to the line.
 */
import type { Line } from "./curve.ts";

export const PICTURE_SIZE = 28;
const BOX = 20;
const CANVAS = BOX + 2; // the box and a margin of one pixel for the blurred edge
const MAX_SHIFT = (PICTURE_SIZE - CANVAS) / 2; // keeps the whole canvas inside the picture

const TREMOR = 1.7; // angular frequency per pixel of way at which the edges are rough

export interface Ink {
  readonly pen: number; // diameter in pixels
  readonly blur: number; // width of the edge's ramp from ink to paper in pixels, at most 3; 1 is sharp
  readonly pressure: number; // amplitude of the pen's width along the way, as a fraction
  readonly rhythm: number; // angular frequency of the pressure per pixel of way
  readonly phase: number;
  readonly size: number; // longer side of the ink in pixels, about 20
  readonly offset: readonly [number, number]; // by which the center of mass misses the center, in pixels
}

export function renderInk(lines: readonly Line[], ink: Ink): Uint8Array {
  const depth = traceInk(fitToBox(lines, ink), ink);
  const gray = depth.map((d) => Math.min(1, Math.max(0, d / ink.blur + 0.5)));
  return placeByMass(gray, ink.offset);
}

/** Scales and moves the lines to the canvas so that their longer side fills `size` with the pressed pen around them. */
function fitToBox(lines: readonly Line[], { pen, pressure, size }: Ink): Line[] {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      left = Math.min(left, line[i]);
      right = Math.max(right, line[i]);
      top = Math.min(top, line[i + 1]);
      bottom = Math.max(bottom, line[i + 1]);
    }
  }
  const scale = (size - pen * (1 + pressure)) / Math.max(right - left, bottom - top);
  const x0 = (CANVAS - scale * (left + right)) / 2;
  const y0 = (CANVAS - scale * (top + bottom)) / 2;
  return lines.map((line) => line.map((at, i) => scale * at + (i % 2 === 0 ? x0 : y0)));
}

/** How deep each pixel's center lies in the ink, in pixels: the pen's radius less the distance to the line. */
function traceInk(lines: readonly Line[], { pen, blur, pressure, rhythm, phase }: Ink): Float64Array {
  const depth = new Float64Array(CANVAS * CANVAS).fill(-blur);
  let way = 0;
  for (const line of lines) {
    for (let i = 2; i < line.length; i += 2) {
      way += Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
      const press = Math.sin(rhythm * way + phase) + 0.5 * Math.sin(TREMOR * way + 3 * phase);
      const radius = (pen / 2) * (1 + pressure * press);
      traceSegment(depth, line[i - 2], line[i - 1], line[i], line[i + 1], radius, blur);
    }
  }
  return depth;
}

function traceSegment(
  depth: Float64Array,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  radius: number,
  blur: number,
): void {
  const reach = radius + blur / 2 - 0.5; // beyond it a pixel's center, at + 0.5, gets no ink
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach - 1));
  const right = Math.min(CANVAS - 1, Math.floor(Math.max(ax, bx) + reach));
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach - 1));
  const bottom = Math.min(CANVAS - 1, Math.floor(Math.max(ay, by) + reach));
  const dx = bx - ax;
  const dy = by - ay;
  const perLength = 1 / (dx * dx + dy * dy + 1e-12);
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const px = x + 0.5 - ax;
      const py = y + 0.5 - ay;
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) * perLength));
      const ex = px - t * dx;
      const ey = py - t * dy;
      const inside = radius - Math.sqrt(ex * ex + ey * ey);
      const at = y * CANVAS + x;
      if (inside > depth[at]) depth[at] = inside;
    }
  }
}

/** Copies the canvas into the picture so that its center of mass, but for the offset, falls into pixel (14, 14). */
function placeByMass(gray: Float64Array, [offsetX, offsetY]: readonly [number, number]): Uint8Array {
  let mass = 0;
  let sumX = 0;
  let sumY = 0;
  for (let at = 0; at < gray.length; at++) {
    mass += gray[at];
    sumX += gray[at] * ((at % CANVAS) + 0.5);
    sumY += gray[at] * (Math.floor(at / CANVAS) + 0.5);
  }
  const corner = (sum: number, offset: number): number => {
    const shift = Math.floor(CANVAS / 2 - sum / mass + offset) + 1;
    return MAX_SHIFT + Math.min(MAX_SHIFT, Math.max(-MAX_SHIFT, shift));
  };
  const x0 = corner(sumX, offsetX);
  const y0 = corner(sumY, offsetY);
  const picture = new Uint8Array(PICTURE_SIZE * PICTURE_SIZE);
  for (let y = 0; y < CANVAS; y++) {
    for (let x = 0; x < CANVAS; x++) {
      picture[(y0 + y) * PICTURE_SIZE + x0 + x] = Math.round(255 * gray[y * CANVAS + x]);
    }
  }
  return picture;
}
