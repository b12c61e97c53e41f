/** What instructions of x86-64 compute, by mnemonic: of numbers, of lanes and of masks. See `x64-machine.ts`. */

/** The first operand that is read, the second, and the width. */
export const integerMeanings: Readonly<Record<string, (a: number, b: number, width: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  imul: (a, b, width) => (width === 32 ? Math.imul(a, b) : a * b),
  and: (a, b, width) => (width === 32 ? a & b : Math.floor(a / -b) * -b),
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  neg: (a) => -a,
  shl: (a, b) => a << b,
  shr: (a, b) => a >>> b,
  shlx: (a, b) => a << b,
  shrx: (a, b) => a >>> b,
};

export const maskMeanings: Readonly<Record<string, (a: number, b: number) => number>> = {
  kandw: (a, b) => a & b,
  korw: (a, b) => a | b,
  kxorw: (a, b) => a ^ b,
  kxnorw: (a, b) => ~(a ^ b),
};

/** Without the ending that says whether of one float or of many. */
export const floatMeanings: Readonly<Record<string, (a: number, b: number) => number>> = {
  vadd: (a, b) => a + b,
  vsub: (a, b) => a - b,
  vmul: (a, b) => a * b,
  vdiv: (a, b) => a / b,
  // biome-ignore lint/complexity/useMathMinMax: the processor gives the second where one is NaN or both are zeros
  vmin: (a, b) => (a < b ? a : b),
  // biome-ignore lint/complexity/useMathMinMax: the same
  vmax: (a, b) => (a > b ? a : b),
  vsqrt: (a) => Math.sqrt(a),
};

const SMALLEST = -(2 ** 31);
const converted = (value: number): number => (value >= SMALLEST && value < -SMALLEST ? Math.trunc(value) : SMALLEST);

export const bitMeanings: Readonly<Record<string, (a: number, b: number) => number>> = {
  vand: (a, b) => a & b,
  vor: (a, b) => a | b,
  vxor: (a, b) => a ^ b,
  vpaddd: (a, b) => a + b,
  vpsubd: (a, b) => a - b,
  vpmulld: Math.imul,
  vpminsd: Math.min,
  vpmaxsd: Math.max,
  vpabsd: Math.abs,
  vcvttps2dq: (a) => converted(floatOf(a)),
  vcvtdq2: (a) => bitsOf(a),
};

/** Lane k of the result, from both operands and the immediate. */
export const shuffleMeanings: Readonly<
  Record<string, (a: Int32Array, b: Int32Array, k: number, mode: number) => number>
> = {
  vunpcklps: (a, b, k) => (k % 2 === 0 ? a : b)[4 * Math.floor(k / 4) + Math.floor((k % 4) / 2)],
  vunpckhps: (a, b, k) => (k % 2 === 0 ? a : b)[4 * Math.floor(k / 4) + 2 + Math.floor((k % 4) / 2)],
  // Two bits of the number for each four; the lower half of the result comes from a, the upper half from b.
  vshuff32x4: (a, b, k, mode) => (k < 8 ? a : b)[4 * ((mode >> (2 * Math.floor(k / 4))) & 3) + (k % 4)],
  // Four bits for each half of the result: which half of a, or from 2 on of b.
  vperm2f128: (a, b, k, mode) => {
    const chosen = (mode >> (4 * Math.floor(k / 4))) & 3;
    return (chosen < 2 ? a : b)[4 * (chosen & 1) + (k % 4)];
  },
};

/** By number, of floats and of integers. */
export const predicates: Readonly<Record<number, (a: number, b: number) => boolean>> = {
  0: (a, b) => a === b,
  1: (a, b) => a < b,
  2: (a, b) => a <= b,
  4: (a, b) => a !== b,
  5: (a, b) => a >= b,
  6: (a, b) => a > b,
  7: (a, b) => !Number.isNaN(a) && !Number.isNaN(b),
  17: (a, b) => a < b,
  18: (a, b) => a <= b,
  29: (a, b) => a >= b,
  30: (a, b) => a > b,
};

const toEven = (a: number): number => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a));
export const roundings: Readonly<Record<number, (a: number) => number>> = { 8: toEven, 9: Math.floor, 10: Math.ceil };

const cell = new Int32Array(1);
const floatCell = new Float32Array(cell.buffer);

export function bitsOf(value: number): number {
  floatCell[0] = value;
  return cell[0];
}

function floatOf(bits: number): number {
  cell[0] = bits;
  return floatCell[0];
}
