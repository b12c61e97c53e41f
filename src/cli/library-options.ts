/**
 * Options that the library has too: a row takes check and default from the library's schema, and adds the flag and its help.
 */
import { InvalidArgumentError, Option } from "commander";
import type { Kind } from "../options/index.ts";
import { readWords } from "./specification.ts";

/** Reads a word as the library reads the option. */
export const readerOf =
  <T>({ expects, read }: Kind<T>) =>
  (text: string): T => {
    const value = read(readWords(text.split(",")));
    if (value === undefined) throw new InvalidArgumentError(`Expected ${expects}.`);
    return value;
  };

export interface Row<T> {
  /** As typed: `--block <n>`; without a value, `--mutual`, it means true. */
  readonly flag: string;
  /** What it is for, without its default. */
  readonly about: string;
  /** The option of the library. */
  readonly kind: Kind<T>;
  /**
   * Reads the word where it is written in another way than the library's value. Default: `readerOf(kind)`.
   * @param before what an option that is repeated had so far
   */
  read?(text: string, before?: T): T;
  /** The default in words, where the library's is none that can be printed. */
  readonly absent?: string | undefined;
}

/** The option of a row. If it is not given it has no value, and the library uses its default. */
export function libraryOption<T>({ flag, about, kind, read = readerOf(kind), absent }: Row<T>): Option {
  const fallback = absent ?? fallbackOf(kind);
  const option = new Option(flag, fallback === undefined ? about : `${about} (default: ${fallback})`);
  return option.isBoolean() ? option : option.argParser(read);
}

function fallbackOf(kind: Kind<unknown>): string | undefined {
  const fallback = "fallback" in kind ? kind.fallback : undefined;
  return fallback === undefined || fallback === null || fallback === false ? undefined : String(fallback);
}
