/** How a layer is written as a whole, where ONNX has an operator that says more than the ops it is made of. */
import { inputsOf, type Node, type Variable } from "../../../graph/index.ts";
import type { Lowering } from "../lowering.ts";
import type { LayerUse } from "../traced.ts";
import type { Constant, Value } from "../values.ts";

export interface LayerRule {
  /** Whether the rule is for this use; otherwise its ops are written one by one. Default: always. */
  readonly fits?: (use: LayerUse) => boolean;
  /** Makes the nodes, and gives the value of the layer's output. */
  readonly write: (use: LayerUse, g: Lowering) => Value;
}

/** The options of a layer as the rules of its type know them. */
export const optionsOf = <O>({ layer }: LayerUse): O => layer.options as O;

/** The variables that a layer reads, by the last part of their names: `weight`, `running_mean`. */
export function variablesOf({ inputs, outputs }: LayerUse): ReadonlyMap<string, Variable> {
  const found = new Map<string, Variable>();
  const seen = new Set<Node>(inputs.map(({ node }) => node));
  const open = outputs.map(({ node }) => node);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === "variable") found.set(node.variable.name.split(".").at(-1)!, node.variable);
    open.push(...inputsOf(node).map((input) => input.node));
  }
  return found;
}

/** The parameters of a layer, by the last part of their names. */
export function parametersOf(use: LayerUse, g: Lowering): (name: string) => Constant | undefined {
  const variables = variablesOf(use);
  return (name) => {
    const variable = variables.get(name);
    return variable && g.parameter(variable);
  };
}

/** A rule for layers that are one operator of one input. */
export const operator = (
  name: string,
  attributes: (use: LayerUse) => Parameters<Lowering["emit"]>[3] = () => undefined,
): LayerRule => ({
  write: (use, g) => g.emit(name, [g.value(use.inputs[0])], g.like(use.outputs[0]), attributes(use)),
});

/** The number of channels of a layer's input. */
export const channelsOf = ({ inputs: [x] }: LayerUse): number => x.shape[1];
