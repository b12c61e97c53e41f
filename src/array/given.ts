/** What callers give where something else is due, in words for messages, and checks of what many functions take. */
import { DataError, OptionError } from "./errors.ts";
import { NdArray } from "./ndarray.ts";

const isTypedArray = (value: unknown): value is { length: number; constructor: { name: string } } =>
  ArrayBuffer.isView(value) && "length" in value;

const article = (noun: string): string => (/^[AEIOU]/i.test(noun) ? `an ${noun}` : `a ${noun}`);

/** Long texts are cut, so that a message stays one. */
const MOST = 80;
const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}…` : text);

/** A value as messages name it: numbers, texts and lists themselves, other things by their kind, with a hint where one is near. */
export function describeGiven(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Promise) return "a Promise; did you forget await?";
  if (value instanceof NdArray) return `an NdArray ${value.dtype}[${value.shape}]`;
  if (isTypedArray(value)) return `${article(value.constructor.name)} of ${value.length}`;
  if (Array.isArray(value)) return cut(`[${value.map(describeItem).join(",")}]`);
  const name = value.constructor?.name ?? "Object";
  return name === "Object" ? "an object" : article(name);
}

const describeItem = (value: unknown): string => describeGiven(value).replace("; did you forget await?", "");

/** @throws OptionError for options that are not an object of named values */
export function checkOptions(where: string, options: unknown): void {
  const isPlain = typeof options === "object" && options !== null && !Array.isArray(options);
  if (isPlain && !(options instanceof Promise) && !(options instanceof NdArray) && !ArrayBuffer.isView(options)) return;
  throw new OptionError(`${where}: options must be an object, { name: value, … }, got ${describeGiven(options)}`);
}

/** @throws OptionError unless it is a host array */
export function checkArray(where: string, what: string, value: unknown): asserts value is NdArray {
  if (value instanceof NdArray) return;
  const hint = isTypedArray(value) ? "; give it a shape: new NdArray(data, shape, dtype)" : listHint(value);
  throw new OptionError(`${where}: ${what} must be an NdArray, got ${describeGiven(value)}${hint}`);
}

const listHint = (value: unknown): string => (Array.isArray(value) ? "; array([…]) makes one of nested lists" : "");

/** @throws OptionError unless it is a Uint8Array */
export function checkBytes(where: string, value: unknown): asserts value is Uint8Array {
  if (value instanceof Uint8Array) return;
  const isBuffer = Object.prototype.toString.call(value).endsWith("ArrayBuffer]");
  const hints: Readonly<Record<string, string>> = {
    string: "; read the file first: await readFile(path)",
    object: isBuffer ? "; wrap it: new Uint8Array(buffer)" : "",
  };
  throw new OptionError(
    `${where}: expects bytes, a Uint8Array, got ${describeGiven(value)}${hints[typeof value] ?? ""}`,
  );
}

/** @throws DataError unless the value is there and is an object, `what` says which */
export function checkObject(what: string, value: unknown): asserts value is object {
  if (typeof value === "object" && value !== null && !(value instanceof Promise) && !Array.isArray(value)) return;
  throw new DataError(`expects ${what}, got ${describeGiven(value)}`);
}
