/** How a unit's output comes about from its terms, by the kind of layer: in double precision, from the numbers themselves. */
import { type Layer, layerTitle, type Model } from "../../nn/index.ts";
import type { StepTerm } from "./explain-step.ts";

/** The forward part of a step. `result` is what the numbers give, which differs from the network's by rounding. */
export type StepForward =
  /** Products and a bias, added up: convolutions, linear layers, means (of which every factor is 1 / n). */
  | { readonly kind: "sum"; readonly bias: number; readonly result: number }
  /** The largest of the values. */
  | { readonly kind: "maximum"; readonly winner: readonly number[]; readonly result: number }
  /** e^{x − m} / Σ e^{x_j − m}, with the exponentials in the order of the terms. */
  | {
      readonly kind: "softmax";
      readonly largest: number;
      readonly exponentials: readonly number[];
      readonly total: number;
      readonly result: number;
    }
  /** (x − mean) / √(variance + ε) · weight + bias. */
  | {
      readonly kind: "normalization";
      readonly mean: number;
      readonly variance: number;
      readonly epsilon: number;
      readonly weight: number;
      readonly bias: number;
      readonly result: number;
    }
  /** A function of one number, whose derivative is the term's factor; or anything else, linear near these numbers. */
  | { readonly kind: "function" };

interface Scene {
  readonly model: Model;
  readonly path: string;
  readonly layer: Layer;
  readonly unit: readonly number[];
  readonly terms: readonly StepTerm[];
}

/** The rule of each kind of layer, by the beginning of its type. */
const rules: readonly (readonly [types: RegExp, rule: (scene: Scene) => StepForward])[] = [
  [/^(conv|linear$|avgPool|globalAvgPool|adaptiveAvgPool|add$|sub$|upsample)/, added],
  [/^(maxPool|globalMaxPool|adaptiveMaxPool)/, largest],
  [/^softmax$/, shares],
  [/^batchNorm/, byRunning],
  [/^(layerNorm|groupNorm|instanceNorm)/, byOwn],
];

export const forwardOf = (scene: Scene): StepForward =>
  rules.find(([types]) => types.test(layerTitle(scene.layer)))?.[1](scene) ?? { kind: "function" };

/** A number of a parameter or state of the layer: of the unit's channel. */
function numberOf({ model, path, unit: [channel] }: Scene, name: string): number | undefined {
  const found = model.variables.find((variable) => variable.name === `${path}.${name}`);
  return found?.value.data[channel];
}

function added(scene: Scene): StepForward {
  const bias = numberOf(scene, "bias") ?? 0;
  return { kind: "sum", bias, result: scene.terms.reduce((total, { product }) => total + product, bias) };
}

function largest({ terms }: Scene): StepForward {
  const winner = terms.reduce((best, term) => (term.value > best.value ? term : best));
  return { kind: "maximum", winner: winner.at, result: winner.value };
}

function shares({ unit, terms }: Scene): StepForward {
  const most = terms.reduce((best, { value }) => Math.max(best, value), -Infinity);
  const exponentials = terms.map(({ value }) => Math.exp(value - most));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  const own = terms.findIndex(({ at }) => at.every((index, axis) => index === unit[axis]));
  return { kind: "softmax", largest: most, exponentials, total, result: exponentials[own] / total };
}

const epsilonOf = ({ layer }: Scene): number => Number(layer.options.epsilon ?? 0);

function normalized(scene: Scene, mean: number, variance: number): StepForward {
  const [weight, bias, epsilon] = [numberOf(scene, "weight") ?? 1, numberOf(scene, "bias") ?? 0, epsilonOf(scene)];
  const own = scene.terms.find(({ at }) => at.every((index, axis) => index === scene.unit[axis]))!;
  const result = ((own.value - mean) / Math.sqrt(variance + epsilon)) * weight + bias;
  return { kind: "normalization", mean, variance, epsilon, weight, bias, result };
}

/** By running statistics; without them by what the unit is connected with. */
function byRunning(scene: Scene): StepForward {
  const [mean, variance] = [numberOf(scene, "running_mean"), numberOf(scene, "running_var")];
  return mean === undefined || variance === undefined ? byOwn(scene) : normalized(scene, mean, variance);
}

/** By the mean and the variance of what the unit is connected with. */
function byOwn(scene: Scene): StepForward {
  const { terms } = scene;
  const mean = terms.reduce((sum, { value }) => sum + value, 0) / terms.length;
  return normalized(scene, mean, terms.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / terms.length);
}
