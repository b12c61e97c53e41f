/** The types of the tables of simplifications, and helpers of their rules. */
import { converters, type DType, full, isFloat } from "../array/index.ts";
import type { OpNode, Tensor } from "../graph/index.ts";
import { isUseOf } from "../ops/index.ts";

/** The argument of a rule: a use of an op with one output. */
export type Use = Pick<OpNode, "op" | "inputs" | "attributes" | "outputs">;

/** A simpler tensor with the same bits as the output of the use, if there is one. NaNs count as equal. */
export type RewriteRule = (use: Use) => Tensor | undefined;

/** By the name of the op, one of `src/ops`. */
export type RewriteRules = Readonly<Record<string, RewriteRule>>;

/** The node that made the tensor, if it is a use of the op of `src/ops` called `name`. */
export const madeBy = (tensor: Tensor, name: string): OpNode | undefined =>
  isUseOf(tensor.node, name) ? tensor.node : undefined;

/** An attribute that is a list of integers. */
export const integersOf = ({ attributes }: Pick<Use, "attributes">, name: string): readonly number[] =>
  attributes[name] as readonly number[];

/** A number rounded to the type. */
export const stored = (value: number, dtype: DType): number =>
  isFloat(dtype) ? converters[dtype](value) : full([], value, dtype).data[0];

/** The number that a tensor has at every position, if it is a fill. */
export const uniformValue = ({ node, dtype }: Tensor): number | undefined =>
  node.kind === "fill" ? stored(node.value, dtype) : undefined;

/** Whether the tensor is this number everywhere; 0 and −0 are different numbers. */
export const isFill = (tensor: Tensor, value: number): boolean => Object.is(uniformValue(tensor), value);

/** Whether two tensors of the same type are known to have the same value. */
export const sameValue = (x: Tensor, y: Tensor): boolean =>
  x === y || (x.node.kind === "fill" && isFill(y, uniformValue(x)!));
