/** Reductions, softmax and standardization. From opset 18 on, the axes of all reductions are an input. */
import { sizeOf } from "../../../array/index.ts";
import type { OpNode, Tensor } from "../../../graph/index.ts";
import { isUseOf } from "../../../ops/index.ts";
import { type Lowering, withoutRepeats } from "../lowering.ts";
import { float, int64, type Value, type ValueType } from "../values.ts";
import { attributesOf, type OpRule } from "./rule.ts";

interface Axes {
  readonly axes: readonly number[];
}

/** A reduction of a value along axes. */
function reduce(operator: string, x: Value, axes: readonly number[], type: ValueType, keep: 0 | 1, g: Lowering): Value {
  if (operator === "ReduceSum" || g.opset >= 18) return g.emit(operator, [x, int64(axes)], type, { keepdims: keep });
  return g.emit(operator, [x], type, { axes, keepdims: keep });
}

const reduction =
  (operator: string): OpRule =>
  (node, g) => {
    const [x, y] = [node.inputs[0], node.outputs[0]];
    return reduce(operator, g.value(x), attributesOf<Axes>(node).axes, g.like(y), 0, g);
  };

/** A sum divided by the number of its terms is a mean. */
export function meanOf({ inputs: [sum, count], outputs: [y] }: OpNode, g: Lowering): Value | undefined {
  if (!isUseOf(sum.node, "sum") || g.uses(sum) > 1 || g.isConstant(sum)) return undefined;
  const [x] = sum.node.inputs;
  const { axes } = attributesOf<Axes>(sum.node);
  const divisor = withoutRepeats(count).node;
  if (divisor.kind !== "fill" || divisor.value !== sizeOf(axes.map((axis) => x.shape[axis]))) return undefined;
  return reduce("ReduceMean", g.value(x), axes, g.like(y), 0, g);
}

const argMax: OpRule = (node, g) => {
  const [x, y] = [node.inputs[0], node.outputs[0]];
  const { axis } = attributesOf<{ axis: number }>(node);
  const found = g.emit("ArgMax", [g.value(x)], { dtype: "i64", dims: g.dims(y) }, { axis, keepdims: 0 });
  return g.emit("Cast", [found], g.like(y), { to: 6 });
};

/** The positions of the largest elements, put in order. */
const topPositions: OpRule = (node, g) => {
  const [x, y] = [node.inputs[0], node.outputs[0]];
  const { axis, k } = attributesOf<{ axis: number; k: number }>(node);
  const dims = g.dims(y);
  const top = (of: Value, largest: 0 | 1): readonly Value[] =>
    g.emitAll(
      "TopK",
      [of, int64([k])],
      [
        { dtype: of.dtype, dims },
        { dtype: "i64", dims },
      ],
      { axis, largest, sorted: 1 },
    );
  const [, positions] = top(g.value(x), 1);
  const [ordered] = top(positions, 0);
  return g.emit("Cast", [ordered], g.like(y), { to: 6 });
};

const alongAxis =
  (operator: string): OpRule =>
  (node, g) =>
    g.emit(operator, [g.value(node.inputs[0])], g.like(node.outputs[0]), {
      axis: attributesOf<{ axis: number }>(node).axis,
    });

const isUniform = ({ node }: Tensor, value: number): boolean => node.kind === "fill" && node.value === value;

/** Over the last axes and without a scale it is one operator; else means and differences, as in its equation. */
const standardize: OpRule = (node, g) => {
  const [x, scale, offset] = node.inputs;
  const { axes, epsilon } = attributesOf<Axes & { epsilon: number }>(node);
  const isLast = axes.every((axis, i) => axis === x.shape.length - axes.length + i) && !axes.includes(0);
  if (
    isLast &&
    isUniform(scale, 1) &&
    isUniform(offset, 0) &&
    g.uses(node.outputs[1]) + g.uses(node.outputs[2]) === 0
  ) {
    const last = x.shape.slice(-axes.length);
    const ones = g.constant(new Float32Array(sizeOf(last)).fill(1), last);
    return g.emit("LayerNormalization", [g.value(x), ones], g.like(x), { axis: -axes.length, epsilon: float(epsilon) });
  }
  const [full, kept] = [g.like(x), g.like(node.outputs[1])];
  const mean = reduce("ReduceMean", g.value(x), axes, kept, 1, g);
  const centered = g.emit("Sub", [g.value(x), mean], full);
  const variance = reduce("ReduceMean", g.emit("Mul", [centered, centered], full), axes, kept, 1, g);
  const deviation = g.emit("Sqrt", [g.emit("Add", [variance, g.scalar(epsilon, x.dtype)], kept)], kept);
  const standard = g.emit("Div", [centered, deviation], full);
  const scaled = isUniform(scale, 1) ? standard : g.emit("Mul", [standard, ...g.operands([scale])], full);
  return [isUniform(offset, 0) ? scaled : g.emit("Add", [scaled, ...g.operands([offset])], full), mean, variance];
};

export const reductionRules: Readonly<Record<string, OpRule>> = {
  sum: reduction("ReduceSum"),
  reduceMax: reduction("ReduceMax"),
  reduceMin: reduction("ReduceMin"),
  ...{ argMax, topPositions, standardize },
  softmax: alongAxis("Softmax"),
  logSoftmax: alongAxis("LogSoftmax"),
};
