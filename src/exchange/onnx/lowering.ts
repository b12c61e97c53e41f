/** What the rules of ops and layers work with: the tensors of the traced model as values of the graph that is made. */
import { NdArray, type Shape, StateError, sizeOf } from "../../array/index.ts";
import { isOpNode, labelOf, located, type Tensor, type Variable } from "../../graph/index.ts";
import { isUseOf, recordsOf } from "../../ops/index.ts";
import { Constants } from "./constants.ts";
import type { TracedModel } from "./traced.ts";
import {
  type Attributes,
  BATCH,
  broadcastDims,
  type Constant,
  constantOf,
  type Dim,
  int64,
  type OnnxNode,
  sameDims,
  timesBatch,
  type Value,
  type ValueType,
} from "./values.ts";

/** Ops that keep the elements and their order, at least where they keep the number. */
const RESHAPES = recordsOf("reshape", "broadcastTo");

/** The versions of the operators that files are written in. */
export type Opset = 17 | 18;

export class Lowering {
  readonly opset: Opset;
  readonly nodes: OnnxNode[] = [];
  /** The path of the layer whose nodes are made. */
  path = "";
  readonly inputs: readonly Value[];
  readonly #traced: TracedModel;
  readonly #variables: ReadonlyMap<Variable, NdArray>;
  readonly #constants: Constants;
  readonly #values = new Map<Tensor, Value>();
  readonly #parameters = new Map<Variable, Constant>();
  readonly #uses = new Map<Tensor, number>();
  #batch: Value | undefined;

  constructor(traced: TracedModel, variables: ReadonlyMap<Variable, NdArray>, opset: Opset) {
    const { graph, names, dims } = traced;
    this.opset = opset;
    this.#traced = traced;
    this.#variables = variables;
    this.#constants = new Constants(graph, dims, variables);
    // An input that nothing needs is no node of the graph, but one of the file all the same.
    this.inputs = graph.inputs.map((tensor, i) => ({
      dtype: tensor.dtype,
      dims: dims.get(tensor) ?? [BATCH, ...tensor.shape.slice(1)],
      name: names.inputs[i],
    }));
    for (const [i, tensor] of graph.inputs.entries()) this.#values.set(tensor, this.inputs[i]);
    const used = [...graph.outputs, ...graph.nodes.filter(isOpNode).flatMap(({ inputs }) => inputs)];
    for (const tensor of used) this.#uses.set(tensor, this.uses(tensor) + 1);
  }

  /** How often a tensor is read. */
  uses(tensor: Tensor): number {
    return this.#uses.get(tensor) ?? 0;
  }

  /** The lengths of a tensor. */
  dims(tensor: Tensor): readonly Dim[] {
    return this.#traced.dims.get(tensor)!;
  }

  /** The type of the value that stands for a tensor. */
  like(tensor: Tensor): ValueType {
    return { dtype: tensor.dtype, dims: this.dims(tensor) };
  }

  /** Whether a tensor is the same for all inputs. */
  isConstant(tensor: Tensor): boolean {
    return this.#constants.has(tensor);
  }

  /** The contents of a constant tensor. */
  contents(tensor: Tensor): NdArray {
    return this.#constants.valueOf(tensor);
  }

  /** Whether a value has been made for a tensor. */
  has(tensor: Tensor): boolean {
    return this.#values.has(tensor);
  }

  /** The value made for a tensor. */
  set(tensor: Tensor, value: Value): void {
    this.#values.set(tensor, value);
  }

  /** The value that stands for a tensor. Parameters keep their names. */
  value(tensor: Tensor): Value {
    let value = this.#values.get(tensor);
    if (value === undefined) {
      value = this.#make(tensor);
      this.#values.set(tensor, value);
    }
    return value;
  }

