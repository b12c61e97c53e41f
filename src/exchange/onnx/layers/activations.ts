/** Activations that ONNX has, or has under a composition that runtimes know. */
import type { Lowering } from "../lowering.ts";
import type { LayerUse } from "../traced.ts";
import { float, type Value, type ValueType } from "../values.ts";
import { type LayerRule, operator, optionsOf, parametersOf } from "./rule.ts";

const slope = (name: string) => (use: LayerUse) => ({ alpha: float(optionsOf<Record<string, number>>(use)[name]) });

/** x · Φ(x): operators of its own came with opset 20; runtimes recognize this composition. */
const gelu: LayerRule = {
  write: (use, g) => {
    const [x, type] = [g.value(use.inputs[0]), g.like(use.outputs[0])];
    const isExact = optionsOf<{ approximate: string }>(use).approximate === "none";
    const bent = isExact ? g.emit("Erf", [g.emit("Div", [x, g.scalar(Math.SQRT2)], type)], type) : tanhOf(x, type, g);
    const share = g.emit("Add", [bent, g.scalar(1)], type);
    return g.emit("Mul", [g.emit("Mul", [x, share], type), g.scalar(0.5)], type);
  },
};

/** tanh(√(2/π) (x + 0.044715 x³)). */
function tanhOf(x: Value, type: ValueType, g: Lowering): Value {
  const cube = g.emit("Mul", [g.emit("Mul", [x, x], type), x], type);
  const sum = g.emit("Add", [x, g.emit("Mul", [cube, g.scalar(0.044715)], type)], type);
  return g.emit("Tanh", [g.emit("Mul", [sum, g.scalar(Math.sqrt(2 / Math.PI))], type)], type);
}

const silu: LayerRule = {
  write: ({ inputs: [x], outputs: [y] }, g) =>
    g.emit("Mul", [g.value(x), g.emit("Sigmoid", [g.value(x)], g.like(y))], g.like(y)),
};

const clip =
  (bounds: (use: LayerUse) => readonly [low: number, high: number]): LayerRule["write"] =>
  (use, g) => {
    const [low, high] = bounds(use);
    return g.emit("Clip", [g.value(use.inputs[0]), g.scalar(low), g.scalar(high)], g.like(use.outputs[0]));
  };

const hardTanh: LayerRule = {
  write: clip((use) => {
    const { low, high } = optionsOf<{ low: number; high: number }>(use);
    return [low, high];
  }),
};

const relu6: LayerRule = { write: clip(() => [0, 6]) };

/** One slope, or one for each channel, which is broadcast from the last axis. */
const prelu: LayerRule = {
  write: (use, g) => {
    const [x, y] = [use.inputs[0], use.outputs[0]];
    const weight = parametersOf(use, g)("weight")!;
    const dims = [...weight.dims, ...x.shape.slice(2).map(() => 1)];
    const slopes = x.shape.length > 2 ? { ...weight, dims, name: undefined } : weight;
    return g.emit("PRelu", [g.value(x), slopes], g.like(y));
  },
};

interface Softplus {
  readonly beta: number;
  readonly threshold: number;
}

/** From here, ln(1 + eˣ) is x to the last bits of float32. */
const LINEAR_FROM = 15;

const softplus: LayerRule = {
  fits: (use) => optionsOf<Softplus>(use).threshold >= LINEAR_FROM,
  write: (use, g) => {
    const { beta } = optionsOf<Softplus>(use);
    const [x, type] = [g.value(use.inputs[0]), g.like(use.outputs[0])];
    if (beta === 1) return g.emit("Softplus", [x], type);
    const bent = g.emit("Softplus", [g.emit("Mul", [x, g.scalar(beta)], type)], type);
    return g.emit("Div", [bent, g.scalar(beta)], type);
  },
};

export const activationRules: Readonly<Record<string, LayerRule>> = {
  ...{ gelu, silu, hardTanh, relu6, prelu, softplus },
  elu: operator("Elu", slope("alpha")),
  leakyRelu: operator("LeakyRelu", slope("slope")),
  selu: operator("Selu"),
  softsign: operator("Softsign"),
  hardSwish: operator("HardSwish"),
  hardSigmoid: operator("HardSigmoid", () => ({ alpha: float(1 / 6), beta: float(0.5) })),
};
