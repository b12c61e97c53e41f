/**
 * The contraction that matrix products and convolutions share:
 *
 *   c[outer, row, column] = Σ_inner a[outer, row, inner] · b[outer, inner, column]
 *
 * with any number of outer and inner axes, each affine in all three operands.
 */
import {
  apply,
  at,
  type Index,
  indexValue,
  integer,
  type KernelBuilder,
  plus,
  times,
  type Value,
} from "../../loops/index.ts";
import type { View } from "../context/index.ts";
import type { Sink } from "./sink.ts";

/** An axis with its step in each operand; 0 where an operand does not have it. */
export interface ContractionAxis {
  readonly length: number;
  readonly a: number;
  readonly b: number;
  /** In each view of the sink. */
  readonly c: readonly number[];
  /** Of an axis of the result: which one guards name it by. */
  readonly spatial?: number;
  /** Of an inner axis: steps that fall outside the operands are left out. */
  readonly guard?: Guard;
  /** Of an inner axis: steps that fall outside meet zeros of padding; see `beside-padding.ts`. */
  readonly met?: Guard;
}

/** Only steps with 0 ≤ spatialStep · (index along the result's spatial axis) + step · (index) + offset < length count. */
export interface Guard {
  readonly spatial: number;
  readonly spatialStep: number;
  readonly step: number;
  readonly offset: number;
  readonly length: number;
}

export interface Contraction {
  readonly name: string;
  readonly a: View;
  readonly b: View;
  /** Where c goes. */
  readonly sink: Sink;
  readonly outer: readonly ContractionAxis[];
  readonly row: ContractionAxis;
  readonly column: ContractionAxis;
  readonly inner: readonly ContractionAxis[];
}

/** Where a result is in each view of the sink. */
export const placesIn = ({ views }: Sink, axes: readonly ContractionAxis[], indices: readonly Index[]): Index[] =>
  views.map(({ offset }, k) => indices.reduce((sum, index, i) => plus(sum, times(index, axes[i].c[k])), at(offset)));

export const offsetIn = (
  start: Index,
  axes: readonly ContractionAxis[],
  indices: readonly Index[],
  operand: "a" | "b",
): Index => indices.reduce((sum, index, i) => plus(sum, times(index, axes[i][operand])), start);

/** The index along a spatial axis of the result, from those of axes of the result. */
export const indexAlong =
  (axes: readonly ContractionAxis[], indices: readonly Index[]) =>
  (spatial: number): Index =>
    indices[axes.findIndex((axis) => axis.spatial === spatial)];

/** Loops over the inner axes, leaving out what guards exclude. */
export function forInner(
  b: KernelBuilder,
  axes: readonly ContractionAxis[],
  resultIndex: (spatial: number) => Index,
  body: (indices: readonly Index[]) => void,
): void {
  const descend = (indices: readonly Index[]): void => {
    const axis = axes[indices.length];
    if (axis === undefined) {
      body(indices);
      return;
    }
    const { guard, length } = axis;
    const visit = (i: Index): void => {
      if (guard === undefined) descend([...indices, i]);
      else b.when(isInside(guard, resultIndex(guard.spatial), i), () => descend([...indices, i]));
    };
    b.loop(length, visit);
  };
  descend([]);
}

function isInside({ spatialStep, step, offset, length }: Guard, result: Index, index: Index): Value {
  const position = indexValue(plus(plus(times(result, spatialStep), times(index, step)), offset));
  return apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(length)));
}
