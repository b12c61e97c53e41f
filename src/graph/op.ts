/**
 * An operation is one record, from which everything else follows. `defineOp` turns the record into a function over symbolic
 * tensors that checks attributes and shapes when it is called.
 */
import { type DType, describeGiven, type NdArray, ShapeError } from "../array/index.ts";
import {
  flag,
  type GivenOf,
  type Kind,
  optional,
  readOptions,
  type Schema,
  text,
  type ValuesOf,
} from "../options/index.ts";
import type { Cost, CostRule } from "./cost.ts";
import type { BackwardRules } from "./gradient.ts";
import { checkExtent } from "./limits.ts";
import { located } from "./path.ts";
import { everything, type Looks, type Sight } from "./sight.ts";
import {
  createNode,
  formatType,
  isTensor,
  isTensorType,
  type OpNode,
  TENSOR_HINT,
  type Tensor,
  type TensorType,
  typeNameOf,
} from "./tensor.ts";

/** The arguments of a gradient rule: the node that it differentiates. */
export interface Applied<S extends Schema = Schema> {
  /** The attributes, with defaults filled in. */
  readonly attributes: ValuesOf<S>;
  /** The inputs of the node. */
  readonly inputs: readonly Tensor[];
  /** The outputs of the node. */
  readonly outputs: readonly Tensor[];
}

/**
 * The derivative of a scalar with respect to each input, given the one with respect to each output (zeros where an
 * output was not used). `undefined` stands for a derivative that is zero. Written with other ops. `rules` replace those of ops
 * in bodies: only ops that have one need them.
 */
export type GradientRule<S extends Schema> = (
  node: Applied<S>,
  outputGradients: readonly Tensor[],
  rules?: BackwardRules,
) => readonly (Tensor | undefined)[];

/** Says why an op has no gradient; asking for one raises an error with the reason. */
export interface NoGradient {
  /** The reason, which ends the message of the error. */
  readonly none: string;
}

/** For records of ops without a gradient: `gradient: none("why")`. */
export const none = (reason: string): NoGradient => ({ none: reason });

/** The types of floating-point numbers. */
export type FloatType = "f32" | "f64";

/** The attributes of a sample, for inputs of these types. */
export function sampleAttributes({ attributes = {} }: Sample<never>, inputs: readonly TensorType[]): object {
  if (typeof attributes !== "function") return attributes;
  return (attributes as (float: FloatType) => object)(inputs.some(({ dtype }) => dtype === "f64") ? "f64" : "f32");
}

/** Inputs and attributes with which every test of an op runs. */
export interface Sample<S extends Schema = Schema> {
  /** The inputs, in the op's order. */
  readonly inputs: readonly SampleInput[];
  /** The attributes; those left out have their defaults. A function where they depend on the type of the float inputs. */
  readonly attributes?: GivenOf<S> | ((float: FloatType) => GivenOf<S>) | undefined;
  /** Why the op is not differentiable at these inputs, where its gradient cannot be compared with differences. */
  readonly kink?: string | undefined;
}

/** Random values between `low` and `high` (default −2 … 2; for integers, `high` is excluded), or the given ones. */
export interface SampleInput {
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The element type. Default `f32`. */
  readonly dtype?: DType | undefined;
  /** The least random value. Default −2. */
  readonly low?: number | undefined;
  /** The largest random value, excluded for integers. Default 2. */
  readonly high?: number | undefined;
  /** The elements in row-major order, instead of random ones. */
  readonly values?: readonly number[] | undefined;
}

/** Properties that rewrites rely on. `checkOp` tests those that a record declares. */
export interface Algebra {
  /**
   * Whether all inputs and the output have the same shape, and each element of the output is the same function of the
   * inputs' elements at its position. Default false.
   */
  readonly elementwise?: boolean | undefined;
  /** Whether an op of two inputs gives the same bits when they are swapped. Default false. */
  readonly commutative?: boolean | undefined;
  /** Whether each element of the output is an element of one of the inputs, unchanged. Default false. */
  readonly picks?: boolean | undefined;
}

