/**
 * Limits of what a pickle may make. One byte of it can make an object of hundreds of bytes, so memory is counted, roughly; and
 * keys whose hash an attacker can choose are few, since a table of colliding keys takes quadratic time.
 */
import { formatBytes } from "../../array/index.ts";
import type { Fail } from "../fail.ts";

/** Bytes that things take, roughly. */
export const costs = { map: 200, object: 400, list: 48, item: 16, entry: 56, character: 2 };

/** Real checkpoints take less than ten bytes for a byte of the pickle. */
const BYTES_FOR_A_BYTE = 40;
const ALWAYS = 1 << 24;
const AT_MOST = 2 ** 29;
const MOST_PLAIN_KEYS = 20_000;
const MOST_ON_STACK = 1 << 20;

/** Counts what is left. */
export class PickleBudget {
  readonly #fail: Fail;
  readonly #bytes: number;
  #left: number;
  #keys = MOST_PLAIN_KEYS;

  /** @param length bytes of the pickle */
  constructor(length: number, fail: Fail) {
    this.#fail = fail;
    this.#bytes = Math.min(AT_MOST, ALWAYS + BYTES_FOR_A_BYTE * length);
    this.#left = this.#bytes;
  }

  /** @throws the error of `fail` when the bytes exceed the budget */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0)
      throw this.#fail(`its objects would take more than ${formatBytes(this.#bytes)}; it is damaged or hostile`);
  }

  /** Counts a key of a dictionary or an element of a set. */
  key(key: unknown): void {
    this.spend(costs.entry);
    if (typeof key === "object" || (typeof key === "string" && !/^\d{1,10}$/.test(key))) return;
    if (this.#keys-- === 0)
      throw this.#fail(`it has more than ${MOST_PLAIN_KEYS} dictionary keys that are numbers; it is hostile`);
  }

  stack(size: number): void {
    if (size > MOST_ON_STACK) throw this.#fail(`it nests or lists more than ${MOST_ON_STACK} values; it is hostile`);
  }
}
