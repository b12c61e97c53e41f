/** Colors of categories: groups, classes, joints. */
import type { Rgb } from "./grid-layout.ts";

/** Ten colors that are told apart, by most color-blind people too: Tableau 10. Others have turned hues. */
const PALETTE: readonly Rgb[] = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [214, 39, 40],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
  [127, 127, 127],
  [188, 189, 34],
  [23, 190, 207],
];

/** The color of a category, a number from 0 on. */
export function categoryColor(category: number): Rgb {
  if (category < PALETTE.length) return PALETTE[category];
  // Steps of the golden angle never meet.
  const hue = (category * 2.399963) % (2 * Math.PI);
  return [0, 1, 2].map((c) => Math.round(128 + 100 * Math.cos(hue - (c * 2 * Math.PI) / 3))) as unknown as Rgb;
}
