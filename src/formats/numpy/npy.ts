/** The .npy format of NumPy: one array. Sources: as in `npy-header.ts`. */
import {
  allocate,
  checkArray,
  checkBytes,
  concatenate,
  type DType,
  FormatError,
  formatShape,
  MAX_RANK,
  NdArray,
  OptionError,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../../array/index.ts";
import type { Fail } from "../fail.ts";
import { MAGIC, readNpyHeader } from "./npy-header.ts";

/**
 * The array in a .npy file. Floats of 2 bytes become f32; integers other than `u8` and booleans become i32 if every value
 * fits. Big-endian files and those in Fortran's order are read, too.
 * @param name the file's name in messages
 * @throws FormatError unless the bytes match their header exactly
 */
export function readNpy(bytes: Uint8Array, name = "the .npy data"): NdArray {
  checkBytes("readNpy", bytes);
  const fail: Fail = (problem) => new FormatError(`${name}: ${problem}`);
  const { type, isBigEndian, isFortran, shape, begin } = readNpyHeader(bytes, fail);
  const [found, wanted] = [bytes.length - begin, sizeOf(shape) * type.bytes];
  if (found !== wanted) {
    const what = found < wanted ? "it was cut off, fetch it again" : "it holds more than it says";
    throw fail(`its header promises ${formatShape(shape)}, ${wanted} bytes of data; there are ${found}: ${what}`);
  }
  const data = bytes.subarray(begin);
  const values = type.read(isBigEndian ? swapped(data, type.bytes) : data, fail);
  return new NdArray(isFortran ? fromFortran(values, shape, type.dtype) : values, shape, type.dtype);
}

/** The bytes of each element in reverse. */
function swapped(data: Uint8Array, width: number): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i - (i % width) + width - 1 - (i % width)];
  return result;
}

/** Row-major, from an order in which the first axis varies fastest. */
function fromFortran(values: TypedArray, shape: Shape, dtype: DType): TypedArray {
  const result = allocate(dtype, values.length);
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0, at = 0; i < result.length; i++) {
    result[i] = values[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

const descriptions: Readonly<Record<DType, string>> = { f32: "<f4", f64: "<f8", i32: "<i4", u8: "|u1", bool: "|b1" };
/** The data begin at a multiple of this, as NumPy writes them. */
const ALIGNMENT = 64;

/** A .npy file of an array. @throws OptionError for arrays that `readNpy` would refuse */
export function writeNpy(array: NdArray): Uint8Array<ArrayBuffer> {
  checkArray("writeNpy", "the array", array);
  const { shape, dtype, data } = array;
  if (shape.length > MAX_RANK) throw new OptionError(`.npy files have at most ${MAX_RANK} axes, got ${shape.length}`);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descriptions[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const before = MAGIC.length + 4;
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const header = new TextEncoder().encode(`${text.padEnd(length - 1)}\n`);
  const start = Uint8Array.from([...MAGIC, 1, 0, length & 0xff, length >> 8]);
  return concatenate([start, header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}
