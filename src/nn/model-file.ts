/**
 * Model files: one `.safetensors` file with a tensor for each variable under its layer path, and in the metadata, under the
 * key `fovea`, the rest of the model as JSON:
 *
 *   { "version": 1, "architecture": { "type": …, … }, "input": […], "dtype": …,
 *     "normalization": { "mean", "std" }, "classes": […] }
 *
 * Models with several inputs, or one that is a sequence or named, have instead of `input`, `dtype` and `normalization` a
 * list "inputs": [{ "name", "shape", "dtype", "sequence", "vocabulary", "normalization" }].
 */
import {
  FormatError,
  firstDuplicate,
  type NdArray,
  OptionError,
  type Shape,
  sameShape,
  shorten,
} from "../array/index.ts";
import {
  describeJson,
  isRecord,
  readSafetensors,
  type Safetensors,
  stringify,
  viewSafetensors,
  writeSafetensors,
} from "../formats/index.ts";
import { formatType } from "../graph/index.ts";
import { layerCatalog } from "./catalog.ts";
import {
  inputToJson,
  isClassNames,
  isInputType,
  isNormalization,
  isRecordOf,
  isShape,
  isTaskDescription,
  type ModelInput,
  problemOfInput,
  readInput,
} from "./inputs.ts";
import type { AnyLayerFactory } from "./layer.ts";
import { layerFromJson } from "./layer-json.ts";
import type { ModelDescription, Normalization } from "./model.ts";
import { checkModelInputs, plainInput, plainInputs } from "./model-inputs.ts";
import { isLayerName } from "./names.ts";

const MODEL_KEY = "fovea";
const VERSION = 1;

/** @throws OptionError for options that a file cannot hold */
export function writeModelFile(
  { layer, inputs, classes, task, names }: ModelDescription,
  tensors: Iterable<readonly [name: string, value: NdArray]>,
): Uint8Array {
  const plain = plainInput(inputs);
  const ends =
    plain === undefined
      ? { inputs: Object.entries(inputs).map(([name, input]) => ({ name, ...inputToJson(input) })) }
      : { input: plain.shape, dtype: plain.dtype, normalization: plain.normalization };
  const json = stringify(
    { version: VERSION, architecture: layer, ...ends, classes, task, names },
    (problem) => new OptionError(`the model cannot be saved: ${problem}`),
  );
  return writeSafetensors(tensors, { [MODEL_KEY]: json }, { checksums: true });
}

/**
 * @param isOwn whether the bytes are nobody else's: then tensors are parts of them
 * @throws FormatError unless the file is a model of a version that this library knows
 */
export function readModelFile(bytes: Uint8Array, name: string, layers: readonly AnyLayerFactory[], isOwn = false) {
  const { tensors, metadata } = isOwn ? viewSafetensors(bytes, name) : readSafetensors(bytes, name);
  return { description: readDescription(metadata, name, layers), tensors };
}

function readDescription(
  metadata: Safetensors["metadata"],
  name: string,
  layers: readonly AnyLayerFactory[],
): ModelDescription {
  if (!Object.hasOwn(metadata, MODEL_KEY)) {
    throw new FormatError(
      `${name}: holds tensors but no Fovea model (no metadata '${MODEL_KEY}'); save it with model.save()`,
    );
  }
  const json = parse(metadata[MODEL_KEY], name);
  if (json.version !== VERSION) {
    throw new FormatError(
      `${name}: is a model of version ${describeJson(json.version)}; this Fovea reads version ${VERSION}`,
    );
  }
  const optional = <T>(key: string, is: (value: unknown) => value is T, expects: string): T | undefined => {
    const value = json[key];
    if (value !== undefined && !is(value)) throw new FormatError(`${name}: '${key}' must be ${expects}`);
    return value;
  };
  const input = optional("input", isShape, "a list of positive integers");
  const dtype = optional("dtype", isInputType, "'f32' or 'i32'") ?? "f32";
  const normalization = optional("normalization", isNormalization, "{ mean, std } with lists of finite numbers");
  const layer = layerFromJson(json.architecture, layerCatalog(layers), `${name}: architecture`);
  const inputs = input === undefined ? readModelInputs(json.inputs, name) : plainInputs(input, dtype, normalization);
  checkModelInputs(layer, inputs);
  return {
    layer,
    inputs,
    classes: optional("classes", isClassNames, "a list of strings, no two of them equal"),
    task: optional("task", isTaskDescription, "{ type, … }"),
    names: optional("names", isRecordOf(isClassNames), "lists of strings by target, no two in a list equal"),
  };
}

