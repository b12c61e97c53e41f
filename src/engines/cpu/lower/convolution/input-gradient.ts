/**
 * The gradient of a convolution with respect to its input,
 *
 *   dx[n,i,p] = Σ w[j,i,k] · dy[n,j,o] over p = o·stride + k·dilation − before,
 *
 * a convolution of dy with the flipped filters (Sherbrooke, "gradient of convolution layer"). Each phase p mod stride is a
 * convolution of its own, with its share of the taps (`phases.ts`). Positions beside dy are zeros of a padded copy; where they
 * are many and samples lie innermost, they are left out by guards.
 */
import type { OpNode } from "../../../../graph/index.ts";
import { everyChoice, isBatchInnermost, type LoweringContext, type View } from "../context/index.ts";
import {
  axis,
  type ContractionAxis,
  lowerContraction,
  mapStrides,
  type OpenSink,
  type Sink,
  splitRows,
  stepsAlong,
} from "../contraction/index.ts";
import { attributesOf, type ConvAttributes, isPointwise, kernelOf, reorderedView, usesWinograd } from "./attributes.ts";
import { everyNth, type Phase, phasesOf, shareInside } from "./phases.ts";
import { lowerPointwise } from "./pointwise.ts";
import { lowerWinograd } from "./winograd.ts";

export function lowerConvInputGradient(context: LoweringContext, node: OpNode, open: OpenSink): void {
  const { padding, groups } = attributesOf(node);
  const [dy, weight] = node.inputs;
  const [dx] = node.outputs;
  if (isPointwise(node, weight.shape)) {
    lowerPointwise(context, { name: "conv input gradient", maps: dy, filters: weight, column: 1, groups }, open);
    return;
  }
  const sink = open(context.mapOrder(dx.shape));
  if (!usesWinograd(context, node, dx, weight)) {
    lowerPhases(context, node, sink);
    return;
  }
  lowerWinograd(context, {
    ...{ name: "conv input gradient", sink, isFlipped: true },
    before: kernelOf(weight).map((n, i) => n - 1 - padding[i]),
    x: context.reordered(dy, context.mapOrder(dy.shape)),
    w: reorderedView(context, weight, [0, 2, 3, 1]),
  });
}

/** What all phases read and write. */
interface Operands {
  readonly attributes: ConvAttributes;
  readonly whole: Sink;
  /** With zeros around, unless guards leave out what is beside it. */
  readonly dy: View;
  readonly w: View;
  /** The lengths of dy's spatial axes, and zeros before and after them. */
  readonly outputs: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly isGuarded: boolean;
}

function lowerPhases(context: LoweringContext, node: OpNode, whole: Sink): void {
  const attributes = attributesOf(node);
  const { stride, padding, dilation } = attributes;
  const [dx] = whole.views;
  const [outputs, kernel] = node.inputs.map(kernelOf);
  const phases = dx.shape.slice(2).map((length, i) => phasesOf(length, kernel[i], stride[i], padding[i], dilation[i]));
  const { guardBelow } = context.tuning.padding;
  const isGuarded = isBatchInnermost(dx) && shareInside(phases, outputs, kernel) < guardBelow;
  // In the order of the loops below: filters read across would come from all over the memory.
  const spatialAxes = stride.map((_, i) => 2 + i);
  // Filters of one tap lie as matrix products want them.
  const isOneTap = kernel.every((n) => n === 1);
  const w = isOneTap
    ? context.view(node.inputs[1])
    : context.reordered(node.inputs[1], isGuarded ? [1, ...spatialAxes, 0] : [1, 0, ...spatialAxes]);
  const before = phases.map((list) => Math.max(0, ...list.map(({ first, taps, step }) => (taps - 1) * step - first)));
  const after = phases.map((list, i) =>
    Math.max(0, ...list.map(({ taps, first, count }) => (taps === 0 ? 0 : first + count - outputs[i]))),
  );
  const given = context.inOrderOf(node.inputs[0], dx);
  const dy = isGuarded ? given : context.padded(given, before, after);
  const operands = { attributes, whole, dy, w, outputs, before, after, isGuarded };
  for (const phase of everyChoice(phases)) lowerPhase(context, operands, phase);
}

/** @param phase along each spatial axis */
function lowerPhase(context: LoweringContext, operands: Operands, phase: readonly Phase[]): void {
  const { whole, dy, w, isGuarded } = operands;
  const { stride, groups } = operands.attributes;
  const [ys, ws] = [mapStrides(dy), mapStrides(w)];
  const [filters, seen] = w.shape;
  const perGroup = filters / groups;
  const sink = phase.reduce((part, { start, count }, i) => everyNth(part, 2 + i, start, stride[i], count), whole);
  const spatial = phase.map(({ count }, i) => ({
    ...axis(count, ys.spatial[i], 0, stepsAlong(sink, 2 + i)),
    spatial: i,
  }));
  const batch = axis(whole.views[0].shape[0], ys.n, 0, stepsAlong(sink, 0));
  const { outer, row } = isGuarded ? { outer: spatial, row: batch } : splitRows([batch, ...spatial], context.tuning);
  const maps = axis(perGroup, ys.c, ws.n);
  const taps = phase.map((along, i) => tapsAlong(operands, along, i));
  lowerContraction(context, {
    name: "conv input gradient",
    ...{ ...startOf(operands, phase), sink },
    outer: [...outer, axis(groups, perGroup * ys.c, perGroup * ws.n, stepsAlong(sink, 1, seen))],
    row,
    column: axis(seen, 0, ws.c, stepsAlong(sink, 1)),
    // Guarded axes outside: their checks are few, and the loop over filters inside is long.
    inner: isGuarded ? [...taps, maps] : [maps, ...taps],
  });
}

/** The position in dy that the first position of a phase meets at its last tap. */
const lastMeeting = ({ first, taps, step }: Phase): number => first - (taps - 1) * step;

/** The inner axis of a phase's taps: from the last one to the first, so that positions in dy go up. */
function tapsAlong({ dy, w, outputs, before, after, isGuarded }: Operands, phase: Phase, i: number): ContractionAxis {
  const { taps, step, tapStep } = phase;
  const guard = { spatial: i, spatialStep: 1, step, offset: lastMeeting(phase), length: outputs[i] };
  const isInside = before[i] === 0 && after[i] === 0;
  return {
    ...axis(taps, step * mapStrides(dy).spatial[i], -tapStep * mapStrides(w).spatial[i]),
    ...(isGuarded ? { guard } : isInside ? {} : { met: guard }),
  };
}

/** Where a phase begins in dy and, with its last tap, in the filters. */
function startOf({ dy, w, before, isGuarded }: Operands, phase: readonly Phase[]): { a: View; b: View } {
  const [ys, ws] = [mapStrides(dy), mapStrides(w)];
  const starts = phase.map((along, i) => lastMeeting(along) + (isGuarded ? 0 : before[i]));
  const from = starts.reduce((sum, n, i) => sum + n * ys.spatial[i], 0);
  const last = phase.reduce((sum, { tap, taps, tapStep }, i) => sum + (tap + (taps - 1) * tapStep) * ws.spatial[i], 0);
  return { a: { ...dy, offset: dy.offset + from }, b: { ...w, offset: w.offset + last } };
}
