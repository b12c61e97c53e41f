/**
 * What one layer does at one place, as a program. For the unit u of a layer y(x), and an element i of its input:
 *
 *   forward    x, y, and which x the unit is connected with
 *   row        ∂y_u / ∂x_j, for all j: what each input is multiplied by
 *   column     ∂y_o / ∂x_i, for all o: the units in which the derivatives of x_i meet
 *   backward   ∂t / ∂y, for a target t
 *
 * Backwards, x_i gets Σ_o ∂t/∂y_o · ∂y_o/∂x_i. The column is the derivative of Jᵀv by v, which is linear in v.
 */
import { didYouMean, isFloat, type NdArray, OptionError, shorten } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { compile } from "../../engines/index.ts";
import { type BackwardRule, isOpNode, type Op, sortNodes, type Tensor } from "../../graph/index.ts";
import type { Layer, Model } from "../../nn/index.ts";
import { gradient, mul, sum, trace } from "../../ops/index.ts";
import type { Arrays, Tensors } from "../../train/index.ts";
import { derivative, onesRules } from "../fields/ones-rules.ts";
import type { Target } from "../probe/index.ts";

/** The layer at a path, as it is applied. */
export interface LayerAt {
  readonly layer: Layer;
  /** Its inputs and its first output, with a batch axis of 1. */
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
}

/** Applies a model, and returns what the layer at a path does. @throws OptionError for a path without a layer */
function layerAt(model: Model, given: Tensors, path: string): LayerAt & { readonly outputs: Tensors } {
  const found = new Map<string, LayerAt>();
  const outputs = model.apply(given, {
    onLayer: (at, layer, output, { inputs }) => void found.set(at, { layer, inputs, output }),
  });
  const layer = found.get(path);
  if (layer !== undefined) return { ...layer, outputs };
  const known = [...found.keys()];
  throw new OptionError(`explainStep: there is no layer '${shorten(path)}'${didYouMean(path, known)}`);
}

const typesOf = ({ inputs }: Model) =>
  Object.values(inputs).map(({ shape, dtype }) => ({ shape: [1, ...shape], dtype }));

const byName = ({ inputs }: Model, tensors: readonly Tensor[]): Tensors =>
  Object.fromEntries(Object.keys(inputs).map((name, i) => [name, tensors[i]]));

/** The layer and the shapes of what goes in and out. @throws OptionError for a path without a layer, and for integers */
export function inspectLayer(model: Model, path: string): LayerAt {
  let found: LayerAt | undefined;
  trace((...tensors) => {
    found = layerAt(model, byName(model, tensors), path);
    return found.output;
  }, typesOf(model));
  const { inputs, output } = found!;
  if (isFloat(output.dtype) && inputs.length > 0 && inputs.every(({ dtype }) => isFloat(dtype))) return found!;
  throw new OptionError(`explainStep: '${path}' takes or gives integers, or takes nothing; choose a layer of floats`);
}

/** Rules by which derivatives end at the layer's inputs, one of which may be computed from another. */
function endingAt(
  inputs: readonly Tensor[],
  rules: ReadonlyMap<Op, BackwardRule> = new Map(),
): ReadonlyMap<Op, BackwardRule> {
  const sources = new Set(inputs.map(({ node }) => node));
  const ops = sortNodes(inputs)
    .filter(isOpNode)
    .map(({ op }) => op);
  const ending = ops.map((op): [Op, BackwardRule] => [
    op,
    (node, outputs) =>
      sources.has(node) ? node.inputs.map(() => undefined) : (rules.get(op) ?? derivative)(node, outputs),
  ]);
  return new Map([...rules, ...ending]);
}

/** What a program finds. */
export interface Local {
  readonly inputs: readonly NdArray[];
  readonly output: NdArray;
  /** For each input: 1 where the unit is connected with it. */
  readonly connected: readonly NdArray[];
  /** For each input: ∂y_u / ∂x. */
  readonly row: readonly NdArray[];
  /** ∂y / ∂x_i, of an element of the first input. */
  readonly column: NdArray;
  readonly outputGradient: NdArray;
  readonly target: NdArray;
}

/** Everything that is chosen when a program runs, as arrays with a single 1. */
export interface Choice {
  /** The unit, of the output's shape. */
  readonly unit: NdArray;
  /** The element, of the first input's shape. */
  readonly element: NdArray;
  /** The class or unit of the target, `i32` [1]. */
  readonly index: NdArray;
}

/** A program for one sample, compiled once: unit, element and target index are chosen when it runs. */
export function localProgram(model: Model, path: string, target: Target, engine: EngineChoice | undefined) {
  const { inputs: sources, output: result } = inspectLayer(model, path);
  const types = typesOf(model);
  const body = (...tensors: readonly Tensor[]) => {
    const [unit, probe, element, index] = tensors.slice(types.length);
    const { inputs, output, outputs } = layerAt(model, byName(model, tensors), path);
    const back = (outputGradient: Tensor, rules?: ReadonlyMap<Op, BackwardRule>) =>
      gradient(output, inputs, { outputGradient, rules: endingAt(inputs, rules) });
    const [through] = back(probe);
    const score = sum(target.score({ outputs, values: { [path]: output } }, index));
    return {
      inputs: [...inputs],
      output,
      row: back(unit),
      connected: back(unit, onesRules),
      column: gradient(sum(mul(through, element)), [probe])[0],
      outputGradient: gradient(score, [output])[0],
      target: score,
    };
  };
  const own = (tensor: Tensor) => ({ shape: tensor.shape, dtype: tensor.dtype });
  const further = [own(result), own(result), own(sources[0]), { shape: [1], dtype: "i32" as const }];
  const run = compile(body, [...types, ...further], { engine });
  return (given: Arrays, { unit, element, index }: Choice): Promise<Local> =>
    run(...Object.keys(model.inputs).map((name) => given[name]), unit, unit, element, index);
}
