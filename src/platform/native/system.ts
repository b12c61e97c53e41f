/** What machine code needs of an operating system. Each has names, numbers and a way to tell errors of its own. */
import { CapabilityError } from "../../array/index.ts";
import type { NativeSystem } from "../types.ts";

/** Of all processors with x86-64. */
export const PAGE = 4096;

/** Of a thread that knows no JavaScript. */
export const STACK_BYTES = 2 ** 20;

/** `what` completes "this system refuses …". All of these throw a CapabilityError if the system refuses. */
export interface System {
  readonly name: NativeSystem;
  /** See `NativeHost`. */
  readonly reservation: string | undefined;
  /** Machine code of the function that adds two integers, called as this system calls functions. */
  readonly sum: Uint8Array;
  /** Addresses that nobody else gets, whose pages cannot be touched. */
  reserve(bytes: number, what: string): number;
  /** Lets reserved pages be read and written; they hold zeros. */
  open(address: number, bytes: number, what: string): void;
  /** Lets open pages be read and executed, and no longer written. */
  makeExecutable(address: number, bytes: number): void;
  /** Gives back all of what was reserved. */
  release(address: number, bytes: number): void;
  /** See `NativeHost`. */
  startThread(code: number, argument: number): void;
  /** See `NativeHost`; the thread is not the process's first. */
  onThreadEnd(code: number, argument: number): void;
  /** See `NativeHost`. */
  addressOf(name: string): number;
}

/** @param reason the function that failed, and how */
export function refuse(what: string, reason: string): never {
  throw new CapabilityError(`this system refuses ${what} (${reason})`);
}

/** The name of an error's number in a table, or the number. */
export function errorName(error: number, names: Readonly<Record<string, number>>): string {
  const name = Object.keys(names).find((key) => names[key] === error);
  return name ?? `error ${error}`;
}
