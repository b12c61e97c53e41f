/**
 * Tracing: calls an ordinary function once with symbolic inputs, and records its computation, the variables it read and its
 * assignments. The result is a `Graph` with static shapes, on which gradients, rewrites and engines work.
 */
import { describeGiven, isDType, OptionError, ShapeError, StateError } from "../array/index.ts";
import { checkExtent } from "./limits.ts";
import {
  createNode,
  formatType,
  inputTensor,
  isTensor,
  isTensorType,
  type Node,
  type OpNode,
  TENSOR_HINT,
  type Tensor,
  type TensorType,
  typeNameOf,
} from "./tensor.ts";
import type { Variable } from "./variable.ts";

/** A variable's next value. */
export interface Assignment {
  /** The variable that changes. */
  readonly variable: Variable;
  /** Its value after the step, of the variable's shape and element type. */
  readonly value: Tensor;
}

/** A pure function from inputs and variables to outputs and the variables' next values. */
export interface Graph {
  /** The inputs of the traced function, in order. */
  readonly inputs: readonly Tensor[];
  /** The tensors that the traced function returned, in order. */
  readonly outputs: readonly Tensor[];
  /** In the order in which the variables were first assigned. */
  readonly assignments: readonly Assignment[];
  /** Every node that outputs and assignments need, each after the nodes that it needs. */
  readonly nodes: readonly Node[];
}

/** Tensors in lists and records, nested: what a traced function may return. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [name: string]: TensorTree } | undefined;

/** A function over symbolic tensors; one that only assigns variables need not return anything. */
export type Traceable<O extends TensorTree> = ((...inputs: Tensor[]) => O) | ((...inputs: Tensor[]) => void);

/** The tree `O` with `V` in place of each tensor; unknown where it may be any tree, as that of a `void` function. */
export type TreeOf<O, V> = TensorTree extends O
  ? unknown
  : O extends Tensor
    ? V
    : O extends object
      ? { readonly [K in keyof O]: TreeOf<O[K], V> }
      : undefined;

/** The variables' side of the current trace. */
export class Trace {
  readonly #initial = new Map<Variable, Tensor>();
  readonly #next = new Map<Variable, Tensor>();

  /** The current value inside the trace: the last one assigned, else the initial one. */
  read(variable: Variable): Tensor {
    return this.#next.get(variable) ?? this.initial(variable);
  }

  /** The variable's value before the step. */
  initial(variable: Variable): Tensor {
    let tensor = this.#initial.get(variable);
    if (tensor === undefined) {
      tensor = createNode({ kind: "variable", variable }, [variable]).outputs[0];
      this.#initial.set(variable, tensor);
    }
    return tensor;
  }

  /** Sets the next value; a later assignment replaces an earlier one. */
  assign(variable: Variable, value: Tensor): void {
    this.#next.set(variable, value);
  }

