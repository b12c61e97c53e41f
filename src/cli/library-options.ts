/**
 * Options that the library has as well: one row of a command's table takes check and default from the library's schema, and
 * adds the flag and what help says.
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
  /** As it is typed: `--block <n>`; without a value, `--mutual`, it means true. */
  readonly flag: string;
  /** What it is for, without its default. */
  readonly about: string;
  /** The option of the library. */
  readonly kind: Kind<T>;
  /** Reads the word where it is written in another way than the library's value. Default: `readerOf(kind)`. */
  readonly read?: (text: string) => T;
  /** The default in words, where the library's is none that can be printed. */
  readonly absent?: string;
}

/** The option of a row. Where it is not given it has no value, and the library's default counts. */
export function libraryOption<T>({ flag, about, kind, read = readerOf(kind), absent }: Row<T>): Option {
  const fallback = absent ?? fallbackOf(kind);
  const option = new Option(flag, fallback === undefined ? about : `${about} (default: ${fallback})`);
  return option.isBoolean() ? option : option.argParser(read);
}

function fallbackOf(kind: Kind<unknown>): string | undefined {
  const fallback = "fallback" in kind ? kind.fallback : undefined;
  return fallback === undefined || fallback === false ? undefined : String(fallback);
}
