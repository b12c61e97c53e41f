/** Things of one kind by name, and what is said of a name that there is not. */
import { describeGiven, didYouMean, OptionError, shorten } from "../array/index.ts";
import type { AnyFactory } from "./factory.ts";
import type { Kind } from "./schema.ts";

/** Things of one kind by name. */
export interface Catalog<T> {
  /** What one of them is called: `optimizer`. */
  readonly what: string;
  /** All names, in the order of the table. */
  readonly names: readonly string[];
  /** Whether there is one of that name; names that all objects have, such as `constructor`, do not count. */
  readonly has: (name: string) => boolean;
  /**
   * The one of that name.
   * @throws OptionError that begins with `where`, if given, and ends with the names near it
   */
  readonly get: (name: string, where?: string) => T;
}

/** `there is no optimizer 'adm'; did you mean adam?` */
export const unknownName = (what: string, name: string, names: readonly string[]): string =>
  `there is no ${what} '${shorten(name)}'${didYouMean(name, names)}`;

/** A catalog of what a table has. */
export function createCatalog<T>(what: string, entries: Readonly<Record<string, T>>): Catalog<T> {
  const names = Object.keys(entries);
  return {
    what,
    names,
    has: (name) => Object.hasOwn(entries, name),
    get: (name, where) => {
      if (Object.hasOwn(entries, name)) return entries[name];
      throw new OptionError(`${where === undefined ? "" : `${where}: `}${unknownName(what, String(name), names)}`);
    },
  };
}

/** The JSON form of things with options: the type, and the options beside it. */
export interface TypedJson {
  /** The name of the type. */
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Whether a value has the JSON form. */
export const isTypedJson = (value: unknown): value is TypedJson =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/**
 * Makes a thing from its JSON form, `{ type, …options }`.
 * @throws OptionError for another form, a type that there is not, and options that it does not take
 */
export function fromJson<T>(catalog: Catalog<AnyFactory<T>>, json: unknown): T {
  if (!isTypedJson(json)) throw new OptionError(`${catalog.what}: expected { type, … }, got ${describeGiven(json)}`);
  const { type, ...options } = json;
  return catalog.get(type)(options);
}

/**
 * What takes a thing that has been made, or the name of one, which stands for the one with default options.
 * @param example a name, as the message has it: `an optimizer, such as adam(), or the name of one`
 */
export function madeOrNamed<T>(
  catalog: Catalog<unknown>,
  example: string,
  isMade: (value: unknown) => value is T,
): Kind<T> {
  const article = /^[aeiou]/.test(catalog.what) ? "an" : "a";
  return {
    expects: `${article} ${catalog.what}, such as ${example}(), or the name of one`,
    read: (value) => {
      if (typeof value === "string") return (catalog.get(value) as () => T)();
      return isMade(value) ? value : undefined;
    },
    hint: (value) => (typeof value === "function" ? `; call it: ${example}()` : ""),
  };
}
