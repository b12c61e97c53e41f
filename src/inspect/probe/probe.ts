/**
 * Probes: one compiled program that gives inner values of a network, the target of each sample, and the target's derivative
 * with respect to any of these values. All instruments are made of probes.
 *
 *   ∂(Σᵢ tᵢ)/∂v = (∂t₁/∂v₁, …, ∂tₙ/∂vₙ)        since samples do not meet while predicting
 */
import { describeGiven, isFloat, NdArray, namePattern, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { type BackwardRule, createGraph, formatType, isTensor, type Op, type Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { cast, gradient, mul, sum } from "../../ops/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { rewrite } from "../../passes/index.ts";
import { type Arrays, arraysByName, type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
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
    checkIndex(target, index, choices);
    return found;
  };
}

/** The column of indices, beside the inputs; no input has a space in its name. */
const INDEX = "target index";

/** The column of values instead of a layer's, likewise. */
const replacementName = (path: string): string => `instead of ${path}`;

/** What a network has computed. */
interface Applied {
  /** Inputs and outputs, by name. */
  readonly ends: Tensors;
  readonly outputs: Tensors;
  /** The inner values that were asked for, by path. */
  readonly tapped: ReadonlyMap<string, Tensor>;
}

function applied(model: Model, given: Tensors, asked: readonly string[]): Applied {
  const inputs = Object.fromEntries(Object.entries(given).map(([name, x]) => [name, asFloats(model, name, x)]));
  const tapped = new Map<string, Tensor>();
  const isEnd = (name: string): boolean => Object.hasOwn(model.inputs, name) || model.outputs.includes(name);
  const taps = asked.filter((path) => !isEnd(path));
  const outputs = model.apply(inputs, { taps, onTap: (path, value) => void tapped.set(path, value) });
  return { ends: { ...inputs, ...outputs }, outputs, tapped };
}

/** The network with other values in some places, and what follows from them. */
function replacing({ ends, outputs, tapped }: Applied, instead: Tensors): Applied {
  const others = new Map(Object.entries(instead).map(([path, value]) => [tapped.get(path)!, value]));
  if (others.size === 0) return { ends, outputs, tapped };
  const [names, paths] = [Object.keys(outputs), [...tapped.keys()]];
  const graph = createGraph([], [...Object.values(outputs), ...tapped.values()], []);
  const next = rewrite(graph, (node) => {
    if (!node.outputs.some((output) => others.has(output))) return undefined;
    return node.outputs.map((output) => others.get(output) ?? output);
  }).outputs;
  const changed = Object.fromEntries(names.map((name, i) => [name, next[i]]));
  return {
    ends: { ...ends, ...changed },
    outputs: changed,
    tapped: new Map(paths.map((path, i) => [path, next[names.length + i]])),
  };
}

/** Bytes as value / 255, so that there is something to derive by. */
const asFloats = ({ inputs }: Model, name: string, x: Tensor): Tensor =>
  inputs[name]?.dtype === "f32" && !isFloat(x.dtype) ? mul(cast(x, "f32"), 1 / 255) : x;

/** The values at paths and patterns of a network that is applied inside a trace, by path; of its inputs as floats. */
export const innerValues = (model: Model, given: Tensors, paths: readonly string[]): Tensors =>
  selected(applied(model, given, paths), paths);

/** The values that paths and patterns name, by path. */
function selected({ ends, tapped }: Applied, asked: readonly string[]): Tensors {
  const paths = asked.flatMap((path) => {
    if (Object.hasOwn(ends, path) || tapped.has(path)) return [path];
    return [...tapped.keys()].filter(namePattern(path));
  });
  return Object.fromEntries(paths.map((path) => [path, ends[path] ?? tapped.get(path)!]));
}

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

/** The index of each sample, `i32` [n]. @throws OptionError for other numbers than integers from −1 on, or another count */
function indexArray(index: number | readonly number[], n: number): NdArray {
  const indices = typeof index === "number" ? new Array<number>(n).fill(index) : index;
  if (!Array.isArray(indices))
    throw new OptionError(`probe: index must be an integer, or one for each sample, got ${describeGiven(index)}`);
  const odd = indices.find((i) => !Number.isInteger(i) || i < -1);
  if (odd !== undefined)
    throw new OptionError(`probe: index ${describeGiven(odd)}, expected a class or unit, an integer from 0 on, or -1`);
  if (indices.length !== n) throw new OptionError(`probe: ${indices.length} indices for ${n} samples`);
  return new NdArray(Int32Array.from(indices), [n], "i32");
}

/** @throws OptionError for an index beyond the numbers that it chooses from */
function checkIndex(target: Target | undefined, index: number | readonly number[], count: number | undefined): void {
  const beyond = [index].flat().find((i) => count !== undefined && i >= count);
  if (beyond !== undefined)
    throw new OptionError(
      `probe: index ${beyond}, the target '${target?.name}' has ${count} numbers, 0 to ${count! - 1}`,
    );
}

/** @throws OptionError unless there is an array for each path */
function checkReplacements(replaced: readonly string[], instead: Arrays): void {
  const missing = replaced.find((path) => !(instead[path] instanceof NdArray));
  if (missing !== undefined)
    throw new OptionError(
      `probe: the value instead of '${missing}' must be an array, got ${describeGiven(instead[missing])}`,
    );
}

/** @throws OptionError unless it is a list of paths */
function checkPaths(name: string, paths: unknown): void {
  if (Array.isArray(paths) && paths.every((path) => typeof path === "string")) return;
  throw new OptionError(
    `createProbe: ${name} must be a list of paths or patterns, such as ["features.*"], got ${describeGiven(paths)}`,
  );
}
