/**
 * A model as two graphs, for two numbers of samples. They must be the same but for lengths; a length that differs is the
 * number of samples, or a multiple of it. So the number stays open in the file, whatever the layers do with it.
 */
import { CapabilityError, sameArray } from "../../array/index.ts";
import {
  formatAttribute,
  type Graph,
  labelOf,
  located,
  type Node,
  type OpNode,
  type Tensor,
} from "../../graph/index.ts";
import type { Layer, Model } from "../../nn/index.ts";
import { byRecord, isUseOf, trace, unrollingLoops } from "../../ops/index.ts";
import { BATCH, type Dim } from "./values.ts";

/** Two numbers of samples; lengths that are 3 in one graph and 5 in the other are that of the batch. */
const BATCHES = [3, 5] as const;

/** A layer that was applied. */
export interface LayerUse {
  readonly path: string;
  readonly layer: Layer;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** A traced model. */
export interface TracedModel {
  readonly graph: Graph;
  /** The names of the graph's inputs and outputs, in order. */
  readonly names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  /** The layers in the order in which they were applied, inner ones first, and last the outermost one. */
  readonly layers: readonly LayerUse[];
  /** The inputs as the outermost layer gets them: normalized. */
  readonly prepared: readonly Tensor[];
  /** The lengths of every tensor of the graph. */
  readonly dims: ReadonlyMap<Tensor, readonly Dim[]>;
}

/** @throws CapabilityError where the network does something else for another number of samples */
export function traceModel(model: Model): TracedModel {
  const [first, second] = BATCHES.map((batch) => traceFor(model, batch));
  return { ...first, dims: pairDims(first.graph, second.graph) };
}

function traceFor(model: Model, batch: number): Omit<TracedModel, "dims"> {
  const layers: LayerUse[] = [];
  const names = Object.keys(model.inputs);
  const { graph } = unrollingLoops(() =>
    trace(
      (...tensors) => {
        const given = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
        return model.apply(given, { onLayer: (path, layer, _, ends) => void layers.push({ path, layer, ...ends }) });
      },
      Object.values(model.inputs).map(({ shape, dtype }) => ({ shape: [batch, ...shape], dtype })),
    ),
  );
  const prepared = Object.values(model.inputs).map(({ normalization }, i) =>
    normalization === undefined ? graph.inputs[i] : normalizedOf(graph, i),
  );
  layers.push({ path: "", layer: model.layer, inputs: prepared, outputs: graph.outputs });
  return { graph, names: { inputs: names, outputs: model.outputs }, layers, prepared };
}

/** The normalized input of a number, if anything needs it: (x − mean) / deviation is the first thing that a model does. */
function normalizedOf({ inputs, nodes }: Graph, i: number): Tensor {
  const quotient = nodes.find((node) => {
    const difference = isUseOf(node, "div") ? node.inputs[0].node : node;
    return difference !== node && isUseOf(difference, "sub") && difference.inputs[0] === inputs[i];
  });
  return quotient?.outputs[0] ?? inputs[i];
}

/** The attributes that may hold the number of samples: those that are the shape of an output. */
const SHAPES = byRecord({ reshape: "shape", broadcastTo: "shape", slice: "size" });

function pairDims(first: Graph, second: Graph): Map<Tensor, readonly Dim[]> {
  const dims = new Map<Tensor, readonly Dim[]>();
  if (first.nodes.length !== second.nodes.length) throw dependsOnBatch("what it computes");
  for (const [i, node] of first.nodes.entries()) {
    const other = second.nodes[i];
    if (!agree(node, other)) throw dependsOnBatch(located(labelOf(node), node.path));
    for (const [k, { shape }] of node.outputs.entries())
      dims.set(
        node.outputs[k],
        shape.map((n, axis) => dimOf(n, other.outputs[k].shape[axis], node)),
      );
  }
  return dims;
}

/** A length from those in the two graphs. */
function dimOf(length: number, other: number, node: Node): Dim {
  if (length === other) return length;
  const times = (other - length) / (BATCHES[1] - BATCHES[0]);
  if (!Number.isInteger(times) || times * BATCHES[0] !== length)
    throw dependsOnBatch(`a length in ${located(labelOf(node), node.path)}`);
  return times === 1 ? BATCH : `${times}*${BATCH}`;
}

function agree(a: Node, b: Node): boolean {
  if (a.kind === "op") return b.kind === "op" && a.op === b.op && attributesAgree(a, b);
  if (a.kind === "constant") return b.kind === "constant" && sameArray(a.value, b.value);
  if (a.kind === "fill") return b.kind === "fill" && Object.is(a.value, b.value);
  return a.kind === b.kind;
}

const attributesAgree = (a: OpNode, b: OpNode): boolean =>
  Object.entries(a.attributes).every(
    ([name, value]) => SHAPES.get(a.op) === name || formatAttribute(value) === formatAttribute(b.attributes[name]),
  );

const dependsOnBatch = (what: string): CapabilityError =>
  new CapabilityError(
    `toOnnx: ${what} depends on the number of samples other than as the length of an axis, and a file is for any number; ` +
      "export the part of the network before it",
  );
