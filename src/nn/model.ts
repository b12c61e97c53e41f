/**
 * A model: a layer together with its variables, the inputs that it is for and the names of its classes. It can be
 * called inside a trace, saved to one `.safetensors` file, and built again from that file without running code from it.
 */

import { readFile, writeFileAtomic } from "#platform";
import {
  checkBytes,
  checkPath,
  checkSeed,
  FormatError,
  isFloat,
  NdArray,
  OptionError,
  Random,
  type Shape,
  ShapeError,
} from "../array/index.ts";
import { constant, expectTensors, formatType, type Tensor, type Variable } from "../graph/index.ts";
import { type TraceLimits, withLimits } from "../graph/limits.ts";
import { cast, div, mul, sub, trace } from "../ops/index.ts";
import { checkNames, type Kind, namesOf, readOptions, real, withDefault, word } from "../options/index.ts";
import { checkLayerType } from "./catalog.ts";
import { checkLayer } from "./checks.ts";
import { initialize } from "./initializers.ts";
import { type AnyLayerFactory, checkLevels, type Layer } from "./layer.ts";
import { isClassNames, isNormalization, isShape, readModelFile, TensorSource, writeModelFile } from "./model-file.ts";
import { Application, type ApplyOptions, type RandomState, type ValueSource, VariableStore } from "./store.ts";

/** What inputs are shifted and scaled by: (x − mean) / std, channel by channel. */
export interface Normalization {
  /** One number for each channel, of values in 0 … 1. */
  readonly mean: readonly number[];
  /** One number above 0 for each channel, of values in 0 … 1. */
  readonly std: readonly number[];
}

/** The element type of a model's inputs: `f32`, or `i32` for indices such as word numbers. */
export type InputType = "f32" | "i32";

/** What a model is besides its parameters: all of it is plain data and is saved with it. */
export interface ModelDescription {
  /** The outermost layer. */
  readonly layer: Layer;
  /** The shape of one input without the batch axis, such as [1, 28, 28]. */
  readonly input: Shape;
  /** What inputs are made of: `f32`, or `i32` for the numbers of words and the like, which `embedding` takes. */
  readonly dtype: InputType;
  /** Subtracted and divided by, channel by channel, before the first layer. */
  readonly normalization?: Normalization | undefined;
  /** The names of the classes, when the model tells classes apart. */
  readonly classes?: readonly string[] | undefined;
}

export interface Model extends ModelDescription {
  /**
   * Applies the network inside a trace: `x` [n, ...input], as floats, or as bytes that stand for value / 255. Models of
   * dtype `i32` take integers, or bytes that stand for themselves.
   */
  (x: Tensor, options?: ApplyOptions): Tensor;
  /** Parameters and other saved state, by layer path, in the order of the layers. */
  readonly variables: readonly Variable[];
  /** The seed and position of the random numbers that training draws. Not part of a saved model. */
  readonly random: RandomState;
  /** The model as it is now, as a `.safetensors` file. The same model gives the same bytes. */
  toBytes(): Promise<Uint8Array>;
  /** Writes what `toBytes()` gives, whole or not at all. Node only. */
  save(path: string): Promise<void>;
}

/** Options of `build`. */
export interface BuildOptions extends Omit<ModelDescription, "layer" | "dtype"> {
  /** What inputs are made of. Default `f32`. */
  readonly dtype?: InputType | undefined;
  /** Of the initial parameters and of what training draws. An integer from 0 to 2³² − 1, default 0. */
  readonly seed?: number | undefined;
}

/** Options of `load`. */
export interface LoadOptions {
  /** Factories of layers of your own that the model is made of. */
  readonly layers?: readonly AnyLayerFactory[] | undefined;
}

const kind = <T>(expects: string, is: (value: unknown) => value is T): Kind<T> => ({
  expects,
  read: (value) => (is(value) ? value : undefined),
});

const buildOptions = {
  input: kind("the shape of one input, such as [1, 28, 28]", isShape),
  dtype: withDefault(word<InputType>("f32", "i32"), "f32"),
  normalization: withDefault<Normalization | undefined>(
    kind("{ mean, std }, lists of finite numbers", isNormalization),
    undefined,
  ),
  classes: withDefault<readonly string[] | undefined>(
    kind("a list of strings, no two of them equal", isClassNames),
    undefined,
  ),
  seed: withDefault(real(), 0),
};

/**
 * A new model with initialized parameters.
 * @throws ShapeError where layers and input do not fit, OptionError for layers nested more than 65 levels deep
 */
function build(layer: Layer, options: BuildOptions): Model {
  checkLayer("Model.build", layer);
  const { seed, ...description } = readOptions("Model.build", buildOptions, options ?? {});
  checkSeed(seed);
  checkLevels("Model.build", layer);
  return assemble({ layer, ...description }, seed, (path, { shape, dtype }, initial) =>
    initialize(initial, shape, new Random(seed, `initialize ${path}`)).cast(dtype),
  );
}

/**
 * For one sample on its way through a network, the same when it is built and when it is read from a file: 1 GiB of floats
 * in one tensor. They keep a file of a few bytes from claiming sizes that fill the memory.
 */
