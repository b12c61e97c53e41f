/** Pooling: loops over outputs, the window's positions one by one. */
import { sizeOf } from "../../../../array/index.ts";
import type { OpNode } from "../../../../graph/index.ts";
import { isUseOf } from "../../../../ops/registry.ts";
import { type Axis, windowAxes } from "../../../../ops/window.ts";
import { show } from "../../../../passes/index.ts";
import type { Index, Value } from "../../loops/index.ts";
import { apply, at, constant, indexValue, type KernelBuilder, plus, scalar, splat, times } from "../../loops/index.ts";
import { clear, isBatchInnermost, type LoweringContext, mapLoop, nest, orderOf, type View } from "../context/index.ts";

interface PoolAttributes {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
  readonly includePadding?: boolean;
}

const integer = (value: number): Value => constant(value, scalar("i32"));
const float = (value: number): Value => constant(value, scalar("f32"));

const axesOf = (spatial: readonly number[], { kernel, ceil, ...window }: PoolAttributes): Axis[] =>
  windowAxes(spatial, kernel, window, ceil);

/** Whether some window hangs over the input's edge along an axis. */
const overhangs = ({ input, output, kernel, stride, dilation, before }: Axis): boolean =>
  before > 0 || (output - 1) * stride + (kernel - 1) * dilation - before >= input;

/** Windows of up to this many positions are written out; larger ones, such as whole maps, are loops. */
const WRITTEN_OUT = 64;

