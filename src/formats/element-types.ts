/**
 * The element types of files, under their names in safetensors, and how each becomes one of ours. Everything is
 * little-endian in the file; so are typed arrays wherever JavaScript runs today, so supported types are copied unchanged.
 *
 * Half precision (IEEE 754-2019, binary16): (−1)^s · 2^(e−15) · (1 + f/1024); e = 0 has no leading 1, e = 31 is ∞ or NaN.
 * bfloat16 is the upper half of a float32. Wider and unsigned integers become i32 when every value fits.
 */
import { type DType, dtypes, type TypedArray } from "../array/index.ts";

export interface StoredType {
  readonly bytes: number;
  readonly dtype: DType;
  /** `bytes` starts where the tensor does, at any alignment, and holds it exactly. */
  read(bytes: Uint8Array, fail: (problem: string) => Error): TypedArray;
  /** The bytes as they are, if they are stored as we have them and begin where such an array may. */
  view?(bytes: Uint8Array): TypedArray | undefined;
}

const storedAs = (dtype: DType): StoredType => ({
  bytes: dtypes[dtype].bytes,
  dtype,
  // Copied by the constructor: slice() of Node's Buffer, which is a Uint8Array too, shares its memory.
  read: (bytes) => new dtypes[dtype].array(new Uint8Array(bytes).buffer, 0, bytes.length / dtypes[dtype].bytes),
  view: ({ buffer, byteOffset, length }) =>
    byteOffset % dtypes[dtype].bytes === 0 && buffer instanceof ArrayBuffer
      ? new dtypes[dtype].array(buffer, byteOffset, length / dtypes[dtype].bytes)
      : undefined,
});

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Numbers of 16 bits, copied unless they begin at an even offset. */
function words(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(buffer, byteOffset, length / 2);
}

const halves: StoredType = {
  bytes: 2,
  dtype: "f32",
  read: (data) => {
    halfTable ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfToNumber(bits));
    const bits = words(data);
    const out = new Float32Array(bits.length);
    for (let i = 0; i < out.length; i++) out[i] = halfTable[bits[i]];
    return out;
  },
};

/** All values of half precision, made when the first array of them is read. */
let halfTable: Float32Array | undefined;

const brainFloats: StoredType = {
  bytes: 2,
  dtype: "f32",
  read: (data) => {
    const upper = words(data);
    const bits = new Uint32Array(upper.length);
    for (let i = 0; i < bits.length; i++) bits[i] = upper[i] << 16;
    return new Float32Array(bits.buffer);
  },
};

const integerType = (
  name: string,
  bytes: number,
  valueAt: (view: DataView, offset: number) => number | bigint,
): StoredType => ({
  bytes,
  dtype: "i32",
  read: (data, fail) => {
    const view = viewOf(data);
    const out = new Int32Array(data.length / bytes);
    for (let i = 0; i < out.length; i++) {
      const value = valueAt(view, i * bytes);
      out[i] = Number(value);
      // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number of the same value are equal only this way.
      if (out[i] != value) throw fail(`${name} value ${value} at element ${i} does not fit into i32`);
    }
    return out;
  },
});

const booleans: StoredType = {
  bytes: 1,
  dtype: "bool",
  read: (data, fail) => {
    const wrong = data.findIndex((byte) => byte > 1);
    if (wrong >= 0) throw fail(`BOOL byte ${data[wrong]} at element ${wrong}, expected 0 or 1`);
    return new Uint8Array(data);
  },
};

export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** By the name that the file gives; a map, so that `constructor` is an unknown type and not a function. */
export const storedTypes: ReadonlyMap<string, StoredType> = new Map([
  ["F32", storedAs("f32")],
  ["F64", storedAs("f64")],
  ["I32", storedAs("i32")],
  ["U8", storedAs("u8")],
  ["BOOL", booleans],
  ["F16", halves],
  ["BF16", brainFloats],
  ["I8", integerType("I8", 1, (view, offset) => view.getInt8(offset))],
  ["I16", integerType("I16", 2, (view, offset) => view.getInt16(offset, true))],
  ["U16", integerType("U16", 2, (view, offset) => view.getUint16(offset, true))],
  ["U32", integerType("U32", 4, (view, offset) => view.getUint32(offset, true))],
  ["I64", integerType("I64", 8, (view, offset) => view.getBigInt64(offset, true))],
  ["U64", integerType("U64", 8, (view, offset) => view.getBigUint64(offset, true))],
]);

export const storedNames: Readonly<Record<DType, string>> = {
  f32: "F32",
  f64: "F64",
  i32: "I32",
  u8: "U8",
  bool: "BOOL",
};
