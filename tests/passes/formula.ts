/** Graphs as formulas, and values that find out whether two formulas are the same to the last bit. */
import { dtypes, NdArray, sizeOf } from "../../src/array/index.ts";
import { interpret } from "../../src/engines/index.ts";
import type { Graph, Node, Tensor, TensorType, Variable } from "../../src/graph/index.ts";

const leaf = (node: Node): string => {
  if (node.kind === "input") return "xyzuvw"[Number(node.name.replace("input", ""))];
  if (node.kind === "fill") return Object.is(node.value, -0) ? "-0" : String(node.value);
  return node.kind === "variable" ? node.variable.name : node.kind;
};

/** `add(x, transpose(y; 1,0))`: inputs are x, y, z, fills are their numbers, attributes follow the operands. */
export function formula({ node, index }: Tensor): string {
  if (node.kind !== "op") return leaf(node);
  const operands = node.inputs.map(formula).join(", ");
  const attributes = Object.values(node.attributes).map((value) => `; ${value}`);
  return `${node.op.name}(${operands}${attributes.join("")})${index > 0 ? `.${index}` : ""}`;
}

export const formulas = (graph: Graph): string => graph.outputs.map(formula).join(" | ");

/** Numbers at which identities of school algebra break. */
const TRAPS = {
  float: [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-45, -1e-45, 2e-38, 3.4e38, -3.4e38, 0.1, 2.5, -0.5, 7],
  integer: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 30, 46341, -7, 255, 256, 3, 2, -2, 12, 100, -100],
  boolean: [0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1],
};

/** How many traps there are of each kind. */
export const TRAP_COUNT = TRAPS.float.length;

/**
 * Inputs made of traps. Input i of shape [n, n] varies along axis i, so that two of them meet in all pairs; others go
 * through the list, each from another place on.
 */
export function trapInputs(types: readonly TensorType[]): NdArray[] {
  return types.map(({ shape, dtype }, i) => {
    const traps = TRAPS[dtypes[dtype].kind];
    const isSquare = shape.length === 2 && shape.every((n) => n === TRAP_COUNT);
    const at = (k: number): number => (isSquare && i === 0 ? Math.floor(k / TRAP_COUNT) : k + (isSquare ? 0 : 5 * i));
    const data = Array.from({ length: sizeOf(shape) }, (_, k) => traps[at(k) % traps.length]);
    return new NdArray(dtypes[dtype].array.from(data), shape, dtype);
  });
}

export const assigned = ({ assignments }: Graph): Variable[] => assignments.map(({ variable }) => variable);

/** Outputs of a run and the values of variables after it; the variables themselves are put back. */
export function resultsOf(graph: Graph, inputs: readonly NdArray[], variables = assigned(graph)): NdArray[] {
  const before = variables.map(({ value }) => value);
  const outputs = interpret(graph, inputs);
  const after = variables.map(({ value }) => value);
  variables.forEach((variable, i) => {
    variable.value = before[i];
  });
  return [...outputs, ...after];
}

/** Arrays as text that tells −0 from 0; NaNs are one. For messages that show what differs. */
export const exactly = (arrays: readonly NdArray[]): string[] =>
  arrays.map(({ dtype, shape, data }) => {
    const numbers = Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x)));
    return `${dtype}[${shape}] ${numbers.join(" ")}`;
  });
