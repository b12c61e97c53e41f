/**
 * A layer is a type, options that are plain data, and a function that traces it. Parameters belong to a scope, which knows
 * the layer's path; input channels are inferred, because parameters are made when their input is known.
 */
import { type DType, describeGiven, OptionError, type Shape } from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import type { Tensor, Variable } from "../graph/index.ts";
import type { RandomAddress } from "../ops/index.ts";
import { defineFactory, type GivenOf, type Kind, type Schema, type ValuesOf } from "../options/index.ts";
import type { Initial } from "./initializers.ts";
import { callLayer, type Place, type PlaceOperand } from "./place.ts";
import type { Steps, StepsRule } from "./steps.ts";

/** A layer's view of the network while it is traced. */
export interface Scope {
  /** The layer's path, such as `features.3`; parameters are named `path.weight`, `path.bias`. */
  readonly path: string;
  /** Whether the network is being trained: dropout draws, running statistics are updated. */
  readonly training: boolean;
  /** The number of samples in the batch. */
  readonly batch: number;
  /**
   * A trained parameter, created by the initializer on first use: `path.name`. Without a name, "", it is called as the layer
   * itself, `path`, or `weight` where that is the outermost.
   */
  parameter(name: string, shape: Shape, initial: Initial): Tensor;
  /** State that is saved but not trained, such as running statistics. Default `f32`. */
  state(name: string, shape: Shape, initial: Initial, dtype?: DType): Variable;
  /** Fresh random numbers at each training step. */
  random(): RandomAddress;
  /** Applies another layer under this one, as `path.name`. */
  apply(name: string, layer: Layer, x: Tensor): Tensor;
  /**
   * Applies another layer, of any number of inputs and outputs, as `path.name`.
   * @param parameters the name within this layer whose parameters it uses. Default: its own, `name`
   */
  applyAll(name: string, layer: Layer, inputs: readonly Tensor[], parameters?: string): readonly Tensor[];
  /** Applies another layer, as `path.name`, to rows [rows, …] that are its samples in place of those of the batch. */
  applyToRows(name: string, layer: Layer, rows: Tensor): Tensor;
  /**
   * The axis of `x` that holds the steps of sequences, and their lengths; `undefined` if there are none, or if every
   * sequence has full length. Layers that work along the steps must ignore those beyond the lengths.
   * @throws ShapeError if an earlier layer has mixed steps with padding
   */
  steps(x: Tensor): Steps | undefined;
  /**
   * Declares the steps of an output of this layer, where its lengths are neither those of its input nor longer by a number; or
   * of what it gives to another layer.
   */
  setSteps(y: Tensor, steps: Steps): void;
  /** The initial state of this layer, as given by the caller of the model; `undefined` stands for zeros. */
  stateBefore(name: string): Tensor | undefined;
  /** Returns the final state of this layer to the caller of the model. */
  stateAfter(name: string, state: Tensor): void;
  /**
   * Keeps tensors for a later layer anywhere in the network, under a name unique in the network. A layer that is applied
   * again replaces its own. @throws StateError if another layer has used the name
   */
  remember(name: string, tensors: Readonly<Record<string, Tensor>>): void;
  /** Hands the output of an auxiliary head to the training loop, and the weight of its loss. */
  auxiliary(output: Tensor, weight: number): void;
  /** The tensors that an earlier layer remembered. @throws StateError if there are none */
  recall(name: string): Readonly<Record<string, Tensor>>;
}

/**
 * A layer with its options: a description that can be applied, saved and loaded. Parameters live in the model. Inside
 * `network` it is called on places: `conv2d(8, { kernel: 3 })(image)`.
 */
export interface Layer {
  /**
   * Applies the layer to places of the network under construction. Layers of several inputs take them in order, or as one
   * record by name; elementwise ops take numbers beside places.
   * @throws StateError outside `network`, OptionError for another number of inputs, or unknown names
   */
  (...inputs: readonly PlaceOperand[] | readonly [Readonly<Record<string, PlaceOperand>>]): Place;
  /** The unique name of the layer's type, as in saved models. */
  readonly type: string;
  /** The options, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The names of its inputs, usually one. A last name that starts with `...` stands for one or more. */
  readonly inputs: readonly string[];
  /** The names of its outputs, usually one; `undefined` for an op, whose outputs have numbers. */
  readonly outputs: readonly string[] | undefined;
  /** Applies the layer to a tensor inside a trace; parameters come from the scope. For layers of one input. */
  readonly forward: (x: Tensor, scope: Scope) => Tensor;
  /** Applies the layer inside a trace to all of its inputs and returns all of its outputs. */
  readonly forwardAll: (inputs: readonly Tensor[], scope: Scope) => readonly Tensor[];
  /** What happens to the steps of sequences, which its inputs have along an axis. */
  readonly steps: (axis: number, inputs: readonly Tensor[], outputs: readonly Tensor[]) => StepsRule;
  /** `{ type, ...options }`, from which `layerFromJson` rebuilds the layer. */
  readonly toJSON: () => LayerJson;
}

