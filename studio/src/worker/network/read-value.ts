/** The value of a parsed expression: layers, numbers, words, lists and records; nothing else. */
import type { CallExpression, Expression, Node, Property } from "acorn";
import { FoveaError } from "fovea";
import { layerNames, makers } from "./layer-makers.ts";
import { didYouMean } from "./near-names.ts";
import { lineAt, NetworkTextError } from "./text-error.ts";

type NodeOf<T extends Expression["type"]> = Extract<Expression, { type: T }>;

/** Names that mean something else to objects. */
const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/** @throws NetworkTextError for any other expression, and for what a layer does not take */
export function readValue(node: Node, text: string): unknown {
  const reader = Object.hasOwn(readers, node.type) ? readers[node.type] : undefined;
  if (reader !== undefined) return reader(node as never, text);
  return refuse(node, text, `${quote(node, text)}: expected a layer, a number, a word, a list or a record`);
}

const readers: Readonly<Record<string, (node: never, text: string) => unknown>> = {
  Literal: (node: NodeOf<"Literal">, text) => {
    const { value } = node;
    if (typeof value === "number" && !Number.isFinite(value))
      return refuse(node, text, `${quote(node, text)}: a number must be finite`);
    if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
    return refuse(node, text, `${quote(node, text)}: expected a number, a word in quotes, true or false`);
  },
  Identifier: (node: NodeOf<"Identifier">, text) => {
    if (node.name === "undefined") return undefined;
    const { name } = node;
    if (makers.has(name)) return refuse(node, text, `${name}: a layer is called, ${name}()`);
    return refuse(node, text, `${quote(node, text)}: a word stands in quotes${didYouMean(name, layerNames)}`);
  },
  UnaryExpression: (node: NodeOf<"UnaryExpression">, text) => {
    const value = node.operator === "-" ? readValue(node.argument, text) : undefined;
    return typeof value === "number" ? -value : refuse(node, text, `${quote(node, text)}: expected a number after -`);
  },
  ArrayExpression: (node: NodeOf<"ArrayExpression">, text) =>
    node.elements.map((element) =>
      element === null ? refuse(node, text, "a list has a gap between commas") : readValue(element, text),
    ),
  ObjectExpression: (node: NodeOf<"ObjectExpression">, text) => {
    const entries = node.properties.map((property) => [keyOf(property, text), memberValue(property, text)] as const);
    const twice = entries.find(([key], i) => entries.findIndex(([other]) => other === key) < i);
    if (twice !== undefined) return refuse(node, text, `'${twice[0]}' stands twice in a record`);
    return Object.fromEntries(entries);
  },
  CallExpression: (node: CallExpression, text) => {
    const name = calledName(node, text);
    const maker = makers.get(name);
    if (maker === undefined) {
      const hint = didYouMean(name, layerNames) || `; known are ${layerNames.join(", ")}`;
      return refuse(node, text, `there is no layer '${quote(node.callee, text)}'${hint}`);
    }
    const values = node.arguments.map((argument) => readValue(argument, text));
    try {
      return maker(...values);
    } catch (error) {
      // What the library did not foresee is still no crash of the page.
      const said = error instanceof FoveaError ? error.message : `${name}: cannot be made from ${quote(node, text)}`;
      return refuse(node, text, said);
    }
  },
};

/** The name of what is called, with or without `nn.` before it. */
export const calledName = ({ callee }: CallExpression, text: string): string =>
  text.slice(callee.start, callee.end).replace(/^nn\./, "");

type Member = NodeOf<"ObjectExpression">["properties"][number];

const isPlain = (member: Member): member is Property =>
  member.type === "Property" && member.kind === "init" && !member.computed && !member.method && !member.shorthand;

const memberValue = (member: Member, text: string): unknown => readValue((member as Property).value, text);

/** The name of a member of a record: a word, a word in quotes or a number. */
function keyOf(member: Member, text: string): string {
  if (!isPlain(member)) return refuse(member, text, `${quote(member, text)}: a record is written { kernel: 5 }`);
  const { key } = member;
  const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : "";
  if (name === "" || RESERVED.has(name)) return refuse(member, text, `${quote(key, text)}: not a name of an option`);
  return name;
}

const quote = ({ start, end }: Node, text: string): string =>
  end - start > 60 ? `${text.slice(start, start + 60)}…` : text.slice(start, end);

function refuse(node: Node, text: string, message: string): never {
  throw new NetworkTextError(message, lineAt(text, node.start));
}
