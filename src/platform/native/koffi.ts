/** The optional package koffi, which calls functions of the system's libraries from JavaScript. */
import { createRequire } from "node:module";
import { CapabilityError } from "../../array/index.ts";
import type { NativeFunction } from "../types.ts";

/** A library of the system. */
export interface KoffiLibrary {
  func(name: string, result: string, parameters: readonly string[]): NativeFunction;
  /** The address of what has this name. */
  symbol(name: string): bigint;
}

/** The part of koffi that is used here. */
export interface Koffi {
  /** By its file; `null` is the process itself, with all that it has loaded. */
  load(path: string | null): KoffiLibrary;
  proto(result: string, parameters: readonly string[]): unknown;
  decode(address: bigint, type: unknown): NativeFunction;
  view(address: bigint, bytes: number): ArrayBuffer;
  errno(): number;
  readonly os: { readonly errno: Readonly<Record<string, number>> };
}

/** What all functions here take: addresses, lengths and flags are integers below 2⁵³. */
export const INTEGER = "int64_t";
export const integers = (count: number): string[] => new Array<string>(count).fill(INTEGER);

/** @throws CapabilityError that says why there is none */
export function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)("koffi") as Koffi;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === "MODULE_NOT_FOUND" && message.startsWith("Cannot find module 'koffi'");
    throw new CapabilityError(
      isMissing
        ? "the package koffi is not installed (npm install koffi)"
        : `the package koffi is installed but does not load: ${message.split("\n", 1)[0]}`,
      { cause: error },
    );
  }
}

/** Functions of one library, by name. */
export class Library {
  readonly #library: KoffiLibrary;
  readonly #functions = new Map<string, NativeFunction>();

  constructor(koffi: Koffi, path: string | null) {
    this.#library = koffi.load(path);
  }

  /** Calls a function that gives a number of C's type `result`, by its first call's. */
  call(name: string, result: string, ...values: number[]): number {
    let known = this.#functions.get(name);
    if (known === undefined) {
      known = this.#library.func(name, result, integers(values.length));
      this.#functions.set(name, known);
    }
    return known(...values);
  }

  /** @throws CapabilityError if the library has no such function */
  addressOf(name: string): number {
    try {
      return Number(this.#library.symbol(name));
    } catch (error) {
      throw new CapabilityError(`this system has no ${name}`, { cause: error });
    }
  }
}
