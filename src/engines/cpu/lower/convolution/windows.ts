/** Loops over the windows of a pooling op: over outputs, and over the window's positions one by one. */
import { sizeOf } from "../../../../array/index.ts";
import { type Axis, windowAxes } from "../../../../ops/index.ts";
import { apply, at, type Index, indexValue, integer, type KernelBuilder, plus, times } from "../../loops/index.ts";
import { isBatchInnermost, mapLoop, nest, type Tuning, type View } from "../context/index.ts";
import { lengthOf, type Range, type Region, regionsOf, wholeRegion } from "./stretches.ts";

export interface PoolAttributes {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
  readonly includePadding?: boolean;
}

export const poolAxes = (spatial: readonly number[], { kernel, ceil, ...window }: PoolAttributes): Axis[] =>
  windowAxes(spatial, kernel, window, ceil);

/** Whether some window hangs over the input's edge along an axis. */
export const overhangs = ({ input, output, kernel, stride, dilation, before }: Axis): boolean =>
  before > 0 || (output - 1) * stride + (kernel - 1) * dilation - before >= input;

/** An output position of one plane, [sample, channel], and the offsets that meet the input there, where they are known. */
export interface WindowPlace {
  readonly plane: readonly Index[];
  readonly outputs: readonly Index[];
  readonly inside: readonly Range[] | undefined;
}

const isWrittenOut = (axes: readonly Axis[], { maps }: Tuning): boolean =>
  sizeOf(axes.map(({ kernel }) => kernel)) <= maps.windowWrittenOut;

/** Visits the offsets within the window in scan order: written out, or in loops where there are many. */
function forEachOffset(
  b: KernelBuilder,
  tuning: Tuning,
  axes: readonly Axis[],
  inside: readonly Range[] | undefined,
  visit: (offsets: readonly Index[]) => void,
): void {
  const ranges = inside ?? axes.map(({ kernel }) => ({ from: 0, to: kernel }));
  if (!isWrittenOut(axes, tuning)) {
    nest(b, ranges.map(lengthOf), (offsets) => visit(offsets.map((k, i) => plus(k, ranges[i].from))), 0);
    return;
  }
  const descend = (offsets: readonly Index[]): void => {
    const range = ranges[offsets.length];
    if (range === undefined) visit(offsets);
    else for (let k = range.from; k < range.to; k++) descend([...offsets, at(k)]);
  };
  descend([]);
}

type VisitPlace = (place: WindowPlace, lanes: number) => void;

/**
 * Loops over maps and output positions; vectors run over the samples, or the channels, where they lie innermost in all
 * views. `visit` gets the place of a window and the number of lanes. Windows at the edges have loops of their own. Threads
 * share the planes, and the positions too unless windows write to where they overlap.
 */
export function forEachOutput(
  b: KernelBuilder,
  tuning: Tuning,
  shape: readonly number[],
  axes: readonly Axis[],
  views: readonly View[],
  visit: VisitPlace,
  { overlapping = false } = {},
): void {
  const visits = isWrittenOut(axes, tuning) ? sizeOf(axes.map(({ kernel }) => kernel)) : 1;
  const regions = overlapping ? [wholeRegion(axes)] : regionsOf(axes, visits, tuning.maps.offsetsWrittenOut);
  const independent = overlapping ? 0 : axes.length;
  for (const region of regions) forEachIn(b, tuning, shape, region, views, visit, independent);
}

/** @param independent how many of the axes of positions threads may share */
function forEachIn(
  b: KernelBuilder,
  tuning: Tuning,
  [n, c]: readonly number[],
  { outputs: ranges, inside }: Region,
  views: readonly View[],
  visit: VisitPlace,
  independent: number,
): void {
  const positions = ranges.map(lengthOf);
  const placeAt = (plane: readonly Index[], indices: readonly Index[]): WindowPlace => {
    return { plane, outputs: indices.map((i, k) => plus(i, ranges[k].from)), inside };
  };
  if (views.every(isBatchInnermost)) {
    const visitSamples = ([channel, ...outputs]: Index[]): void =>
      mapLoop(b, tuning, n, (batch, lanes) => visit(placeAt([batch, channel], outputs), lanes));
    nest(b, [c, ...positions], visitSamples, 1 + independent);
  } else if (views.every(({ strides }) => strides[1] === 1)) {
    const visitChannels = ([batch, ...outputs]: Index[]): void =>
      mapLoop(b, tuning, c, (channel, lanes) => visit(placeAt([batch, channel], outputs), lanes));
    nest(b, [n, ...positions], visitChannels, 1 + independent);
  } else {
    nest(
      b,
      [n, c, ...positions],
      ([batch, channel, ...outputs]) => visit(placeAt([batch, channel], outputs), 1),
      2 + independent,
    );
  }
}

/** Visits those positions of a window that lie inside the input, with a check where it is not known which do. */
export function forEachInside(
  b: KernelBuilder,
  tuning: Tuning,
  axes: readonly Axis[],
  { outputs, inside }: WindowPlace,
  visit: (inputs: readonly Index[], ordinal: Index) => void,
): void {
  forEachOffset(b, tuning, axes, inside, (offsets) => {
    const inputs = axes.map(({ stride, dilation, before }, i) =>
      plus(plus(times(outputs[i], stride), times(offsets[i], dilation)), -before),
    );
    const ordinal = inputs.reduce((sum, index, i) => plus(times(sum, axes[i].input), index), at(0));
    const conditions = axes.flatMap((axis, i) =>
      inside === undefined && overhangs(axis)
        ? [apply("ge", indexValue(inputs[i]), integer(0)), apply("lt", indexValue(inputs[i]), integer(axis.input))]
        : [],
    );
    if (conditions.length === 0) visit(inputs, ordinal);
    else
      b.when(
        conditions.reduce((all, condition) => apply("and", all, condition)),
        () => visit(inputs, ordinal),
      );
  });
}

export const inPlane = ({ strides, offset }: View, [n, c]: readonly Index[], spatial: readonly Index[]): Index =>
  spatial.reduce(
    (sum, index, i) => plus(sum, times(index, strides[2 + i])),
    plus(plus(at(offset), times(n, strides[0])), times(c, strides[1])),
  );
