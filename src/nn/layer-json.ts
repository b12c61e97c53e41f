/** Layers from their saved descriptions. */
import { didYouMean, FormatError, shorten } from "../array/index.ts";
import { describeJson, isRecord } from "../formats/index.ts";
import { type AnyLayerFactory, isNested, type Layer, type LayerFactory, MAX_LEVELS } from "./layer.ts";

/**
 * Builds a layer from its saved description. Runs only code of the given factories.
 * @throws FormatError naming the place in the description, OptionError for invalid options
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
    const got = isRecord(json) ? "an object without a type" : describeJson(json);
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
  if (factory.fromJson !== undefined) {
    const layer = (inner: unknown, place: string): Layer => layerFromJson(inner, known, place, level + 1);
    return factory.fromJson(given, { at, layer });
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
  if (!Array.isArray(json))
    throw new FormatError(`${at}: expected a list of { name, layer }, got ${describeJson(json)}`);
  return json.map((item, i) => {
    if (!isRecord(item)) throw new FormatError(`${at}[${i}]: expected { name, layer }, got ${describeJson(item)}`);
    return { name: item.name, layer: layerFromJson(item.layer, known, `${at}[${i}]`, level + 1) };
  });
}
