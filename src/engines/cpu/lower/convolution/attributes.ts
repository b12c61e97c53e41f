/** What a convolution and its gradients have in common. */
import type { OpNode, Tensor } from "../../../../graph/index.ts";
import type { LoweringContext, View } from "../context/index.ts";
import type { Guard } from "../contraction/index.ts";
import { savesTime } from "./winograd.ts";

export interface ConvAttributes {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

export const attributesOf = (node: OpNode): ConvAttributes => node.attributes as unknown as ConvAttributes;

export const kernelOf = ({ shape }: Tensor): readonly number[] => shape.slice(2);

/** Whether a convolution from `maps` with `filters`, or one of its gradients, is computed by Winograd's algorithm. */
export function usesWinograd(context: LoweringContext, node: OpNode, maps: Tensor, filters: Tensor): boolean {
  const { stride, padding, dilation, groups } = attributesOf(node);
  const isDense = groups === 1 && [...stride, ...dilation].every((n) => n === 1);
  return context.winograd && isDense && savesTime(maps.shape, filters.shape, padding, context.tuning);
}

/** A tensor with its axes, in memory too, in the given order. */
export function reorderedView(context: LoweringContext, tensor: Tensor, order: readonly number[]): View {
  const view = context.reordered(tensor, order);
  const pick = (list: readonly number[]): number[] => order.map((axis) => list[axis]);
  return { ...view, shape: pick(view.shape), strides: pick(view.strides) };
}

/** Whether each position of the output reads the input at its own place alone. */
export const isPointwise = (node: OpNode, filters: readonly number[]): boolean => {
  const { stride, padding } = attributesOf(node);
  return filters.slice(2).every((n) => n === 1) && stride.every((n) => n === 1) && padding.every((n) => n === 0);
};

/** Which steps of a sum meet an input with padding, at spatialStep · (index of the result) + step · (index) − before. */
export const metBy = (
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
