/**
 * Schemas for attributes of ops and options of layers. A schema is a record of kinds; from it come the TypeScript
 * types, the checks, the defaults and the messages. Every value is plain JSON, so that graphs and models can be saved.
 */
import { checkOptions, describeGiven, didYouMean, OptionError, shorten } from "../array/index.ts";

/** One attribute: what it expects, in words, and how a given value is read (`undefined`: not acceptable). */
export interface Kind<T> {
  /** What values are acceptable, in words, as messages have it: `a number above 0`. */
  readonly expects: string;
  /** The value as it is used, or `undefined` when it is not acceptable. */
  readonly read: (value: unknown) => T | undefined;
  /** What a message adds about a value that is not acceptable, such as `; schedules are made by a call`. */
  readonly hint?: ((value: unknown) => string) | undefined;
}

/** A kind with a default, so that the attribute may be left out. */
export interface OptionalKind<T> extends Kind<T> {
  /** The value where none is given. */
  readonly fallback: T;
}

/** The options or attributes of something, by name. */
export type Schema = Readonly<Record<string, Kind<unknown>>>;

/** The attribute values of a schema, all present. */
export type ValuesOf<S extends Schema> = { readonly [K in keyof S]: S[K] extends Kind<infer T> ? T : never };

type OptionalKeys<S extends Schema> = { [K in keyof S]: S[K] extends OptionalKind<unknown> ? K : never }[keyof S];

/** What a caller has to give: attributes with a default may be left out. */
export type GivenOf<S extends Schema> = Readonly<
  Omit<ValuesOf<S>, OptionalKeys<S>> & Omissible<Pick<ValuesOf<S>, OptionalKeys<S> & keyof ValuesOf<S>>>
>;

/** What may be left out, or given as undefined. */
type Omissible<T> = { [K in keyof T]?: T[K] | undefined };

const isInteger = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;

/** An integer, of at least `least`. */
export const integer = (least = Number.MIN_SAFE_INTEGER): Kind<number> => ({
  expects: least > Number.MIN_SAFE_INTEGER ? `an integer of at least ${least}` : "an integer",
  read: (value) => (isInteger(value, least) ? value : undefined),
});

/** A list of integers, each of at least `least`. */
export const integers = (least = Number.MIN_SAFE_INTEGER): Kind<readonly number[]> => ({
  expects: `a list of integers${least > Number.MIN_SAFE_INTEGER ? ` of at least ${least}` : ""}`,
  read: (value) => (Array.isArray(value) && value.every((n) => isInteger(n, least)) ? [...value] : undefined),
});

/** A single integer for all axes, or one for each: kernel sizes, strides, paddings. */
export const sizes = (least: number): Kind<number | readonly number[]> => ({
  expects: `an integer of at least ${least}, or one for each axis`,
  read: (value) => integer(least).read(value) ?? integers(least).read(value),
});

const rangeText = (least: number, most: number): string => {
  if (most < Infinity) return least > -Infinity ? ` from ${least} to ${most}` : ` of at most ${most}`;
  return least > -Infinity ? ` of at least ${least}` : "";
};

/** A number from `least` to `most`; infinities only where these are. */
export const real = (least = -Infinity, most = Infinity): Kind<number> => ({
  expects: `a number${rangeText(least, most)}`,
  read: (value) => (typeof value === "number" && value >= least && value <= most ? value : undefined),
});

/** A finite number above 0. */
export const positive = (): Kind<number> => ({
  expects: "a number above 0",
  read: (value) => (typeof value === "number" && value > 0 && value < Infinity ? value : undefined),
});

/** True or false. */
export const flag = (): Kind<boolean> => ({
  expects: "true or false",
  read: (value) => (typeof value === "boolean" ? value : undefined),
});

/** One of some words. */
export const word = <W extends string>(...words: W[]): Kind<W> => ({
  expects: `one of ${words.map((w) => `'${w}'`).join(", ")}`,
  read: (value) => (words.includes(value as W) ? (value as W) : undefined),
});

/** One of some numbers. */
export const oneOfNumbers = <N extends number>(...numbers: N[]): Kind<N> => ({
  expects: `one of ${numbers.join(", ")}`,
  read: (value) => (numbers.includes(value as N) ? (value as N) : undefined),
});

/** A text, such as a name that is looked up elsewhere. */
export const text = (): Kind<string> => ({
  expects: "a text that is not empty",
  read: (value) => (typeof value === "string" && value !== "" ? value : undefined),
});

/** What one kind takes, or else what the other does. */
export const either = <A, B>(one: Kind<A>, other: Kind<B>): Kind<A | B> => ({
  expects: `${one.expects}, or ${other.expects}`,
  read: (value) => one.read(value) ?? other.read(value),
});

/** What may be left out, and what it is then. */
export const withDefault = <T>(kind: Kind<T>, fallback: T): OptionalKind<T> => ({ ...kind, fallback });

/** What may be left out altogether. */
export const optional = <T>(kind: Kind<T>): OptionalKind<T | undefined> => withDefault<T | undefined>(kind, undefined);

/**
 * The values of `schema` as `given`, defaults filled in.
 * @throws OptionError naming `where`, the attribute, what it expects and what it got; unknown names are refused too.
 */
export function readOptions<S extends Schema>(where: string, schema: S, given: object): ValuesOf<S> {
  checkNames(where, Object.keys(schema), given);
  const read = Object.entries(schema).map(([name, kind]) => [name, readOne(where, name, kind, given)]);
  return Object.fromEntries(read) as ValuesOf<S>;
}

/** The names of options that are not plain data. The type demands all of them. */
export const namesOf = <T>(names: Readonly<Record<keyof T, true>>): readonly string[] => Object.keys(names);

/** Checks the names of options that are not plain data. @throws OptionError for a value that is no object, and for an unknown name, with those near it */
export function checkNames(where: string, known: readonly string[], given: object): void {
  checkOptions(where, given);
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new OptionError(`${where}: there is no option '${shorten(stranger)}'${didYouMean(stranger, known)}`);
}

function readOne(where: string, name: string, kind: Kind<unknown>, given: object): unknown {
  const value = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
  if (value === undefined && "fallback" in kind) return kind.fallback;
  const result = kind.read(value);
  if (result === undefined) {
    throw new OptionError(
      `${where}: ${name} must be ${kind.expects}, got ${describeGiven(value)}${kind.hint?.(value) ?? ""}`,
    );
  }
  return result;
}
