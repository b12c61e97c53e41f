/**
 * Which pixel belongs to which object. Later objects lie in front of earlier ones; none may hide more than a part of another,
 * so that every object can be recognized.
 */
import { forCovered, type Stamp } from "./canvas.ts";

/** Of an object's pixels in the picture, at least this share is visible. */
export const LEAST_VISIBLE = 0.6;

/** The extent of pixels along their edges: left, top, right, bottom. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Objects in the order in which they lie over each other. */
export class Layout {
  readonly size: number;
  /** The number of the object that a pixel shows, from 1 in the order of adding; 0 for the background. */
  readonly instances: Uint8Array;
  /** The pixels of each object, and how many of them it shows. */
  readonly #areas: { readonly all: number; shown: number }[] = [];

  constructor(size: number) {
    this.size = size;
    this.instances = new Uint8Array(size * size);
  }

  /** Puts an object in front of the others, unless it would hide too much of one. @returns whether it was put there */
  add(stamp: Stamp): boolean {
    const hidden = new Array<number>(this.#areas.length + 1).fill(0);
    let all = 0;
    forCovered(this.size, stamp, (pixel) => {
      hidden[this.instances[pixel]]++;
      all++;
    });
    const canSee = this.#areas.every(({ all, shown }, i) => shown - hidden[i + 1] >= LEAST_VISIBLE * all);
    if (all === 0 || !canSee) return false;
    for (const [i, area] of this.#areas.entries()) area.shown -= hidden[i + 1];
    this.#areas.push({ all, shown: all });
    forCovered(this.size, stamp, (pixel) => {
      this.instances[pixel] = this.#areas.length;
    });
    return true;
  }
}

/** The box around the pixels of each number 1 … `count`. */
export function boxesOf(instances: Uint8Array, size: number, count: number): Box[] {
  const found = Array.from({ length: count + 1 }, () => [size, size, 0, 0]);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (instances[at] === 0) continue;
      const box = found[instances[at]];
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x >= box[2]) box[2] = x + 1;
      if (y >= box[3]) box[3] = y + 1;
    }
  }
  return found.slice(1).map(([left, top, right, bottom]) => [left, top, right, bottom]);
}
