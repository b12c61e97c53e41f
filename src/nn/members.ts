/** Named layers: as listed by users, and as held by options. */
import { describeGiven, firstDuplicate, OptionError, shorten } from "../array/index.ts";
import { isRecord } from "../formats/index.ts";
import { copyLayer, isLayer, type Layer, type LayersKind, type NamedLayer } from "./layer.ts";
import { giveName, givenName, isLayerName, NAME_RULE } from "./names.ts";

/** An option that holds layers inside a layer: a list of `{ name, layer }`. */
export const layers = (): LayersKind => ({
  nested: true,
  expects: "a list of named layers",
  read: (value) => (Array.isArray(value) && value.every(isNamedLayer) && namesDiffer(value) ? value : undefined),
});

/**
 * A layer with a name, which becomes part of the names of its parameters, in `network`, `sequential`, `concat` and
 * `parallel` alike: `sequential(named("conv1", conv2d(…)), relu())` has the parameters `conv1.weight` and `conv1.bias`. It
 * is the same layer: applied under several names in one network, it still has one set of parameters, under the first name. Shapes stay
 * the same.
 * @throws OptionError for an invalid name, or unless it is a layer
 */
export function named(name: string, layer: Layer): Layer {
  if (!isLayerName(name)) throw new OptionError(`named: a layer's name ${NAME_RULE}, got ${describeGiven(name)}`);
  if (!isLayer(layer))
    throw new OptionError(`named: '${shorten(name)}' must be a layer, such as nn.relu(), got ${describeGiven(layer)}`);
  const copy = copyLayer(layer);
  giveName(copy, name, layer);
  return copy;
}

/** Layers as listed by users: as arguments, named 0, 1, 2, …, or as one record by name. */
export type Members = readonly Layer[] | readonly [Readonly<Record<string, Layer>>];

/** @throws OptionError that begins with `where`, for invalid layers, and for invalid or duplicate names */
export function namedLayers(where: string, members: Members): readonly NamedLayer[] {
  const [first] = members;
  if (members.length === 1 && Array.isArray(first))
    throw new OptionError(
      `${where}: takes layers one by one, ${where}(a, b), or as one record, got a list; spread it: ${where}(...list)`,
    );
  const record = members.length === 1 && isPlainRecord(first) && !isLayer(first) ? first : undefined;
  const entries = record === undefined ? members.map((layer, i) => [String(i), layer]) : Object.entries(record);
  const list = entries.map(([key, layer]) => {
    if (!isLayerName(key))
      throw new OptionError(`${where}: a layer's name ${NAME_RULE}, got '${shorten(String(key))}'`);
    if (!isLayer(layer))
      throw new OptionError(
        `${where}: ${key} must be a layer, such as relu(), got ${describeGiven(layer)}${layerHint(layer)}`,
      );
    const name = givenName(layer);
    if (record !== undefined && name !== undefined && name !== key)
      throw new OptionError(
        `${where}: the layer '${key}' is named '${shorten(name)}' also; leave one of the names out`,
      );
    return { name: name ?? (key as string), layer };
  });
  const twice = firstDuplicate(list.map(({ name }) => name));
  if (twice !== undefined) throw new OptionError(`${where}: two layers are named '${shorten(twice)}'`);
  return list;
}

/** Whether a value is a plain record. */
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
