/** Changes of a network's text, layer by layer. Pure: the text goes in, the changed text comes out. */
import type { DescribedLine, LayerOption, Plain } from "../../../worker/api/network.ts";

/** Where a layer stands in the text. */
type Span = Pick<DescribedLine, "from" | "to">;

/** A plain value as it is written. */
function writeValue(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(writeValue).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${key}: ${writeValue(one)}`)
      .join(", ")} }`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** A layer's text with another value of one option; options that were not written and have not changed stay unwritten. */
export function withOption(
  text: string,
  { from, to, name, options }: DescribedLine,
  changed: string,
  value: Plain,
): string {
  const written = text.slice(from, to);
  const isWritten = (option: LayerOption): boolean => new RegExp(`\\b${option.name}["']?\\s*:`).test(written);
  const shown = options
    .filter((option) => option.name === changed || option.place !== undefined || isWritten(option))
    .map((option) => (option.name === changed ? { ...option, value } : option));
  const positional = shown.filter(({ place }) => place !== undefined).sort((a, b) => a.place! - b.place!);
  const named = shown.filter((option) => option.place === undefined && option.value !== undefined);
  const record = named.map((option) => `${option.name}: ${writeValue(option.value!)}`).join(", ");
  const values = [
    ...positional.map((option) => writeValue(option.value!)),
    ...(record === "" ? [] : [`{ ${record} }`]),
  ];
  return replaced(text, { from, to }, `${name}(${values.join(", ")})`);
}

export const replaced = (text: string, { from, to }: Span, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

/** The text without a layer, and without the line that it leaves empty. */
export function without(text: string, span: Span): string {
  const rest = text.slice(span.to);
  const gap = /^[ \t]*[,;]?[ \t]*\n?/.exec(rest)![0];
  return text.slice(0, span.from) + rest.slice(gap.length);
}

/** The text with a further layer after one, or at the beginning. */
export function inserted(text: string, after: Span | undefined, layer: string): string {
  if (after === undefined) return text === "" ? layer : `${layer}\n${text}`;
  return `${text.slice(0, after.to)}\n${layer}${text.slice(after.to)}`;
}

/** The text with a layer at the place of another one; those between move up or down. */
export function moved(text: string, spans: readonly Span[], index: number, target: number): string {
  const order = spans.map((span) => text.slice(span.from, span.to));
  const [layer] = order.splice(index, 1);
  order.splice(target, 0, layer);
  // What stands between the layers, such as remarks, keeps its place.
  return spans.reduceRight((result, span, i) => replaced(result, span, order[i]), text);
}

/** The text with another number of scores at its end, where that is a linear layer. */
export const withClasses = (text: string, classes: number): string =>
  text.replace(/\blinear\(\s*\d+(?=[^()]*\)\s*[;,]?\s*$)/, `linear(${classes}`);

/** The value that a person has typed: a number, a list of numbers, true, false, or a word. */
export function typedValue(typed: string): Plain {
  const text = typed.trim();
  const parts = text.replace(/^\[|\]$/g, "").split(/[\s,×x]+/);
  const numbers = parts.map(Number);
  if (text !== "" && numbers.every(Number.isFinite) && parts.every((part) => part !== ""))
    return numbers.length > 1 ? numbers : numbers[0];
  return text === "true" || text === "false" ? text === "true" : text.replace(/^["']|["']$/g, "");
}

/** `one of 'valid', 'same'`: the words in what an option takes, if it takes nothing else. */
export function choicesIn({ expects = "" }: LayerOption): readonly string[] {
  if (!/^one of '/.test(expects)) return [];
  return Array.from(expects.matchAll(/'([^']*)'/g), ([, word]) => word);
}
