/** Convolution as a contraction. */
import type { OpNode } from "../../../../graph/index.ts";
import type { LoweringContext } from "../context/index.ts";
import { axis, lowerContraction, mapStrides, type OpenSink, splitRows, stepsAlong } from "../contraction/index.ts";
import { attributesOf, isPointwise, metBy, reorderedView, usesWinograd } from "./attributes.ts";
import { isDepthwise, lowerDepthwise } from "./depthwise.ts";
import { lowerPointwise } from "./pointwise.ts";
import { lowerWinograd } from "./winograd.ts";

/** y[n,j,o] = Σ w[j,i,k] · x[n,i,o·stride + k·dilation − before]: rows are output positions, columns are filters. */
export function lowerConv(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { stride, padding, dilation, groups } = attributesOf(node);
  const rank = stride.length;
  const { shape } = node.outputs[0];
  if (isPointwise(node, node.inputs[1].shape)) {
    lowerPointwise(context, { name: "conv", maps: node.inputs[0], filters: node.inputs[1], column: 0, groups }, open);
    return;
  }
  if (isDepthwise(context, node)) {
    lowerDepthwise(context, node, open);
    return;
  }
  const sink = open(context.mapOrder(shape));
  const [y] = sink.views;
  if (usesWinograd(context, node, node.inputs[0], node.inputs[1])) {
    lowerWinograd(context, {
      ...{ name: "conv", sink, isFlipped: false, before: padding.slice(0, rank) },
      x: context.reordered(node.inputs[0], context.mapOrder(shape)),
      w: reorderedView(context, node.inputs[1], [1, 2, 3, 0]),
    });
    return;
  }
  const x = context.padded(context.inOrderOf(node.inputs[0], y), padding.slice(0, rank), padding.slice(rank));
  const w = context.view(node.inputs[1]);
  const [xs, ws] = [mapStrides(x), mapStrides(w)];
  const [filters, seen, ...kernel] = w.shape;
  const perGroup = filters / groups;
  const { outer, row } = splitRows(
    [
      axis(shape[0], xs.n, 0, stepsAlong(sink, 0)),
      ...shape.slice(2).map((length, i) => ({
        ...axis(length, stride[i] * xs.spatial[i], 0, stepsAlong(sink, 2 + i)),
        spatial: i,
      })),
    ],
    context.tuning,
  );
  const channels = axis(seen, xs.c, ws.c);
  const taps = kernel.map((length, i) => ({
    ...axis(length, dilation[i] * xs.spatial[i], ws.spatial[i]),
    met: metBy(node.inputs[0], padding, i, stride[i], dilation[i]),
  }));
  lowerContraction(context, {
    name: "conv",
    ...{ a: x, b: w, sink },
    outer: [...outer, axis(groups, seen * xs.c, perGroup * ws.n, stepsAlong(sink, 1, perGroup))],
    row,
    column: axis(perGroup, 0, ws.n, stepsAlong(sink, 1)),
    // Channels that lie next to each other are the innermost steps: a row's next ones are in the same line of the cache.
    inner: xs.c === 1 && seen >= context.lanes ? [...taps, channels] : [channels, ...taps],
  });
}
