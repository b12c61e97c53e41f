/**
 * Probes: one compiled program that gives inner values of a network, the target of each sample, and the target's derivative
 * with respect to any of these values. All instruments are made of probes.
 *
 *   ∂(Σᵢ tᵢ)/∂v = (∂t₁/∂v₁, …, ∂tₙ/∂vₙ)        since samples do not meet while predicting
 */
import { describeGiven, isFloat, type NdArray, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { type BackwardRule, formatType, isTensor, type Op, type Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { gradient, sum } from "../../ops/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { type Arrays, arraysByName, type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
import { checkIndex, checkPaths, checkReplacements, indexArray } from "./checks.ts";
import { type Applied, applied, replacing, selected } from "./inner-values.ts";
import { classTarget, type Inside, resolveIndex, type Target } from "./targets.ts";

/** Options of `createProbe`. Values are named by their paths, or by patterns in which `*` stands for anything. */
export interface ProbeOptions {
  /**
   * The values to return: inputs and outputs by their names, `input` and `output` for plain layers; layers and nodes by their
   * paths, `features.3`, `layer1.*`. Default none.
   */
  readonly values?: readonly string[] | undefined;
  /** The values by which the target is derived, named in the same way. Default none. */
  readonly gradients?: readonly string[] | undefined;
  /** The number of each sample. Default `classTarget()`, if there is anything to derive; else none. */
  readonly target?: Target | undefined;
  /** Backward rules that replace the derivatives of some ops; all of them, or made for the target. Default none. */
  readonly rules?: BackwardRules | ((score: Tensor) => BackwardRules) | undefined;
  /**
   * The paths of layers whose values callers give instead of the network's: what comes before them has no effect. Default
   * none.
   */
  readonly replaced?: readonly string[] | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** Backward rules by the records of ops. */
export type BackwardRules = ReadonlyMap<Op, BackwardRule>;

const optionNames = namesOf<ProbeOptions>({
  values: true,
  gradients: true,
  target: true,
  rules: true,
  replaced: true,
  engine: true,
});

/** What a probe found in a batch of samples. */
export interface Probed {
  /** The values, by path, [n, …]. */
  readonly values: Arrays;
  /** The derivatives of each sample's target, by path, in the shapes of the values; of an input as floats. */
  readonly gradients: Arrays;
  /** The target of each sample, `f32` [n]; absent without a target. */
  readonly target?: NdArray | undefined;
  /** The class or unit that the target of each sample is of, `i32` [n]; absent if it has no choice. */
  readonly index?: NdArray | undefined;
}

/**
 * Runs the program for samples, an array [n, …] or one for each input by name; bytes stand for value / 255.
 * @param index which class or unit the target is of, for all samples or for each. Default −1: the largest of each sample
 * @param instead the values of the layers in `replaced`, by path, [n, …]
 */
export type Probe = (inputs: NdArray | Arrays, index?: number | readonly number[], instead?: Arrays) => Promise<Probed>;

/**
 * A function that runs a network and returns inner values, a target, and its derivatives. It compiles a program for each
 * number of samples when that first comes.
 * @example
 * const probe = createProbe(model, { values: ["features.*"], gradients: ["input"] });
 * const { values, gradients, target } = await probe(pictures, 3); // of class 3
 * @throws OptionError for unknown options; calls throw it for paths and patterns without a value, with similar ones
 */
export function createProbe(model: Model, options: ProbeOptions = {}): Probe {
  checkModel("createProbe", model);
  checkNames("createProbe", optionNames, options);
  const { values = [], gradients = [], replaced = [], rules, engine } = options;
  for (const [name, paths] of Object.entries({ values, gradients, replaced })) checkPaths(name, paths);
  const target = options.target ?? (gradients.length > 0 ? classTarget() : undefined);
  /** How many numbers the index chooses from, known when the network has been traced. */
  let choices: number | undefined;
  const body = (given: Tensors, index: Tensor, instead: Tensors) => {
    const asked = [...values, ...gradients, ...replaced, ...(target?.paths ?? [])];
    const network = replacing(applied(model, given, asked), instead);
    const places = selected(network, gradients);
    const inside = target && insideOf(target, network);
    const rows = inside && target?.choices?.(inside);
    choices = rows?.shape[1];
    const score = inside && scoreOf(target, inside, index);
    return {
      values: selected(network, values),
      gradients: score ? derivativesOf(score, places, typeof rules === "function" ? rules(score) : rules) : {},
      ...(score && { target: score }),
      ...(rows && { index: resolveIndex(rows, index) }),
    };
  };
  const programFor = (names: readonly string[]) =>
    perBatchType(
      [...names, INDEX, ...replaced.map(replacementName)],
      (columns) => {
        const given = Object.fromEntries(names.map((name) => [name, columns[name]]));
        const instead = Object.fromEntries(replaced.map((path) => [path, columns[replacementName(path)]]));
        return body(given, columns[INDEX], instead);
      },
      engine,
    );
  const programs = new Map<string, BatchProgram<ReturnType<typeof body>>>();
  return async (inputs, index = -1, instead = {}) => {
    const given = arraysByName("probe", model, inputs);
    checkReplacements(replaced, instead);
    const names = Object.keys(given);
    const n = Object.values(given)[0].shape[0];
    const program = programs.get(names.join()) ?? programFor(names);
    programs.set(names.join(), program);
    const others = Object.fromEntries(replaced.map((path) => [replacementName(path), instead[path]]));
    const batch = { ...given, [INDEX]: indexArray(index, n), ...others };
    const found = await program.for(batch)(...program.inputs(batch));
    checkIndex("probe", target, index, choices);
    return found;
  };
}

/** The column of indices, beside the inputs; no input has a space in its name. */
const INDEX = "target index";

/** The column of values instead of a layer's, likewise. */
const replacementName = (path: string): string => `instead of ${path}`;

/** The values that a target is computed from. */
const insideOf = ({ paths = [] }: Target, { ends, outputs, tapped }: Applied): Inside => ({
  outputs,
  values: Object.fromEntries(paths.map((path) => [path, ends[path] ?? tapped.get(path)!])),
});

/** The target of each sample. @throws ShapeError unless a target gives one number for each */
function scoreOf(target: Target, inside: Inside, index: Tensor): Tensor {
  const score = target.score(inside, index);
  if (isTensor(score) && isFloat(score.dtype) && sameShape(score.shape, index.shape)) return score;
  const got = isTensor(score) ? formatType(score) : describeGiven(score);
  throw new ShapeError(`target '${target.name}': expected one number of each sample, f32[${index.shape}], got ${got}`);
}

/** The derivatives of each sample's target. @throws OptionError for values that are integers */
function derivativesOf(score: Tensor, places: Tensors, rules: BackwardRules | undefined): Tensors {
  const [integer] = Object.entries(places).find(([, { dtype }]) => !isFloat(dtype)) ?? [];
  if (integer !== undefined)
    throw new OptionError(
      `createProbe: gradients: '${integer}' has integers, which have no derivative; take a layer after it, such as an embedding`,
    );
  const derivatives = gradient(sum(score), Object.values(places), { rules });
  return Object.fromEntries(Object.keys(places).map((path, i) => [path, derivatives[i]]));
}
