/**
 * A network as text: the name of an architecture, or layers as a program writes them, one a line:
 *
 *   conv2d(6, { kernel: 5, padding: 2 })
 *   tanh()
 *
 * The text is parsed, never run: it may call layers with numbers, words, lists and records, and nothing else.
 */
import { type Expression, type Node, type Property, parseExpressionAt } from "acorn";
import { FoveaError, nn } from "fovea";
import { architectures } from "fovea/models";

/** What is wrong with the text, and where. */
export class NetworkTextError extends Error {
  /** The line, from 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "NetworkTextError";
    this.line = line;
  }
}

/** A layer, and the line that it begins in. */
export interface Line {
  readonly layer: nn.Layer;
  readonly line: number;
}

/** What a text describes: an architecture, or layers one after the other. */
export type NetworkText = { readonly architecture: string } | { readonly lines: readonly Line[] };

/** Functions of `nn` that make a layer from plain values. */
const NOT_LAYERS = new Set([
  "network",
  "tokens",
  "sequence",
  "layers",
  "named",
  "op",
  "defineLayer",
  "scan",
  "carryStates",
]);
const factories = new Map(
  Object.entries(nn).filter(
    ([name, value]) => typeof value === "function" && /^[a-z]/.test(name) && !NOT_LAYERS.has(name),
  ),
) as Map<string, (...values: unknown[]) => nn.Layer>;

/** The names that lines may begin with, for suggestions. */
export const layerNames: readonly string[] = [...factories.keys()].sort();

/** @throws NetworkTextError for what is no layer, with the line */
export function readNetwork(text: string): NetworkText {
  const name = text.trim();
  if (/^[\w-]+$/.test(name)) return { architecture: architectureOf(name) };
  const lines: Line[] = [];
  let place = skipSpace(text, 0);
  while (place < text.length) {
    const node = parsed(text, place);
    const line = lineOf(text, place);
    lines.push({ layer: layerOf(node, text), line });
    place = skipSpace(text, node.end);
  }
  if (lines.length === 0) throw new NetworkTextError("a network has at least one layer, such as linear(10)", 1);
  return { lines };
}

function architectureOf(name: string): string {
  if (Object.hasOwn(architectures, name)) return name;
  throw new NetworkTextError(`'${name}' is no architecture; known are ${Object.keys(architectures).join(", ")}`, 1);
}

/** Builds the layer for pictures of a shape. */
export function networkOf(text: NetworkText, input: readonly number[], classes: number): nn.Layer {
  if ("architecture" in text) return architectures[text.architecture]({ input, classes });
  return nn.sequential(...text.lines.map(({ layer }) => layer));
}

/** Spaces, commas, semicolons and comments between layers. */
function skipSpace(text: string, from: number): number {
  const rest = /^(?:[\s,;]|\/\/[^\n]*)*/.exec(text.slice(from))!;
  return from + rest[0].length;
}

const lineOf = (text: string, place: number): number => text.slice(0, place).split("\n").length;

function parsed(text: string, place: number): Expression {
  try {
    // One expression: what follows it, on the next line, is the next layer.
    return parseExpressionAt(text, place, { ecmaVersion: "latest" });
  } catch (error) {
    const { pos = place, message } = error as SyntaxError & { pos?: number };
    throw new NetworkTextError(message.replace(/ \(\d+:\d+\)$/, ""), lineOf(text, pos));
  }
}

function layerOf(node: Node, text: string): nn.Layer {
  const value = readValue(node, text);
  if (isLayer(value)) return value;
  throw new NetworkTextError(
    `expected a layer, such as conv2d(6, { kernel: 5 }), got ${text.slice(node.start, node.end)}`,
    lineOf(text, node.start),
  );
}

/** Layers are called on places, so that they are functions. */
const isLayer = (value: unknown): value is nn.Layer => typeof value === "function" && "forwardAll" in value;

/** The value of each kind of expression; others are refused. */
function readValue(node: Node, text: string): unknown {
  const reader = readers[node.type];
  if (reader !== undefined) return reader(node as never, text);
  throw new NetworkTextError(
    `${text.slice(node.start, node.end)}: expected a layer, a number, a word, a list or a record`,
    lineOf(text, node.start),
  );
}

type NodeOf<T extends Expression["type"]> = Extract<Expression, { type: T }>;

const readers: Readonly<Record<string, (node: never, text: string) => unknown>> = {
  Literal: ({ value }: NodeOf<"Literal">) => value,
  Identifier: ({ name, start }: NodeOf<"Identifier">, text) => {
    if (name === "undefined") return undefined;
    throw new NetworkTextError(`${name}: a layer is called, ${name}()`, lineOf(text, start));
  },
  UnaryExpression: ({ operator, argument, start }: NodeOf<"UnaryExpression">, text) => {
    const value = readValue(argument, text);
    if (operator === "-" && typeof value === "number") return -value;
    throw new NetworkTextError(`${operator} goes before a number only if it is -`, lineOf(text, start));
  },
  ArrayExpression: ({ elements }: NodeOf<"ArrayExpression">, text) =>
    elements.map((element) => (element === null ? undefined : readValue(element, text))),
  ObjectExpression: ({ properties }: NodeOf<"ObjectExpression">, text) =>
    Object.fromEntries(
      properties.map((property) => [keyOf(property, text), readValue((property as Property).value, text)]),
    ),
  CallExpression: ({ callee, arguments: given, start }: NodeOf<"CallExpression">, text) => {
    const name = text.slice(callee.start, callee.end).replace(/^nn\./, "");
    const factory = factories.get(name);
    const line = lineOf(text, start);
    if (factory === undefined)
      throw new NetworkTextError(`'${name}' is no layer; known are ${layerNames.join(", ")}`, line);
    try {
      return factory(...given.map((argument) => readValue(argument, text)));
    } catch (error) {
      if (error instanceof NetworkTextError || !(error instanceof FoveaError)) throw error;
      throw new NetworkTextError(error.message, line);
    }
  },
};

function keyOf(property: NodeOf<"ObjectExpression">["properties"][number], text: string): string {
  if (property.type === "Property" && !property.computed && property.key.type === "Identifier")
    return property.key.name;
  throw new NetworkTextError("a record has plain names: { kernel: 5 }", lineOf(text, property.start));
}