/** A layer as plain data, as in saved models. */
export interface LayerJson {
  /** The name of the layer's type. */
  readonly type: string;
  readonly [option: string]: unknown;
}

interface AnyLayerDefinition<S extends Schema> {
  /** The unique name of the type, as in saved models. */
  readonly type: string;
  /** The schema of its options: `{ rate: withDefault(real(0, 1), 0.5) }`. */
  readonly options: S;
  /**
   * What happens to the steps of sequences. `kept`: the output has them along the same axis, at the same positions; `first`:
   * it has those of the first input, as attention has those of its queries; `ended`: it has none. Default `followed`:
   * derived from the layer's ops, which is right for layers that treat positions independently, such as activations. As a
   * function it gets the axis of the steps in the inputs.
   */
  readonly steps?:
    | StepsRule
    | ((options: ValuesOf<S>, axis: number, inputs: readonly Tensor[], outputs: readonly Tensor[]) => StepsRule)
    | undefined;
}

/** A type of layer with one input. */
export interface LayerDefinition<S extends Schema> extends AnyLayerDefinition<S> {
  /** For layers of several inputs. */
  readonly inputs?: undefined;
  /** Traces the layer. */
  readonly forward: (options: ValuesOf<S>, x: Tensor, scope: Scope) => Tensor;
}

/** A type of layer with several inputs, or none. */
export interface JoiningLayerDefinition<S extends Schema> extends AnyLayerDefinition<S> {
  /** The names of the inputs. A last name that starts with `...` stands for one or more. They may depend on the options. */
  readonly inputs: readonly string[] | ((options: ValuesOf<S>) => readonly string[]);
  /** Traces the layer; inputs are in the order of their names. */
  readonly forward: (options: ValuesOf<S>, inputs: readonly Tensor[], scope: Scope) => Tensor;
}

/** Makes layers of one type. */
export interface LayerFactory<S extends Schema = Schema> {
  (...options: Record<never, never> extends GivenOf<S> ? [options?: GivenOf<S>] : [options: GivenOf<S>]): Layer;
  /** The definition of the layers. */
  readonly definition: { readonly type: string; readonly options: S };
}

/** Reads nested layers of a layer's description. */
export interface NestedReader {
  /** The location of the description, for messages. */
  readonly at: string;
  /** Reads a nested layer. */
  layer(json: unknown, at: string): Layer;
}

/** A factory with options of unknown type: an entry of a catalog. */
export interface AnyLayerFactory {
  readonly definition: { readonly type: string; readonly options: Schema };
  /** Builds a layer from its description, if that needs more than reading options. */
  readonly fromJson?: ((json: Readonly<Record<string, unknown>>, reader: NestedReader) => Layer) | undefined;
}

/**
 * Defines a type of layer. Custom layers work like built-in ones; to load a saved model with them, pass their factories to
 * `Model.load`. Layers with several inputs name them and get them as a list.
 * @throws OptionError for an invalid definition
 * @example
 * const swish = defineLayer({ type: "swish", options: {}, forward: (_, x) => mul(x, sigmoid(x)) });
 * @example
 * const product = defineLayer({ type: "product", inputs: ["a", "b"], options: {}, forward: (_, [a, b]) => mul(a, b) });
 */
export function defineLayer<S extends Schema>(definition: LayerDefinition<S>): LayerFactory<S>;
export function defineLayer<S extends Schema>(definition: JoiningLayerDefinition<S>): LayerFactory<S>;
export function defineLayer<S extends Schema>(
  definition: LayerDefinition<S> | JoiningLayerDefinition<S>,
): LayerFactory<S> {
  checkDefinition(definition);
  const { type, steps = "followed" } = definition;
  const make = (options: ValuesOf<S>): Layer => {
    const forwardAll: Layer["forwardAll"] =
      definition.inputs === undefined
        ? ([x], scope) => [definition.forward(options, x, scope)]
        : (inputs, scope) => [definition.forward(options, inputs, scope)];
    return createLayer(definition, {
      type,
      options,
      inputs: (typeof definition.inputs === "function" ? definition.inputs(options) : definition.inputs) ?? ["x"],
      outputs: ["y"],
      forwardAll,
      steps: (...about) => (typeof steps === "string" ? steps : steps(options, ...about)),
      toJSON: () => ({ type, ...options }),
      levels: levelsOf(definition.options, options),
    });
  };
  const create = defineFactory({ type: definition.type, options: definition.options, make });
  return Object.assign(create, { definition }) as LayerFactory<S>;
}

