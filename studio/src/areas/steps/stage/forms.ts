/** What the three ways of an input gradient have in common, and where each of them finds its numbers. */
import type { Forms, Grid } from "../../../worker/steps/api.ts";
import type { Meeting } from "../operations/geometry.ts";
import { indexOf, offsetOf, type Shape } from "../operations/shapes.ts";
import type { Scene } from "../scene.ts";

/** The largest difference between the gradient and its other forms. */
export function differenceOf({ data }: Grid, { gathered, scanned, transposed }: Forms): number {
  let largest = 0;
  for (const other of [gathered, scanned, transposed])
    for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i] - other.data[i]));
  return largest;
}

/** The outputs that an input fed, and the weights that joined them. */
export function gatheredMarks(meetings: readonly Meeting[], element: number) {
  const own = meetings.filter(({ x }) => x === element);
  return { y: new Set(own.map(({ y }) => y)), w: new Set(own.map(({ w }) => w)) };
}

/** Where the flipped filter lies on the spread derivatives when it computes an input's derivative. */
export function scannedPlaces(element: number, { layout, request }: Scene, spread: Shape): ReadonlySet<number> {
  const [channel, row, column] = indexOf(element, layout.x);
  const { kernel, dilation, groups, channels, filters } = request.sizes;
  const each = filters / groups;
  const first = Math.floor(channel / (channels / groups)) * each;
  const places = new Set<number>();
  for (let plane = first; plane < first + each; plane++)
    for (let down = 0; down < kernel; down++)
      for (let right = 0; right < kernel; right++)
        places.add(offsetOf([plane, row + down * dilation, column + right * dilation], spread));
  return places;
}
