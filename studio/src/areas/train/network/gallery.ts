/** The sheet of a gallery: everything that a layer has, as large as its width allows. */
import type { Values } from "../../../worker/api.ts";
import { asMaps } from "./layout.ts";
import type { Tiles } from "./painting.ts";

const LARGEST = 56;

/** Maps of one picture [1, maps, …], or filters [units, inputs, …] with a row for each unit. */
export function gallerySheet(values: Values, areFilters: boolean, width: number): Tiles {
  const [units, inputs, ...window] = values.shape;
  const [maps, height, breadth] = areFilters
    ? ([units * inputs, window.at(-2) ?? 1, window.at(-1) ?? 1] as const)
    : asMaps(values.shape.slice(1));
  const isSingle = height * breadth === 1;
  const gap = isSingle ? (areFilters ? 0 : 1) : 2;
  const fitting = Math.floor(width / (areFilters ? inputs : Math.min(maps, 8))) - gap;
  const least = isSingle ? (areFilters ? 1 : 9) : areFilters ? breadth : Math.min(breadth, 28);
  const side = Math.max(least, Math.min(isSingle ? 10 : LARGEST, fitting));
  const columns = areFilters ? inputs : Math.max(1, Math.floor((width + gap) / (side + gap)));
  const size = height * breadth;
  return {
    sheet: {
      ...{ count: maps, more: 0, columns, gap },
      tile: [height, breadth],
      size: [(side * height) / Math.max(height, breadth), (side * breadth) / Math.max(height, breadth)],
    },
    values,
    size,
    offsetOf: (tile) => tile * size,
  };
}