/** The definition of an op, as `defineOp` takes it. */
export interface OpRecord<S extends Schema> extends Algebra {
  /** The unique name of the op in graphs, messages and engines. */
  readonly name: string;
  /** The usual name for a use of the op, if it depends on the rank: `conv2d`. Default: `name`. */
  readonly title?: ((...inputs: readonly TensorType[]) => string) | undefined;
  /** Input names in order. A last name that starts with `...` stands for one or more. */
  readonly inputs: readonly string[];
  /** The kind of each attribute, by name. */
  readonly attributes: S;
  /** The output types. Throws ShapeError (without the op's name, which is added) when inputs do not fit. */
  readonly shape: (attributes: ValuesOf<S>, ...inputs: readonly TensorType[]) => TensorType | readonly TensorType[];
  /** Which elements of the inputs an output element is computed from: `pointwise`, `along`, `reducing`, `everything`. */
  readonly sees: Sight<S>;
  /** The cost of a use. Default: no multiply-adds, and the bytes of all inputs and outputs. */
  readonly cost?: CostRule<S> | undefined;
  /** The derivative, or why there is none. */
  readonly gradient: GradientRule<S> | NoGradient;
  /** The meaning: fills zeroed outputs. Plain loops, written from the equation. Must not change its inputs. */
  readonly reference: (attributes: ValuesOf<S>, inputs: readonly NdArray[], outputs: readonly NdArray[]) => void;
  /** The samples of the contract tests: every case of its meaning at least once. */
  readonly samples: readonly Sample<S>[];
  /** The same outputs by other ops, for engines without a kernel, or with a better one for these. */
  readonly expand?: ((node: Applied<S>) => readonly Tensor[]) | undefined;
}

/** An op as graphs and engines see it. */
export interface Op
  extends Omit<OpRecord<Schema>, "shape" | "sees" | "cost" | "gradient" | "reference" | "samples" | "expand"> {
  /** The output types from the input types, as in `OpRecord`. */
  readonly shape: (attributes: never, ...inputs: readonly TensorType[]) => TensorType | readonly TensorType[];
  /** Which elements of the inputs an output element is computed from, with attributes and types filled in. */
  readonly sees: (attributes: never, inputs: readonly TensorType[], outputs: readonly TensorType[]) => Looks;
  /** The cost of a use, as in `OpRecord`; `costOf` fills in defaults. */
  readonly cost?:
    | ((attributes: never, inputs: readonly TensorType[], outputs: readonly TensorType[]) => Partial<Cost>)
    | undefined;
  /** The derivative, or why there is none, as in `OpRecord`. */
  readonly gradient:
    | ((node: never, outputGradients: readonly Tensor[], rules?: BackwardRules) => readonly (Tensor | undefined)[])
    | NoGradient;
  /** The meaning, as in `OpRecord`: fills zeroed outputs. */
  readonly reference: (attributes: never, inputs: readonly NdArray[], outputs: readonly NdArray[]) => void;
  /** The samples of the contract tests. */
  readonly samples: readonly Sample<never>[];
  /** The same outputs by other ops, as in `OpRecord`; absent if there is no expansion. */
  readonly expand?: ((node: never) => readonly Tensor[]) | undefined;
}

/** An op that can be applied: `conv([x, filters], { stride: 2 })` is its first output, `.all` gives every one. */
export interface OpFunction<S extends Schema = Schema> {
  (inputs: readonly Tensor[], ...attributes: AttributesArgument<S>): Tensor;
  /** All outputs of the op. */
  all(inputs: readonly Tensor[], ...attributes: AttributesArgument<S>): readonly Tensor[];
  /** The op that is applied. */
  readonly op: Op;
}

type AttributesArgument<S extends Schema> =
  Record<never, never> extends GivenOf<S> ? [given?: GivenOf<S>] : [given: GivenOf<S>];

/** Whether a value is an op. */
export const isOpFunction = (value: unknown): value is OpFunction => typeof value === "function" && "op" in value;

const ruleKind: Kind<unknown> = {
  expects: "a function",
  read: (value) => (typeof value === "function" ? value : undefined),
};

