/**
 * Where a tensor's elements are: in a buffer, at an offset, with a stride for each axis. Reshaping, transposing, slicing
 * and repeating make new views of the same buffer and no kernel.
 */
import { type DType, type Shape, sizeOf, stridesOf } from "../../../../array/index.ts";
import type { Op, OpNode } from "../../../../graph/index.ts";
import { byRecord } from "../../../../ops/index.ts";
import { at, type Buffer, type Index, type Lane, plus, times } from "../../loops/index.ts";

export interface View {
  readonly buffer: Buffer;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

export const laneOfType = (dtype: DType): Lane => (dtype === "f32" ? "f32" : dtype === "bool" ? "mask" : "i32");

export function createBuffer(name: string, shape: Shape, lane: Lane): Buffer {
  return { name, lane, length: sizeOf(shape) };
}

export const contiguous = (buffer: Buffer, shape: Shape): View => ({
  buffer,
  shape,
  strides: stridesOf(shape),
  offset: 0,
});

/** The `count` positions start, start + step, … along an axis. */
export const partOf = (view: View, axis: number, start: number, count: number, step = 1): View => ({
  ...view,
  shape: view.shape.map((n, i) => (i === axis ? count : n)),
  strides: view.strides.map((stride, i) => (i === axis ? stride * step : stride)),
  offset: view.offset + start * view.strides[axis],
});

/** The order in which axes lie in memory, outermost first: those with the largest strides. */
export const orderOf = ({ strides, shape }: Pick<View, "strides" | "shape">): number[] =>
  shape.map((_, axis) => axis).sort((a, b) => strides[b] - strides[a] || a - b);

export const rowMajor = (shape: Shape): number[] => shape.map((_, axis) => axis);

/** Strides without gaps for a shape whose axes lie in the given order. */
export function stridesInOrder(shape: Shape, order: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Whether axes lie in the given order, the last one without gaps. */
export function liesInOrder({ shape, strides }: View, order: readonly number[]): boolean {
  let reach = 1;
  return order.toReversed().every((axis) => {
    if (shape[axis] === 1) return true;
    const fits = reach === 1 ? strides[axis] === 1 : strides[axis] >= reach;
    reach = strides[axis] * shape[axis];
    return fits;
  });
}

/** Whether samples lie next to each other: the layout for large batches, in which vectors run over the batch. */
export const isBatchInnermost = ({ shape, strides }: View): boolean =>
  shape.length >= 2 && strides[0] === 1 && shape[0] > 1;

export const batchInnermost = (shape: Shape): number[] => shape.map((_, i) => (i + 1) % shape.length);

export const channelsInnermost = ([, , ...spatial]: Shape): number[] => [0, ...spatial.map((_, i) => 2 + i), 1];

/** Whether the elements lie in row-major order without gaps. */
export const isContiguous = ({ shape, strides, offset, buffer }: View): boolean =>
  offset === 0 && buffer.length === sizeOf(shape) && isDense(shape, strides);

/** Whether strides are those of a row-major array. */
export function isDense(shape: Shape, strides: readonly number[]): boolean {
  const dense = stridesOf(shape);
  return shape.every((n, i) => n === 1 || strides[i] === dense[i]);
}

type Attributes = Readonly<Record<string, readonly number[]>>;

/** What movement ops do to a view; `undefined` where the elements have to be moved after all. */
const movements = byRecord<(view: View, attributes: Attributes, shape: Shape) => View | undefined>({
  stopGradient: (view) => view,
  reshape: (view, _, shape) => {
    const strides = reshapedStrides(view, shape);
    return strides && { ...view, shape, strides };
  },
  transpose: (view, { order }, shape) => ({ ...view, shape, strides: order.map((axis) => view.strides[axis]) }),
  slice: (view, { start, step }, shape) => ({
    ...view,
    shape,
    strides: view.strides.map((stride, i) => stride * step[i]),
    offset: view.offset + start.reduce((sum, n, i) => sum + n * view.strides[i], 0),
  }),
  broadcastTo: (view, _, shape) => {
    const lead = shape.length - view.shape.length;
    const strides = shape.map((_, i) => (i < lead || view.shape[i - lead] === 1 ? 0 : view.strides[i - lead]));
    return { ...view, shape, strides };
  },
});

export const isMovement = (op: Op): boolean => movements.has(op);

export const moved = (node: OpNode, view: View): View | undefined =>
  movements.get(node.op)!(view, node.attributes as Attributes, node.outputs[0].shape);

/** Strides for the same elements under another shape, where axes can be merged and split in place. */
function reshapedStrides(view: View, shape: Shape): number[] | undefined {
  if (sizeOf(shape) === 0) return stridesOf(shape);
  const from = collapse(view.shape, [view.strides]).map(({ length, strides: [stride] }) => ({ length, stride }));
  const strides = new Array<number>(shape.length).fill(0);
  let part = from.pop();
  let taken = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (part === undefined) return undefined;
    strides[axis] = part.stride * taken;
    taken *= shape[axis];
    if (part.length % taken !== 0) return undefined;
    if (taken === part.length) {
      part = from.pop();
      taken = 1;
    }
  }
  return strides;
}

/** An axis with its stride in each of several views. */
export interface StridedAxis {
  readonly length: number;
  readonly strides: readonly number[];
}

/** Positions in several views moved along an axis, each by its own stride. */
export const movedAlong = (positions: readonly Index[], { strides }: StridedAxis, by: Index): Index[] =>
  positions.map((position, k) => plus(position, times(by, strides[k])));

/**
 * A shape and several lists of strides over it with as few axes as possible: axes of length 1 go, and neighbors that all
 * lists step through evenly become one.
 */
export function collapse(shape: Shape, strideLists: readonly (readonly number[])[]): StridedAxis[] {
  const axes: StridedAxis[] = [];
  shape.forEach((length, i) => {
    if (length === 1) return;
    const strides = strideLists.map((list) => list[i]);
    const last = axes.at(-1);
    if (last?.strides.every((stride, k) => stride === strides[k] * length)) {
      axes[axes.length - 1] = { length: last.length * length, strides };
    } else axes.push({ length, strides });
  });
  return axes;
}

/** `collapse` with the axes taken in the order in which they lie in memory. */
export const collapseInOrder = (
  shape: Shape,
  order: readonly number[],
  strideLists: readonly (readonly number[])[],
): StridedAxis[] =>
  collapse(
    order.map((axis) => shape[axis]),
    strideLists.map((list) => order.map((axis) => list[axis])),
  );

/** The position of a view at one index for each axis. */
export const positionIn = ({ strides, offset }: View, indices: readonly Index[]): Index =>
  indices.reduce((sum, index, i) => plus(sum, times(index, strides[i])), at(offset));
