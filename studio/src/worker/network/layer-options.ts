/** The options of a layer in a text, as fields: values from the layer itself, what they may be from the library's messages. */
import type { CallExpression } from "acorn";
import type { nn } from "fovea";
import type { LayerOption, Plain } from "../api/network.ts";
import { makers } from "./layer-makers.ts";
import { calledName, readValue } from "./read-value.ts";

type Options = Readonly<Record<string, unknown>>;

/** The options of a layer that was read from a call; empty unless all of them are plain values. */
export function optionsOf(layer: nn.Layer, call: CallExpression, text: string): readonly LayerOption[] {
  const name = calledName(call, text);
  const given = call.arguments.map((argument) => readValue(argument, text));
  const positional = given.filter((value) => !isRecord(value));
  const places = placesOf(name, positional, layer.options);
  const isWritable = given.length - positional.length <= 1 && Object.values(layer.options).every(isPlainOrNone);
  if (!isWritable || places === undefined || layer.type !== name) return [];
  const rest = Object.fromEntries(Object.entries(layer.options).filter(([option]) => !places.has(option)));
  return Object.entries(layer.options).map(([option, value]) => {
    const place = places.get(option);
    // A record is no value of any option, nor of an initializer while it has no type.
    const refused = {};
    const values =
      place === undefined ? [...positional, { ...rest, [option]: refused }] : positional.with(place, refused);
    return { name: option, value: value as Plain | undefined, expects: expectationOf(name, option, values), place };
  });
}

/**
 * Which option each argument is: the one that changes with it. `undefined` where that is not clear, or where an argument
 * that may be left out was left out.
 */
function placesOf(name: string, positional: readonly unknown[], options: Options): Map<string, number> | undefined {
  const places = new Map<string, number>();
  for (const [place, value] of positional.entries()) {
    const other = typeof value === "number" ? value + 1 : undefined;
    const changed = optionsWith(name, positional.with(place, other)) ?? {};
    const found = Object.keys(options).filter(
      (option) =>
        JSON.stringify(options[option]) === JSON.stringify(value) &&
        JSON.stringify(changed[option]) !== JSON.stringify(value),
    );
    if (found.length === 1) places.set(found[0], place);
    else if (positional.length === 1) places.set(Object.keys(options)[0], place);
    else return undefined;
  }
  return places;
}

/** The options of the layer with these arguments; `undefined` where it does not take them. */
function optionsWith(name: string, values: readonly unknown[]): Options | undefined {
  try {
    return (makers.get(name)!(...values) as nn.Layer).options;
  } catch {
    return undefined;
  }
}

const known = new Map<string, string | undefined>();

/** `an integer of at least 1`: what the message about a value that is refused says. */
function expectationOf(name: string, option: string, values: readonly unknown[]): string | undefined {
  const key = `${name}.${option}`;
  if (!known.has(key)) known.set(key, refusalOf(name, option, [values, [{}]]));
  return known.get(key);
}

function refusalOf(name: string, option: string, attempts: readonly (readonly unknown[])[]): string | undefined {
  for (const values of attempts) {
    try {
      makers.get(name)!(...values);
    } catch (error) {
      const said = new RegExp(`: ${option} must be (.*), got `).exec((error as Error).message);
      if (said !== null) return said[1];
    }
  }
  return undefined;
}

const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

const isPlainOrNone = (value: unknown): boolean =>
  value === undefined ||
  ["number", "string", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.every(isPlainOrNone));
