/** Colors of scenes: vivid ones with names for objects, dull ones for backgrounds and clutter. */
import type { Random } from "../../../array/index.ts";
import type { Tone } from "./canvas.ts";

const table = {
  red: [0.86, 0.1, 0.14],
  orange: [0.98, 0.55, 0.08],
  yellow: [0.97, 0.9, 0.16],
  green: [0.12, 0.66, 0.22],
  blue: [0.12, 0.3, 0.88],
  purple: [0.58, 0.16, 0.74],
} satisfies Readonly<Record<string, Tone>>;

/** The names of the colors of objects, by number. */
export const colorNames = Object.freeze(Object.keys(table)) as readonly (keyof typeof table)[];
/** The colors, in the same order. */
export const objectColors: readonly Tone[] = Object.values(table);

/** A named color, a little off. */
export function colorOf(number: number, random: Random): Tone {
  const light = random.uniform(0.88, 1.06);
  const [red, green, blue] = objectColors[number];
  const near = (value: number): number => Math.min(1, Math.max(0, light * value + random.uniform(-0.03, 0.03)));
  return [near(red), near(green), near(blue)];
}

/** A color of little saturation, and of a brightness from 0.25 to 0.75. */
export function dullColor(random: Random): Tone {
  const light = random.uniform(0.25, 0.75);
  const tint = (): number => light * random.uniform(0.84, 1.16);
  return [tint(), tint(), tint()];
}
