/** A network as a drawing: its layers and ops, and what flows between them, for Graphviz. */
import { formatShape, type Shape } from "../array/index.ts";
import { quote } from "../graph/index.ts";
import type { Model } from "../nn/index.ts";
import { checkModel } from "../nn/index.ts";
import { applyOnce, type Source } from "./rows.ts";

/** Lines of a label, one under the other. */
const labelOf = (...lines: readonly string[]): string => quote(lines.join("\n")).replaceAll("\n", "\\n");

const describeShape = (shape: Shape): string => formatShape(shape).replaceAll(",", "×");

/**
 * A model as a Graphviz digraph: `dot -Tsvg`. Inputs and outputs have their names; each layer has its path, its type and
 * the shape of what it gives for one sample. Layers that only contain others are left out.
 * @throws OptionError for what is no model
 */
export function toDot(model: Model): string {
  checkModel("toDot", model);
  const { rows, inputs, outputs } = applyOnce(model);
  // The outermost layer is listed only where it is the whole network.
  const drawn = rows.filter(({ isLeaf, path }) => isLeaf && (path !== "" || rows.length === 1));
  const idOf = ({ kind, name }: Source): string => quote(`${kind} ${name}`);
  const ofLayer = (path: string): string => idOf({ kind: "layer", name: path });
  const lines = [
    ...[...inputs].map(
      ([name, { shape }]) =>
        `  ${idOf({ kind: "input", name })} [shape=invhouse, label=${labelOf(name, describeShape(shape.slice(1)))}];`,
    ),
    ...drawn.map(({ path, type, layer, output: { shape } }) => {
      const size = describeShape(layer.inputs.length === 0 ? shape : shape.slice(1));
      return `  ${ofLayer(path)} [shape=box, label=${labelOf(...(path === "" ? [] : [path]), type, size)}];`;
    }),
    ...[...outputs.keys()].map((name) => `  ${quote(`output ${name}`)} [shape=house, label=${labelOf(name)}];`),
    ...drawn.flatMap(({ path, from }) => from.map((source) => `  ${idOf(source)} -> ${ofLayer(path)};`)),
    ...[...outputs].flatMap(([name, from]) =>
      (rows.length === 1 ? [{ kind: "layer", name: "" } as const] : from).map(
        (source) => `  ${idOf(source)} -> ${quote(`output ${name}`)};`,
      ),
    ),
  ];
  return ["digraph fovea {", "  rankdir=TB;", ...lines, "}", ""].join("\n");
}
