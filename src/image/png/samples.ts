/**
 * The samples in a row of a PNG: bytes, two bytes with the upper one first, or several to a byte from its upper bits down.
 * Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", section 7.2.
 */

/** The first `count` samples of `depth` bits. */
export function unpackSamples(row: Uint8Array, depth: number, count: number): ArrayLike<number> {
  if (depth === 8) return row;
  return depth === 16 ? wide(row, count) : unpackBits(row, depth, count);
}

function wide(row: Uint8Array, count: number): Uint16Array {
  const samples = new Uint16Array(count);
  for (let i = 0; i < count; i++) samples[i] = (row[2 * i] << 8) | row[2 * i + 1];
  return samples;
}

function unpackBits(row: Uint8Array, depth: number, count: number): Uint8Array {
  const samples = new Uint8Array(count);
  const mask = (1 << depth) - 1;
  for (let i = 0, bit = 0; i < count; i++, bit += depth) {
    samples[i] = (row[bit >> 3] >> (8 - depth - (bit & 7))) & mask;
  }
  return samples;
}
