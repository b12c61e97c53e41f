/**
 * What a layer is: a type, options that are plain data, and a function that traces it. Parameters belong to a scope,
 * which knows the layer's path; input channels are inferred, because parameters are made when their input is known.
 */
import { type DType, describeGiven, didYouMean, FormatError, OptionError, type Shape } from "../array/index.ts";
import { shorten } from "../array/shorten.ts";
import { describe, isRecord } from "../formats/json.ts";
import type { Tensor, Variable } from "../graph/index.ts";
import type { RandomAddress } from "../ops/index.ts";
import { defineFactory, type GivenOf, type Kind, type Schema, type ValuesOf } from "../options/index.ts";
import type { Initial } from "./initializers.ts";

/** What a layer sees of the network around it while it is traced. */
export interface Scope {
  /** The layer's path, such as `features.3`; parameters are called `path.weight`, `path.bias`. */
  readonly path: string;
  /** Whether the network is being trained: dropout draws, running statistics move. */
  readonly training: boolean;
  /** A trained parameter, made by the initializer the first time. */
  parameter(name: string, shape: Shape, initial: Initial): Tensor;
  /** State that is saved but not trained, such as running statistics. Default `f32`. */
  state(name: string, shape: Shape, initial: Initial, dtype?: DType): Variable;
  /** Fresh random numbers at each training step. */
  random(): RandomAddress;
  /** Applies another layer under this one, as `path.name`. */
  apply(name: string, layer: Layer, x: Tensor): Tensor;
  /** The state of this layer before the first step, as the caller of the model gives it; `undefined` stands for zeros. */
  stateBefore(name: string): Tensor | undefined;
  /** Gives the state of this layer after the last step to the caller of the model. */
  stateAfter(name: string, state: Tensor): void;
  /**
   * Leaves tensors for a later layer anywhere in the network, under a name of the network's own. A layer that is applied
   * again replaces what it left. @throws StateError where another layer has left something under that name
   */
  remember(name: string, tensors: Readonly<Record<string, Tensor>>): void;
  /** What an earlier layer has left. @throws StateError where none has */
  recall(name: string): Readonly<Record<string, Tensor>>;
}

/** A layer with its options: a description that can be applied, saved and loaded. Parameters live in the model. */
export interface Layer {
  /** The unique name of the layer's type, which saved models hold. */
  readonly type: string;
  /** The options, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Applies the layer to a tensor inside a trace; parameters come from the scope. */
  readonly forward: (x: Tensor, scope: Scope) => Tensor;
  /** `{ type, ...options }`, from which `layerFromJson` builds the layer again. */
  readonly toJSON: () => LayerJson;
}

/** A layer as plain data, as models are saved. */
export interface LayerJson {
  /** The name of the layer's type. */
  readonly type: string;
  readonly [option: string]: unknown;
}

export interface LayerDefinition<S extends Schema> {
  /** Unique; what saved models call the layer. */
  readonly type: string;
  /** The schema of its options: `{ rate: withDefault(real(0, 1), 0.5) }`. */
  readonly options: S;
  readonly forward: (options: ValuesOf<S>, x: Tensor, scope: Scope) => Tensor;
}

/** Makes layers of one type. */
export interface LayerFactory<S extends Schema = Schema> {
  (...options: Record<never, never> extends GivenOf<S> ? [options?: GivenOf<S>] : [options: GivenOf<S>]): Layer;
  /** What the layers are made from. */
  readonly definition: LayerDefinition<S>;
}

/** A factory whose options are not known to the compiler: an entry of a catalog. */
export interface AnyLayerFactory {
  readonly definition: { readonly type: string; readonly options: Schema };
}

/**
 * Defines a type of layer. Own layers work like built-in ones; to load a saved model that has them, give their
 * factories to `Model.load`.
 * @example
 * const swish = defineLayer({ type: "swish", options: {}, forward: (_, x) => mul(x, sigmoid(x)) });
 */
export function defineLayer<S extends Schema>(definition: LayerDefinition<S>): LayerFactory<S> {
  checkDefinition(definition);
  const make = (options: ValuesOf<S>): Layer => {
    const layer: Layer = {
      type: definition.type,
      options,
      forward: (x, scope) => definition.forward(options, x, scope),
      toJSON: () => ({ type: definition.type, ...options }),
    };
    definitions.set(layer, definition);
    levels.set(layer, levelsOf(definition.options, options));
    return layer;
  };
  const create = defineFactory({ type: definition.type, options: definition.options, make });
  return Object.assign(create, { definition }) as LayerFactory<S>;
}

const definitions = new WeakMap<Layer, AnyLayerFactory["definition"]>();

/** The definition that a layer was made by: types of the same name may be different ones. */
export const definitionOf = (layer: Layer): AnyLayerFactory["definition"] | undefined => definitions.get(layer);

/** Networks nested deeper than this are refused: real ones stay far below, hostile files would exhaust the stack. */
const MAX_LEVELS = 65;
/** How many levels each layer has, itself included. */
const levels = new WeakMap<Layer, number>();

function levelsOf(schema: Schema, options: Readonly<Record<string, unknown>>): number {
  const inner = Object.entries(schema).flatMap(([name, kind]) =>
    isNested(kind) ? (options[name] as readonly NamedLayer[]) : [],
  );
  return inner.reduce((most, { layer }) => Math.max(most, 1 + (levels.get(layer) ?? 1)), 1);
}

/** @throws OptionError for a network that is nested too deep to be saved and read again */
export function checkLevels(where: string, layer: Layer): void {
  const count = levels.get(layer) ?? 1;
  if (count <= MAX_LEVELS) return;
  throw new OptionError(
    `${where}: layers are nested ${count} levels deep, the limit is ${MAX_LEVELS}; list them in one sequential()`,
  );
}

