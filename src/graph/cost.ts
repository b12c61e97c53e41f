/**
 * The cost of a use of an op, from its types: that of the op's definition. An engine may need less, for example with views
 * or Winograd's algorithm.
 */
import { bytesOf, sizeOf } from "../array/index.ts";
import type { Schema, ValuesOf } from "../options/index.ts";
import type { OpNode, TensorType } from "./tensor.ts";

/** The cost of one use of an op. */
export interface Cost {
  /** Multiply-adds; 0 for ops that are not sums of products. */
  readonly multiplyAdds: number;
  /** Bytes read and written when each input is read once and each output written once. */
  readonly bytes: number;
}

/** The cost of an op by its attributes and types. Omitted numbers have defaults: no products, all bytes once. */
export type CostRule<S extends Schema = Schema> = (
  attributes: ValuesOf<S>,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
) => Partial<Cost>;

/** The bytes of some tensors, each read or written once. */
export const bytesOfTypes = (...types: readonly TensorType[]): number =>
  types.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * bytesOf(dtype), 0);

/** The cost of a use of an op, from its record, with defaults. */
export function costOf({ op, attributes, inputs, outputs }: Omit<OpNode, "kind" | "path">): Cost {
  const own = op.cost?.(attributes as never, inputs, outputs);
  return { multiplyAdds: 0, bytes: bytesOfTypes(...inputs, ...outputs), ...own };
}
