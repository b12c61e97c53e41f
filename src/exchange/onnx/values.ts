/**
 * The graph of an ONNX file while it is made: nodes, and values that flow between them. Names are given when it is complete
 * (`graph-names.ts`), so that nodes that turn out to be superfluous leave no gaps.
 */
import type { DType, NdArray } from "../../array/index.ts";

/** The length of an axis: a number, or the number of samples, `batch`, or a multiple of it, `2*batch`. */
export type Dim = number | string;

/** The name of the free axis. */
export const BATCH = "batch";

/** How many times the number of samples a length is. */
export const timesBatch = (dim: string): number => (dim === BATCH ? 1 : Number.parseInt(dim, 10));

/** Element types: those of Fovea, and the 64-bit integers in which ONNX wants shapes and axes; with their numbers. */
export const elementTypes = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9, f64: 11 } as const satisfies Record<
  DType | "i64",
  number
>;

export type ElementType = keyof typeof elementTypes;

/** What is known of a value before anything runs. */
export interface ValueType {
  readonly dtype: ElementType;
  readonly dims: readonly Dim[];
}

/** A value: an output of a node, an input of the graph, or a constant. */
export interface Value extends ValueType {
  /** Absent until the graph is complete, but for inputs, outputs and parameters. */
  name?: string | undefined;
  /** The node that computes it. */
  node?: OnnxNode | undefined;
  /** The contents of a constant. */
  readonly data?: ConstantData | undefined;
}

export type ConstantData = NdArray["data"] | BigInt64Array;

/** A constant. */
export interface Constant extends Value {
  readonly dims: readonly number[];
  readonly data: ConstantData;
}

export const isConstant = (value: Value | undefined): value is Constant => value?.data !== undefined;

/** Attributes: whole numbers and lists of them, words and lists of them, and floats as `{ float }`. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | string | readonly string[] | { readonly float: number }>
>;

/** A use of an operator. */
export interface OnnxNode {
  readonly operator: string;
  /** The path of the layer that it belongs to. */
  readonly path: string;
  /** Undefined stands for an optional input that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  name?: string | undefined;
}

/** A complete graph. */
export interface OnnxGraph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Each after those that it needs. */
  readonly nodes: readonly OnnxNode[];
}

export const float = (value: number): { readonly float: number } => ({ float: value });

/** A constant of 64-bit integers, as shapes, axes and pads are. */
export const int64 = (values: readonly number[]): Constant => ({
  dtype: "i64",
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** An array as a constant, under a name if it is a parameter. */
export const constantOf = ({ dtype, shape, data }: NdArray, name?: string): Constant => ({
  dtype,
  dims: shape,
  data,
  name,
});

export const sameDims = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The lengths of what several values give when they are broadcast; undefined where they do not fit. */
export function broadcastDims(lists: readonly (readonly Dim[])[]): readonly Dim[] | undefined {
  const rank = Math.max(...lists.map((dims) => dims.length));
  const result: Dim[] = Array.from({ length: rank }, () => 1);
  for (const dims of lists) {
    for (const [i, dim] of dims.entries()) {
      const at = rank - dims.length + i;
      if (dim === 1 || dim === result[at]) continue;
      if (result[at] !== 1) return undefined;
      result[at] = dim;
    }
  }
  return result;
}