/** Visits the offsets within the window in scan order. */
function forEachOffset(b: KernelBuilder, axes: readonly Axis[], visit: (offsets: readonly Index[]) => void): void {
  const kernel = axes.map(({ kernel }) => kernel);
  if (sizeOf(kernel) > WRITTEN_OUT) {
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
 * views. `visit` gets the indices of sample and channel, those of the position, and how many of them it is for. Threads
 * share the planes, and the positions too unless windows write to where they overlap.
 */
function forEachOutput(
  b: KernelBuilder,
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
      mapLoop(b, n, (batch, lanes) => visit([batch, channel], outputs, lanes));
    nest(b, [c, ...positions], visitSamples, 1 + independent);
  } else if (views.every(({ strides }) => strides[1] === 1)) {
    const visitChannels = ([batch, ...outputs]: Index[]): void =>
      mapLoop(b, c, (channel, lanes) => visit([batch, channel], outputs, lanes));
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
function forEachInside(
  b: KernelBuilder,
  axes: readonly Axis[],
  outputs: readonly Index[],
  visit: (inputs: readonly Index[], ordinal: Index) => void,
): void {
  forEachOffset(b, axes, (offsets) => {
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

const inPlane = ({ strides, offset }: View, [n, c]: readonly Index[], spatial: readonly Index[]): Index =>
  spatial.reduce(
    (sum, index, i) => plus(sum, times(index, strides[2 + i])),
    plus(plus(at(offset), times(n, strides[0])), times(c, strides[1])),
  );

export function lowerMaxPool(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const [y, winners] = node.outputs.map((output) => context.output(output, orderOf(x)));
  const axes = axesOf(x.shape.slice(2), node.attributes as unknown as PoolAttributes);
  context.emit("maxPool", [x.buffer], [y.buffer, winners.buffer], (b) => {
    forEachOutput(b, x.shape, axes, [x, y], (plane, outputs, lanes) => {
      const best = b.local(constant(-Infinity, { lane: "f32", lanes }));
      const winner = b.local(constant(-1, { lane: "i32", lanes }));
      forEachInside(b, axes, outputs, (inputs, ordinal) => {
        const value = b.local(b.load(x.buffer, inPlane(x, plane, inputs), lanes));
        // As in the op's reference: the first wins ties, and NaN wins and stays.
        const keeps = apply("or", apply("le", value, best), apply("ne", best, best));
        const isFirst = apply("lt", winner, constant(0, winner.type));
        const wins = b.local(apply("or", isFirst, apply("not", keeps)));
        b.set(best, apply("select", wins, value, best));
        b.set(winner, apply("select", wins, splat(indexValue(ordinal), lanes), winner));
      });
      b.store(y.buffer, inPlane(y, plane, outputs), best);
      b.store(winners.buffer, inPlane(winners, plane, outputs), winner);
    });
  });
}

/** Whether windows lie side by side and cover the whole input. */
const tilesInput = (axes: readonly Axis[]): boolean =>
  axes.every(
    (axis) => axis.stride === axis.kernel && axis.dilation === 1 && axis.output * axis.kernel === axis.input,
  ) && !axes.some(overhangs);

const windowsOf = ({ outputs: [dx], attributes }: OpNode): Axis[] =>
  axesOf(dx.shape.slice(2), attributes as unknown as PoolAttributes);

/** Whether positions are those that max pooling found in the same windows, which lie side by side and cover the map. */
export function hasSeparateWindows(node: OpNode): boolean {
  const [, { node: pool, index }] = node.inputs;
  if (!isUseOf(pool, "maxPool") || index !== 1 || !tilesInput(windowsOf(node))) return false;
  const windows = { ...pool.attributes, size: pool.inputs[0].shape.slice(2) };
  return Object.entries(windows).every(([name, value]) => show(value) === show(node.attributes[name]));
}

/** Every position takes its window's dy where it won, and else 0; vectors run as in the forward pass. */
export function lowerMaxPoolGradient(context: LoweringContext, node: OpNode): void {
  const [dy, winners] = node.inputs.map((input) => context.view(input));
  const dx = context.output(node.outputs[0], orderOf(dy));
  const axes = windowsOf(node);
  context.emit("maxPool gradient", [winners.buffer, dy.buffer], [dx.buffer], (b) => {
    forEachOutput(b, dx.shape, axes, [winners, dy, dx], (plane, outputs, lanes) => {
      const winner = b.local(b.load(winners.buffer, inPlane(winners, plane, outputs), lanes));
      const slope = b.local(b.load(dy.buffer, inPlane(dy, plane, outputs), lanes));
      forEachInside(b, axes, outputs, (inputs, ordinal) => {
        const wins = apply("eq", winner, splat(indexValue(ordinal), lanes));
        const share = apply("select", wins, slope, constant(0, slope.type));
        b.store(dx.buffer, inPlane(dx, plane, inputs), share);
      });
    });
  });
}

/** One over the number of positions that a window's mean is taken over, from a table along each axis. */
function countOf(axes: readonly Axis[], includePadding: boolean) {
  const along = axes.map(({ input, output, kernel, stride, before, after }) =>
    Array.from({ length: output }, (_, o) => {
      const start = o * stride - before;
      const [low, high] = includePadding ? [-before, input + after] : [0, input];
      return Math.min(start + kernel, high) - Math.max(start, low);
    }),
  );
  const usual = along.map((counts) => counts[Math.floor(counts.length / 2)]);
  /** The count as a value: the usual one, with selections for the windows at the edges that differ. */
  return (outputs: readonly Index[]): Value =>
    along
      .map((counts, i) => {
        const position = indexValue(outputs[i]);
        const exceptions = counts.flatMap((count, o) => (count === usual[i] ? [] : [{ count, o }]));
        return exceptions.reduce(
          (value, { count, o }) => apply("select", apply("eq", position, integer(o)), float(count), value),
          float(usual[i]),
        );
      })
      .reduce((product, count) => apply("mul", product, count));
}

export function lowerAvgPool(context: LoweringContext, node: OpNode): void {
  const x = context.view(node.inputs[0]);
  const y = context.output(node.outputs[0], orderOf(x));
  const attributes = node.attributes as unknown as PoolAttributes;
  const axes = axesOf(x.shape.slice(2), attributes);
  const count = countOf(axes, attributes.includePadding ?? true);
  context.emit("avgPool", [x.buffer], [y.buffer], (b) => {
    forEachOutput(b, x.shape, axes, [x, y], (plane, outputs, lanes) => {
      const sum = b.local(constant(0, { lane: "f32", lanes }));
      forEachInside(b, axes, outputs, (inputs) => {
        b.set(sum, apply("add", sum, b.load(x.buffer, inPlane(x, plane, inputs), lanes)));
      });
      b.store(y.buffer, inPlane(y, plane, outputs), apply("div", sum, splat(count(outputs), lanes)));
    });
  });
}

export function lowerAvgPoolGradient(context: LoweringContext, node: OpNode): void {
  const dy = context.view(node.inputs[0]);
  const dx = context.output(node.outputs[0], orderOf(dy));
  const attributes = node.attributes as unknown as PoolAttributes;
  const axes = axesOf(dx.shape.slice(2), attributes);
  const count = countOf(axes, attributes.includePadding ?? true);
  context.emit("clear", [], [dx.buffer], (b) => clear(b, dx.buffer, 0));
  context.emit("avgPoolGradient", [dy.buffer], [dx.buffer], (b) => {
    forEachOutput(
      b,
      dx.shape,
      axes,
      [dy, dx],
      (plane, outputs, lanes) => {
        const place = inPlane(dy, plane, outputs);
        const part = b.local(apply("div", b.load(dy.buffer, place, lanes), splat(count(outputs), lanes)));
        forEachInside(b, axes, outputs, (inputs) => {
          const to = inPlane(dx, plane, inputs);
          b.store(dx.buffer, to, apply("add", b.load(dx.buffer, to, lanes), part));
        });
      },
      { overlapping: true },
    );
  });
}
