/** Networks from their saved descriptions, which are not trusted. */
import { FormatError, OptionError, shorten } from "../array/index.ts";
import { describeJson, isRecord } from "../formats/index.ts";
import { problemOfInput, readInput } from "./inputs.ts";
import type { Layer, NestedReader } from "./layer.ts";
import {
  NETWORK_LIMITS,
  type NetworkInput,
  type NetworkNode,
  type NetworkOutput,
  type NetworkSpec,
  networkProblem,
} from "./network-spec.ts";
import { op } from "./op-layer.ts";

type Json = Readonly<Record<string, unknown>>;

/** @throws FormatError with the location in the description */
export function specFromJson(json: Json, reader: NestedReader): NetworkSpec {
  checkKeys(json, ["inputs", "nodes", "outputs"], reader.at);
  const inputs = listIn(json, "inputs", NETWORK_LIMITS.ends, reader.at).map((item, i) =>
    inputFromJson(item, `${reader.at}.inputs[${i}]`),
  );
  const nodes: NetworkNode[] = [];
  const layers = new Map<string, Layer>();
  for (const [i, item] of listIn(json, "nodes", NETWORK_LIMITS.nodes, reader.at).entries()) {
    const node = nodeFromJson(item, `${reader.at}.nodes[${i}]`, reader, layers);
    if (node.shares === undefined && !layers.has(node.name)) layers.set(node.name, node.layer);
    nodes.push(node);
  }
  const outputs = listIn(json, "outputs", NETWORK_LIMITS.ends, reader.at).map((item, i) =>
    outputFromJson(item, `${reader.at}.outputs[${i}]`),
  );
  const spec = { inputs, nodes, outputs };
  const found = networkProblem(spec);
  if (found !== undefined) throw new FormatError(`${reader.at}.${found.at}: ${found.problem}`);
  return spec;
}

function listIn(json: Json, key: string, most: number, at: string): readonly unknown[] {
  const list = json[key];
  if (!Array.isArray(list)) throw new FormatError(`${at}.${key}: expected a list, got ${describeJson(list)}`);
  if (list.length > most) throw new FormatError(`${at}.${key}: ${list.length} entries; the limit is ${most}`);
  return list;
}

function checkKeys(json: Json, known: readonly string[], at: string): void {
  const stranger = Object.keys(json).find((key) => !known.includes(key));
  if (stranger !== undefined)
    throw new FormatError(`${at}: there is no key '${shorten(stranger)}'; known: ${known.join(", ")}`);
}

function recordAt(item: unknown, expected: string, at: string): Json {
  if (isRecord(item)) return item;
  throw new FormatError(`${at}: expected ${expected}, got ${describeJson(item)}`);
}

function textAt(value: unknown, key: string, at: string): string {
  if (typeof value === "string") return value;
  throw new FormatError(`${at}.${key}: expected a text, got ${describeJson(value)}`);
}

function inputFromJson(item: unknown, at: string): NetworkInput {
  const { name, ...spec } = recordAt(item, "{ name, shape, … }", at);
  const named = { name: textAt(name, "name", at) };
  if (Object.keys(spec).length === 0) return named;
  const problem = problemOfInput(spec);
  if (problem !== undefined) throw new FormatError(`${at}: ${problem}`);
  return { ...named, input: readInput(at, spec) };
}

function outputFromJson(item: unknown, at: string): NetworkOutput {
  const json = recordAt(item, "{ name, from }", at);
  checkKeys(json, ["name", "from"], at);
  return { name: textAt(json.name, "name", at), from: textAt(json.from, "from", at) };
}

function nodeFromJson(
  item: unknown,
  at: string,
  reader: NestedReader,
  layers: ReadonlyMap<string, Layer>,
): NetworkNode {
  const json = recordAt(item, "{ name, layer, from }", at);
  checkKeys(json, ["name", "layer", "op", "attributes", "shares", "from"], at);
  const kinds = ["layer", "op", "shares"].filter((key) => json[key] !== undefined);
  if (kinds.length !== 1)
    throw new FormatError(`${at}: expected one of layer, op and shares, got ${kinds.join(" and ") || "none"}`);
  if (json.attributes !== undefined && json.op === undefined)
    throw new FormatError(`${at}: attributes belong to an op`);
  const { from } = json;
  const isOperand = (value: unknown): value is string | number =>
    typeof value === "string" || typeof value === "number";
  if (!Array.isArray(from) || !from.every(isOperand))
    throw new FormatError(`${at}.from: expected a list of names and numbers, got ${describeJson(from)}`);
  const name = textAt(json.name, "name", at);
  if (json.op !== undefined) return { name, layer: opAt(json, at), from };
  if (json.layer !== undefined) return { name, layer: reader.layer(json.layer, `${at}.layer`), from };
  const shares = textAt(json.shares, "shares", at);
  const layer = layers.get(shares);
  if (layer === undefined)
    throw new FormatError(
      `${at}.shares: there is no layer '${shorten(shares)}' before it, whose parameters it could use`,
    );
  return { name, layer, shares, from };
}

/** The error of an op's name and attributes, with the location in front. */
function opAt(json: Json, at: string): Layer {
  const attributes = json.attributes ?? {};
  if (!isRecord(attributes))
    throw new FormatError(`${at}.attributes: expected an object, got ${describeJson(attributes)}`);
  try {
    return op(textAt(json.op, "op", at), attributes);
  } catch (error) {
    throw error instanceof OptionError ? new FormatError(`${at}: ${error.message}`, { cause: error }) : error;
  }
}
