/** The layers of a network as they are applied: what each takes and gives, and what it is applied to, by name. */
import { type Graph, isOpNode, type Node, type Tensor } from "../graph/index.ts";
import type { Layer, Model } from "../nn/index.ts";
import { isNetwork, layerTitle } from "../nn/index.ts";
import { trace } from "../ops/index.ts";

/** Where a tensor comes from: an input of the model, or a layer by its path. */
export interface Source {
  readonly kind: "input" | "layer";
  readonly name: string;
}

/** A layer as it is applied. */
export interface LayerRow {
  /** Its path in the network; empty for the outermost layer. */
  readonly path: string;
  /** The type of the layer, or the op that it is. */
  readonly type: string;
  readonly layer: Layer;
  /** What it gives; of several outputs the first. */
  readonly output: Tensor;
  /** The layers and inputs of the model that its inputs come from. */
  readonly from: readonly Source[];
  /** Whether no other layer is inside it. */
  readonly isLeaf: boolean;
}

/** A network as it is applied to one sample. */
export interface AppliedNetwork {
  readonly rows: readonly LayerRow[];
  readonly graph: Graph;
  /** The tensors of the model's inputs, by name. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** The layers and inputs that each output of the model comes from. */
  readonly outputs: ReadonlyMap<string, readonly Source[]>;
  /** Whether there is a network of nodes in it, so that rows do not follow each other. */
  readonly hasNodes: boolean;
}

/** Applies a model to one sample, and keeps what its layers do. */
export function applyOnce(model: Model): AppliedNetwork {
  const rows: Omit<LayerRow, "isLeaf">[] = [];
  const labels = new Map<Tensor, Source>();
  const names = Object.keys(model.inputs);
  const outputs = new Map<string, readonly Source[]>();
  let hasNodes = isNetwork(model.layer);
  const { graph } = trace(
    (...tensors) => {
      for (const [i, name] of names.entries()) labels.set(tensors[i], { kind: "input", name });
      const given = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
      const results = model.apply(given, {
        onLayer: (path, layer, output, ends) => {
          hasNodes ||= isNetwork(layer);
          rows.push({ path, type: layerTitle(layer), layer, output, from: sourcesOf(ends.inputs, labels) });
          const isLeaf = !isInside(rows.at(-2)?.path ?? "", path);
          const source = { kind: "layer", name: path } as const;
          for (const tensor of ends.outputs)
            if (!labels.has(tensor) || (isLeaf && ends.inputs.includes(tensor))) labels.set(tensor, source);
        },
      });
      for (const [name, tensor] of Object.entries(results)) outputs.set(name, sourcesOf([tensor], labels));
      return results;
    },
    Object.values(model.inputs).map(({ shape, dtype }) => ({ shape: [1, ...shape], dtype })),
  );
  rows.push({
    path: "",
    type: layerTitle(model.layer),
    layer: model.layer,
    output: graph.outputs[0],
    from: names.map((name) => ({ kind: "input", name })),
  });
  const isLeaf = (path: string): boolean => !rows.some((other) => isInside(other.path, path));
  return {
    rows: rows.map((row) => ({ ...row, isLeaf: isLeaf(row.path) })),
    graph,
    inputs: new Map(names.map((name, i) => [name, graph.inputs[i]])),
    outputs,
    hasNodes,
  };
}

const isInside = (path: string, outer: string): boolean => (outer === "" ? path !== "" : path.startsWith(`${outer}.`));

/** What tensors come from: the nearest tensors before them that have a label. */
function sourcesOf(tensors: readonly Tensor[], labels: ReadonlyMap<Tensor, Source>): readonly Source[] {
  const found = new Set<Source>();
  const seen = new Set<Node>();
  const stack = [...tensors].reverse();
  while (stack.length > 0) {
    const tensor = stack.pop()!;
    const label = labels.get(tensor);
    if (label !== undefined) found.add(label);
    else if (isOpNode(tensor.node) && !seen.has(tensor.node)) {
      seen.add(tensor.node);
      stack.push(...[...tensor.node.inputs].reverse());
    }
  }
  return [...found];
}
