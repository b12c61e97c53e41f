/**
 * A network as plain data, and its rules: names are unique, and nodes only refer to earlier ones. It may come from a file,
 * so everything is checked before it is used.
 */
import { describeGiven, didYouMean, shorten } from "../array/index.ts";
import { inputToJson, type ModelInput } from "./inputs.ts";
import type { Layer } from "./layer.ts";
import { namedOp } from "./named-ops.ts";
import { isLayerName, NAME_RULE } from "./names.ts";
import { isOp } from "./op-layer.ts";
import { describeInputs, layerTitle, takes } from "./place.ts";

/** An input of a network; without a shape it accepts what its layers accept. */
export interface NetworkInput {
  readonly name: string;
  readonly input?: ModelInput | undefined;
}

/** A node of a network: a layer and its inputs. */
export interface NetworkNode {
  /** Unique in the network; part of its parameters' names. */
  readonly name: string;
  readonly layer: Layer;
  /** The node whose parameters it uses. Default: its own. */
  readonly shares?: string | undefined;
  /** Inputs and nodes by name, one of several outputs as `name.output`, and numbers. */
  readonly from: readonly (string | number)[];
}

/** An output of a network. */
export interface NetworkOutput {
  readonly name: string;
  readonly from: string;
}

/** A network as plain data. Nodes are in topological order. */
export interface NetworkSpec {
  readonly inputs: readonly NetworkInput[];
  readonly nodes: readonly NetworkNode[];
  readonly outputs: readonly NetworkOutput[];
}

/** Upper limits of networks. */
export const NETWORK_LIMITS = { ends: 1024, nodes: 2 ** 16 } as const;

/** A problem of a network, and its location. */
export interface Problem {
  /** The location in the description: `nodes[3].from[0]`. */
  readonly at: string;
  readonly problem: string;
}

/** A reference to a value, `name` or `name.output`, in its parts. */
export function parseReference(reference: string): readonly [name: string, output: string | undefined] {
  const dot = reference.indexOf(".");
  return dot < 0 ? [reference, undefined] : [reference.slice(0, dot), reference.slice(dot + 1)];
}

/** The number of an output of a layer. */
export const outputIndex = ({ outputs }: Layer, output: string | undefined): number => {
  if (output === undefined) return 0;
  return outputs === undefined ? Number(output) : outputs.indexOf(output);
};

/** Why a reference to an output of a layer is invalid, if it is. */
function problemOfOutput({ type, outputs }: Layer, output: string | undefined): string | undefined {
  if (outputs === undefined)
    return output === undefined || /^\d{1,4}$/.test(output)
      ? undefined
      : `the outputs of an op are numbers, got '${shorten(output)}'`;
  if (output === undefined)
    return outputs.length === 1 ? undefined : `${type} has the outputs ${outputs.join(", ")}; say which one`;
  return outputs.includes(output)
    ? undefined
    : `${type} has no output '${shorten(output)}'${didYouMean(output, outputs)}`;
}

/** The first thing that is wrong with a network. */
export function networkProblem(spec: NetworkSpec): Problem | undefined {
  const { inputs, nodes, outputs } = spec;
  const check = new NetworkCheck(spec);
  return (
    problemOfCount("inputs", inputs, NETWORK_LIMITS.ends) ??
    problemOfCount("outputs", outputs, NETWORK_LIMITS.ends) ??
    problemOfCount("nodes", nodes, NETWORK_LIMITS.nodes, 0) ??
    firstProblem("inputs", inputs, (input) => check.input(input)) ??
    firstProblem("nodes", nodes, (node) => check.node(node)) ??
    firstProblem("outputs", outputs, (output) => check.output(output))
  );
}

function problemOfCount(at: string, { length }: readonly unknown[], most: number, least = 1): Problem | undefined {
  if (length < least) return { at, problem: `a network needs at least one ${at.slice(0, -1)}` };
  return length > most ? { at, problem: `${length} ${at}; the limit is ${most}` } : undefined;
}

