/**
 * A network as plain data, and what must hold of it: names are unique, and every node takes what comes before it. It may
 * come from a file, so everything is checked before it is used.
 */
import { describeGiven, didYouMean } from "../array/index.ts";
import { shorten } from "../array/shorten.ts";
import { inputToJson, type ModelInput } from "./inputs.ts";
import type { Layer } from "./layer.ts";
import { namedOp } from "./named-ops.ts";
import { isLayerName, NAME_RULE } from "./names.ts";
import { isOp } from "./op-layer.ts";
import { describeInputs, takes, titleOf } from "./place.ts";

/** An input of a network; without a shape it takes whatever its layers take. */
export interface NetworkInput {
  readonly name: string;
  readonly input?: ModelInput | undefined;
}

/** A layer of a network, and what it is applied to. */
export interface NetworkNode {
  /** Unique in the network; its parameters are called by it. */
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

/** A network as plain data. Nodes stand after those that they need. */
export interface NetworkSpec {
  readonly inputs: readonly NetworkInput[];
  readonly nodes: readonly NetworkNode[];
  readonly outputs: readonly NetworkOutput[];
}

/** More than any network has. */
export const MOST = { ends: 1024, nodes: 2 ** 16 } as const;

/** What is wrong with a network, and where. */
export interface Problem {
  /** The place in the description: `nodes[3].from[0]`. */
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

/** Why an output of a layer cannot be meant, if it cannot. */
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
export function problemOf({ inputs, nodes, outputs }: NetworkSpec): Problem | undefined {
  /** What has been defined so far. */
  const known = new Map<string, Layer | undefined>();
  const all = new Set([...inputs, ...nodes].map(({ name }) => name));
  const problemOfName = (name: unknown): string | undefined => {
    if (!isLayerName(name)) return `a name ${NAME_RULE}, got ${describeGiven(name)}`;
    return known.has(name) ? `the name '${shorten(name)}' is taken already` : undefined;
  };
  const problemOfReference = (reference: unknown): string | undefined => {
    if (typeof reference !== "string") return `expected the name of an input or node, got ${describeGiven(reference)}`;
    const [name, output] = parseReference(reference);
    if (!known.has(name)) {
      if (all.has(name)) return `'${shorten(name)}' comes later; nodes must stand after those that they need`;
      return `there is no input or node '${shorten(name)}'${didYouMean(name, [...known.keys()].slice(-64))}`;
    }
    const layer = known.get(name);
    if (layer !== undefined) return problemOfOutput(layer, output);
    return output === undefined ? undefined : `the input '${shorten(name)}' has no outputs to choose from`;
  };
  const problemOfOperand = (layer: Layer, from: string | number): string | undefined => {
    if (typeof from !== "number") return problemOfReference(from);
    if (isOp(layer) && namedOp(layer.options.op).takesNumbers) return undefined;
    return `numbers can be inputs of elementwise ops only, ${titleOf(layer)} got ${from}`;
  };

  if (inputs.length === 0) return { at: "inputs", problem: "a network needs at least one input" };
  if (outputs.length === 0) return { at: "outputs", problem: "a network needs at least one output" };
  if (inputs.length > MOST.ends) return { at: "inputs", problem: `${inputs.length} inputs; the limit is ${MOST.ends}` };
  if (outputs.length > MOST.ends)
    return { at: "outputs", problem: `${outputs.length} outputs; the limit is ${MOST.ends}` };
  if (nodes.length > MOST.nodes) return { at: "nodes", problem: `${nodes.length} nodes; the limit is ${MOST.nodes}` };
  for (const [i, { name }] of inputs.entries()) {
    const problem = problemOfName(name);
    if (problem !== undefined) return { at: `inputs[${i}]`, problem };
    known.set(name, undefined);
  }
  for (const [i, { name, layer, from }] of nodes.entries()) {
    const at = `nodes[${i}]`;
    const wrongName = problemOfName(name);
    if (wrongName !== undefined) return { at, problem: wrongName };
    for (const [k, operand] of from.entries()) {
      const problem = problemOfOperand(layer, operand);
      if (problem !== undefined) return { at: `${at}.from[${k}]`, problem };
    }
    if (!takes(layer, from.length))
      return { at, problem: `'${name}', ${titleOf(layer)}, takes ${describeInputs(layer)}, got ${from.length}` };
    if (from.length > 0 && from.every((operand) => typeof operand === "number"))
      return { at, problem: `'${name}' needs at least one input that is no number` };
    known.set(name, layer);
  }
  const named = new Set<string>();
  for (const [i, { name, from }] of outputs.entries()) {
    const at = `outputs[${i}]`;
    if (!isLayerName(name)) return { at, problem: `a name ${NAME_RULE}, got ${describeGiven(name)}` };
    if (named.has(name)) return { at, problem: `the name '${shorten(name)}' is taken already` };
    const problem = problemOfReference(from);
    if (problem !== undefined) return { at, problem };
    named.add(name);
  }
  return undefined;
}

/** A network as it is saved, without its type. */
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
