/**
 * A canvas of floats, 0 … 1, and stamps: how much of each pixel a shape covers, estimated from the signed distance of the
 * pixel's center to its outline. Positions are in pixels; the center of the first pixel is at 0, 0.
 */
import type { Distance } from "./shapes.ts";

/** Red, green and blue, 0 … 1. */
export type Tone = readonly [red: number, green: number, blue: number];

/** A square picture in the making. */
export interface Canvas {
  /** Width and height in pixels. */
  readonly size: number;
  /** Channels interleaved. */
  readonly data: Float32Array;
}

/** Where a shape of radius 1 is put. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** In pixels. */
  readonly radius: number;
  /** Clockwise, in radians. */
  readonly turn: number;
}

/** The coverage of a rectangle of pixels, 0 … 1. */
export interface Stamp {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly coverage: Float32Array;
}

/** A pixel belongs to a shape that covers at least this much of it. */
export const COVERED = 0.5;

/**
 * The stamp of an outline that is given in pixels.
 * @param reach a rectangle around it: left, top, right, bottom
 */
export function stampOf(size: number, distance: Distance, reach: readonly [number, number, number, number]): Stamp {
  const left = Math.max(0, Math.floor(reach[0]));
  const top = Math.max(0, Math.floor(reach[1]));
  const width = Math.max(0, Math.min(size - 1, Math.ceil(reach[2])) - left + 1);
  const height = Math.max(0, Math.min(size - 1, Math.ceil(reach[3])) - top + 1);
  const coverage = new Float32Array(width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      coverage[at] = Math.min(1, Math.max(0, COVERED - distance(left + x, top + y)));
  return { left, top, width, height, coverage };
}

/** The stamp of a shape at a place. @param reach the largest distance of the outline from the shape's center */
export function stampAt(size: number, place: Place, distance: Distance, reach: number): Stamp {
  const { x, y, radius } = place;
  const around = reach * radius + 1;
  const inUnits = inShape(place, distance);
  const outline: Distance = (px, py) => radius * inUnits(px, py);
  return stampOf(size, outline, [x - around, y - around, x + around, y + around]);
}

/** A function of points of a shape as one of pixels. */
export function inShape({ x, y, radius, turn }: Place, value: Distance): Distance {
  const [cos, sin] = [Math.cos(turn) / radius, Math.sin(turn) / radius];
  return (px, py) => value(cos * (px - x) + sin * (py - y), cos * (py - y) - sin * (px - x));
}

/** A stamp moved by whole pixels to the right and down. */
export const movedStamp = (stamp: Stamp, by: number): Stamp => ({
  ...stamp,
  left: stamp.left + by,
  top: stamp.top + by,
});

/**
 * Lays a color over the canvas where the stamp covers it.
 * @param light brightness of the color at a pixel; default 1
 * @param opacity 0 … 1
 */
export function paint(
  { size, data }: Canvas,
  { left, top, width, height, coverage }: Stamp,
  [red, green, blue]: Tone,
  light: (x: number, y: number) => number = () => 1,
  opacity = 1,
): void {
  const [wide, high] = [Math.min(width, size - left), Math.min(height, size - top)];
  for (let y = 0; y < high; y++) {
    for (let x = 0, from = y * width, to = 3 * ((top + y) * size + left); x < wide; x++, from++, to += 3) {
      const share = coverage[from] * opacity;
      if (share === 0) continue;
      const lit = share * light(left + x, top + y);
      data[to] += lit * red - share * data[to];
      data[to + 1] += lit * green - share * data[to + 1];
      data[to + 2] += lit * blue - share * data[to + 2];
    }
  }
}

/** Calls `visit` with the index of each pixel that belongs to the stamp. */
export function forCovered(
  size: number,
  { left, top, width, height, coverage }: Stamp,
  visit: (pixel: number) => void,
): void {
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0; x < width; x++, from++) if (coverage[from] >= COVERED) visit((top + y) * size + left + x);
}
