/**
 * JSON from untrusted files: the top-level object as a map, so that `__proto__` is a key like any other, and no duplicate
 * keys at any level (`JSON.parse` silently keeps the last).
 */

import { shorten } from "../array/index.ts";

/** A name from a file for an error message: quoted, control characters escaped, cut to 80 characters. */
export const quoted = (text: string): string => JSON.stringify(shorten(text));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is an integer of at least 0. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads UTF-8 JSON whose outermost value is an object.
 * @param fail makes the error to throw from the problem
 */
export function parseObject(bytes: Uint8Array, fail: (problem: string) => Error): Map<string, unknown> {
  const text = decodeUtf8(bytes, fail);
  const value = parse(text, fail);
  if (!isRecord(value)) throw fail(`is ${describeJson(value)}, expected an object`);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw fail(`has the key ${quoted(twice)} twice`);
  return new Map(Object.entries(value));
}

/** Text in UTF-8. @param fail makes the error of bytes that are none */
export function decodeUtf8(bytes: Uint8Array, fail: (problem: string) => Error): string {
  try {
    // A copy: browsers refuse to decode shared memory.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.slice());
  } catch {
    throw fail("is not UTF-8 text");
  }
}

function parse(text: string, fail: (problem: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message quotes the text, which is not trusted.
    throw fail(`is not JSON: ${(error as Error).message.replace(/\p{Cc}/gu, "?")}`);
  }
}

/** Placeholder of an infinity: JSON.stringify has none, but every parser reads 1e999 as one. */
const INFINITY = "\u0000∞";
const infinities: readonly (readonly [sign: string, text: string])[] = [
  ["", "1e999"],
  ["-", "-1e999"],
];

/**
 * Plain data as JSON that is read back unchanged, infinities included.
 * @param fail makes the error to throw for values that JSON cannot hold: NaN, functions, instances of classes
 */
export function stringify(value: unknown, fail: (problem: string) => Error): string {
  const text = JSON.stringify(value, (key, item: unknown) => {
    if (item === INFINITY || item === `-${INFINITY}`)
      throw fail(`${quoted(key)} is ${quoted(item)}, which is reserved`);
    if (item === Infinity || item === -Infinity) return `${item < 0 ? "-" : ""}${INFINITY}`;
    if (!isPlainJson(item)) throw fail(`${quoted(key)} is ${describeJson(item)}, which JSON cannot hold`);
    return item;
  });
  return infinities.reduce((all, [sign, number]) => all.replaceAll(JSON.stringify(`${sign}${INFINITY}`), number), text);
}

function isPlainJson(value: unknown): boolean {
  if (typeof value === "number") return !Number.isNaN(value);
  if (typeof value !== "object" || value === null) return !["function", "bigint", "symbol"].includes(typeof value);
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** A description of a JSON value. */
export function describeJson(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string") return quoted(value);
  if (typeof value === "function") return "a function";
  return typeof value === "object" ? "an object" : String(value);
}

/** The first duplicate key in an object of `text`, which must be valid JSON: strings before a colon are keys. */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "{") open.push(new Set());
    else if (text[i] === "}") open.pop();
    else if (text[i] === '"') {
      const end = endOfString(text, i);
      if (nextSign(text, end + 1) === ":") {
        const key = JSON.parse(text.slice(i, end + 1)) as string;
        const keys = open[open.length - 1];
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
  return i;
}

function nextSign(text: string, start: number): string | undefined {
  let i = start;
  while (text[i] === " " || text[i] === "\n" || text[i] === "\r" || text[i] === "\t") i++;
  return text[i];
}
