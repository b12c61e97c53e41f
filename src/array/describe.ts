/** Describes callers' values in messages. */
import { shorten } from "./shorten.ts";

export const isTypedArray = (value: unknown): value is { length: number; constructor: { name: string } } =>
  ArrayBuffer.isView(value) && "length" in value;

/** A host array; structural, since its class imports this file. */
const isArrayLike = (value: object): value is { dtype: string; shape: readonly number[] } =>
  "dtype" in value && "shape" in value && "data" in value && Array.isArray(value.shape);

const article = (noun: string): string => (/^[AEIOU]/i.test(noun) ? `an ${noun}` : `a ${noun}`);

/** How much of a list a message shows. */
const SHOWN_PARTS = { items: 16, depth: 3 };

/** A value in a message: numbers, texts and lists themselves, others by their kind, with a hint where there is one. */
export function describeGiven(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Promise) return "a Promise; did you forget await?";
  if ("node" in value && "dtype" in value && "shape" in value) return `a Tensor ${value.dtype}[${value.shape}]`;
  if (isArrayLike(value)) return `an NdArray ${value.dtype}[${value.shape}]`;
  if (isTypedArray(value)) return `${article(value.constructor.name)} of ${value.length}`;
  if (Array.isArray(value)) return describeList(value, 0);
  const name = value.constructor?.name ?? "Object";
  return name === "Object" ? "an object" : article(name);
}

function describeList(list: readonly unknown[], depth: number): string {
  if (depth === SHOWN_PARTS.depth) return "[…]";
  const shown = list
    .slice(0, SHOWN_PARTS.items)
    .map((value) => (Array.isArray(value) ? describeList(value, depth + 1) : describeItem(value)));
  return shorten(`[${[...shown, ...(list.length > SHOWN_PARTS.items ? ["…"] : [])].join(",")}]`);
}

const describeItem = (value: unknown): string => describeGiven(value).replace("; did you forget await?", "");
