/** What of the grids belongs to the number that is chosen. */
import type { Meeting } from "../operations/geometry.ts";
import { type Chosen, meetingsOf } from "../operations/terms.ts";

/** The cells to be marked: places of the padded input, elements of filter and output. */
export interface Marks {
  readonly x: ReadonlySet<number>;
  readonly w: ReadonlySet<number>;
  readonly y: ReadonlySet<number>;
}

export function marksOf(meetings: readonly Meeting[], chosen: Chosen): Marks {
  const own = meetingsOf(meetings, chosen);
  return {
    x: new Set(own.map(({ place }) => place)),
    w: new Set(own.map(({ w }) => w)),
    y: new Set(own.map(({ y }) => y)),
  };
}
