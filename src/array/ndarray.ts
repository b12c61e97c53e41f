/** Host values: a typed array with a shape, row-major, densely packed. */
import { describeGiven } from "./describe.ts";
import { allocate, checkDType, converters, type DType, dtypes, type TypedArray } from "./dtype.ts";
import { OptionError, ShapeError } from "./errors.ts";
import { checkShape, formatShape, type Shape, sameShape, sizeOf } from "./shape.ts";

/** Numbers nested as deep as the rank: `[[1, 2], [3, 4]]`. Booleans count as 0 and 1. */
export type Nested = number | boolean | readonly Nested[];

/** An n-dimensional array: `data[Σ index[k] · stride[k]]`. The data are shared, not copied. */
export class NdArray {
  /** The element type. */
  readonly dtype: DType;
  /** The length of each axis; [] for a scalar. */
  readonly shape: Shape;
  /** The elements in row-major order; the last axis varies fastest. */
  readonly data: TypedArray;

  /**
   * @param data row-major; numbers in a plain array are copied into a typed array
   * @param dtype default: that of the typed array (`u8` for a Uint8Array), and `f32` for a plain array
   * @throws ShapeError when `data` does not hold exactly as many elements as `shape` says, or has another type.
   */
  constructor(data: TypedArray | readonly number[], shape: Shape, dtype: DType = inferDType(data)) {
    checkDType(dtype);
    checkShape(shape);
    const typed = Array.isArray(data) ? typedFrom(data, dtype) : (data as TypedArray);
    if (!(typed instanceof dtypes[dtype].array)) {
      throw new ShapeError(`${dtype} data must be a ${dtypes[dtype].array.name}, got ${constructorName(typed)}`);
    }
    if (typed.length !== sizeOf(shape)) {
      throw new ShapeError(
        `shape ${formatShape(shape)} takes ${sizeOf(shape)} elements, the data have ${typed.length}`,
      );
    }
    this.data = typed;
    this.shape = Object.freeze([...shape]);
    this.dtype = dtype;
  }

  /** The number of elements, the product of the shape. */
  get size(): number {
    return this.data.length;
  }

  /** The only element of an array of size 1. */
  item(): number {
    if (this.data.length !== 1)
      throw new ShapeError(`item() needs one element, the shape is ${formatShape(this.shape)}`);
    return this.data[0];
  }

  /** Row `i` along the first axis, sharing the data. */
  row(i: number): NdArray {
    const [count, ...shape] = this.shape;
    if (!(i >= 0 && i < count)) throw new ShapeError(`row ${i} of an array of shape ${formatShape(this.shape)}`);
    const step = sizeOf(shape);
    return new NdArray(this.data.subarray(i * step, (i + 1) * step), shape, this.dtype);
  }

  /** The same data under another shape of the same size. */
  reshape(shape: Shape): NdArray {
    return new NdArray(this.data, shape, this.dtype);
  }

  /**
   * An array of the same shape with data of its own.
   * @throws CapabilityError if memory is insufficient
   */
  copy(): NdArray {
    const data = allocate(this.dtype, this.size);
    data.set(this.data);
    return new NdArray(data, this.shape, this.dtype);
  }

  /** A copy of another element type; `converters` says how numbers change. */
  cast(dtype: DType): NdArray {
    const result = zeros(this.shape, dtype);
    const convert = converters[dtype];
    for (let i = 0; i < this.data.length; i++) result.data[i] = convert(this.data[i]);
    return result;
  }

  /** Nested plain arrays, one level for each axis; a number (for `bool`, a boolean) for a scalar. */
  toNested(): Nested {
    const read = (depth: number, offset: number, step: number): Nested => {
      if (depth === this.shape.length) return this.dtype === "bool" ? this.data[offset] !== 0 : this.data[offset];
      const inner = this.shape[depth] === 0 ? 0 : step / this.shape[depth];
      return Array.from({ length: this.shape[depth] }, (_, i) => read(depth + 1, offset + i * inner, inner));
    };
    return read(0, 0, this.data.length);
  }
}

const inferred = ["f32", "f64", "i32", "u8"] as const;

/** The element type of data; of a plain array it is `f32`. */
function inferDType(data: unknown): DType {
  if (Array.isArray(data)) return "f32";
  const found = inferred.find((dtype) => data instanceof dtypes[dtype].array);
  if (found !== undefined) return found;
  const expected = inferred.map((dtype) => `${dtypes[dtype].array.name} (${dtype})`).join(", ");
  throw new ShapeError(`no element type fits ${constructorName(data)}; expected ${expected} or numbers in an array`);
}

const constructorName = (value: unknown): string =>
  (value as object | undefined | null)?.constructor?.name ?? String(value);

function typedFrom(values: readonly unknown[], dtype: DType): TypedArray {
  const wrong = values.findIndex((value) => typeof value !== "number");
  if (wrong >= 0)
    throw new ShapeError(`element ${wrong} of the data is no number: nested arrays go through array([[1, 2], [3, 4]])`);
  return dtypes[dtype].array.from((values as readonly number[]).map(converters[dtype]));
}

/**
 * An array of zeros.
 * @throws ShapeError unless lengths are integers of at least 0, CapabilityError if memory is insufficient
 */
export function zeros(shape: Shape, dtype: DType = "f32"): NdArray {
  checkShape(shape);
  return new NdArray(allocate(dtype, sizeOf(shape)), shape, dtype);
}

/** An array filled with one number. */
export function full(shape: Shape, value: number, dtype: DType = "f32"): NdArray {
  if (typeof value !== "number")
    throw new OptionError(`full: expects a number to fill the array with, got ${describeGiven(value)}`);
  const array = zeros(shape, dtype);
  array.data.fill(value);
  return array;
}

/** An array from nested numbers: `array([[1, 2], [3, 4]])` has shape [2,2]. Rows must have equal lengths. */
export function array(values: Nested, dtype: DType = "f32"): NdArray {
  checkDType(dtype);
  const shape: number[] = [];
  for (let level: Nested = values; Array.isArray(level); level = level[0]) shape.push(level.length);
  const flat: number[] = [];
  const read = (value: Nested, depth: number): void => {
    if (Array.isArray(value)) {
      if (value.length !== shape[depth]) throw new ShapeError("array(): rows of one axis must have the same length");
      for (const item of value) read(item, depth + 1);
    } else {
      if (depth !== shape.length) throw new ShapeError("array(): every element must be nested to the same depth");
      if (typeof value !== "number" && typeof value !== "boolean")
        throw new ShapeError(`array(): elements must be numbers, got ${describeGiven(value)}`);
      flat.push(Number(value));
    }
  };
  read(values, 0);
  return new NdArray(dtypes[dtype].array.from(flat), shape, dtype);
}

/** Bit-for-bit equality, NaN included. */
export function sameArray(a: NdArray, b: NdArray): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape) && a.data.every((x, i) => Object.is(x, b.data[i]));
}
