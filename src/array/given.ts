/** Checks of common arguments. */
import { describeGiven, isTypedArray } from "./describe.ts";
import { DataError, OptionError } from "./errors.ts";
import { NdArray } from "./ndarray.ts";

/** Checks options. @throws OptionError unless they are an object of named values */
export function checkOptions(where: string, options: unknown): void {
  const isPlain = typeof options === "object" && options !== null && !Array.isArray(options);
  if (isPlain && !(options instanceof Promise) && !(options instanceof NdArray) && !ArrayBuffer.isView(options)) return;
  throw new OptionError(`${where}: options must be an object, { name: value, … }, got ${describeGiven(options)}`);
}

/** Checks a path. @throws OptionError unless it is the path of a file or folder */
export function checkPath(where: string, value: unknown): asserts value is string {
  if (typeof value === "string" && value !== "") return;
  throw new OptionError(`${where}: expects a path, a text that is not empty, got ${describeGiven(value)}`);
}

/** Checks a host array. @throws OptionError unless it is one */
export function checkArray(where: string, what: string, value: unknown): asserts value is NdArray {
  if (value instanceof NdArray) return;
  const hint = isTypedArray(value) ? "; give it a shape: new NdArray(data, shape, dtype)" : listHint(value);
  throw new OptionError(`${where}: ${what} must be an NdArray, got ${describeGiven(value)}${hint}`);
}

const listHint = (value: unknown): string => (Array.isArray(value) ? "; array([…]) makes one of nested lists" : "");

/** Checks a list, described by `what`. @throws OptionError unless it is one */
export function checkList(where: string, what: string, value: unknown): asserts value is readonly unknown[] {
  if (Array.isArray(value)) return;
  throw new OptionError(`${where}: expects a list of ${what}, got ${describeGiven(value)}`);
}

/** Checks bytes. @throws OptionError unless it is a Uint8Array */
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

/** Checks an object, described by `what`. @throws DataError unless it is one */
export function checkObject(what: string, value: unknown): asserts value is object {
  if (typeof value === "object" && value !== null && !(value instanceof Promise) && !Array.isArray(value)) return;
  throw new DataError(`expected ${what}, got ${describeGiven(value)}`);
}