/** The parts of a layer, besides what follows from them. */
interface LayerParts
  extends Pick<Layer, "type" | "options" | "inputs" | "outputs" | "forwardAll" | "steps" | "toJSON"> {
  /** The number of nested levels, itself included. */
  readonly levels: number;
}

/** Creates a callable layer of a definition. */
export function createLayer(definition: AnyLayerFactory["definition"], { levels: count, ...parts }: LayerParts): Layer {
  const call = (...inputs: readonly unknown[]): Place => callLayer(layer, inputs);
  const layer: Layer = Object.assign(call, {
    ...parts,
    forward: (x: Tensor, scope: Scope) => parts.forwardAll([x], scope)[0],
  });
  definitions.set(layer, definition);
  levels.set(layer, count);
  return layer;
}

/** A copy of a layer: the same definition and options. */
export function copyLayer(layer: Layer): Layer {
  const { type, options, inputs, outputs, forwardAll, steps, toJSON } = layer;
  const parts = { type, options, inputs, outputs, forwardAll, steps, toJSON, levels: levelsIn(layer) };
  return createLayer(definitions.get(layer) ?? { type, options: {} }, parts);
}

const definitions = new WeakMap<Layer, AnyLayerFactory["definition"]>();

/** The definition of a layer: different types may have the same name. */
export const definitionOf = (layer: Layer): AnyLayerFactory["definition"] | undefined => definitions.get(layer);

/** Networks nested deeper than this are refused: real ones stay far below, hostile files would exhaust the stack. */
export const MAX_LEVELS = 65;
const levels = new WeakMap<Layer, number>();

/** The number of nested levels of a layer, itself included. */
export const levelsIn = (layer: Layer): number => levels.get(layer) ?? 1;

/** A layer under a name within its parent. */
export interface NamedLayer {
  /** The name, unique within the parent: part of the parameters' names. */
  readonly name: string;
  /** The layer of that name. */
  readonly layer: Layer;
}

/** An option that holds layers, saved as `{ name, layer: { type, … } }`. */
export interface LayersKind extends Kind<readonly NamedLayer[]> {
  readonly nested: true;
}

/** Whether an option holds layers. */
export const isNested = (kind: Kind<unknown> | undefined): kind is LayersKind => kind !== undefined && "nested" in kind;

function levelsOf(schema: Schema, options: Readonly<Record<string, unknown>>): number {
  const inner = Object.entries(schema).flatMap(([name, kind]) =>
    isNested(kind) ? (options[name] as readonly NamedLayer[]) : [],
  );
  return inner.reduce((most, { layer }) => Math.max(most, 1 + levelsIn(layer)), 1);
}

/** @throws OptionError for a network nested too deeply to be saved and loaded */
export function checkLevels(where: string, layer: Layer): void {
  const count = levelsIn(layer);
  if (count <= MAX_LEVELS) return;
  throw new OptionError(
    `${where}: layers are nested ${count} levels deep, the limit is ${MAX_LEVELS}; list them in one sequential()`,
  );
}

/** @throws OptionError unless the parts of a layer are valid */
function checkDefinition(definition: unknown): void {
  const { type, options, forward, inputs = ["x"] } = isRecord(definition) ? definition : {};
  const isList = Array.isArray(inputs) && inputs.every((name) => typeof name === "string");
  const hasNames = isList || typeof inputs === "function";
  if (typeof type === "string" && isRecord(options) && typeof forward === "function" && hasNames) return;
  throw new OptionError(
    "defineLayer: expects { type, options, forward }, a name, a record of what its options take ({} for none) and a " +
      `function (options, x, scope) => y, got ${isRecord(definition) ? `{ ${Object.keys(definition).join(", ")} }` : describeGiven(definition)}`,
  );
}

/** Whether a value is a layer. */
export const isLayer = (value: unknown): value is Layer =>
  (typeof value === "function" || (typeof value === "object" && value !== null)) &&
  "type" in value &&
  "forward" in value &&
  "toJSON" in value;
