/**
 * Names with options in one word of the command line: `sgd`, `rmsprop:smoothing=0.9,centered=true`,
 * `multiStep:milestones=30,60,factor=0.1`. A part without `=` continues the list before it.
 */
import { InvalidArgumentError } from "commander";
import { didYouMean, OptionError } from "../array/index.ts";
import type { Kind } from "../options/index.ts";

export interface Specification {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Creates a value from options, and checks them. */
export interface Factory<T> {
  (options: never): T;
  readonly optionNames: readonly string[];
}

type Table<T> = Readonly<Record<string, Factory<T>>>;

const values: Readonly<Record<string, boolean>> = { true: true, false: false };

function readWord(word: string): unknown {
  if (Object.hasOwn(values, word)) return values[word];
  return word.trim() !== "" && Number.isFinite(Number(word)) ? Number(word) : word;
}

/** The value that words stand for: true or false, a number, or the word itself; of several words, a list. */
export const readWords = (words: readonly string[]): unknown =>
  words.length === 1 ? readWord(words[0]) : words.map(readWord);

/** @throws OptionError for what is not of the form name:option=value,option=value */
export function parseSpecification(text: string): Specification {
  const [, name, rest] = /^([^:]+)(?::(.+))?$/.exec(text) ?? [];
  if (name === undefined) throw new OptionError(`'${text}' must be a name, or name:option=value,option=value`);
  const given = new Map<string, string[]>();
  for (const part of rest?.split(",") ?? []) {
    const [option, word] = part.includes("=") ? part.split("=", 2) : [[...given.keys()].at(-1), part];
    if (option === undefined || (part.includes("=") && given.has(option)))
      throw new OptionError(`'${text}': ${part} must be option=value, each option once`);
    given.set(option, [...(given.get(option) ?? []), word]);
  }
  const options = [...given].map(([option, words]) => [option, readWords(words)]);
  return { name, options: Object.fromEntries(options) };
}

/** Creates what a specification describes; `further` options are added to its own, which count where both say one. */
export function build<T>(table: Table<T>, text: string, further: object = {}): T {
  const { name, options } = parseSpecification(text);
  if (!Object.hasOwn(table, name))
    throw new OptionError(`There is no '${name}'${didYouMean(name, Object.keys(table))}`);
  return table[name]({ ...further, ...options } as never);
}

/** The value of a flag that may be repeated: all words so far. */
export const specificationsOf =
  <T>(table: Table<T>) =>
  (text: string, before: readonly string[] = []): readonly string[] => [...before, specificationOf(table)(text)];

/** Checks a flag's value while the command line is read. */
export const specificationOf =
  <T>(table: Table<T>) =>
  (text: string): string => {
    try {
      build(table, text);
    } catch (error) {
      if (error instanceof OptionError) throw new InvalidArgumentError(error.message);
      throw error;
    }
    return text;
  };

/** A setting of that form in a file. */
export const specificationKind = (table: Table<unknown>): Kind<string> => ({
  expects: `one of ${Object.keys(table)
    .map((name) => `'${name}'`)
    .join(", ")}, with options as in name:option=value`,
  read: (value) => (typeof value === "string" && isRight(table, value) ? value : undefined),
});

/** A list of settings of that form. */
export const specificationsKind = (table: Table<unknown>): Kind<readonly string[]> => {
  const one = specificationKind(table);
  return {
    expects: `a list, each entry ${one.expects}`,
    read: (value) =>
      Array.isArray(value) && value.every((text) => one.read(text) !== undefined) ? [...value] : undefined,
  };
};

function isRight(table: Table<unknown>, text: string): boolean {
  try {
    build(table, text);
    return true;
  } catch (error) {
    if (error instanceof OptionError) return false;
    throw error;
  }
}

/** The names of a table with their options, for help; `left` are options to leave out, which have flags of their own or no form as a word. */
export function listOptions(table: Table<unknown>, left: readonly string[] = []): string {
  const width = Math.max(12, ...Object.keys(table).map((name) => name.length + 1));
  return Object.entries(table)
    .map(([name, { optionNames }]) => {
      const own = optionNames.filter((option) => !left.includes(option));
      return `  ${name.padEnd(width)}${own.join(", ")}`.trimEnd();
    })
    .join("\n");
}
