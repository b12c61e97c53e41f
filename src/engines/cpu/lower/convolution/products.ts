/** Matrix product and convolution as contractions. */
import type { OpNode, Tensor } from "../../../../graph/index.ts";
import type { LoweringContext } from "../context/index.ts";
import { batchInnermost, everyChoice, isBatchInnermost, partOf, range, type View } from "../context/index.ts";
import type { Guard, OpenSink, Sink } from "../contraction/index.ts";
import { along, axis, evenly, longest, lowerContraction, parts, splitRows } from "../contraction/index.ts";
import { isRowMajor, lowerPointwise } from "./pointwise.ts";
import { lowerWinograd, lowerWinogradFilterGradient, savesTime } from "./winograd.ts";

export function lowerMatmul(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const [a, b] = node.inputs.map((input) => context.view(input));
  const { transposeA, transposeB } = node.attributes as { transposeA: boolean; transposeB: boolean };
  const [output] = node.outputs;
  const rank = output.shape.length;
  const [m, n] = output.shape.slice(-2);
  const [aRow, aInner] = transposeA ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  const [bInner, bColumn] = transposeB ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  // Features of a batch whose samples lie innermost are in that layout too.
  const isBatch = rank === 2 && !transposeA && (isBatchInnermost(a) || context.hasSamplesInnermost(m));
  const sink = open(isBatch ? batchInnermost(output.shape) : undefined);
  lowerContraction(context, {
    name: "matmul",
    ...{ a, b, sink },
    outer: output.shape.slice(0, -2).map((length, i) => axis(length, a.strides[i], b.strides[i], along(sink, i))),
    row: axis(m, a.strides[aRow], 0, along(sink, rank - 2)),
    column: axis(n, 0, b.strides[bColumn], along(sink, rank - 1)),
    inner: [axis(a.shape[aInner], a.strides[aInner], b.strides[bInner])],
  });
}

