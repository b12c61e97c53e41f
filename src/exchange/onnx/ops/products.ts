/** Matrix products and convolutions. */
import { windowAxes } from "../../../ops/index.ts";
import { withoutRepeats } from "../lowering.ts";
import type { Dim, Value } from "../values.ts";
import { attributesOf, type OpRule } from "./rule.ts";

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Of matrices, one product with a constant is Gemm; others are MatMul, whose leading axes are a batch. */
const matmul: OpRule = (node, g) => {
  const { transposeA, transposeB } = attributesOf<Transposes>(node);
  const [a, b] = node.inputs;
  const type = g.like(node.outputs[0]);
  if (a.shape.length === 2 && (transposeA || transposeB || g.isConstant(b))) {
    const flags = { ...(transposeA && { transA: 1 }), ...(transposeB && { transB: 1 }) };
    return g.emit("Gemm", [g.value(a), g.value(b)], type, flags);
  }
  const factor = (value: Value, isTransposed: boolean): Value =>
    isTransposed ? g.transpose(value, lastSwapped(value.dims)) : value;
  // Repeated along the leading axes only, which MatMul does itself for one of both factors.
  const weights = withoutRepeats(b);
  return g.emit("MatMul", [factor(g.value(a), transposeA), factor(g.value(weights), transposeB)], type);
};

const lastSwapped = ({ length }: readonly Dim[]): number[] => [
  ...Array.from({ length: length - 2 }, (_, axis) => axis),
  length - 1,
  length - 2,
];

interface Convolution {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

const convAttributes = ({ stride, padding, dilation, groups }: Convolution, kernel: readonly number[]) => ({
  kernel_shape: kernel,
  strides: stride,
  pads: padding,
  dilations: dilation,
  group: groups,
});

const conv: OpRule = (node, g) => {
  const [x, w] = node.inputs;
  const attributes = convAttributes(attributesOf(node), w.shape.slice(2));
  return g.emit("Conv", [g.value(x), g.value(w)], g.like(node.outputs[0]), attributes);
};

/** A convolution's input gradient is a transposed convolution; `output_padding` makes up for what the stride left out. */
const convTranspose: OpRule = (node, g) => {
  const [x, w] = node.inputs;
  const { size, ...window } = attributesOf<Convolution & { size: readonly number[] }>(node);
  const kernel = w.shape.slice(2);
  const missing = windowAxes(size, kernel, window).map(({ input, output, stride, dilation, kernel, before, after }) => {
    const reached = (output - 1) * stride + dilation * (kernel - 1) + 1 - before - after;
    return input - reached;
  });
  const attributes = {
    ...convAttributes(window, kernel),
    ...(missing.some((n) => n > 0) && { output_padding: missing }),
  };
  return g.emit("ConvTranspose", [g.value(x), g.value(w)], g.like(node.outputs[0]), attributes);
};

export const productRules: Readonly<Record<string, OpRule>> = { matmul, conv, convInputGradient: convTranspose };
