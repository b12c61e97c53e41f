/**
 * Probes: one compiled program that gives inner values of a network, the target of each sample, and the target's derivative
 * with respect to any of these values. All instruments are made of probes.
 *
 *   ∂(Σᵢ tᵢ)/∂v = (∂t₁/∂v₁, …, ∂tₙ/∂vₙ)        since samples do not meet while predicting
 */
import { describeGiven, isFloat, NdArray, namePattern, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { type BackwardRule, formatType, isTensor, type Op, type Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { cast, gradient, mul, sum } from "../../ops/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { type Arrays, arraysByName, type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
import { classTarget, type Target } from "./targets.ts";

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
  /** Backward rules that replace the derivatives of some ops. Default none. */
  readonly rules?: ReadonlyMap<Op, BackwardRule> | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

const optionNames = namesOf<ProbeOptions>({ values: true, gradients: true, target: true, rules: true, engine: true });

/** What a probe found in a batch of samples. */
export interface Probed {
  /** The values, by path, [n, …]. */
  readonly values: Arrays;
  /** The derivatives of each sample's target, by path, in the shapes of the values; of an input as floats. */
  readonly gradients: Arrays;
  /** The target of each sample, `f32` [n]; absent without a target. */
  readonly target?: NdArray | undefined;
}

/**
 * Runs the program for samples, an array [n, …] or one for each input by name; bytes stand for value / 255.
 * @param index which class or unit the target is of, for all samples or for each. Default −1: the largest of each sample
 */
export type Probe = (inputs: NdArray | Arrays, index?: number | readonly number[]) => Promise<Probed>;

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
  const { values = [], gradients = [], rules, engine } = options;
  checkPaths("values", values);
  checkPaths("gradients", gradients);
  const target = options.target ?? (gradients.length > 0 ? classTarget() : undefined);
  const body = (given: Tensors, index: Tensor) => {
    const network = applied(model, given, [...values, ...gradients, ...(target?.paths ?? [])]);
    const places = selected(network, gradients);
    const score = target && scoreOf(target, network, index);
    return {
      values: selected(network, values),
      gradients: score ? derivativesOf(score, places, rules) : {},
      ...(score && { target: score }),
    };
  };
  const programs = new Map<string, BatchProgram<ReturnType<typeof body>>>();
  return async (inputs, index = -1) => {
    const given = arraysByName("probe", model, inputs);
    const names = Object.keys(given);
    const n = Object.values(given)[0].shape[0];
    const program =
      programs.get(names.join()) ??
      perBatchType([...names, INDEX], ({ [INDEX]: chosen, ...rest }) => body(rest, chosen), engine);
    programs.set(names.join(), program);
    const batch = { ...given, [INDEX]: indexArray(index, n) };
    return program.for(batch)(...program.inputs(batch));
  };
}

/** The column of indices, beside the inputs; no input has a space in its name. */
const INDEX = "target index";

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

/** The target of each sample. @throws ShapeError unless a target gives one number for each */
function scoreOf(target: Target, { outputs, tapped }: Applied, index: Tensor): Tensor {
  const values = Object.fromEntries((target.paths ?? []).map((path) => [path, tapped.get(path)!]));
  const score = target.score({ outputs, values }, index);
  if (isTensor(score) && isFloat(score.dtype) && sameShape(score.shape, index.shape)) return score;
  const got = isTensor(score) ? formatType(score) : describeGiven(score);
  throw new ShapeError(`target '${target.name}': expected one number of each sample, f32[${index.shape}], got ${got}`);
}

/** The derivatives of each sample's target. @throws OptionError for values that are integers */
function derivativesOf(score: Tensor, places: Tensors, rules: ProbeOptions["rules"]): Tensors {
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

/** @throws OptionError unless it is a list of paths */
function checkPaths(name: string, paths: unknown): void {
  if (Array.isArray(paths) && paths.every((path) => typeof path === "string")) return;
  throw new OptionError(
    `createProbe: ${name} must be a list of paths or patterns, such as ["features.*"], got ${describeGiven(paths)}`,
  );
}