/** The maximum number of inputs. */
const MAX_INPUTS = 1024;

/** The inputs of a model with several, or with one that is more than a shape. */
function readModelInputs(json: unknown, name: string): ModelDescription["inputs"] {
  if (json === undefined)
    throw new FormatError(`${name}: the model does not say what its inputs are ('input' is missing)`);
  if (!Array.isArray(json) || json.length > MAX_INPUTS)
    throw new FormatError(`${name}: 'inputs' must be a list of up to ${MAX_INPUTS} inputs, got ${describeJson(json)}`);
  const entries = json.map((item: unknown, i): [string, ModelInput] => {
    const fail = (problem: string): never => {
      throw new FormatError(`${name}: inputs[${i}]: ${problem}`);
    };
    if (!isRecord(item) || !isLayerName(item.name))
      return fail(`expected { name, shape, … }, got ${describeJson(item)}`);
    const { name: key, normalization, ...spec } = item;
    const problem = problemOfInput(spec);
    if (problem !== undefined) fail(problem);
    if (normalization !== undefined && !isNormalization(normalization))
      fail("'normalization' must be { mean, std } with lists of finite numbers");
    const input = readInput(`${name}: inputs[${i}]`, spec);
    return [
      key as string,
      normalization === undefined ? input : { ...input, normalization: normalization as Normalization },
    ];
  });
  const twice = firstDuplicate(entries.map(([key]) => key));
  if (twice !== undefined) throw new FormatError(`${name}: two inputs are named '${shorten(twice)}'`);
  return Object.fromEntries(entries);
}

function parse(text: string, name: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {}
  throw new FormatError(
    `${name}: the description of the model (metadata '${MODEL_KEY}') is not a JSON object; the file is damaged`,
  );
}

/** Assigns a file's tensors to variables, and detects missing, misshapen and unused ones. */
export class TensorSource {
  readonly #tensors: Map<string, NdArray>;
  readonly #name: string;

  /** @param name the file's name in messages */
  constructor(tensors: ReadonlyMap<string, NdArray>, name: string) {
    this.#tensors = new Map(tensors);
    this.#name = name;
  }

  /**
   * Returns a tensor and marks it as used.
   * @throws FormatError when the file has no such tensor, or one of another type
   */
  take(path: string, shape: Shape, dtype: NdArray["dtype"] = "f32"): NdArray {
    const tensor = this.#tensors.get(path);
    const expected = formatType({ shape, dtype });
    if (tensor === undefined) throw new FormatError(`${this.#name}: tensor '${path}' (${expected}) is missing`);
    if (tensor.dtype !== dtype || !sameShape(tensor.shape, shape)) {
      throw new FormatError(`${this.#name}: tensor '${path}' is ${formatType(tensor)}, expected ${expected}`);
    }
    this.#tensors.delete(path);
    return tensor;
  }

  /** Marks a tensor as used that has no place, if there is one. */
  drop(path: string): void {
    this.#tensors.delete(path);
  }

  /**
   * Checks that every tensor was used.
   * @throws FormatError for unused tensors
   */
  finish(): void {
    const left = [...this.#tensors.keys()];
    if (left.length > 0) {
      throw new FormatError(
        `${this.#name}: ${left.length} tensors have no place in the architecture: ${left.slice(0, 5).join(", ")}`,
      );
    }
  }
}
