/**
 * Padding from the edges: mirrored, without repeating the edge (`d c b | a b c d | c b a`), or repeating the edge (`a a a |
 * a b c d | d d d`). Both read fixed positions along each axis, and derivatives add up there.
 */

import { ShapeError } from "../array/index.ts";
import { expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { pick } from "./gather.ts";
import { expectPairs } from "./pad.ts";
import { tabulate } from "./tables.ts";

/** The number of elements before and after each axis. */
type Around = readonly (readonly [before: number, after: number])[];

/** The position to read for position `i`, which may lie outside an axis of some length. */
type EdgeRule = (i: number, length: number) => number;

const mirroredIndex: EdgeRule = (i, length) => length - 1 - Math.abs(length - 1 - Math.abs(i));
const nearest: EdgeRule = (i, length) => Math.min(Math.max(i, 0), length - 1);

function padBy(name: string, rule: EdgeRule, most: (length: number) => number, what: string) {
  return (x: Tensor, around: Around): Tensor => {
    const where = located(name);
    expectTensors(name, x);
    expectPairs(name, around);
    if (around.length !== x.shape.length) {
      throw new ShapeError(
        `${where}: ${around.length} pairs of numbers for ${x.shape.length} axes of ${formatType(x)}`,
      );
    }
    return around.reduce((y, [before, after], axis) => {
      const length = x.shape[axis];
      if (before === 0 && after === 0) return y;
      const isPossible = [before, after].every((n) => Number.isInteger(n) && n >= 0 && n <= most(length));
      if (!isPossible) {
        throw new ShapeError(`${where}: ${before} before and ${after} after axis ${axis} of ${formatType(x)}: ${what}`);
      }
      return pick(
        y,
        naming(name, () => tabulate(before + length + after, (i) => rule(i - before, length))),
        axis,
      );
    }, x);
  };
}

/**
 * `x` with `[before, after]` elements around each axis, mirrored at the edge: `padReflect(x, [[0, 0], [1, 2]])`.
 * @throws ShapeError for more elements than exist beside the edge
 */
export const padReflect = padBy(
  "padReflect",
  mirroredIndex,
  (length) => Math.max(0, length - 1),
  "there must be whole numbers from 0 to less than the length, since the edge itself is not repeated",
);

/** `x` with `[before, after]` elements around each axis, the edge repeated. @throws ShapeError for an empty axis */
export const padReplicate = padBy(
  "padReplicate",
  nearest,
  (length) => (length > 0 ? Number.MAX_SAFE_INTEGER : 0),
  "there must be whole numbers of at least 0, and an edge to repeat",
);
