/** Damages files as transfers, other programs and enemies do. */
import type { Random } from "../../src/array/index.ts";

const MOST_CHANGES = 4;
const LONGEST_PIECE = 64;

/** Numbers at the edges of what fields hold. */
const extremes = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];
const numbers = [
  "0",
  "-1",
  "33",
  "255",
  "65536",
  "2147483648",
  "4294967296",
  "9007199254740993",
  "1e999",
  "18446744073709551616",
];
/** What headers of text and pickles consist of. */
const words = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "(",
  ")",
  "null",
  '"__proto__"',
  "F16",
  "I64",
  "<f8",
  ">i8",
  "True",
  "../",
  "\0",
];
const opcodes = [..."(.012NJKMGUTXCB]laet)}dsuqrhjcRbQ"].map((char) => char.charCodeAt(0)).concat(range(0x80, 0x96));

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

type Change = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)];
const place = (random: Random, bytes: Uint8Array): number => random.integer(bytes.length + 1);
const pieceOf = (random: Random, bytes: Uint8Array): Uint8Array => {
  const at = place(random, bytes);
  return bytes.subarray(at, at + random.integer(LONGEST_PIECE));
};
const text = (value: string): Uint8Array => Buffer.from(value, "latin1");

/** The bytes with `inserted` in the place of the `length` bytes at `at`. */
const replaced = (bytes: Uint8Array, at: number, length: number, inserted: Uint8Array): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + length)]));

const changes: readonly Change[] = [
  function flipBit(bytes, random) {
    const at = random.integer(bytes.length);
    return bytes.with(at, bytes[at] ^ (1 << random.integer(8)));
  },
  (bytes, random) => bytes.with(random.integer(bytes.length), random.integer(256)),
  (bytes, random) => bytes.with(random.integer(bytes.length), pick(random, opcodes)),
  (bytes, random) => replaced(bytes, place(random, bytes), 0, Uint8Array.of(pick(random, opcodes))),
  function setNumber(bytes, random) {
    const field = new DataView(new ArrayBuffer(8));
    field.setBigUint64(0, pick(random, extremes), true);
    const width = pick(random, [1, 2, 4, 8]);
    const at = random.integer(bytes.length);
    return replaced(bytes, at, width, new Uint8Array(field.buffer, 0, Math.min(width, bytes.length - at)));
  },
  function cutOff(bytes, random) {
    return bytes.slice(0, place(random, bytes));
  },
  function leaveOut(bytes, random) {
    return replaced(bytes, place(random, bytes), random.integer(LONGEST_PIECE), new Uint8Array(0));
  },
  (bytes, random) => replaced(bytes, place(random, bytes), 0, pieceOf(random, bytes)),
  (bytes, random) => replaced(bytes, place(random, bytes), random.integer(LONGEST_PIECE), pieceOf(random, bytes)),
  (bytes, random, others) => replaced(bytes, place(random, bytes), 0, pieceOf(random, pick(random, others))),
  (bytes, random) => replaced(bytes, place(random, bytes), random.integer(3), text(pick(random, words))),
  function changeDigits(bytes, random) {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    const found = [...whole.matchAll(/\d+/g)];
    if (found.length === 0) return bytes;
    const { index, 0: digits } = pick(random, found);
    return replaced(bytes, index, digits.length, text(pick(random, numbers)));
  },
];

/** A copy with one to four changes; `others` are files from which pieces may come. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let changed = bytes;
  for (let left = random.chance(0.5) ? 1 : 1 + random.integer(MOST_CHANGES); left > 0; left--)
    if (changed.length > 0) changed = pick(random, changes)(changed, random, others);
  return changed;
}
