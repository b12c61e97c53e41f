/**
 * Symbolic values. A `Tensor` is one output of a `Node`; a node is an op applied to tensors, or one of four leaves: an input
 * of the traced function, a variable's value, a constant, or a fill.
 */
import {
  checkArray,
  checkShape,
  type DType,
  formatShape,
  isDType,
  type NdArray,
  type Shape,
  sizeOf,
} from "../array/index.ts";
import { countTensors } from "./limits.ts";
import type { Op } from "./op.ts";
import { currentPath } from "./path.ts";
import type { Variable } from "./variable.ts";

/** Everything about a value that is known before it is computed. */
export interface TensorType {
  /** The length of each axis; [] for a scalar. */
  readonly shape: Shape;
  /** The element type. */
  readonly dtype: DType;
}

/**
 * A value inside a trace. The most common functions over tensors are its methods too (`TensorMethods`):
 * `x.add(y).mul(2).mean()` is `mean(mul(add(x, y), 2))`.
 */
export interface Tensor extends TensorType {
  /** The node that computes the value. */
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly index: number;
}

/** The implementation of tensors. `ops/methods.ts` adds the methods. */
export class SymbolicTensor {
  /** The node that computes the value. */
  readonly node: Node;
  /** The index of the output in its node. */
  readonly index: number;
  /** The length of each axis; [] for a scalar. */
  readonly shape: Shape;
  /** The element type. */
  readonly dtype: DType;

  constructor(node: Node, index: number, { shape, dtype }: TensorType) {
    this.node = node;
    this.index = index;
    this.shape = shape;
    this.dtype = dtype;
  }
}

interface AnyNode {
  /** The values that the node computes; a single one for leaves. */
  readonly outputs: readonly Tensor[];
  /** The layer path under which the node was made, such as `features.3`; empty outside layers. */
  readonly path: string;
}

/** An op applied to tensors. */
export interface OpNode extends AnyNode {
  /** Distinguishes the nodes. */
  readonly kind: "op";
  /** The op that is applied. */
  readonly op: Op;
  /** The inputs, in the op's order. */
  readonly inputs: readonly Tensor[];
  /** The attributes, with defaults filled in. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An input of the traced function. */
export interface InputNode extends AnyNode {
  /** Distinguishes the nodes. */
  readonly kind: "input";
  /** The name of the input in messages and drawings. */
  readonly name: string;
}

/** The value of a variable before the step. */
export interface VariableNode extends AnyNode {
  /** Distinguishes the nodes. */
  readonly kind: "variable";
  /** The variable that is read. */
  readonly variable: Variable;
}

/** A constant array. */
export interface ConstantNode extends AnyNode {
  /** Distinguishes the nodes. */
  readonly kind: "constant";
  /** The array. */
  readonly value: NdArray;
}

/** A fill: a constant with the same number everywhere. */
export interface FillNode extends AnyNode {
  /** Distinguishes the nodes. */
  readonly kind: "fill";
  /** The value of every element. */
  readonly value: number;
}

/** A node without inputs. */
export type LeafNode = InputNode | VariableNode | ConstantNode | FillNode;
/** A node of the graph: an op applied to tensors, or a leaf. */
export type Node = OpNode | LeafNode;

type Unfinished<N extends Node> = N extends Node ? Omit<N, "outputs" | "path"> : never;

/** Creates a node with its output tensors. Ops use `defineOp`, which checks; leaves have functions below. */
export function createNode(node: Unfinished<Node>, types: readonly TensorType[]): Node {
  countTensors(types.length, node.kind === "constant" ? node.value.data.byteLength : 0);
  const outputs: Tensor[] = [];
  const finished = { ...node, outputs, path: currentPath() } as Node;
  for (const type of types) outputs.push(new SymbolicTensor(finished, outputs.length, type) as Tensor);
  return finished;
}

/** An input of a traced function. */
export const inputTensor = (name: string, type: TensorType): Tensor =>
  createNode({ kind: "input", name }, [type]).outputs[0];

/** A host value inside a graph. The array is not copied and must not be changed afterwards. */
export function constant(value: NdArray): Tensor {
  checkArray("constant", "the value", value);
  return createNode({ kind: "constant", value }, [value]).outputs[0];
}

/** The same number at every position. Costs no memory until an engine needs it. */
export function fill(value: number, shape: Shape, dtype: DType = "f32"): Tensor {
  checkShape(shape);
  return createNode({ kind: "fill", value }, [{ shape: Object.freeze([...shape]), dtype }]).outputs[0];
}

/** Whether a value is a symbolic tensor. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "node" in value && "index" in value && "dtype" in value;

/** Whether a value is the type of a tensor: an element type, and lengths. */
export function isTensorType(value: unknown): value is TensorType {
  const { dtype, shape } = (value ?? {}) as Partial<TensorType>;
  return isDType(dtype) && Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0);
}

/** The kind of a value that is not a tensor, in a word. */
export function typeNameOf(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "object";
}

/** How to make a tensor of a value given instead. */
export const TENSOR_HINT = "inside a trace, read() a Variable and wrap a host array with constant()";

/** A type as text, `f32[2,3]`. */
export const formatType = ({ dtype, shape }: TensorType): string => `${dtype}${formatShape(shape)}`;
/** The number of elements of a type. */
export const elementCountOf = (type: TensorType): number => sizeOf(type.shape);

/** A type for an input of a compiled function: `f32(128, 1, 28, 28)`, numbers in single precision. */
export const f32 = (...shape: number[]): TensorType => ({ shape, dtype: "f32" });
/** A type for an input: numbers in double precision, on the interpreter. */
export const f64 = (...shape: number[]): TensorType => ({ shape, dtype: "f64" });
/** A type for an input: integers, such as class numbers. */
export const i32 = (...shape: number[]): TensorType => ({ shape, dtype: "i32" });
/** A type for an input: bytes, such as pixels. */
export const u8 = (...shape: number[]): TensorType => ({ shape, dtype: "u8" });
/** A type for an input: truth values. */
export const bool = (...shape: number[]): TensorType => ({ shape, dtype: "bool" });
