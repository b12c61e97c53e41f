/**
 * Batch normalization as part of the product before it:
 *
 *   s = weight / √(variance + ε),   w′ = w · s,   b′ = (b − mean) · s + bias        for each output channel
 *
 * computed in double precision. Only where nothing else reads the product. Source: Jacob et al. 2018, section 3.2.
 */
import { type Constant, isConstant, type OnnxGraph, type OnnxNode, type Value } from "./values.ts";

/** The axis of the output channels in the weights of a product; of Gemm it is the first where they are transposed. */
const channelAxis = ({ operator, attributes }: OnnxNode): number | undefined => {
  if (operator === "Conv") return 0;
  if (operator === "Gemm") return attributes.transB === 1 ? 0 : 1;
  return operator === "ConvTranspose" && attributes.group === 1 ? 1 : undefined;
};

/** The graph with every batch normalization folded that follows a product. */
export function foldBatchNorm(graph: OnnxGraph): OnnxGraph {
  const uses = countUses(graph);
  const folded = new Map<OnnxNode, OnnxNode>();
  for (const node of graph.nodes) {
    const product = node.operator === "BatchNormalization" ? node.inputs[0]?.node : undefined;
    if (product === undefined || uses.get(product.outputs[0]) !== 1) continue;
    const together = fold(product, node);
    if (together !== undefined) folded.set(node, together);
  }
  return { ...graph, nodes: graph.nodes.map((node) => folded.get(node) ?? node) };
}

/** How often each value is read, and an output of the graph once more. Nodes that nothing needs do not count. */
function countUses({ nodes, outputs }: OnnxGraph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const output of outputs) count(output);
  for (const node of [...nodes].reverse())
    if (node.outputs.some((output) => uses.has(output)))
      for (const input of node.inputs) if (input !== undefined) count(input);
  return uses;
}

/** The product with the normalization in its weights; it gives the normalization's output. */
function fold(product: OnnxNode, norm: OnnxNode): OnnxNode | undefined {
  const axis = channelAxis(product);
  const [x, weights, bias] = product.inputs;
  const statistics = norm.inputs.slice(1);
  if (axis === undefined || !isConstant(weights) || !(bias === undefined || isConstant(bias))) return undefined;
  if (!statistics.every(isConstant)) return undefined;
  const { epsilon } = norm.attributes as { epsilon: { float: number } };
  const [scale, offset, mean, variance] = statistics.map(({ data }) => Float64Array.from(data as Float32Array));
  const slopes = scale.map((s, i) => s / Math.sqrt(variance[i] + Math.fround(epsilon.float)));
  const start = bias === undefined ? new Float64Array(slopes.length) : Float64Array.from(bias.data as Float32Array);
  const shifts = start.map((b, i) => (b - mean[i]) * slopes[i] + offset[i]);
  const prefix = weights.name?.replace(/weight$/, "");
  const biasName = bias?.name ?? (prefix === undefined || prefix === weights.name ? undefined : `${prefix}bias`);
  const inputs = [x, scaled(weights, slopes, axis), { ...vector(shifts), name: biasName }];
  const [output] = norm.outputs;
  const node = { ...product, inputs, outputs: [output] };
  output.node = node;
  return node;
}

const vector = (values: Float64Array): Constant => ({
  dtype: "f32",
  dims: [values.length],
  data: Float32Array.from(values),
});

/** Weights times a number for each output channel, under their own name. */
function scaled({ data, dims, dtype, name }: Constant, slopes: Float64Array, axis: number): Constant {
  const inner = dims.slice(axis + 1).reduce((size, n) => size * n, 1);
  const result = (data as Float32Array).map((w, i) => w * slopes[Math.floor(i / inner) % dims[axis]]);
  return { data: result, dims, dtype, name };
}
