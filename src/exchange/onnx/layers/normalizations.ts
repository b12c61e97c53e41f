/** Normalizations, each one operator if it can be. */
import { sizeOf } from "../../../array/index.ts";
import type { Lowering } from "../lowering.ts";
import type { LayerUse } from "../traced.ts";
import { type Dim, float, type Value } from "../values.ts";
import { channelsOf, type LayerRule, optionsOf, parametersOf } from "./rule.ts";

interface Norm {
  readonly epsilon: number;
  readonly affine: boolean;
}

const filled = (g: Lowering, value: number, dims: readonly number[]): Value =>
  g.constant(new Float32Array(sizeOf(dims)).fill(value), dims);

/** Weight and bias, or ones and zeros. */
function scaleOf(use: LayerUse, g: Lowering, dims: readonly number[]): [scale: Value, bias: Value] {
  const parameter = parametersOf(use, g);
  return [parameter("weight") ?? filled(g, 1, dims), parameter("bias") ?? filled(g, 0, dims)];
}

const epsilonOf = (use: LayerUse) => ({ epsilon: float(optionsOf<Norm>(use).epsilon) });

/** With running statistics; without them every batch is standardized by its own. */
const batchNorm: LayerRule = {
  fits: (use) => optionsOf<{ trackRunningStats: boolean }>(use).trackRunningStats,
  write: (use, g) => {
    const parameter = parametersOf(use, g);
    const [scale, bias] = scaleOf(use, g, [channelsOf(use)]);
    const operands = [g.value(use.inputs[0]), scale, bias, parameter("running_mean"), parameter("running_var")];
    return g.emit("BatchNormalization", operands, g.like(use.outputs[0]), epsilonOf(use));
  },
};

const layerNorm: LayerRule = {
  write: (use, g) => {
    const { axes } = optionsOf<{ axes: number }>(use);
    const [scale, bias] = scaleOf(use, g, use.inputs[0].shape.slice(-axes));
    const operands = [g.value(use.inputs[0]), scale, bias];
    return g.emit("LayerNormalization", operands, g.like(use.outputs[0]), { axis: -axes, ...epsilonOf(use) });
  },
};

const instanceNorm: LayerRule = {
  write: (use, g) => {
    const operands = [g.value(use.inputs[0]), ...scaleOf(use, g, [channelsOf(use)])];
    return g.emit("InstanceNormalization", operands, g.like(use.outputs[0]), epsilonOf(use));
  },
};

/** Groups as instances, as PyTorch writes it: the operator of opset 18 has its parameters for groups, not channels. */
const groupNorm: LayerRule = {
  write: (use, g) => {
    const { groups, affine } = optionsOf<Norm & { groups: number }>(use);
    const [x, type] = [use.inputs[0], g.like(use.outputs[0])];
    const [batch] = type.dims;
    const rows: Dim[] = [batch, groups, sizeOf(x.shape.slice(1)) / groups];
    const apart = g.reshape(g.value(x), rows);
    const operands = [apart, filled(g, 1, [groups]), filled(g, 0, [groups])];
    const standard = g.emit("InstanceNormalization", operands, apart, epsilonOf(use));
    const together = g.reshape(standard, type.dims);
    if (!affine) return together;
    const [scale, bias] = scaleOf(use, g, []).map((value) => ({
      ...value,
      dims: [channelsOf(use), ...x.shape.slice(2).map(() => 1)],
      name: x.shape.length > 2 ? undefined : value.name,
    }));
    return g.emit("Add", [g.emit("Mul", [together, scale], type), bias], type);
  },
};

interface Local {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/** ONNX's window of an even size lies one channel further on, and runtimes refuse even sizes. */
const localResponseNorm: LayerRule = {
  fits: (use) => optionsOf<Local>(use).size % 2 === 1,
  write: (use, g) => {
    const { size, alpha, beta, k } = optionsOf<Local>(use);
    const attributes = { size, alpha: float(alpha), beta: float(beta), bias: float(k) };
    return g.emit("LRN", [g.value(use.inputs[0])], g.like(use.outputs[0]), attributes);
  },
};

export const normalizationRules: Readonly<Record<string, LayerRule>> = {
  ...{ batchNorm1d: batchNorm, batchNorm2d: batchNorm, batchNorm3d: batchNorm },
  ...{ layerNorm, instanceNorm, groupNorm, localResponseNorm },
};
