/**
 * Scanning a network over a larger input is itself a convolutional net: a network of fully connected layers that is applied
 * at every position of a recording or a picture computes convolutions, the first with a kernel as large as what it flattens,
 * the others with kernels of 1. In one dimension that is a time-delay neural network.
 *
 *   y[units, o] = Σ_{c,k} w[units, (c, k)] · x[c, o + k]      the rows of `linear`'s weight are filters, flattened
 *
 * Source: CMU 11-785, "Scanning an input with a network and combining the outcomes is equivalent to scanning with individual
 * neurons hierarchically"; Waibel et al. 1989.
 */
import { NdArray, OptionError, type Shape, ShapeError } from "../array/index.ts";
import { childPath, type Tensor, type Variable } from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { optional, readOptions, sizes } from "../options/index.ts";
import { activationLayers } from "./activations.ts";
import { checkModel } from "./checks.ts";
import { type ConvLayerOptions, conv1d, conv2d, conv3d, convLayers } from "./conv.ts";
import { dropoutLayers } from "./dropout.ts";
import { isShape } from "./inputs.ts";
import type { AnyLayerFactory, Layer, NamedLayer } from "./layer.ts";
import { Model } from "./model.ts";
import { poolLayers } from "./pool.ts";
import { sequentialLayer } from "./sequential.ts";
import { identity } from "./simple.ts";

/** Options of `toConvolutional`. */
export interface ScanOptions {
  /** The shape of the larger inputs without the batch axis, such as [1, 100, 100]. Default: the model's own input. */
  readonly input?: Shape | undefined;
  /** The stride of the first fully connected layer over its input; one number, or one for each axis. Default 1. */
  readonly stride?: number | readonly number[] | undefined;
}

const schema = {
  input: optional({
    expects: "the shape of one input, such as [1, 100, 100]",
    read: (value: unknown) => (isShape(value) ? value : undefined),
  }),
  stride: optional(sizes(1)),
};

const typesOf = (factories: readonly AnyLayerFactory[]): string[] => factories.map(({ definition }) => definition.type);
/** Layers that treat positions independently. */
const pointwiseTypes = new Set(typesOf([...activationLayers, ...dropoutLayers, identity]));
/** Layers that do so, too, if they see only the input. */
const windowed = new Set(typesOf([...convLayers, ...poolLayers]));

const isNothing = (padding: unknown): boolean => [0, "valid"].includes(padding as number) || isZeros(padding);
const isZeros = (list: unknown): boolean => Array.isArray(list) && list.every((n) => n === 0);

/** Why a layer cannot be scanned unchanged; `undefined` if it can. */
function obstacle({ type, options }: Layer): string | undefined {
  if (windowed.has(type)) {
    if (!isNothing(options.padding)) return "it pads its input, so that places would differ";
    return options.ceil === true ? "its windows overhang its input, so that places would differ" : undefined;
  }
  if (!pointwiseTypes.has(type))
    return "only fully connected, convolution, pooling and activation layers can be scanned with";
  return (options.axis ?? 1) === 1 ? undefined : `it works along axis ${options.axis}, the features are axis 1`;
}

const convolutions = [conv1d, conv2d, conv3d];

interface LinearConvOptions extends ConvLayerOptions {
  readonly units: number;
}

type Sizes = number | readonly number[];

/** Converts the layers of a network into scanning ones, in order. */
class Conversion {
  readonly #shapes = new Map<string, Shape>();
  readonly #convolution: (typeof convolutions)[number];
  /** The output of the previous layer. */
  #before: Shape;
  /** The window of the next fully connected layer, once there is one. */
  #window: { readonly kernel: Sizes; readonly stride: Sizes } | undefined;
  readonly #stride: Sizes;

