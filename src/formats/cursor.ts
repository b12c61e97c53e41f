/** Reads little-endian numbers and runs of bytes, one after the other, never beyond the end. */
import type { Fail } from "./fail.ts";

/** Byte counts must stay exact as numbers. */
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** A position in bytes that are not trusted. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly fail: Fail;
  readonly #view: DataView;
  /** The offset of the next byte. */
  at: number;

  /** @param fail makes the error of a file that ends too early */
  constructor(bytes: Uint8Array, fail: Fail, at = 0) {
    this.bytes = bytes;
    this.fail = fail;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.bytes[this.#advance(1)];
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A number of 64 bits. @throws what `fail` makes if it is negative or too large for an exact number */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true);
    if (value > LARGEST) throw this.fail(`the number ${value} before byte ${this.at} is too large; it is damaged`);
    return Number(value);
  }

  /** A double, big-endian, as in pickles. */
  bigEndianF64(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** The next bytes, not copied. */
  take(length: number): Uint8Array {
    const begin = this.#advance(length);
    return this.bytes.subarray(begin, begin + length);
  }

  /** The bytes up to the next line feed, which is skipped. */
  line(longest: number): Uint8Array {
    const found = this.bytes.subarray(this.at, this.at + longest + 1).indexOf(0x0a);
    if (found < 0) throw this.fail(`there is no line of at most ${longest} bytes at byte ${this.at}; it is damaged`);
    const line = this.take(found);
    this.at++;
    return line;
  }

  #advance(length: number): number {
    if (length > this.left)
      throw this.fail(`${length} bytes should follow byte ${this.at}, ${this.left} do: it is cut off or damaged`);
    const begin = this.at;
    this.at += length;
    return begin;
  }
}