const limits: TraceLimits = { elements: 2 ** 28, tensors: 2 ** 18, constantBytes: 2 ** 27 };

const loadOptionNames = namesOf<LoadOptions>({ layers: true });
const applyOptionNames = namesOf<ApplyOptions>({ training: true, onLayer: true, states: true, onState: true });

function assemble(description: ModelDescription, seed: number, source: ValueSource): Model {
  const store = new VariableStore(seed, source);
  const { layer, input, dtype, normalization } = description;
  checkNormalization(description);
  const apply = (x: Tensor, options: ApplyOptions = {}): Tensor => {
    expectTensors("the model", x);
    checkNames("the model", applyOptionNames, options);
    // The steps of a sequence, which is a stretch of a longer one.
    const isOpen = (axis: number): boolean =>
      axis === 0 && input.length > 1 && (options.states !== undefined || options.onState !== undefined);
    if (x.shape.length !== input.length + 1 || input.some((n, i) => n !== x.shape[i + 1] && !isOpen(i))) {
      throw new ShapeError(`the model takes inputs of shape [n,${input}], got ${formatType(x)}`);
    }
    const prepared = dtype === "i32" ? toInteger(x) : normalize(toFloat(x), normalization);
    return new Application(store, options).run(layer, prepared);
  };
  const checked = (x: Tensor): Tensor => apply(x, { onLayer: (path, layer) => checkLayerType(layer, path) });
  checkLayerType(layer, "");
  withLimits(limits, () => trace(checked, [{ shape: [1, ...input], dtype }]));
  store.close();
  const variables = [...store.variables.values()];
  const toBytes = async (): Promise<Uint8Array> =>
    writeModelFile(
      description,
      await Promise.all(variables.map(async (variable) => [variable.name, await variable.fetch()] as const)),
    );
  return Object.assign(apply, {
    ...description,
    variables,
    random: store.random,
    toBytes,
    save: async (path: string) => {
      checkPath("save", path);
      await writeFileAtomic(path, await toBytes());
    },
  });
}

function checkNormalization({ input: [channels], dtype, normalization }: ModelDescription): void {
  if (normalization === undefined) return;
  if (dtype !== "f32") throw new ShapeError(`normalization: is for inputs of dtype f32, not of ${dtype}; leave it out`);
  const { mean, std } = normalization;
  if (mean.length === channels && std.length === channels && std.every((s) => s > 0)) return;
  throw new ShapeError(
    `normalization: needs a mean and a positive deviation for each of ${channels} channels, got mean [${mean}], std [${std}]`,
  );
}

function toFloat(x: Tensor): Tensor {
  if (x.dtype === "u8") return mul(cast(x, "f32"), 1 / 255);
  if (isFloat(x.dtype)) return x;
  throw new ShapeError(
    `the model takes floats, or bytes that stand for value / 255, got ${formatType(x)}; ` +
      'cast them, or build the model with dtype: "i32" if it begins with an embedding',
  );
}

function toInteger(x: Tensor): Tensor {
  if (x.dtype === "i32" || x.dtype === "u8") return cast(x, "i32");
  throw new ShapeError(`the model takes integers, i32 or u8, got ${formatType(x)}`);
}

function normalize(x: Tensor, normalization: Normalization | undefined): Tensor {
  if (normalization === undefined) return x;
  const spatial = x.shape.slice(2).map(() => 1);
  const perChannel = (values: readonly number[]): Tensor =>
    constant(new NdArray(Float32Array.from(values), [values.length, ...spatial], "f32").cast(x.dtype));
  return div(sub(x, perChannel(normalization.mean)), perChannel(normalization.std));
}

/**
 * The model in the bytes of a `.safetensors` file that `toBytes` made.
 * @param name what the bytes are called in messages
 * @throws FormatError where the file is damaged, or tensors and architecture do not agree
 */
function fromBytes(bytes: Uint8Array, options: LoadOptions & { name?: string } = {}): Model {
  checkNames("Model.fromBytes", [...loadOptionNames, "name"], options);
  const { layers = [], name = "the model file" } = options;
  checkBytes("Model.fromBytes", bytes);
  return blaming(name, () => {
    const { description, tensors } = readModelFile(bytes, name, layers);
    const source = new TensorSource(tensors, name);
    // Parameters come from the file and are checked before memory is taken, whatever sizes the architecture claims.
    const model = assemble(description, 0, (path, { shape, dtype }) => source.take(path, shape, dtype));
    source.finish();
    return model;
  });
}

/** What layers say of options and shapes is the file's fault while a file is read. */
function blaming<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShapeError || error instanceof OptionError)) throw error;
    throw new FormatError(`${file}: ${error.message}`, { cause: error });
  }
}

/** Reads a saved model. Node only; in a page use `Model.fromBytes`. */
async function load(path: string, options: LoadOptions = {}): Promise<Model> {
  checkPath("Model.load", path);
  checkNames("Model.load", loadOptionNames, options);
  return fromBytes(await readFile(path), { ...options, name: path });
}

/** Where models come from: a layer and a seed, the bytes of a file, or a file. */
export const Model = { build, fromBytes, load };
