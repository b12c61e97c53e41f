/**
 * IDX, the format of MNIST: two zero bytes, the element type, the number of axes, their lengths (32 bits each), then the
 * data, row-major; all numbers big-endian.
 * Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "FILE FORMATS".
 */
import {
  allocate,
  bytesOf,
  checkBytes,
  type DType,
  FormatError,
  formatShape,
  MAX_RANK,
  NdArray,
  OptionError,
} from "../array/index.ts";
import type { Fail } from "./fail.ts";

interface IdxType {
  readonly code: number;
  readonly dtype: DType;
  get(view: DataView, offset: number): number;
  set(view: DataView, offset: number, value: number): void;
}

const idxTypes: readonly IdxType[] = [
  { code: 0x08, dtype: "u8", get: (v, at) => v.getUint8(at), set: (v, at, x) => v.setUint8(at, x) },
  { code: 0x0c, dtype: "i32", get: (v, at) => v.getInt32(at), set: (v, at, x) => v.setInt32(at, x) },
  { code: 0x0d, dtype: "f32", get: (v, at) => v.getFloat32(at), set: (v, at, x) => v.setFloat32(at, x) },
  { code: 0x0e, dtype: "f64", get: (v, at) => v.getFloat64(at), set: (v, at, x) => v.setFloat64(at, x) },
];

const formatByte = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
const knownTypes = idxTypes.map(({ code, dtype }) => `${formatByte(code)} (${dtype})`).join(", ");

/**
 * The array in an IDX file, the format of MNIST.
 * @param name the file's name in messages
 * @throws FormatError unless the bytes match their header exactly
 */
export function readIdx(bytes: Uint8Array, name = "the IDX data"): NdArray {
  checkBytes("readIdx", bytes);
  const fail = (problem: string) => new FormatError(`${name}: ${problem}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type, shape, begin } = readIdxHeader(view, fail);
  const count = elementCount(shape, bytesOf(type.dtype), bytes.length - begin, fail);
  const data = allocate(type.dtype, count);
  if (type.dtype === "u8") data.set(bytes.subarray(begin));
  else for (let i = 0; i < count; i++) data[i] = type.get(view, begin + i * bytesOf(type.dtype));
  return new NdArray(data, shape, type.dtype);
}

function readIdxHeader(view: DataView, fail: Fail): { type: IdxType; shape: number[]; begin: number } {
  if (view.byteLength < 4) throw fail(`${view.byteLength} bytes are too short for an IDX file, which begins with 4`);
  const magic = [0, 1, 2, 3].map((at) => view.getUint8(at));
  if (magic[0] === 0x1f && magic[1] === 0x8b) throw fail("it is compressed with gzip; unpack it first (gunzip)");
  if (magic[0] !== 0 || magic[1] !== 0) {
    throw fail(
      `it begins with ${magic.map(formatByte).join(" ")}, an IDX file with 0x00 0x00; is it another kind of file?`,
    );
  }
  const type = idxTypes.find(({ code }) => code === magic[2]);
  if (type === undefined)
    throw fail(`element type ${formatByte(magic[2])} is not supported, expected one of ${knownTypes}`);
  const rank = magic[3];
  if (rank === 0 || rank > MAX_RANK) throw fail(`it has ${rank} axes, expected 1 to ${MAX_RANK}`);
  const begin = 4 + 4 * rank;
  if (view.byteLength < begin) {
    throw fail(
      `the header of ${rank} axes takes ${begin} bytes, the file has ${view.byteLength}; it was cut off, fetch it again`,
    );
  }
  return { type, shape: Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis)), begin };
}

/** The number of elements, checked against the length of the file. */
function elementCount(shape: readonly number[], width: number, found: number, fail: Fail): number {
  const count = shape.reduce((product, n) => product * n, 1);
  // Products may be inexact, but one that equals the length of a file is exact.
  if (count * width !== found) {
    const what = count * width > found ? "it was cut off, fetch it again" : "it holds more than it says";
    throw fail(
      `its header promises ${formatShape(shape)}, ${count * width} bytes of data; there are ${found}: ${what}`,
    );
  }
  return count;
}

/** An IDX file of `u8`, `i32`, `f32` or `f64` values. @throws OptionError for other types and for scalars */
export function writeIdx(array: NdArray): Uint8Array {
  const type = idxTypes.find(({ dtype }) => dtype === array.dtype);
  if (type === undefined)
    throw new OptionError(`IDX cannot hold ${array.dtype}: cast the array to u8, i32, f32 or f64`);
  const rank = array.shape.length;
  if (rank === 0 || rank > MAX_RANK) throw new OptionError(`IDX holds 1 to ${MAX_RANK} axes, the array has ${rank}`);
  const long = array.shape.find((length) => length >= 2 ** 32);
  if (long !== undefined)
    throw new OptionError(`IDX holds axes of less than 2³² elements, the array has one of ${long}`);
  const width = bytesOf(array.dtype);
  const begin = 4 + 4 * rank;
  const view = new DataView(new ArrayBuffer(begin + array.size * width));
  view.setUint16(2, (type.code << 8) | rank);
  for (const [axis, length] of array.shape.entries()) view.setUint32(4 + 4 * axis, length);
  for (let i = 0; i < array.size; i++) type.set(view, begin + i * width, array.data[i]);
  return new Uint8Array(view.buffer);
}
