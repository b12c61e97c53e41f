/**
 * A network as text: the name of an architecture, or layers as a program writes them, one a line:
 *
 *   conv2d(6, { kernel: 5, padding: 2 })
 *   tanh()
 *
 * The text may come from an address that a stranger wrote. It is parsed, never run: it may call layers with numbers, words,
 * lists and records, and nothing else.
 */
import { type CallExpression, type Expression, parseExpressionAt } from "acorn";
import { nn } from "fovea";
import { architectures } from "fovea/models";
import { isLayer } from "./layer-makers.ts";
import { didYouMean } from "./near-names.ts";
import { readValue } from "./read-value.ts";
import { lineAt, NetworkTextError } from "./text-error.ts";

/** A layer, and where it stands in the text. */
export interface Line {
  readonly layer: nn.Layer;
  readonly call: CallExpression;
  /** The line that it begins in, from 1. */
  readonly line: number;
}

/** What a text describes: an architecture, or layers one after the other. */
export type NetworkText = { readonly architecture: string } | { readonly lines: readonly Line[] };

/** Far beyond what a person writes; keeps a hostile text from taking seconds. */
export const MOST_CHARACTERS = 20_000;
const MOST_LAYERS = 1000;
const MOST_BRACKETS = 200;

/** @throws NetworkTextError for what is no network, with the line */
export function readNetwork(text: string): NetworkText {
  const { lines, errors, architecture } = readLines(text);
  if (errors.length > 0) throw errors[0];
  return architecture === undefined ? { lines } : { architecture };
}

/** A text as far as it can be read. */
export interface ReadText {
  readonly architecture?: string;
  readonly lines: readonly Line[];
  readonly errors: readonly NetworkTextError[];
}

/** Reads on after a layer that is wrong, up to the first place that is no expression. */
export function readLines(given: string): ReadText {
  // A comma after the last layer is none between two; it becomes a space, so that places stay.
  const text = given.replace(/,\s*$/, (end) => " ".repeat(end.length));
  const name = text.trim();
  const lines: Line[] = [];
  const errors: NetworkTextError[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      // Expressions that are nested without brackets, such as ----1, may exhaust the stack.
      if (!(error instanceof NetworkTextError || error instanceof RangeError)) throw error;
      errors.push(error instanceof NetworkTextError ? error : new NetworkTextError("nested too deeply", 1));
      return undefined;
    }
  };
  attempt(() => checkSize(text));
  if (errors.length > 0) return { lines, errors };
  if (/^[\w-]+$/.test(name)) {
    const architecture = attempt(() => architectureOf(name));
    return architecture === undefined ? { lines, errors } : { architecture, lines, errors };
  }
  let place = skipSpace(text, 0);
  while (place < text.length) {
    const node = attempt(() => parsed(text, place));
    if (node === undefined) break;
    for (const one of node.type === "SequenceExpression" ? node.expressions : [node]) {
      const line = attempt(() => lineOf(one, text, lines.length + errors.length));
      if (line !== undefined) lines.push(line);
    }
    if (errors.length + lines.length > MOST_LAYERS) break;
    place = skipSpace(text, node.end);
  }
  if (lines.length + errors.length === 0)
    errors.push(new NetworkTextError("a network has at least one layer, such as linear(10)", 1));
  return { lines, errors };
}

function checkSize(text: string): void {
  if (text.length > MOST_CHARACTERS)
    throw new NetworkTextError(`the text has ${text.length} characters; the limit is ${MOST_CHARACTERS}`, 1);
  let depth = 0;
  for (const [at, character] of Array.from(text).entries()) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    if (depth > MOST_BRACKETS)
      throw new NetworkTextError(`brackets are nested more than ${MOST_BRACKETS} deep`, lineAt(text, at));
  }
}

function architectureOf(name: string): string {
  if (Object.hasOwn(architectures, name)) return name;
  const known = Object.keys(architectures);
  const hint = didYouMean(name, known) || `; known are ${known.join(", ")}`;
  throw new NetworkTextError(`'${shorten(name)}' is no architecture${hint}`, 1);
}

/** Builds the layer for pictures of a shape. */
export function networkOf(text: NetworkText, input: readonly number[], classes: number): nn.Layer {
  if ("architecture" in text) return architectures[text.architecture]({ input, classes });
  return nn.sequential(...text.lines.map(({ layer }) => layer));
}

/** Spaces, commas, semicolons and comments between layers. */
function skipSpace(text: string, from: number): number {
  const space = /(?:[\s,;]|\/\/[^\n]*)*/y;
  space.lastIndex = from;
  space.exec(text);
  return space.lastIndex;
}

function parsed(text: string, place: number): Expression {
  try {
    // One expression: what follows it, on the next line, is the next layer.
    return parseExpressionAt(text, place, { ecmaVersion: "latest" });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new NetworkTextError("the text cannot be read", lineAt(text, place));
    const { pos = place, message } = error as SyntaxError & { pos?: number };
    // A name that acorn repeats may be as long as the text.
    throw new NetworkTextError(shorten(message.replace(/ \(\d+:\d+\)$/, ""), 120), lineAt(text, pos));
  }
}

function lineOf(node: Expression, text: string, count: number): Line {
  const line = lineAt(text, node.start);
  if (count >= MOST_LAYERS) throw new NetworkTextError(`a network has at most ${MOST_LAYERS} layers in its text`, line);
  const value = readValue(node, text);
  if (node.type === "CallExpression" && isLayer(value)) return { layer: value, call: node, line };
  const got = shorten(text.slice(node.start, node.end));
  throw new NetworkTextError(`expected a layer, such as conv2d(6, { kernel: 5 }), got ${got}`, line);
}

/** What is quoted in a message stays short. */
export const shorten = (text: string, most = 60): string => (text.length > most ? `${text.slice(0, most)}…` : text);
