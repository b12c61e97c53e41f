/**
 * A model: a layer with its variables, inputs and class names. It can be called inside a trace, saved to one `.safetensors`
 * file, and loaded without running code from the file.
 */

import { readFile, writeFileAtomic } from "#platform";
import {
  checkBytes,
  checkPath,
  checkSeed,
  FormatError,
  type NdArray,
  type Normalization,
  OptionError,
  Random,
  type Shape,
  ShapeError,
  StateError,
} from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import type { Tensor, Variable } from "../graph/index.ts";
import { type TraceLimits, withLimits } from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import type { ApplyOptions } from "./application.ts";
import { checkLayerType } from "./catalog.ts";
import { checkLayer } from "./checks.ts";
import { canWait, initialize } from "./initializers.ts";
import type { InputSpec, InputType, ModelInput } from "./inputs.ts";
import { type AnyLayerFactory, checkLevels, type Layer } from "./layer.ts";
import { applierOf } from "./model-apply.ts";
import { readModelFile, TensorSource, writeModelFile } from "./model-file.ts";
import { describeModel } from "./model-inputs.ts";
import { type RandomState, type ValueSource, VariableStore } from "./store.ts";

export type { Normalization };

/** The description of a model besides its parameters: plain data, saved with it. */
export interface ModelDescription {
  /** The outermost layer. */
  readonly layer: Layer;
  /** The inputs, by name; that of a plain layer is named `input`. */
  readonly inputs: Readonly<Record<string, ModelInput>>;
  /** The names of the classes, for classification. */
  readonly classes?: readonly string[] | undefined;
  /** The task it was trained for, as plain data, `{ type, … }`; absent for classification. */
  readonly task?: TaskDescription | undefined;
  /** The names of the numbers in the task's targets, by target: classes, or words of a vocabulary. */
  readonly names?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A task as plain data. */
export interface TaskDescription {
  /** The name of the task's type. */
  readonly type: string;
  readonly [option: string]: unknown;
}

export interface Model extends ModelDescription {
  /**
   * Applies a network of one input and one output inside a trace: `x` [n, ...input], as floats, or as bytes that stand for
   * value / 255. Inputs of dtype `i32` take integers, or bytes that stand for themselves.
   */
  (x: Tensor, options?: ApplyOptions): Tensor;
  /** The same as `apply`. */
  (inputs: Readonly<Record<string, Tensor>>, options?: ApplyOptions): Readonly<Record<string, Tensor>>;
  /**
   * Applies the network inside a trace: takes all inputs and returns all outputs by name. A sequence `text` may have
   * `"text.length"`, `i32` [n], the number of steps of each sequence; default: all steps.
   * @throws OptionError for missing or unknown inputs, ShapeError for those that do not fit
   */
  apply(inputs: Readonly<Record<string, Tensor>>, options?: ApplyOptions): Readonly<Record<string, Tensor>>;
  /** The names of the outputs; that of a plain layer is `output`. */
  readonly outputs: readonly string[];
  /** The shape of one sample of the only input, without the batch axis. @throws StateError for several inputs */
  readonly input: Shape;
  /** The element type of the only input. @throws StateError for several inputs */
  readonly dtype: InputType;
  /** The normalization of the only input. @throws StateError for several inputs */
  readonly normalization?: Normalization | undefined;
  /** Parameters and other saved state, by layer path, in the order of the layers. */
  readonly variables: readonly Variable[];
  /** The seed and position of the random numbers that training draws. Not part of a saved model. */
  readonly random: RandomState;
  /** The current model as a `.safetensors` file. The same model gives the same bytes. */
  toBytes(): Promise<Uint8Array>;
  /** Writes the result of `toBytes()` to a file, atomically. Node only. */
  save(path: string): Promise<void>;
}

/** Options of `build`. */
export interface BuildOptions {
  /**
   * The one input of a layer: the shape of one sample without the batch axis, such as [1, 28, 28], or the result of `tokens`
   * or `sequence`. Not needed for networks that declare their inputs.
   */
  readonly input?: InputSpec | undefined;
  /** The inputs of a layer with several, by name. */
  readonly inputs?: Readonly<Record<string, InputSpec>> | undefined;
  /** The element type of `input`, if that is a shape. Default `f32`. */
  readonly dtype?: InputType | undefined;
  /** The normalization, applied before the first layer; for several inputs by name. Default: none. */
  readonly normalization?: Normalization | Readonly<Record<string, Normalization>> | undefined;
  /** The names of the classes, for classification. */
  readonly classes?: readonly string[] | undefined;
  /** The task it is trained for, as plain data. Default: classification. */
  readonly task?: TaskDescription | undefined;
  /** The names of the numbers in the task's targets, by target. */
  readonly names?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Seed of the initial parameters and of training. An integer from 0 to 2³² − 1, default 0. */
  readonly seed?: number | undefined;
}

/** Options of `load`. */
export interface LoadOptions {
  /** Factories of custom layers in the model. */
  readonly layers?: readonly AnyLayerFactory[] | undefined;
}

/**
 * A new model with initialized parameters. Its inputs are those declared by a network, or the given ones. Random parameters
 * are drawn when they are first needed, so a model that is only summarized, or gets other values, takes no time for them.
 * @throws ShapeError where layers and input do not fit, OptionError for layers nested more than 65 levels deep, and for
 *   missing or unknown inputs
 */
function build(layer: Layer, options: BuildOptions = {}): Model {
  checkLayer("Model.build", layer);
  const { seed, ...description } = describeModel(layer, options);
  checkSeed(seed);
  checkLevels("Model.build", layer);
  return assemble({ layer, ...description }, seed, (path, { shape, dtype }, initial) => {
    const draw = (): NdArray => {
      const drawn = initialize(initial, shape, new Random(seed, `initialize ${path}`));
      // Code of a layer may keep the array that it gives.
      return drawn.dtype === dtype && typeof initial !== "function" ? drawn : drawn.cast(dtype);
    };
    return canWait(initial) ? { shape, dtype, draw } : draw();
  });
}

/**
 * Limits for one sample in a network, the same when building and when loading: 1 GiB of floats in one tensor. They keep
 * small files from claiming sizes that exhaust memory.
 */
const MODEL_LIMITS: TraceLimits = { elements: 2 ** 28, tensors: 2 ** 18, constantBytes: 2 ** 27 };

const loadOptionNames = namesOf<LoadOptions>({ layers: true });

function assemble(description: ModelDescription, seed: number, source: ValueSource): Model {
  const store = new VariableStore(seed, source);
  const { layer, inputs } = description;
  const { apply, outputs } = applierOf(description, store);
  checkLayerType(layer, "");
  withLimits(MODEL_LIMITS, () =>
    trace(
      (...samples) => {
        const named = Object.fromEntries(Object.keys(inputs).map((name, i) => [name, samples[i]]));
        return apply(named, { onLayer: (path, layer) => checkLayerType(layer, path) });
      },
      Object.values(inputs).map(({ shape, dtype }) => ({ shape: [1, ...shape], dtype })),
    ),
  );
  store.close();
  const variables = [...store.variables.values()];
  const toBytes = async (): Promise<Uint8Array> =>
    writeModelFile(
      { ...description, ...meaningOf(model as Model) },
      await Promise.all(variables.map(async (variable) => [variable.name, await variable.fetch()] as const)),
    );
  const model: object = Object.assign(callOf(description, outputs, apply), {
    ...description,
    apply,
    outputs,
    variables,
    random: store.random,
    toBytes,
    save: async (path: string) => {
      checkPath("save", path);
      await writeFileAtomic(path, await toBytes());
    },
  });
  return Object.defineProperties(model, propertiesOfInput(inputs)) as Model;
}

/** What a model's outputs stand for. */
type Meaning = Pick<ModelDescription, "classes" | "task" | "names">;

const meaningOf = ({ classes, task, names }: Model): Meaning => ({ classes, task, names });

/** Makes a model one for another task, which it is going to be trained for. */
export function setTask(model: Model, { classes, task, names }: Meaning): void {
  Object.assign(model, { classes, task, names });
}

type Call = (given: Tensor | Readonly<Record<string, Tensor>>, options?: ApplyOptions) => unknown;

/** Applies a model when called: tensor to tensor, or tensors by name to tensors by name. */
const callOf =
  ({ inputs }: ModelDescription, outputs: readonly string[], apply: Model["apply"]): Call =>
  (given, options) => {
    if (isNamed(given)) return apply(given, options);
    const names = Object.keys(inputs);
    if (names.length > 1)
      throw new OptionError(`the model takes ${names.join(", ")}; give them by name: model({ ${names.join(", ")} })`);
    if (outputs.length > 1)
      throw new OptionError(
        `the model gives ${outputs.join(", ")}; give its input by name, and get them by name: model({ ${names[0]} })`,
      );
    return apply({ [names[0]]: given }, options)[outputs[0]];
  };

/** Whether a value is a plain record of tensors. */
const isNamed = (given: unknown): given is Readonly<Record<string, Tensor>> =>
  isRecord(given) && [Object.prototype, null].includes(Object.getPrototypeOf(given));

/** `input`, `dtype` and `normalization`, which models with several inputs do not have. */
function propertiesOfInput(inputs: ModelDescription["inputs"]): PropertyDescriptorMap {
  const [only, ...further] = Object.values(inputs);
  const keys: Readonly<Record<string, unknown>> = {
    input: only.shape,
    dtype: only.dtype,
    normalization: only.normalization,
  };
  const refuse = (key: string) => () => {
    throw new StateError(
      `model.${key}: the model has the inputs ${Object.keys(inputs).join(", ")}; ask model.inputs for one of them`,
    );
  };
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => [
      key,
      further.length === 0 ? { value, enumerable: true } : { get: refuse(key) },
    ]),
  );
}

