/** Ops that move elements: shapes, parts, repetitions, positions. */
import { sizeOf } from "../../../array/index.ts";
import type { OpNode, Tensor } from "../../../graph/index.ts";
import { isUseOf } from "../../../ops/index.ts";
import { type Lowering, withoutRepeats } from "../lowering.ts";
import { type Dim, int64, sameDims, type Value } from "../values.ts";
import { attributesOf, cannotExport, type OpRule } from "./rule.ts";

const reshape: OpRule = ({ inputs: [x], outputs: [y] }, g) => g.reshape(g.value(x), g.dims(y));

const transpose: OpRule = (node, g) =>
  g.transpose(g.value(node.inputs[0]), attributesOf<{ order: readonly number[] }>(node).order);

const broadcastTo: OpRule = ({ inputs: [x], outputs: [y] }, g) => {
  const source = withoutRepeats(x);
  const value = source.node.kind === "fill" ? g.scalar(source.node.value, x.dtype) : g.value(source);
  return sameDims(value.dims, g.dims(y)) ? value : g.expand(value, g.dims(y));
};

const concat: OpRule = (node, g) => {
  const { axis } = attributesOf<{ axis: number }>(node);
  const parts = node.inputs.map((part) => g.value(part));
  return parts.length === 1 ? parts[0] : g.emit("Concat", parts, g.like(node.outputs[0]), { axis });
};

const split: OpRule = (node, g) => {
  const { axis, sizes } = attributesOf<{ axis: number; sizes: readonly number[] }>(node);
  const types = node.outputs.map((output) => g.like(output));
  return g.emitAll("Split", [g.value(node.inputs[0]), int64(sizes)], types, { axis });
};

interface Slice {
  readonly start: readonly number[];
  readonly step: readonly number[];
}

/** Only the axes of which something is left out are named. */
const slice: OpRule = (node, g) => {
  const [x, y] = [node.inputs[0], node.outputs[0]];
  const { start, step } = attributesOf<Slice>(node);
  const [from, to] = [g.dims(x), g.dims(y)];
  const axes = from.flatMap((dim, axis) => (dim === to[axis] ? [] : [axis]));
  if (axes.length === 0) return g.value(x);
  const open = axes.find((axis) => typeof to[axis] === "string");
  if (open !== undefined)
    throw cannotExport("slice", node.path, `it takes a part of axis ${open}, whose length is open`);
  const ends = axes.map((axis) => {
    const size = Number(to[axis]);
    return size === 0 ? start[axis] : start[axis] + (size - 1) * step[axis] + 1;
  });
  const starts = axes.map((axis) => start[axis]);
  const steps = axes.map((axis) => step[axis]);
  return g.emit("Slice", [g.value(x), int64(starts), int64(ends), int64(axes), int64(steps)], g.like(y));
};

interface Pad {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

const pad: OpRule = (node, g) => {
  const [x, y] = [node.inputs[0], node.outputs[0]];
  const { before, after, interior, value } = attributesOf<Pad>(node);
  if (interior.some((n) => n > 0)) throw cannotExport("pad", node.path, "ONNX has no padding between elements");
  const fill = value === 0 ? [] : [g.scalar(value, x.dtype)];
  return g.emit("Pad", [g.value(x), int64([...before, ...after]), ...fill], g.like(y));
};

/** One list of positions for all rows is Gather; positions that differ from row to row are GatherElements. */
const gather: OpRule = (node, g) => {
  const [x, index] = node.inputs;
  const { axis } = attributesOf<{ axis: number }>(node);
  const list = positionsAlong(index, axis, g);
  if (list !== undefined) return g.emit("Gather", [g.value(x), list], g.like(node.outputs[0]), { axis });
  return g.emit("GatherElements", [g.value(x), g.value(index)], g.like(node.outputs[0]), { axis });
};

/** Positions that are the same along all other axes, as a list. */
function positionsAlong(index: Tensor, axis: number, g: Lowering): Value | undefined {
  const whole = repeatedWhole(index, axis, g);
  if (whole !== undefined) return whole;
  const source = withoutRepeats(index);
  const lead = index.shape.length - source.shape.length;
  if (!source.shape.every((n, i) => n === 1 || lead + i === axis) || sizeOf(source.shape) !== index.shape[axis])
    return undefined;
  if (g.isConstant(source)) return g.reshaped(source, [index.shape[axis]]);
  return g.reshape(g.value(source), [g.dims(index)[axis]]);
}

/** A constant that was repeated along leading axes, and then flattened into the last one. */
function repeatedWhole(index: Tensor, axis: number, g: Lowering): Value | undefined {
  if (!isUseOf(index.node, "reshape") || axis !== index.shape.length - 1) return undefined;
  const [repeated] = index.node.inputs;
  const source = withoutRepeats(repeated);
  const isWhole = source !== repeated && sizeOf(source.shape) === index.shape[axis] && g.isConstant(source);
  if (!isWhole) return undefined;
  const outer = (dims: readonly Dim[], count: number): readonly Dim[] => dims.slice(0, count);
  const count = repeated.shape.length - source.shape.length;
  return sameDims(outer(g.dims(repeated), count), outer(g.dims(index), axis))
    ? g.reshaped(source, [index.shape[axis]])
    : undefined;
}

const scatterAdd: OpRule = (node: OpNode, g) => {
  const [x, index] = node.inputs;
  const { axis } = attributesOf<{ axis: number }>(node);
  const zeros = g.expand(g.scalar(0, x.dtype), g.dims(node.outputs[0]));
  const attributes = { axis, reduction: "add" };
  return g.emit("ScatterElements", [zeros, g.value(index), g.value(x)], g.like(node.outputs[0]), attributes);
};

export const movementRules: Readonly<Record<string, OpRule>> = {
  ...{ reshape, transpose, broadcastTo, concat, split, slice, pad, gather, scatterAdd },
};
