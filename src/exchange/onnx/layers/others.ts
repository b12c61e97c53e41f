/** Layers over whole maps, tables and last axes. */
import { paddingPerAxis } from "../../../ops/index.ts";
import type { Lowering } from "../lowering.ts";
import type { LayerUse } from "../traced.ts";
import { int64, type Value } from "../values.ts";
import { type LayerRule, optionsOf, parametersOf } from "./rule.ts";

/** Over more than two axes: ONNX's Gemm, which Fovea's product becomes otherwise, is for matrices. */
const linear: LayerRule = {
  fits: ({ inputs: [x] }) => x.shape.length > 2,
  write: (use, g) => {
    const [x, type] = [g.value(use.inputs[0]), g.like(use.outputs[0])];
    const parameter = parametersOf(use, g);
    const product = g.emit("MatMul", [x, g.transpose(parameter("weight")!, [1, 0])], type);
    const bias = parameter("bias");
    return bias === undefined ? product : g.emit("Add", [product, bias], type);
  },
};

const embedding: LayerRule = {
  write: (use, g) => {
    const operands = [parametersOf(use, g)("weight"), g.value(use.inputs[0])];
    return g.emit("Gather", operands, g.like(use.outputs[0]), { axis: 0 });
  },
};

/** Mean or maximum of whole maps, and their axes dropped. */
const globalPool = (operator: string): LayerRule => ({
  write: ({ inputs: [x], outputs: [y] }, g) => {
    const [batch, channels] = g.dims(x);
    const dims = [batch, channels, ...x.shape.slice(2).map(() => 1)];
    const pooled = g.emit(operator, [g.value(x)], { dtype: x.dtype, dims });
    return g.reshape(pooled, g.dims(y));
  },
});

/** Padding [n, channels, …spatial] by a rule; how much of it follows from the lengths. */
const edges = (mode: "edge" | "reflect"): LayerRule => ({
  fits: ({ inputs: [x] }) => x.shape.length > 2,
  write: (use, g) => {
    const amounts = paddingOf(use);
    return g.emit("Pad", [g.value(use.inputs[0]), int64(amounts)], g.like(use.outputs[0]), { mode });
  },
});

function paddingOf(use: LayerUse): number[] {
  const rank = use.inputs[0].shape.length - 2;
  const { padding } = optionsOf<{ padding: number | readonly number[] }>(use);
  const amounts = paddingPerAxis(padding, rank);
  return [0, 0, ...amounts.slice(0, rank), 0, 0, ...amounts.slice(rank)];
}

/** By how much maps grow, where that is a whole number along all axes; other positions are read one by one. */
const scalesOf = ({ inputs: [x], outputs: [y] }: LayerUse): number[] => y.shape.map((n, axis) => n / x.shape[axis]);

const growsEvenly = (use: LayerUse): boolean => scalesOf(use).every((scale) => Number.isInteger(scale));

const resize = (use: LayerUse, g: Lowering, attributes: Readonly<Record<string, string>>): Value => {
  const scales = g.constant(Float32Array.from(scalesOf(use)));
  return g.emit("Resize", [g.value(use.inputs[0]), undefined, scales], g.like(use.outputs[0]), attributes);
};

const upsampleNearest: LayerRule = {
  fits: growsEvenly,
  write: (use, g) =>
    resize(use, g, { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }),
};

const upsampleBilinear: LayerRule = {
  fits: growsEvenly,
  write: (use, g) => {
    const { alignCorners } = optionsOf<{ alignCorners: boolean }>(use);
    const mode = alignCorners ? "align_corners" : "half_pixel";
    return resize(use, g, { mode: "linear", coordinate_transformation_mode: mode });
  },
};

export const otherRules: Readonly<Record<string, LayerRule>> = {
  ...{ linear, embedding, upsampleNearest, upsampleBilinear },
  globalAvgPool: globalPool("GlobalAveragePool"),
  globalMaxPool: globalPool("GlobalMaxPool"),
  reflectPad: edges("reflect"),
  replicatePad: edges("edge"),
};