  #make(tensor: Tensor): Value {
    const { node } = tensor;
    if (node.kind === "variable") return this.parameter(node.variable);
    if (this.isConstant(tensor)) return constantOf(this.contents(tensor));
    if (node.kind === "fill") return this.expand(this.scalar(node.value, tensor.dtype), this.dims(tensor));
    throw new StateError(`toOnnx: ${located(labelOf(node), node.path)} is needed before it is made`);
  }

  /** A variable as an initializer under its name. */
  parameter(variable: Variable): Constant {
    let value = this.#parameters.get(variable);
    if (value === undefined) {
      value = constantOf(this.#variables.get(variable)!, variable.name);
      this.#parameters.set(variable, value);
    }
    return value;
  }

  /** A constant tensor in another shape: the parameter itself, if it is one of that shape. */
  reshaped(tensor: Tensor, dims: readonly number[]): Constant {
    let source = tensor;
    while (
      isOpNode(source.node) &&
      RESHAPES.has(source.node.op) &&
      sizeOf(source.node.inputs[0].shape) === sizeOf(dims)
    )
      source = source.node.inputs[0];
    if (source.node.kind === "variable" && sameDims(source.shape, dims)) return this.parameter(source.node.variable);
    const { data, dtype } = this.contents(tensor);
    return constantOf(new NdArray(data, dims, dtype));
  }

  /** The same number everywhere, as a scalar. */
  scalar(value: number, dtype: Tensor["dtype"] = "f32"): Constant {
    const tensor = new NdArray(Float64Array.of(value), [], "f64").cast(dtype);
    return constantOf(tensor);
  }

  /** A list of numbers of one axis or more. */
  constant(data: Float32Array, dims: Shape = [data.length]): Constant {
    return constantOf(new NdArray(data, dims, "f32"));
  }

  /** A node of one output. */
  emit(operator: string, inputs: readonly (Value | undefined)[], type: ValueType, attributes: Attributes = {}): Value {
    return this.emitAll(operator, inputs, [type], attributes)[0];
  }

  /** A node of several outputs. */
  emitAll(
    operator: string,
    inputs: readonly (Value | undefined)[],
    types: readonly ValueType[],
    attributes: Attributes = {},
  ): readonly Value[] {
    const outputs: Value[] = types.map(({ dtype, dims }) => ({ dtype, dims }));
    const node = { operator, path: this.path, inputs, outputs, attributes };
    for (const output of outputs) output.node = node;
    this.nodes.push(node);
    return outputs;
  }

  /** The operands of an elementwise op: ONNX repeats them itself, so that repeated tensors are taken before that. */
  operands(inputs: readonly Tensor[]): Value[] {
    const full = this.dims(inputs[0]);
    const sources = inputs.map(withoutRepeats);
    const dims = sources.map((source) => (source.node.kind === "fill" ? [] : this.dims(source)));
    const together = broadcastDims(dims);
    const fits = together !== undefined && sameDims(together, full);
    return sources.map((source, i) => {
      if (source.node.kind === "fill") return this.scalar(source.node.value, source.dtype);
      return this.value(fits || i > 0 ? source : inputs[i]);
    });
  }

  /** A value repeated to lengths. */
  expand(value: Value, dims: readonly Dim[]): Value {
    const lead = dims.length - value.dims.length;
    const target = dims.map((dim, i) => (i >= lead && value.dims[i - lead] === dim ? 1 : dim));
    return this.emit("Expand", [value, this.shape(target)], { dtype: value.dtype, dims });
  }

  /** Lengths as a value. */
  shape(dims: readonly Dim[]): Value {
    if (dims.every((dim) => typeof dim === "number")) return int64(dims);
    const parts = dims.map((dim) => (typeof dim === "number" ? int64([dim]) : this.#times(timesBatch(dim))));
    return parts.length === 1
      ? parts[0]
      : this.emit("Concat", parts, { dtype: "i64", dims: [parts.length] }, { axis: 0 });
  }

  /** A multiple of the number of samples, as a list of one. */
  #times(times: number): Value {
    this.#batch ??= this.emit("Shape", [this.inputs[0]], { dtype: "i64", dims: [1] }, { start: 0, end: 1 });
    return times === 1 ? this.#batch : this.emit("Mul", [this.#batch, int64([times])], { dtype: "i64", dims: [1] });
  }

  /** A value in other lengths, of the same number of elements. */
  reshape(value: Value, dims: readonly Dim[]): Value {
    if (sameDims(value.dims, dims)) return value;
    const type = { dtype: value.dtype, dims };
    const isFlat = dims.length === 2 && value.dims.length > 1 && dims[0] === value.dims[0];
    if (isFlat) return this.emit("Flatten", [value], type, { axis: 1 });
    const open = dims.filter((dim) => typeof dim === "string");
    const shape = open.length === 1 ? int64(dims.map((dim) => (typeof dim === "string" ? -1 : dim))) : this.shape(dims);
    return this.emit("Reshape", [value, shape], type);
  }

  /** A value with its axes in another order. */
  transpose(value: Value, order: readonly number[]): Value {
    if (order.every((axis, i) => axis === i)) return value;
    const type = { dtype: value.dtype, dims: order.map((axis) => value.dims[axis]) };
    return this.emit("Transpose", [value], type, { perm: order });
  }
}

/** A tensor before it was repeated. */
export function withoutRepeats(tensor: Tensor): Tensor {
  let source = tensor;
  while (isUseOf(source.node, "broadcastTo")) source = source.node.inputs[0];
  return source;
}