  /** The variables read so far. */
  get variables(): Variable[] {
    return [...this.#initial.keys()];
  }

  /** The variables' next values, in the order in which they were first assigned. */
  get assignments(): Assignment[] {
    return [...this.#next].map(([variable, value]) => ({ variable, value }));
  }
}

let current: Trace | undefined;

/** The next values of variables in the current trace; none outside of a trace. */
export const currentAssignments = (): readonly Assignment[] => current?.assignments ?? [];

/**
 * The current trace.
 * @throws StateError outside a trace, with the attempted call and an alternative
 */
export function currentTrace(tried: string, otherwise = ""): Trace {
  if (current === undefined) {
    throw new StateError(
      `${tried} outside a trace; do it inside the function given to compile() or evaluate()${otherwise}`,
    );
  }
  return current;
}

/** Traces `body` on symbolic inputs of the given types. `unflatten` puts values for the outputs back into its shape. */
export function trace(
  body: Traceable<TensorTree>,
  types: readonly TensorType[],
): { graph: Graph; unflatten: (values: readonly unknown[]) => unknown } {
  if (typeof body !== "function")
    throw new OptionError(`trace: expects a function over tensors, got ${describeGiven(body)}`);
  if (!Array.isArray(types))
    throw new OptionError(
      `trace: expects a list of the inputs' types, such as [f32(128, 1, 28, 28)], got ${describeGiven(types)}`,
    );
  types.forEach(checkInputType);
  const inputs = types.map((type, i) => inputTensor(`input${i}`, type));
  const outer = current;
  const own = new Trace();
  current = own;
  try {
    const tree = body(...inputs) as TensorTree;
    const outputs = tensorsIn("a traced function", tree);
    const graph = createGraph(inputs, outputs, own.assignments);
    checkOwnInputs(graph);
    return { graph, unflatten: (values) => rebuildTree(tree, values) };
  } finally {
    current = outer;
  }
}

function checkInputType(type: unknown, i: number): void {
  if (!isTensorType(type)) {
    const { dtype, shape } = (type ?? {}) as Partial<TensorType>;
    const got = isDType(dtype) && Array.isArray(shape) ? formatType({ dtype, shape }) : typeNameOf(type);
    throw new ShapeError(`the type of input ${i} must be one such as f32(128, 1, 28, 28), got ${got}`);
  }
  checkExtent(type);
}

function checkOwnInputs({ inputs, nodes }: Graph): void {
  for (const node of nodes) {
    if (node.kind !== "input" || inputs.includes(node.outputs[0])) continue;
    throw new StateError(
      `${node.name} ${formatType(node.outputs[0])} is an input of another traced function; ` +
        "a tensor cannot leave the function that it was made in: return it, and pass its value in",
    );
  }
}

/** A graph with the nodes that outputs and assignments need. */
export function createGraph(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  assignments: readonly Assignment[],
): Graph {
  const roots = [...outputs, ...assignments.map(({ value }) => value)];
  return { inputs, outputs, assignments, nodes: sortNodes(roots) };
}

/** The nodes that `roots` need, each after its inputs' nodes; in an order that depends on the graph alone. */
export function sortNodes(roots: readonly Tensor[]): Node[] {
  const sorted: Node[] = [];
  const seen = new Set<Node>();
  // Depth first with an explicit stack: graphs of unrolled recurrent networks are deeper than the call stack.
  const stack: { node: Node; next: number }[] = [];
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ node, next: 0 });
  };
  for (const root of roots) {
    visit(root.node);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const inputs = inputsOf(top.node);
      if (top.next < inputs.length) visit(inputs[top.next++].node);
      else sorted.push(stack.pop()!.node);
    }
  }
  return sorted;
}

/** The tensors that a node reads. */
export const inputsOf = (node: Node): readonly Tensor[] => (node.kind === "op" ? node.inputs : []);
/** Whether a node applies an op; others are inputs, variables and constants. */
export const isOpNode = (node: Node): node is OpNode => node.kind === "op";

/**
 * The tensors in lists and records, in order.
 * @param where what the message begins with if there is anything else
 * @throws StateError for anything else in them
 */
export function tensorsIn(where: string, tree: TensorTree, found: Tensor[] = []): Tensor[] {
  if (tree === undefined) return found;
  if (isTensor(tree)) found.push(tree);
  else if (isBranch(tree)) for (const branch of Object.values(tree)) tensorsIn(where, branch, found);
  else {
    const hint = (tree as unknown) instanceof Promise ? "it must not be async" : TENSOR_HINT;
    throw new StateError(`${where} may return tensors in lists and records, got ${typeNameOf(tree)}; ${hint}`);
  }
  return found;
}

/** Whether a value is a list or a plain record. */
function isBranch(tree: unknown): tree is object {
  if (typeof tree !== "object" || tree === null) return false;
  return Array.isArray(tree) || [Object.prototype, null].includes(Object.getPrototypeOf(tree));
}

/** Lists and records with other values in place of their tensors. */
export const rebuildTree = (tree: TensorTree, values: readonly unknown[]): unknown =>
  rebuild(tree, values[Symbol.iterator]());

function rebuild(tree: TensorTree, values: Iterator<unknown>): unknown {
  if (tree === undefined) return undefined;
  if (isTensor(tree)) return values.next().value;
  if (Array.isArray(tree)) return tree.map((branch) => rebuild(branch, values));
  return Object.fromEntries(Object.entries(tree).map(([name, branch]) => [name, rebuild(branch, values)]));
}
