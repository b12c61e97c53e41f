/**
 * Model files: one `.safetensors` file with a tensor for each variable under its layer path, and in the metadata, under
 * the key `fovea`, the rest of the model as JSON:
 *
 *   { "version": 1, "architecture": { "type": …, … }, "input": […], "dtype": …,
 *     "normalization": { "mean", "std" }, "classes": […] }
 */
import { FormatError, firstDuplicate, type NdArray, OptionError, type Shape, sameShape } from "../array/index.ts";
import { describe, stringify } from "../formats/json.ts";
import { readSafetensors, type Safetensors, writeSafetensors } from "../formats/safetensors.ts";
import { formatType } from "../graph/index.ts";
import { layerCatalog } from "./catalog.ts";
import { type AnyLayerFactory, layerFromJson } from "./layer.ts";
import type { ModelDescription } from "./model.ts";

const KEY = "fovea";
const VERSION = 1;

/** @throws OptionError for options that a file cannot hold */
export function writeModelFile(
  { layer, ...rest }: ModelDescription,
  tensors: Iterable<readonly [name: string, value: NdArray]>,
): Uint8Array {
  const json = stringify(
    { version: VERSION, architecture: layer, ...rest },
    (problem) => new OptionError(`the model cannot be saved: ${problem}`),
  );
  return writeSafetensors(tensors, { [KEY]: json }, { checksums: true });
}

/** @throws FormatError unless the file is a model of a version that this library knows */
export function readModelFile(bytes: Uint8Array, name: string, layers: readonly AnyLayerFactory[]) {
  const { tensors, metadata } = readSafetensors(bytes, name);
  return { description: readDescription(metadata, name, layers), tensors };
}

function readDescription(
  metadata: Safetensors["metadata"],
  name: string,
  layers: readonly AnyLayerFactory[],
): ModelDescription {
  if (!Object.hasOwn(metadata, KEY)) {
    throw new FormatError(
      `${name}: holds tensors but no Fovea model (no metadata '${KEY}'); save it with model.save()`,
    );
  }
  const json = parse(metadata[KEY], name);
  if (json.version !== VERSION) {
    throw new FormatError(
      `${name}: is a model of version ${describe(json.version)}; this Fovea reads version ${VERSION}`,
    );
  }
  const optional = <T>(key: string, is: (value: unknown) => value is T, expects: string): T | undefined => {
    const value = json[key];
    if (value !== undefined && !is(value)) throw new FormatError(`${name}: '${key}' must be ${expects}`);
    return value;
  };
  const input = optional("input", isShape, "a list of positive integers");
  if (input === undefined)
    throw new FormatError(`${name}: the model does not say what its inputs are ('input' is missing)`);
  return {
    layer: layerFromJson(json.architecture, layerCatalog(layers), `${name}: architecture`),
    input,
    dtype: optional("dtype", isInputType, "'f32' or 'i32'") ?? "f32",
    normalization: optional("normalization", isNormalization, "{ mean, std } with lists of finite numbers"),
    classes: optional("classes", isClassNames, "a list of strings, no two of them equal"),
  };
}

function parse(text: string, name: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch {}
  throw new FormatError(
    `${name}: the description of the model (metadata '${KEY}') is not a JSON object; the file is damaged`,
  );
}

const isList =
  <T>(item: (value: unknown) => value is T) =>
  (value: unknown): value is readonly T[] =>
    Array.isArray(value) && value.every(item);
const isNumbers = isList((value): value is number => Number.isFinite(value));
const isStrings = isList((value): value is string => typeof value === "string");
export const isClassNames = (value: unknown): value is readonly string[] =>
  isStrings(value) && firstDuplicate(value) === undefined;
export const isShape = isList((value): value is number => Number.isSafeInteger(value) && (value as number) > 0);
const isInputType = (value: unknown): value is ModelDescription["dtype"] => value === "f32" || value === "i32";
export const isNormalization = (value: unknown): value is NonNullable<ModelDescription["normalization"]> =>
  typeof value === "object" &&
  value !== null &&
  "mean" in value &&
  "std" in value &&
  isNumbers(value.mean) &&
  isNumbers(value.std);

/** Hands out a file's tensors to variables, and notices what is missing, misshapen or left over. */
export class TensorSource {
  readonly #tensors: Map<string, NdArray>;
  readonly #name: string;

  /** @param name what messages call the file */
  constructor(tensors: ReadonlyMap<string, NdArray>, name: string) {
    this.#tensors = new Map(tensors);
    this.#name = name;
  }

  /**
   * Hands out a tensor and marks it as used.
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

  /**
   * Checks that every tensor was taken.
   * @throws FormatError when tensors are left that were not taken
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
