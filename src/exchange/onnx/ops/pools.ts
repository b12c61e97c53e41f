/**
 * Pooling. What a last window overhangs is written as explicit padding at the end: `ceil_mode` is where implementations
 * differ.
 */

import { sizeOf } from "../../../array/index.ts";
import type { OpNode } from "../../../graph/index.ts";
import { type Axis, windowAxes } from "../../../ops/index.ts";
import type { Lowering } from "../lowering.ts";
import { type Dim, int64, type Value } from "../values.ts";
import { attributesOf, cannotExport, type OpRule } from "./rule.ts";

interface Pooling {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly ceil: boolean;
}

function axesOf(node: OpNode): readonly Axis[] {
  const { kernel, stride, padding, dilation, ceil } = attributesOf<Pooling>(node);
  return windowAxes(node.inputs[0].shape.slice(2), kernel, { stride, padding, dilation }, ceil);
}

/** By how much the last window goes beyond the padded input. */
const overhang = ({ input, output, kernel, stride, dilation, before, after }: Axis): number =>
  Math.max(0, (output - 1) * stride + dilation * (kernel - 1) + 1 - (input + before + after));

const isGlobal = (axes: readonly Axis[]): boolean =>
  axes.every(({ input, output, kernel, before, after }) => output === 1 && kernel === input && before + after === 0);

/** Windows of one element that lie side by side. */
const isIdentity = (axes: readonly Axis[]): boolean =>
  axes.every(({ input, output, kernel, stride, before }) => input === output && kernel * stride === 1 && before === 0);

const windowOf = (axes: readonly Axis[], before: readonly number[], after: readonly number[]) => ({
  kernel_shape: axes.map(({ kernel }) => kernel),
  strides: axes.map(({ stride }) => stride),
  pads: [...before, ...after],
});

const befores = (axes: readonly Axis[]): number[] => axes.map(({ before }) => before);
const afters = (axes: readonly Axis[]): number[] => axes.map(({ after }) => after);
const overhangs = (axes: readonly Axis[]): number[] => axes.map(overhang);
const plus = (a: readonly number[], b: readonly number[]): number[] => a.map((n, i) => n + b[i]);

/** Padding never wins. Runtimes want less of it than the kernel has elements, so that more is put around before. */
const maxPool: OpRule = (node, g) => {
  const [x, [y, positions]] = [node.inputs[0], node.outputs];
  const axes = axesOf(node);
  const needsPositions = g.uses(positions) > 0;
  if (!needsPositions && isGlobal(axes)) return g.emit("GlobalMaxPool", [g.value(x)], g.like(y));
  const [before, after] = [befores(axes), plus(afters(axes), overhangs(axes))];
  const isTooMuch = axes.some(({ kernel }, i) => Math.max(before[i], after[i]) >= kernel);
  if (isTooMuch && needsPositions)
    throw cannotExport("maxPool", node.path, "its positions are remembered, and its padding is larger than the kernel");
  const none = axes.map(() => 0);
  const dilations = axes.map(({ dilation }) => dilation);
  if (isTooMuch) {
    const padded = padAround(g.value(x), [0, 0, ...before], [0, 0, ...after], -Infinity, g);
    return g.emit("MaxPool", [padded], g.like(y), { ...windowOf(axes, none, none), dilations });
  }
  const attributes = { ...windowOf(axes, before, after), dilations };
  if (!needsPositions) return g.emit("MaxPool", [g.value(x)], g.like(y), attributes);
  const types = [g.like(y), { dtype: "i64", dims: g.dims(y) }] as const;
  const [values, indices] = g.emitAll("MaxPool", [g.value(x)], types, attributes);
  return [values, withinMap(indices, sizeOf(x.shape.slice(2)), g)];
};

/** ONNX counts positions through all samples and channels, Fovea within each map. */
function withinMap(indices: Value, size: number, g: Lowering): Value {
  const within = g.emit("Mod", [indices, int64([size])], indices);
  return g.emit("Cast", [within], { dtype: "i32", dims: indices.dims }, { to: 6 });
}

/** With an overhang and counted padding, zeros are put around first: the overhang is not to be counted. */
const avgPool: OpRule = (node, g) => {
  const [x, y] = [node.inputs[0], node.outputs[0]];
  const axes = axesOf(node);
  const { includePadding } = attributesOf<Pooling & { includePadding: boolean }>(node);
  if (isIdentity(axes)) return g.value(x);
  if (isGlobal(axes)) return g.emit("GlobalAveragePool", [g.value(x)], g.like(y));
  const beyond = overhangs(axes);
  const [before, after] = [befores(axes), afters(axes)];
  if (!includePadding || plus(before, after).every((n) => n === 0))
    return g.emit("AveragePool", [g.value(x)], g.like(y), windowOf(axes, before, plus(after, beyond)));
  if (beyond.every((n) => n === 0))
    return g.emit("AveragePool", [g.value(x)], g.like(y), { ...windowOf(axes, before, after), count_include_pad: 1 });
  const padded = padAround(g.value(x), [0, 0, ...before], [0, 0, ...after], 0, g);
  const none = axes.map(() => 0);
  return g.emit("AveragePool", [padded], g.like(y), windowOf(axes, none, beyond));
};

/** A number around a value. */
function padAround(x: Value, before: readonly number[], after: readonly number[], value: number, g: Lowering): Value {
  const dims = x.dims.map((dim, i): Dim => (typeof dim === "number" ? before[i] + dim + after[i] : dim));
  return g.emit("Pad", [x, int64([...before, ...after]), g.scalar(value)], { dtype: x.dtype, dims });
}

export const poolRules: Readonly<Record<string, OpRule>> = { maxPool, avgPool };