interface ConvAttributes {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

const attributesOf = (node: OpNode): ConvAttributes => node.attributes as unknown as ConvAttributes;

const kernelOf = ({ shape }: Tensor): readonly number[] => shape.slice(2);

/** Whether a convolution from `maps` with `filters`, or one of its gradients, is computed by Winograd's algorithm. */
function usesWinograd(context: LoweringContext, node: OpNode, maps: Tensor, filters: Tensor): boolean {
  const { stride, padding, dilation, groups } = attributesOf(node);
  const isDense = groups === 1 && [...stride, ...dilation].every((n) => n === 1);
  return context.winograd && isDense && savesTime(maps.shape, filters.shape, padding);
}

/** A tensor with its axes, in memory too, in the given order. */
function reorderedView(context: LoweringContext, tensor: Tensor, order: readonly number[]): View {
  const view = context.reordered(tensor, order);
  const pick = (list: readonly number[]): number[] => order.map((axis) => list[axis]);
  return { ...view, shape: pick(view.shape), strides: pick(view.strides) };
}

/** Whether each position of the output reads the input at its own place alone. */
const isPointwise = (node: OpNode, filters: readonly number[]): boolean => {
  const { stride, padding } = attributesOf(node);
  return filters.slice(2).every((n) => n === 1) && stride.every((n) => n === 1) && padding.every((n) => n === 0);
};

/** Which steps of a sum meet an input with padding, at spatialStep · (index of the result) + step · (index) − before. */
const metBy = (
  { shape }: Tensor,
  padding: readonly number[],
  spatial: number,
  spatialStep: number,
  step: number,
): Guard | undefined => {
  const [before, after] = [padding[spatial], padding[shape.length - 2 + spatial]];
  if (before === 0 && after === 0) return undefined;
  return { spatial, spatialStep, step, offset: -before, length: shape[2 + spatial] };
};

/** y[n,j,o] = Σ w[j,i,k] · x[n,i,o·stride + k·dilation − before]: rows are output positions, columns are filters. */
export function lowerConv(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { stride, padding, dilation, groups } = attributesOf(node);
  const rank = stride.length;
  const { shape } = node.outputs[0];
  if (isPointwise(node, node.inputs[1].shape)) {
    lowerPointwise(context, { name: "conv", maps: node.inputs[0], filters: node.inputs[1], column: 0, groups }, open);
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
  const [xs, ws] = [parts(x), parts(w)];
  const [filters, seen, ...kernel] = w.shape;
  const perGroup = filters / groups;
  const { outer, row } = splitRows([
    axis(shape[0], xs.n, 0, along(sink, 0)),
    ...shape.slice(2).map((length, i) => ({
      ...axis(length, stride[i] * xs.spatial[i], 0, along(sink, 2 + i)),
      spatial: i,
    })),
  ]);
  lowerContraction(context, {
    name: "conv",
    ...{ a: x, b: w, sink },
    outer: [...outer, axis(groups, seen * xs.c, perGroup * ws.n, along(sink, 1, perGroup))],
    row,
    column: axis(perGroup, 0, ws.n, along(sink, 1)),
    inner: [
      axis(seen, xs.c, ws.c),
      ...kernel.map((length, i) => ({
        ...axis(length, dilation[i] * xs.spatial[i], ws.spatial[i]),
        met: metBy(node.inputs[0], padding, i, stride[i], dilation[i]),
      })),
    ],
  });
}

/**
 * dx[n,i,p] = Σ w[j,i,k] · dy[n,j,o] over p = o·stride + k·dilation − before: a convolution of dy with the flipped filters
 * (Sherbrooke, "gradient of convolution layer"). With a stride, neighboring p meet different taps, so each phase p mod
 * stride is a convolution of its own, with its share of the taps. Positions beside dy are zeros of a padded copy; where they
 * are many and samples lie innermost, they are left out by guards.
 */
export function lowerConvInputGradient(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { stride, padding, dilation, groups } = attributesOf(node);
  const [samples, , ...lengths] = node.outputs[0].shape;
  if (isPointwise(node, node.inputs[1].shape)) {
    const [maps, filters] = node.inputs;
    lowerPointwise(context, { name: "conv input gradient", maps, filters, column: 1, groups }, open);
    return;
  }
  const whole = open(context.mapOrder(node.outputs[0].shape));
  const [dx] = whole.views;
  const outputs = node.inputs[0].shape.slice(2);
  if (usesWinograd(context, node, node.outputs[0], node.inputs[1])) {
    lowerWinograd(context, {
      ...{ name: "conv input gradient", sink: whole, isFlipped: true },
      before: kernelOf(node.inputs[1]).map((n, i) => n - 1 - padding[i]),
      x: context.reordered(node.inputs[0], context.mapOrder(node.inputs[0].shape)),
      w: reorderedView(context, node.inputs[1], [0, 2, 3, 1]),
    });
    return;
  }
  const phases = lengths.map((length, i) =>
    phasesOf(length, node.inputs[1].shape[2 + i], stride[i], padding[i], dilation[i]),
  );
  const isGuarded = isBatchInnermost(dx) && shareInside(phases, outputs, node.inputs[1].shape.slice(2)) < WORTH_PADDING;
  // In the order of the loops below: filters read across would come from all over the memory.
  const spatialAxes = stride.map((_, i) => 2 + i);
  const w = context.reordered(node.inputs[1], isGuarded ? [1, ...spatialAxes, 0] : [1, 0, ...spatialAxes]);
  const [filters, seen] = w.shape;
  const before = phases.map((list) => Math.max(0, ...list.map(({ first, taps, step }) => (taps - 1) * step - first)));
  const after = phases.map((list, i) =>
    Math.max(0, ...list.map(({ taps, first, count }) => (taps === 0 ? 0 : first + count - outputs[i]))),
  );
  const given = context.inOrderOf(node.inputs[0], dx);
  const dy = isGuarded ? given : context.padded(given, before, after);
  const [ys, ws] = [parts(dy), parts(w)];
  const perGroup = filters / groups;
  const maps = axis(perGroup, ys.c, ws.n);
  for (const phase of everyChoice(phases)) {
    const sink = phase.reduce((part, { start, count }, i) => every(part, 2 + i, start, stride[i], count), whole);
    // From the last tap to the first, so that positions in dy go up.
    const starts = phase.map(({ first, taps, step }, i) => first - (taps - 1) * step + (isGuarded ? 0 : before[i]));
    const spatial = phase.map(({ count }, i) => ({
      ...axis(count, ys.spatial[i], 0, along(sink, 2 + i)),
      spatial: i,
    }));
    const batch = axis(samples, ys.n, 0, along(sink, 0));
    const { outer, row } = isGuarded ? { outer: spatial, row: batch } : splitRows([batch, ...spatial]);
    const taps = phase.map(({ taps, step, tapStep, first }, i) => {
      const offset = first - (taps - 1) * step;
      const guard = { spatial: i, spatialStep: 1, step, offset, length: outputs[i] };
      const isInside = before[i] === 0 && after[i] === 0;
      return {
        ...axis(taps, step * ys.spatial[i], -tapStep * ws.spatial[i]),
        ...(isGuarded ? { guard } : isInside ? {} : { met: guard }),
      };
    });
    const from = starts.reduce((sum, n, i) => sum + n * ys.spatial[i], 0);
    const last = phase.reduce(
      (sum, { tap, taps, tapStep }, i) => sum + (tap + (taps - 1) * tapStep) * ws.spatial[i],
      0,
    );
    lowerContraction(context, {
      name: "conv input gradient",
      ...{ a: { ...dy, offset: dy.offset + from }, b: { ...w, offset: w.offset + last }, sink },
      outer: [...outer, axis(groups, perGroup * ys.c, perGroup * ws.n, along(sink, 1, seen))],
      row,
      column: axis(seen, 0, ws.c, along(sink, 1)),
      // Guarded axes outside: their checks are few, and the loop over filters inside is long.
      inner: isGuarded ? [...taps, maps] : [maps, ...taps],
    });
  }
}

/** The positions start, start + stride, … of dx along an axis: they meet the same taps. */
interface Phase {
  readonly start: number;
  readonly count: number;
  /** The first of these taps, how many there are, and how far they are apart. */
  readonly tap: number;
  readonly taps: number;
  readonly tapStep: number;
  /** Which position of dy the first position meets at the first tap; at the next tap it is `step` less. */
  readonly first: number;
  readonly step: number;
}

/** Guards put the sum over filters, which lie far apart, inside: they pay when they save this much. */
const WORTH_PADDING = 0.8;

/** Which part of the meetings of positions and taps is inside dy. */
const shareInside = (
  phases: readonly (readonly Phase[])[],
  outputs: readonly number[],
  kernel: readonly number[],
): number =>
  phases.reduce((share, list, i) => {
    const meetings = list.reduce((sum, { count, taps }) => sum + count * taps, 0);
    return share * (meetings === 0 ? 1 : (outputs[i] * kernel[i]) / meetings);
  }, 1);

function phasesOf(length: number, kernel: number, stride: number, before: number, dilation: number): Phase[] {
  const tapStep = range(stride).find((n) => ((n + 1) * dilation) % stride === 0)! + 1;
  return range(Math.min(stride, length)).map((start) => {
    const tap = range(Math.min(tapStep, kernel)).find((k) => (start + before - k * dilation) % stride === 0);
    return {
      start,
      count: Math.ceil((length - start) / stride),
      tap: tap ?? 0,
      taps: tap === undefined ? 0 : Math.ceil((kernel - tap) / tapStep),
      tapStep,
      first: tap === undefined ? 0 : (start + before - tap * dilation) / stride,
      step: (tapStep * dilation) / stride,
    };
  });
}

/** A sink for the positions start, start + step, … along an axis. */
const every = ({ views, ...sink }: Sink, axis: number, start: number, step: number, count: number): Sink => ({
  ...sink,
  views: views.map((view) => partOf(view, axis, start, count, step)),
});

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
  const [xs, ys] = [parts(x), parts(dy)];
  const [filters, seen, ...kernel] = node.outputs[0].shape;
  const perGroup = filters / groups;
  const taps = [
    axis(seen, xs.c, 0, along(sink, 1)),
    ...kernel.map((length, i) => ({
      ...axis(length, dilation[i] * xs.spatial[i], 0, along(sink, 2 + i)),
      spatial: i,
    })),
  ];
  const row = longest(taps);
  const outer = taps.filter((_, i) => i !== row);
  const samples = axis(x.shape[0], xs.n, ys.n);
  const positions = dy.shape.slice(2).map((length, i) => ({
    ...axis(length, stride[i] * xs.spatial[i], ys.spatial[i]),
    met: metBy(node.inputs[0], padding, i, dilation[i], stride[i]),
  }));
  lowerContraction(context, {
    name: "conv filter gradient",
    ...{ a: x, b: dy, sink },
    outer: [...outer, axis(groups, seen * xs.c, perGroup * ys.c, along(sink, 0, perGroup))],
    row: taps[row],
    column: axis(perGroup, 0, ys.c, along(sink, 0)),
    // Samples innermost where they lie so; else what is short, so that blocks of the sum can be small.
    inner: isBatchInnermost(x)
      ? [...positions, samples]
      : isDirect
        ? [samples, ...evenly(positions)]
        : [positions[0], samples, ...positions.slice(1)],
  });
}
