/** The gradient of a convolution with respect to its filters, as a contraction. */
import type { OpNode } from "../../../../graph/index.ts";
import { isBatchInnermost, type LoweringContext } from "../context/index.ts";
import {
  axis,
  evenly,
  longestAxis,
  lowerContraction,
  mapStrides,
  type OpenSink,
  stepsAlong,
} from "../contraction/index.ts";
import { attributesOf, isPointwise, metBy, usesWinograd } from "./attributes.ts";
import { isRowMajor } from "./pointwise.ts";
import { lowerWinogradFilterGradient } from "./winograd.ts";

/** dw[j,i,k] = Σ dy[n,j,o] · x[n,i,o·stride + k·dilation − before]: rows are filter taps or channels, columns are filters. */
export function lowerConvFilterGradient(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { stride, padding, dilation, groups } = attributesOf(node);
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
  const [xs, ys] = [mapStrides(x), mapStrides(dy)];
  const [filters, seen, ...kernel] = node.outputs[0].shape;
  const perGroup = filters / groups;
  const taps = [
    axis(seen, xs.c, 0, stepsAlong(sink, 1)),
    ...kernel.map((length, i) => ({
      ...axis(length, dilation[i] * xs.spatial[i], 0, stepsAlong(sink, 2 + i)),
      spatial: i,
    })),
  ];
  const row = longestAxis(taps, context.tuning);
  const outer = taps.filter((_, i) => i !== row);
  const samples = axis(x.shape[0], xs.n, ys.n);
  const positions = dy.shape.slice(2).map((length, i) => ({
    ...axis(length, stride[i] * xs.spatial[i], ys.spatial[i]),
    met: metBy(node.inputs[0], padding, i, dilation[i], stride[i]),
  }));
  lowerContraction(context, {
    name: "conv filter gradient",
    ...{ a: x, b: dy, sink },
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
