/** Loops over the windows of a pooling op: over outputs, and over the window's positions one by one. */
import { sizeOf } from "../../../../array/index.ts";
import { type Axis, windowAxes } from "../../../../ops/index.ts";
import { apply, at, type Index, indexValue, integer, type KernelBuilder, plus, times } from "../../loops/index.ts";
import { isBatchInnermost, mapLoop, nest, type Tuning, type View } from "../context/index.ts";

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

/** Visits the offsets within the window in scan order: written out, or in loops where there are many. */
function forEachOffset(
  b: KernelBuilder,
  { maps }: Tuning,
  axes: readonly Axis[],
  visit: (offsets: readonly Index[]) => void,
): void {
  const kernel = axes.map(({ kernel }) => kernel);
  if (sizeOf(kernel) > maps.windowWrittenOut) {
    nest(b, kernel, visit, 0);
    return;
  }
  const descend = (offsets: readonly Index[]): void => {
    if (offsets.length === kernel.length) visit(offsets);
    else for (let k = 0; k < kernel[offsets.length]; k++) descend([...offsets, at(k)]);
  };
  descend([]);
}

/**
 * Loops over maps and output positions; vectors run over the samples, or the channels, where they lie innermost in all
 * views. `visit` gets the indices of sample and channel, those of the position, and the number of lanes. Threads
 * share the planes, and the positions too unless windows write to where they overlap.
 */
export function forEachOutput(
  b: KernelBuilder,
  tuning: Tuning,
  [n, c]: readonly number[],
  axes: readonly Axis[],
  views: readonly View[],
  visit: (plane: readonly Index[], outputs: readonly Index[], lanes: number) => void,
  { overlapping = false } = {},
): void {
  const positions = axes.map(({ output }) => output);
  const independent = overlapping ? 0 : positions.length;
  if (views.every(isBatchInnermost)) {
    const visitSamples = ([channel, ...outputs]: Index[]): void =>
      mapLoop(b, tuning, n, (batch, lanes) => visit([batch, channel], outputs, lanes));
    nest(b, [c, ...positions], visitSamples, 1 + independent);
  } else if (views.every(({ strides }) => strides[1] === 1)) {
    const visitChannels = ([batch, ...outputs]: Index[]): void =>
      mapLoop(b, tuning, c, (channel, lanes) => visit([batch, channel], outputs, lanes));
    nest(b, [n, ...positions], visitChannels, 1 + independent);
  } else {
    nest(
      b,
      [n, c, ...positions],
      ([batch, channel, ...outputs]) => visit([batch, channel], outputs, 1),
      2 + independent,
    );
  }
}

/** Visits those positions of the window at `outputs` that lie inside the input, with a check where windows overhang. */
export function forEachInside(
  b: KernelBuilder,
  tuning: Tuning,
  axes: readonly Axis[],
  outputs: readonly Index[],
  visit: (inputs: readonly Index[], ordinal: Index) => void,
): void {
  forEachOffset(b, tuning, axes, (offsets) => {
    const inputs = axes.map(({ stride, dilation, before }, i) =>
      plus(plus(times(outputs[i], stride), times(offsets[i], dilation)), -before),
    );
    const ordinal = inputs.reduce((sum, index, i) => plus(times(sum, axes[i].input), index), at(0));
    const conditions = axes.flatMap((axis, i) =>
      overhangs(axis)
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
