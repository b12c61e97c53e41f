/** A sum that is the bias of the product before it: convolutions and products take one themselves. */
import { isOpNode, type OpNode, type Tensor } from "../../../graph/index.ts";
import { recordsOf } from "../../../ops/index.ts";
import { type Lowering, withoutRepeats } from "../lowering.ts";
import type { OnnxNode, Value } from "../values.ts";

/** The ops that give products, and the operators that take a bias as their third input, along axis 1. */
const PRODUCTS = recordsOf("conv", "convInputGradient", "matmul");
const TAKES_BIAS: readonly string[] = ["Conv", "ConvTranspose", "Gemm"];

/** The product with its bias in place of a sum; undefined for other sums. */
export function addBias({ inputs, outputs: [y] }: OpNode, g: Lowering): Value | undefined {
  for (const [product, other] of [inputs, [...inputs].reverse()]) {
    const node = productOf(product, g);
    const bias = node && biasOf(other, product, g);
    if (bias) return g.emit(node.operator, [...node.inputs, bias], g.like(y), node.attributes);
  }
  return undefined;
}

/** The node of a product that nothing else reads and that has no bias yet. */
function productOf(tensor: Tensor, g: Lowering): OnnxNode | undefined {
  const isProduct = isOpNode(tensor.node) && PRODUCTS.has(tensor.node.op);
  if (!isProduct || g.isConstant(tensor) || g.uses(tensor) > 1) return undefined;
  const { node } = g.value(tensor);
  return node !== undefined && TAKES_BIAS.includes(node.operator) && node.inputs.length === 2 ? node : undefined;
}

/** A constant with one number for each channel. */
function biasOf(tensor: Tensor, { shape }: Tensor, g: Lowering): Value | undefined {
  const source = withoutRepeats(tensor);
  if (!g.isConstant(source)) return undefined;
  const lead = shape.length - source.shape.length;
  const isAlongChannels = source.shape.every((n, i) => n === (lead + i === 1 ? shape[1] : 1));
  return isAlongChannels && lead <= 1 ? g.reshaped(source, [shape[1]]) : undefined;
}
