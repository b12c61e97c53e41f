/** Loops over all axes but one, and elements at computed positions along that one. */
import { apply, at, computed, type Index, integer, type KernelBuilder, type Value } from "../../loops/index.ts";
import { nest } from "./nest.ts";
import { positionIn, type View } from "./views.ts";

/**
 * Loops over all axes but one, in the order in which they lie in the last of the views; `visit` gets an index for each
 * axis, 0 for the one that is left out.
 */
export function aroundAxis(
  b: KernelBuilder,
  shape: readonly number[],
  axis: number,
  order: readonly number[],
  visit: (indices: readonly Index[]) => void,
): void {
  const others = order.filter((other) => other !== axis);
  nest(
    b,
    others.map((other) => shape[other]),
    (found) => {
      const indices = shape.map(() => at(0));
      others.forEach((other, k) => {
        indices[other] = found[k];
      });
      visit(indices);
    },
  );
}

/** The same indices with another one along an axis. */
export const withIndex = (indices: readonly Index[], axis: number, index: Index): Index[] =>
  indices.map((other, i) => (i === axis ? index : other));

/** Runs `found` when the position loaded from `index` lies within the axis. */
export function whenInside(b: KernelBuilder, position: Value, length: number, found: () => void): void {
  b.when(apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(length))), found);
}

/** The element of a view at a computed position along an axis. */
export const pointed = (view: View, indices: readonly Index[], axis: number, position: Value): Index =>
  computed(positionIn(view, indices), apply("mul", position, integer(view.strides[axis])));
