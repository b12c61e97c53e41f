/** A picture to try filters on: stripes that become finer, edges in all directions, and noise. */
import type { Frame } from "../../../worker/steps/api.ts";

/** Numbers that look random and are the same every time. */
const noise = (i: number): number => {
  const value = Math.sin(i * 12.9898) * 43758.5453;
  return value - Math.floor(value);
};

/** Red, green and blue of a place, from 0 to 1. */
function colorAt(x: number, y: number, i: number): readonly [number, number, number] {
  if (y < 0.3) {
    const wave = 0.5 + 0.5 * Math.cos(2 * Math.PI * (2 + 26 * x) * x);
    return [wave, wave, wave];
  }
  const [dx, dy] = [(x - 0.25) * 1.33, y - 0.65];
  if (dx ** 2 + dy ** 2 < 0.05) return [0.9, 0.55 - dy, 0.2];
  if (x > 0.5 && x < 0.74 && y > 0.42 && y < 0.88)
    return x - 0.5 > (y - 0.42) * 0.52 ? [0.15, 0.4, 0.75] : [0.85, 0.87, 0.9];
  if (x > 0.8 && y > 0.42 && y < 0.88) return [0, 1, 2].map((c) => noise(3 * i + c)) as [number, number, number];
  return [0.35 + 0.3 * x, 0.45 + 0.2 * y, 0.5];
}

export function drawing(width: number, height: number): Frame {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const color = colorAt((i % width) / width, Math.floor(i / width) / height, i);
    for (let c = 0; c < 3; c++) data[4 * i + c] = 255 * color[c];
    data[4 * i + 3] = 255;
  }
  return { data, width, height };
}
