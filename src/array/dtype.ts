/** The element types: names, sizes and typed arrays. */
import { ShapeError } from "./errors.ts";
import { formatBytes, takingMemory } from "./memory.ts";

/** The storage of an `NdArray`. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;
/** The kind of a type's elements: floating-point numbers, integers, or truth values. */
export type NumericKind = "float" | "integer" | "boolean";

interface DTypeRow {
  readonly bytes: number;
  readonly kind: NumericKind;
  readonly array: {
    new (length: number): TypedArray;
    new (buffer: ArrayBufferLike, offset: number, length: number): TypedArray;
    from(values: ArrayLike<number>): TypedArray;
  };
}

/** `bool` is stored as a byte that is 0 or 1; `u8` is for pictures at rest. Arithmetic happens in the others. */
export const dtypes = {
  /** Single precision, 4 bytes: the default of arrays, parameters and activations. */
  f32: { bytes: 4, kind: "float", array: Float32Array },
  /** Double precision, 8 bytes. */
  f64: { bytes: 8, kind: "float", array: Float64Array },
  /** Signed 32-bit integers: labels, indices, tokens. */
  i32: { bytes: 4, kind: "integer", array: Int32Array },
  /** Unsigned bytes: pictures, 0 … 255. */
  u8: { bytes: 1, kind: "integer", array: Uint8Array },
  /** A byte that is 0 or 1: the result of comparisons. */
  bool: { bytes: 1, kind: "boolean", array: Uint8Array },
} as const satisfies Record<string, DTypeRow>;

/** The name of an element type: `f32`, `f64`, `i32`, `u8` or `bool`. */
export type DType = keyof typeof dtypes;

/** Whether `name` is the name of an element type. */
export const isDType = (name: unknown): name is DType => typeof name === "string" && Object.hasOwn(dtypes, name);
/** @throws ShapeError unless it is the name of an element type */
export function checkDType(name: unknown): asserts name is DType {
  if (isDType(name)) return;
  throw new ShapeError(`there is no element type ${String(name)}, expected ${Object.keys(dtypes).join(", ")}`);
}

/** Whether elements are floating-point numbers: `f32` or `f64`. */
export const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === "float";
/** The bytes of one element. */
export const bytesOf = (dtype: DType): number => dtypes[dtype].bytes;

/**
 * A zeroed typed array of `length` elements.
 * @throws ShapeError for an invalid type, CapabilityError if memory is insufficient
 */
export function allocate(dtype: DType, length: number): TypedArray {
  checkDType(dtype);
  return takingMemory(
    () => `${formatBytes(length * bytesOf(dtype))} for ${length} elements of type ${dtype}`,
    () => new dtypes[dtype].array(length),
  );
}

/**
 * Converts a number to an element of a type: to floats by rounding, to integers by truncation toward zero with saturation
 * (NaN becomes 0), to `bool` by "is not zero".
 */
export const converters: Record<DType, (value: number) => number> = {
  f32: Math.fround,
  f64: (value) => value,
  i32: (value) => truncate(value, -(2 ** 31), 2 ** 31 - 1),
  u8: (value) => truncate(value, 0, 255),
  bool: (value) => (value === 0 ? 0 : 1),
};

const truncate = (value: number, least: number, most: number): number =>
  Number.isNaN(value) ? 0 : Math.trunc(Math.min(most, Math.max(least, value)));
