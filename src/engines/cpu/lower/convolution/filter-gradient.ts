/** The gradient of a convolution with respect to its filters, as a contraction. */
import { sizeOf } from "../../../../array/index.ts";
import type { OpNode } from "../../../../graph/index.ts";
import { everyChoice, isBatchInnermost, type LoweringContext, range, type View } from "../context/index.ts";
import {
  axis,
  evenly,
  type Guard,
  longestAxis,
  lowerContraction,
  mapStrides,
  type OpenSink,
  type Sink,
  stepsAlong,
} from "../contraction/index.ts";
import { attributesOf, isPointwise, kernelOf, metBy, usesWinograd } from "./attributes.ts";
import { everyNth } from "./phases.ts";
import { isRowMajor } from "./pointwise.ts";
import { lowerWinogradFilterGradient } from "./winograd.ts";

/** Channels and filters from which on a product for each tap pays, and taps up to which code for each is not too long. */
const [FEWEST_MAPS, MOST_TAPS] = [32, 9];

/** dw[j,i,k] = Σ dy[n,j,o] · x[n,i,o·stride + k·dilation − before]: rows are filter taps or channels, columns are filters. */
export function lowerConvFilterGradient(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { stride, padding } = attributesOf(node);
  const rank = stride.length;
  const sink = open(undefined);
  if (usesWinograd(context, node, node.inputs[0], node.outputs[0])) {
    lowerWinogradFilterGradient(context, {
      ...{ name: "conv filter gradient", sink, before: padding.slice(0, rank) },
      x: context.reordered(node.inputs[0], context.mapOrder(node.inputs[0].shape)),
      dy: context.reordered(node.inputs[1], context.mapOrder(node.inputs[1].shape)),
    });
    return;
  }
  const given = node.inputs.map((input) => context.view(input));
  const isDirect = isPointwise(node, node.outputs[0].shape) && given.every(isRowMajor);
  const dy = isDirect ? given[1] : context.reordered(node.inputs[1], context.mapOrder(node.inputs[1].shape));
  const x = context.padded(context.inOrderOf(node.inputs[0], dy), padding.slice(0, rank), padding.slice(rank));
  const operands = { node, x, dy, sink, isDirect };
  if (isTapByTap(node, x))
    for (const tap of everyChoice(kernelOf(node.outputs[0]).map(range))) lowerTaps(context, operands, tap);
  else lowerTaps(context, operands);
}

/** What the products of all taps read and write. */
interface Operands {
  readonly node: OpNode;
  /** With zeros around. */
  readonly x: View;
  readonly dy: View;
  readonly sink: Sink;
  /** Whether both lie row-major, and every position meets its own place alone. */
  readonly isDirect: boolean;
}

/**
 * Whether each tap is a product of its own: with a stride it meets few positions that others meet. Together they walk through
 * all of x for every few filters: with AVX2, 128 maps of 56×56 and 3×3 taps take 71 ms so, and 35 ms one by one.
 */
function isTapByTap(node: OpNode, x: View): boolean {
  const { stride, groups } = attributesOf(node);
  const [filters, seen, ...kernel] = node.outputs[0].shape;
  const isLarge = Math.min(filters, seen) >= FEWEST_MAPS && sizeOf(kernel) > 1 && sizeOf(kernel) <= MOST_TAPS;
  return groups === 1 && stride.every((n) => n > 1) && isLarge && !isBatchInnermost(x);
}

/** @param tap the only tap along each axis; default all */
function lowerTaps(
  context: LoweringContext,
  { node, x, dy, sink: whole, isDirect }: Operands,
  tap?: readonly number[],
): void {
  const { stride, padding, dilation, groups } = attributesOf(node);
  const [xs, ys] = [mapStrides(x), mapStrides(dy)];
  const [filters, seen, ...kernel] = node.outputs[0].shape;
  const perGroup = filters / groups;
  const first = tap ?? kernel.map(() => 0);
  const sink = tap === undefined ? whole : first.reduce((part, k, i) => everyNth(part, 2 + i, k, 1, 1), whole);
  const taps = [
    axis(seen, xs.c, 0, stepsAlong(sink, 1)),
    ...kernel.map((length, i) => ({
      ...axis(tap === undefined ? length : 1, dilation[i] * xs.spatial[i], 0, stepsAlong(sink, 2 + i)),
      spatial: i,
    })),
  ];
  const row = longestAxis(taps, context.tuning);
  const outer = taps.filter((_, i) => i !== row);
  const samples = axis(x.shape[0], xs.n, ys.n);
  const positions = dy.shape.slice(2).map((length, i) => ({
    ...axis(length, stride[i] * xs.spatial[i], ys.spatial[i]),
    met: laterBy(metBy(node.inputs[0], padding, i, dilation[i], stride[i]), first[i]),
  }));
  const start = first.reduce((sum, k, i) => sum + k * dilation[i] * xs.spatial[i], x.offset);
  lowerContraction(context, {
    name: "conv filter gradient",
    ...{ a: { ...x, offset: start }, b: dy, sink },
    outer: [...outer, axis(groups, seen * xs.c, perGroup * ys.c, stepsAlong(sink, 0, perGroup))],
    row: taps[row],
    column: axis(perGroup, 0, ys.c, stepsAlong(sink, 0)),
    // Samples innermost where they lie so; else what is short, so that blocks of the sum can be small.
    inner: isBatchInnermost(x)
      ? [...positions, samples]
      : isDirect
        ? [samples, ...evenly(positions)]
        : [positions[0], samples, ...positions.slice(1)],
  });
}

/** What results meet that begin with a later tap. */
const laterBy = (guard: Guard | undefined, taps: number): Guard | undefined =>
  guard && { ...guard, offset: guard.offset + taps * guard.spatialStep };