/** @throws OptionError unless it has what layers are made of */
function checkDefinition(definition: unknown): void {
  const { type, options, forward } = isRecord(definition) ? definition : {};
  if (typeof type === "string" && isRecord(options) && typeof forward === "function") return;
  throw new OptionError(
    "defineLayer: expects { type, options, forward }, a name, a record of what its options take ({} for none) and a " +
      `function (options, x, scope) => y, got ${isRecord(definition) ? `{ ${Object.keys(definition).join(", ")} }` : describeGiven(definition)}`,
  );
}

/** A layer under a name within its parent. */
export interface NamedLayer {
  /** The name, unique within the parent: a part of the parameters' names. */
  readonly name: string;
  /** The layer of that name. */
  readonly layer: Layer;
}

/** An option that holds layers; in saved models they stand as `{ name, layer: { type, … } }`. */
export interface LayersKind extends Kind<readonly NamedLayer[]> {
  readonly nested: true;
}

/** An option that holds layers of one's own layer: a list of `{ name, layer }`. */
export const layers = (): LayersKind => ({
  nested: true,
  expects: "a list of named layers",
  read: (value) => (Array.isArray(value) && value.every(isNamedLayer) && namesDiffer(value) ? value : undefined),
});

const isNested = (kind: Kind<unknown> | undefined): kind is LayersKind => kind !== undefined && "nested" in kind;

/** Whether a value is a layer. */
export const isLayer = (value: unknown): value is Layer =>
  typeof value === "object" && value !== null && "type" in value && "forward" in value && "toJSON" in value;

/** Names are joined by dots to paths, and a name may have to become a file's. */
export const isLayerName = (name: unknown): name is string => typeof name === "string" && /^[^./]{1,255}$/.test(name);

/** Layers as users list them: as arguments, which are called 0, 1, 2, …, or as one record, which gives their names. */
export type Members = readonly Layer[] | readonly [Readonly<Record<string, Layer>>];

/** @throws OptionError that begins with `where`, for what is no layer and for names that make no path */
export function namedLayers(where: string, members: Members): readonly NamedLayer[] {
  const [first] = members;
  if (members.length === 1 && Array.isArray(first))
    throw new OptionError(
      `${where}: takes layers one by one, ${where}(a, b), or as one record, got a list; spread it: ${where}(...list)`,
    );
  const record = members.length === 1 && isPlainRecord(first) && !isLayer(first) ? first : undefined;
  const entries = record === undefined ? members.map((layer, i) => [String(i), layer]) : Object.entries(record);
  return entries.map(([name, layer]) => {
    if (!isLayerName(name))
      throw new OptionError(
        `${where}: a layer's name has 1 to 255 characters, no dot and no slash, got '${shorten(String(name))}'`,
      );
    if (!isLayer(layer))
      throw new OptionError(
        `${where}: ${name} must be a layer, such as relu(), got ${describeGiven(layer)}${layerHint(layer)}`,
      );
    return { name, layer };
  });
}

/** An object that is nothing else than names and what they stand for. */
const isPlainRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));

function layerHint(value: unknown): string {
  if (typeof value !== "function") return "";
  return "layer" in value ? "; its layer is model.layer" : "; call it: relu()";
}

const isNamedLayer = (value: unknown): value is NamedLayer =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  "layer" in value &&
  isLayerName(value.name) &&
  isLayer(value.layer);

const namesDiffer = (list: readonly NamedLayer[]): boolean =>
  new Set(list.map(({ name }) => name)).size === list.length;

/**
 * Builds a layer from its saved description. Runs no code but that of the given factories.
 * @throws FormatError naming the place in the description, OptionError for options that the layer does not take
 */
export function layerFromJson(
  json: unknown,
  known: ReadonlyMap<string, AnyLayerFactory>,
  at = "architecture",
  level = 1,
): Layer {
  if (level > MAX_LEVELS) {
    const outermost = at.slice(0, at.indexOf("]") + 1);
    throw new FormatError(`${outermost}…: layers are nested more than ${MAX_LEVELS} levels deep`);
  }
  if (!isRecord(json) || typeof json.type !== "string") {
    const got = isRecord(json) ? "an object without a type" : describe(json);
    throw new FormatError(`${at}: expected a layer, { type, … }, got ${got}`);
  }
  const { type, ...given } = json;
  const factory = known.get(type);
  if (factory === undefined) {
    const hint = didYouMean(type, [...known.keys()]);
    throw new FormatError(
      `${at}: there is no layer type '${shorten(type)}'${hint}; for a layer of your own, give its factory as an option`,
    );
  }
  const options = Object.entries(given).map(([name, value]) => {
    const kind = factory.definition.options[name];
    return [name, isNested(kind) ? namedLayersFromJson(value, known, `${at}.${name}`, level) : value];
  });
  return (factory as LayerFactory)(Object.fromEntries(options));
}

function namedLayersFromJson(
  json: unknown,
  known: ReadonlyMap<string, AnyLayerFactory>,
  at: string,
  level: number,
): unknown {
  if (!Array.isArray(json)) throw new FormatError(`${at}: expected a list of { name, layer }, got ${describe(json)}`);
  return json.map((item, i) => {
    if (!isRecord(item)) throw new FormatError(`${at}[${i}]: expected { name, layer }, got ${describe(item)}`);
    return { name: item.name, layer: layerFromJson(item.layer, known, `${at}[${i}]`, level + 1) };
  });
}
