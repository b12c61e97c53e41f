/** A float32 and its 32 bits, as a signed integer. */

const floats = new Float32Array(1);
const integers = new Int32Array(floats.buffer);

export function bitsOfFloat(value: number): number {
  floats[0] = value;
  return integers[0];
}

export function floatOfBits(bits: number): number {
  integers[0] = bits;
  return floats[0];
}