/**
 * The model in the bytes of a `.safetensors` file that `toBytes` made.
 * @param name the name of the bytes in messages
 * @throws FormatError if the file is damaged, or tensors and architecture do not match
 */
function fromBytes(bytes: Uint8Array, options: LoadOptions & { name?: string } = {}): Model {
  checkNames("Model.fromBytes", [...loadOptionNames, "name"], options);
  const { layers = [], name = "the model file" } = options;
  checkBytes("Model.fromBytes", bytes);
  return read(bytes, name, layers, false);
}

function read(bytes: Uint8Array, name: string, layers: readonly AnyLayerFactory[], isOwn: boolean): Model {
  return blaming(name, () => {
    const { description, tensors } = readModelFile(bytes, name, layers, isOwn);
    const source = new TensorSource(tensors, name);
    // Parameters come from the file and are checked before memory is allocated, whatever sizes the architecture claims.
    const model = assemble(description, 0, (path, { shape, dtype }) => source.take(path, shape, dtype));
    source.finish();
    return model;
  });
}

/** While loading, errors of layers about options and shapes are errors of the file. */
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
  return read(await readFile(path), path, options.layers ?? [], true);
}

/** Creates models from a layer and a seed, the bytes of a file, or a file. */
export const Model = { build, fromBytes, load };