/** A problem of an entry, and its location in the entry. */
type EntryProblem = string | { readonly within: string; readonly problem: string } | undefined;

function firstProblem<T>(
  list: string,
  entries: readonly T[],
  problemIn: (entry: T) => EntryProblem,
): Problem | undefined {
  for (const [i, entry] of entries.entries()) {
    const found = problemIn(entry);
    if (typeof found === "string") return { at: `${list}[${i}]`, problem: found };
    if (found !== undefined) return { at: `${list}[${i}].${found.within}`, problem: found.problem };
  }
  return undefined;
}

/** Checks a network in order, tracking the names defined so far. */
class NetworkCheck {
  /** Nodes with their layers, inputs without. */
  readonly #known = new Map<string, Layer | undefined>();
  readonly #outputs = new Set<string>();
  readonly #all: ReadonlySet<string>;

  constructor({ inputs, nodes }: NetworkSpec) {
    this.#all = new Set([...inputs, ...nodes].map(({ name }) => name));
  }

  input({ name }: NetworkInput): EntryProblem {
    return problemOfName(name, this.#known) ?? this.#define(name, undefined);
  }

  node({ name, layer, from }: NetworkNode): EntryProblem {
    const wrongName = problemOfName(name, this.#known);
    if (wrongName !== undefined) return wrongName;
    for (const [k, operand] of from.entries()) {
      const problem = this.#operand(layer, operand);
      if (problem !== undefined) return { within: `from[${k}]`, problem };
    }
    if (!takes(layer, from.length))
      return `'${name}', ${layerTitle(layer)}, takes ${describeInputs(layer)}, got ${from.length}`;
    if (from.length > 0 && from.every((operand) => typeof operand === "number"))
      return `'${name}' needs at least one input that is no number`;
    return this.#define(name, layer);
  }

  output({ name, from }: NetworkOutput): EntryProblem {
    const problem = problemOfName(name, this.#outputs) ?? this.#reference(from);
    this.#outputs.add(name);
    return problem;
  }

  #define(name: string, layer: Layer | undefined): undefined {
    this.#known.set(name, layer);
  }

  #operand(layer: Layer, operand: string | number): string | undefined {
    if (typeof operand !== "number") return this.#reference(operand);
    if (isOp(layer) && namedOp(layer.options.op).takesNumbers) return undefined;
    return `numbers can be inputs of elementwise ops only, ${layerTitle(layer)} got ${operand}`;
  }

  #reference(reference: string): string | undefined {
    const [name, output] = parseReference(reference);
    if (!this.#known.has(name)) {
      if (this.#all.has(name)) return `'${shorten(name)}' comes later; nodes must stand after those that they need`;
      return `there is no input or node '${shorten(name)}'${didYouMean(name, [...this.#known.keys()].slice(-64))}`;
    }
    const layer = this.#known.get(name);
    if (layer !== undefined) return problemOfOutput(layer, output);
    return output === undefined ? undefined : `the input '${shorten(name)}' has no outputs to choose from`;
  }
}

function problemOfName(name: unknown, taken: { has(name: string): boolean }): string | undefined {
  if (!isLayerName(name)) return `a name ${NAME_RULE}, got ${describeGiven(name)}`;
  return taken.has(name) ? `the name '${shorten(name)}' is taken already` : undefined;
}

/** A network as saved, without its type. */
export const specToJson = ({ inputs, nodes, outputs }: NetworkSpec) => ({
  inputs: inputs.map(({ name, input }) => ({ name, ...(input && inputToJson(input)) })),
  nodes: nodes.map(({ name, layer, shares, from }) => {
    if (shares !== undefined) return { name, shares, from };
    return isOp(layer)
      ? { name, op: layer.options.op, attributes: layer.options.attributes, from }
      : { name, layer, from };
  }),
  outputs,
});