  constructor(model: Model, stride: Sizes) {
    const onLayer = (path: string, _: Layer, { shape }: Tensor): void => void this.#shapes.set(path, shape);
    trace((x) => model(x, { onLayer }), [{ shape: [1, ...model.input], dtype: "f32" }]);
    this.#before = [1, ...model.input];
    this.#convolution = convolutions[model.input.length - 2];
    this.#stride = stride;
  }

  /** The layer in the scanning network; `undefined` if not needed. */
  convert(layer: Layer, path: string): Layer | undefined {
    const converted = this.#convert(layer, path);
    this.#before = this.#shapes.get(path) ?? this.#before;
    return converted;
  }

  #convert(layer: Layer, path: string): Layer | undefined {
    if (layer.type === "sequential") return this.#sequential(layer.options.layers as readonly NamedLayer[], path);
    if (layer.type === "linear") return this.#linear(layer.options as unknown as LinearConvOptions, path);
    if (layer.type === "flatten") {
      this.#window ??= { kernel: this.#before.slice(2), stride: this.#stride };
      return undefined;
    }
    const reason = obstacle(layer);
    if (reason === undefined) return layer;
    throw new OptionError(`toConvolutional: ${layer.type} (${path}): ${reason}`);
  }

  #sequential(members: readonly NamedLayer[], path: string): Layer {
    const converted = members.flatMap(({ name, layer }) => {
      const next = this.convert(layer, childPath(path, name));
      return next === undefined ? [] : [{ name, layer: next }];
    });
    return sequentialLayer({ layers: converted });
  }

  #linear({ units, ...options }: LinearConvOptions, path: string): Layer {
    if (this.#window === undefined)
      throw new OptionError(
        `toConvolutional: linear (${path}): needs flatten() before the first fully connected layer`,
      );
    const layer = this.#convolution(units, { ...options, ...this.#window });
    this.#window = { kernel: 1, stride: 1 };
    return layer;
  }
}

/**
 * The convolutional net that scans with a model: at every position it gives the model's output for that part of the input,
 * [n, units, …positions] for a model that gives [n, units]. It has a copy of the model's parameters under the same names,
 * the weights of fully connected layers as filters.
 *
 * The model is `sequential`: activations, dropout, convolution and pooling without padding, then `flatten` and fully
 * connected layers. A softmax must work along axis 1.
 * @example
 * const detector = toConvolutional(classifier, { input: [1, 100, 100] }); // scores [n, 10, 73, 73] from 28×28 pixels
 * @throws OptionError for layers that cannot be scanned with, ShapeError where the input is smaller than the model's
 */
export function toConvolutional(model: Model, options: ScanOptions = {}): Model {
  checkModel("toConvolutional", model);
  const { input = model.input, stride = 1 } = readOptions("toConvolutional", schema, options);
  if (model.input.length < 2 || model.input.length > 4 || input.length !== model.input.length) {
    throw new ShapeError(
      `toConvolutional: scans inputs [channels, …spatial] with 1, 2 or 3 spatial axes, the model takes [${model.input}], ` +
        `the input is [${input}]`,
    );
  }
  const layer = new Conversion(model, stride).convert(model.layer, "");
  if (layer === undefined) throw new OptionError("toConvolutional: the model has no fully connected layers");
  const { normalization, classes } = model;
  const scanner = Model.build(layer, { input, normalization, classes });
  const sources = new Map(model.variables.map((variable) => [variable.name, variable]));
  for (const variable of scanner.variables) copyElements(sources.get(variable.name)!, variable);
  return scanner;
}

/** Sets a variable to the elements that another one has now; where these lie on a device, they come as a promise. */
function copyElements(from: Variable, to: Variable): void {
  const reshaped = ({ data, dtype }: NdArray): NdArray => new NdArray(data.slice(), to.shape, dtype);
  const value = from.peek();
  if (value instanceof Promise) {
    const copy = value.then(reshaped);
    // Reported to those who fetch the variable; not as an unhandled rejection.
    copy.catch(() => {});
    to.defer(() => copy);
  } else to.value = reshaped(value);
}
