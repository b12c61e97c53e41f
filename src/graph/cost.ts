/**
 * What a use of an op costs, counted from its types: the work that the op's meaning asks for, whatever an engine makes of
 * it. An engine that computes a view, or takes Winograd's algorithm, pays less.
 */
import { bytesOf, sizeOf } from "../array/index.ts";
import type { Schema, ValuesOf } from "../options/index.ts";
import type { OpNode, TensorType } from "./tensor.ts";

/** The cost of one use of an op. */
export interface Cost {
  /** Products that are added up. 0 for ops that are no sums of products. */
  readonly multiplyAdds: number;
  /** Bytes read and written when each input is read once and each output written once. */
  readonly bytes: number;
}

/** The cost of an op by its attributes and types. What a rule leaves out has its default: no products, all bytes once. */
export type CostRule<S extends Schema = Schema> = (
  attributes: ValuesOf<S>,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
) => Partial<Cost>;

/** The bytes of some tensors, each read or written once. */
export const bytesOfTypes = (...types: readonly TensorType[]): number =>
  types.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * bytesOf(dtype), 0);

/** What a use of an op costs: what its record says, and the defaults for the rest. */
export function costOf({ op, attributes, inputs, outputs }: Omit<OpNode, "kind" | "path">): Cost {
  const own = op.cost?.(attributes as never, inputs, outputs);
  return { multiplyAdds: 0, bytes: bytesOfTypes(...inputs, ...outputs), ...own };
}