/** The schema of a record, for JavaScript callers; the types of `OpRecord` say the same. */
const recordParts = {
  name: text(),
  title: optional(ruleKind),
  inputs: {
    expects: "a list of the inputs' names",
    read: (value) => (Array.isArray(value) && value.every((name) => typeof name === "string") ? value : undefined),
  },
  attributes: {
    expects: "an object with the kind of each attribute, {} for none",
    read: (value) => (typeNameOf(value) === "Object" ? value : undefined),
  },
  shape: ruleKind,
  sees: optional(ruleKind),
  cost: optional(ruleKind),
  elementwise: optional(flag()),
  commutative: optional(flag()),
  picks: optional(flag()),
  gradient: {
    expects: 'a function, or none("why there is none")',
    read: (value) =>
      typeof value === "function" || typeNameOf((value as NoGradient)?.none) === "string" ? value : undefined,
  },
  reference: ruleKind,
  samples: optional({
    expects: "a list",
    read: (value) => (Array.isArray(value) ? value : undefined),
  }),
  expand: optional(ruleKind),
} satisfies Record<keyof OpRecord<Schema>, Kind<unknown>>;

function checkOpRecord(record: object): void {
  const { name } = readOptions("defineOp", { name: text() }, { name: (record as Partial<Op>)?.name });
  readOptions(`defineOp '${name}'`, recordParts, record);
}

/** Turns the record of an operation into the function that applies it, which has the record as `.op`. */
export function defineOp<S extends Schema>(record: OpRecord<S>): OpFunction<S> {
  checkOpRecord(record);
  // JavaScript callers may omit `sees`.
  const op = { ...record, sees: record.sees ?? everything } as unknown as Op;
  const all = (inputs: readonly Tensor[], given: object = {}): readonly Tensor[] => applyOp(op, inputs, given).outputs;
  return Object.assign((inputs: readonly Tensor[], given: object = {}) => all(inputs, given)[0], { all, op });
}

/** Applies an op with attributes of unknown type: for rewrites and tests. */
export function applyOp(op: Op, inputs: readonly Tensor[], given: object): OpNode {
  checkOperands(op, inputs);
  const where = located(op.title?.(...inputs) ?? op.name);
  const attributes = readOptions(where, op.attributes, given);
  return createNode({ kind: "op", op, inputs: [...inputs], attributes }, inferTypes(op, attributes, inputs)) as OpNode;
}

/** The output types by the op's own shape rule; its errors get the op's name and the layer path in front. */
export function inferTypes(op: Op, attributes: object, inputs: readonly TensorType[]): readonly TensorType[] {
  try {
    const result = op.shape(attributes as never, ...inputs);
    const types: readonly TensorType[] = Array.isArray(result) ? result : [result as TensorType];
    types.forEach(checkOutput);
    return types;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const where = located(op.title?.(...inputs) ?? op.name);
    const got = inputs.map((type, i) => `${opInputName(op, i)} ${formatType(type)}`).join(", ");
    throw new ShapeError(`${where}: ${error.message}: ${got}`, { cause: error });
  }
}

function checkOutput(type: unknown): void {
  if (!isTensorType(type))
    throw new ShapeError(`its shape rule must give { shape, dtype } for each output, got ${describeOutput(type)}`);
  checkExtent(type);
}

const describeOutput = (type: unknown): string =>
  typeNameOf(type) === "Object" ? JSON.stringify(type) : describeGiven(type);

const opInputName = (op: Op, i: number): string => op.inputs[Math.min(i, op.inputs.length - 1)].replace("...", "");

/** For functions that use shapes before they apply ops. @throws ShapeError unless all values are symbolic tensors */
export function expectTensors(name: string, ...values: readonly unknown[]): void {
  for (const value of values)
    if (!isTensor(value))
      throw new ShapeError(`${located(name)}: takes symbolic tensors, got ${describeGiven(value)}; ${TENSOR_HINT}`);
}

function checkOperands(op: Op, inputs: readonly Tensor[]): void {
  if (!Array.isArray(inputs))
    throw new ShapeError(`${located(op.name)}: takes a list of tensors, got ${describeGiven(inputs)}`);
  const variadic = op.inputs.at(-1)?.startsWith("...") ?? false;
  if (variadic ? inputs.length < op.inputs.length : inputs.length !== op.inputs.length) {
    throw new ShapeError(
      `${located(op.name)}: takes ${op.inputs.length} tensors (${op.inputs.join(", ")}), got ${inputs.length}`,
    );
  }
  inputs.forEach((input, i) => {
    if (isTensor(input)) return;
    throw new ShapeError(
      `${located(op.name)}: ${opInputName(op, i)} must be a symbolic tensor, got ${describeGiven(input)}; ${TENSOR_HINT}`,
    );
  });
}
