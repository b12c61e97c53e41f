/**
 * A model as a function of arrays. Each batch size is a program of its own; they share the model's weights, which an engine
 * brings into the order that its kernels read once.
 */
import { allocate, formatShape, NdArray, ShapeError } from "../../array/index.ts";
import { sliceRows } from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { TensorTree } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { type BatchProgram, perBatchType } from "../programs.ts";
import { readCompileModelOptions } from "../settings.ts";
import type { Arrays, Tensors } from "../tasks/index.ts";
import { arraysByName } from "./given-arrays.ts";

/** Options of `compileModel`. */
export interface CompileModelOptions {
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /** The most samples in one run; more are taken in parts. Default 64. */
  readonly batch?: number | undefined;
}

/**
 * Takes samples, an array [n, …] or one for each input by name, and returns the model's outputs [n, …] by name; that of a
 * plain layer is named `output`.
 */
export type CompiledModel = (inputs: NdArray | Arrays) => Promise<Arrays>;

/**
 * Compiles a model for predictions: a function of arrays, for any number of samples. It compiles a program for each number of
 * samples when it first comes, up to `batch`, and all of them share the prepared weights. Results follow the model's
 * parameters: when these change, weights are prepared anew.
 * @example
 * const classify = compileModel(model);
 * const { output } = await classify(pictures); // [n, classes]
 * @throws OptionError for missing or unknown inputs, ShapeError for those that do not fit the model
 */
export function compileModel(model: Model, options: CompileModelOptions = {}): CompiledModel {
  checkModel("compileModel", model);
  const { engine, batch } = readCompileModelOptions(options);
  const programs = new Map<string, BatchProgram<Tensors & TensorTree>>();
  const programsFor = (names: readonly string[]): BatchProgram<Tensors & TensorTree> => {
    const key = names.join();
    const known = programs.get(key) ?? perBatchType(names, (tensors) => model.apply(tensors), engine);
    programs.set(key, known);
    return known;
  };
  return async (inputs) => {
    const given = arraysByName("compileModel", model, inputs);
    const { for: programOf, inputs: inputsOf } = programsFor(Object.keys(given));
    const parts: Arrays[] = [];
    for (const part of partsOf(given, batch)) parts.push((await programOf(part)(...inputsOf(part))) as Arrays);
    return joined(parts);
  };
}

/** Samples in parts of at most `size`; one part, if there are none. */
function partsOf(given: Arrays, size: number): Arrays[] {
  const counts = Object.values(given).map(({ shape }) => shape[0] ?? 0);
  const count = Math.max(...counts);
  if (count <= size || counts.some((other) => other !== count)) return [given];
  return Array.from({ length: Math.ceil(count / size) }, (_, i) =>
    mapped(given, (array) => sliceRows(array, i * size, Math.min(count, (i + 1) * size))),
  );
}

const mapped = (arrays: Arrays, f: (array: NdArray, name: string) => NdArray): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, f(array, name)]));

/** The outputs of all parts, sample by sample. */
function joined(parts: readonly Arrays[]): Arrays {
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  return mapped(first, ({ dtype, shape }, name) => {
    const arrays = parts.map((part) => part[name]);
    const odd = arrays.find((array) => array.shape.slice(1).join() !== shape.slice(1).join() || shape.length === 0);
    if (odd !== undefined)
      throw new ShapeError(
        `compileModel: parts of the samples give ${name} ${formatShape(shape)} and ${formatShape(odd.shape)}, which cannot be joined; give fewer samples at once, or a larger batch`,
      );
    const data = allocate(
      dtype,
      arrays.reduce((size, array) => size + array.size, 0),
    );
    let at = 0;
    for (const array of arrays) {
      data.set(array.data, at);
      at += array.size;
    }
    const count = arrays.reduce((sum, array) => sum + array.shape[0], 0);
    return new NdArray(data, [count, ...shape.slice(1)], dtype);
  });
}
