/**
 * Convolutions whose filters have one tap, without stride and padding, and their input gradients. They are matrix products
 * of every sample, with all its positions as one axis:
 *
 *   y[n,j,p] = Σ_i w[j,i] · x[n,i,p]        dx[n,i,p] = Σ_j w[j,i] · dy[n,j,p]
 *
 * Where maps lie row-major, as a program's inputs do, and the results leave the program, these are so too: nothing is
 * brought into another order then.
 */
import type { Tensor } from "../../../../graph/index.ts";
import { isBatchInnermost, type LoweringContext, rowMajor, type View } from "../context/index.ts";
import {
  axis,
  evenly,
  lowerContraction,
  mapStrides,
  type OpenSink,
  splitRows,
  stepsAlong,
} from "../contraction/index.ts";

interface Pointwise {
  readonly name: string;
  /** [n, channels, positions…] */
  readonly maps: Tensor;
  /** [filters, channels of a group, 1…] */
  readonly filters: Tensor;
  /** Which axis of the filters the results have; the sum is over the other. */
  readonly column: 0 | 1;
  readonly groups: number;
}

export function lowerPointwise(
  context: LoweringContext,
  { name, maps, filters, column, groups }: Pointwise,
  open: OpenSink,
): void {
  const { shape } = maps;
  const sink = open(context.mapOrder(shape), isRowMajor(context.view(maps)) ? rowMajor(shape) : undefined);
  const x = context.inOrderOf(maps, sink.views[0]);
  const w = context.view(filters);
  const [xs, inner] = [mapStrides(x), 1 - column];
  const lengths = [w.shape[0] / groups, w.shape[1]];
  const positions = shape.slice(2).map((length, i) => axis(length, xs.spatial[i], 0, stepsAlong(sink, 2 + i)));
  const { outer, row } = splitRows(
    evenly([axis(shape[0], xs.n, 0, stepsAlong(sink, 0)), ...positions]),
    context.tuning,
  );
  lowerContraction(context, {
    name,
    ...{ a: x, b: w, sink },
    outer: [
      ...outer,
      axis(groups, lengths[inner] * xs.c, lengths[0] * w.strides[0], stepsAlong(sink, 1, lengths[column])),
    ],
    row,
    column: axis(lengths[column], 0, w.strides[column], stepsAlong(sink, 1)),
    inner: [axis(lengths[inner], xs.c, w.strides[inner])],
  });
}

/** Whether positions lie next to each other. */
export const isRowMajor = (maps: View): boolean =>
  !isBatchInnermost(maps) && maps.strides.every((stride, i) => i === 0 || stride <= maps.strides[i - 1]);
